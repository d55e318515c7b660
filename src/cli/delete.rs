//! `spotscript delete`: a group and everything that was made for it.

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Subcommand;

use super::answer::answer;
use super::cluster_choice::ClusterChoice;
use super::form::Form;
use super::{Failed, Global};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::ops::{self, DeleteOptions, Session};
use crate::view::report;

/// Remove what was made
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    #[command(visible_alias = "ng")]
    Nodegroup(Nodegroup),
}

/// Drain a node group and delete it with everything that was made for it
///
/// Asks first. Where nobody can be asked, `--yes` is needed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript delete nodegroup dev-4vcpu-16gb-spot
  spotscript delete ng dev-4vcpu-16gb-spot --yes --no-drain")]
struct Nodegroup {
    /// Node group
    name: String,
    /// Do not evict pods first
    #[arg(long)]
    no_drain: bool,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let What::Nodegroup(delete) = args.what;
    if !global.yes && !std::io::stdin().is_terminal() {
        return Err(Error::new(
            Code::InvalidArgument,
            format!("nobody can be asked whether to delete `{}`", delete.name),
        )
        .because("standard input is not a terminal")
        .help("add `--yes`")
        .into());
    }
    let mut options = DeleteOptions { drain: !delete.no_drain, ..DeleteOptions::default() };
    options.timeout = global.timeout.unwrap_or(options.timeout);
    answer(global, async |session, form| delete.answer(session, &options, global.yes, form).await)
}

impl Nodegroup {
    async fn answer(&self, session: &Session, options: &DeleteOptions, yes: bool, form: Form) -> Result<String> {
        let cluster = self.cluster.resolve(session).await?;
        // Read first: a question about a group that does not exist is a trap.
        let instances = ops::get(session, &cluster, &self.name).await?.summary.instances;
        let question =
            format!("Delete nodegroup \"{}\" of cluster \"{cluster}\" with {instances} instances?", self.name);
        if !yes && !session.operator.confirm(&question) {
            return Err(Error::new(Code::Interrupted, format!("nodegroup `{}` was not deleted", self.name))
                .because("the question was not answered with yes"));
        }
        let done = ops::delete(session, &cluster, &self.name, options).await?;
        form.print("change", &done, |style| report::render(&done, style))
    }
}
