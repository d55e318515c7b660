//! `spotscript drift`: whether groups are as a file says.

use std::process::ExitCode;

use super::create::Nodegroup;
use super::form::Form;
use super::reach::Reach;
use super::{Failed, Global, console, target};
use crate::host::listen_for_interrupts;
use crate::ops;
use crate::view::drift as view;

/// The exit code when a group is not as the file says.
const DRIFTED: u8 = 4;

/// Tell which groups of a file are not as it says, and in what: exit code 4 when one is not
///
/// Compares the Auto Scaling group and the newest version of the launch template; IAM, rules of security groups and nodes
/// that run are not looked at. Nothing is changed. Hundreds of groups are read in few requests.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript drift -f spot_nodegroups.yml
  spotscript drift -f spot_nodegroups.yml -o json")]
pub struct Args {
    /// ClusterConfig (eksctl.io/v1alpha5); `-` is standard input
    #[arg(short = 'f', long = "file", visible_alias = "config-file", value_name = "FILE")]
    file: String,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let specs = Nodegroup { file: args.file, dry_run: true, ..Nodegroup::default() }.specs(global)?;
    let host = target::host(global, &Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    let drifts = host.ask(async |session| ops::drift(session, &specs).await)?;
    // The sandbox's clock may have gone on.
    host.close()?;
    console::print(&Form::of(global).print("drift", &drifts, |style| view::render(&drifts, style))?);
    let drifted = drifts.iter().any(|drift| !drift.differences.is_empty());
    Ok(if drifted { ExitCode::from(DRIFTED) } else { ExitCode::SUCCESS })
}
