//! `spotscript roll`: new nodes in place of outdated ones.

use std::process::ExitCode;
use std::time::Duration;

use clap::Subcommand;

use super::answer::{OnlyPlan, answer, planned};
use super::cluster_choice::{ClusterChoice, group_name};
use super::kubectl::drain::share;
use super::{Failed, Global};
use crate::domain::drain::Share;
use crate::ops::{self, RollOptions};
use crate::view::report;

/// Replace nodes
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

/// Replace the nodes of a group that are not what it would start now
///
/// A node is outdated when its launch template version differs in image, boot data, volumes, key, network or settings, or
/// when its type is none of the group's any more. One more node is started first; each old one is drained, within the
/// disruption budgets of its pods, before its instance ends. A roll that was interrupted goes on.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript roll nodegroup dev-4vcpu-16gb-spot
  spotscript roll nodegroup dev-4vcpu-16gb-spot --plan
  spotscript roll ng dev-4vcpu-16gb-spot --max-unavailable 25%
  spotscript roll ng dev-4vcpu-16gb-spot --all --surge 2")]
struct Nodegroup {
    /// Node group
    #[arg(value_parser = group_name)]
    name: String,
    /// Nodes that may be there beside those wanted: a number, or a part such as 25% [default: 1, or 0 with --max-unavailable]
    #[arg(long, value_name = "N", value_parser = share)]
    surge: Option<Share>,
    /// Nodes that may be missing: a number, or a part such as 25% [default: 0]
    #[arg(long, value_name = "N", value_parser = share)]
    max_unavailable: Option<Share>,
    /// Replace every node, not only outdated ones
    #[arg(long)]
    all: bool,
    /// Evict pods that no controller makes anew
    #[arg(long)]
    force: bool,
    /// Longest time for the draining of a node
    #[arg(long, value_name = "TIME", value_parser = super::global::duration, default_value = "15m")]
    drain_timeout: Duration,
    #[command(flatten)]
    only: OnlyPlan,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let What::Nodegroup(roll) = args.what;
    let usual = RollOptions::default();
    let options = RollOptions {
        surge: roll.surge,
        max_unavailable: roll.max_unavailable,
        all: roll.all,
        force: roll.force,
        drain_timeout: roll.drain_timeout,
        timeout: global.timeout.unwrap_or(usual.timeout),
    };
    if roll.only.plan {
        return planned(global, async |session| {
            let cluster = roll.cluster.resolve(session).await?;
            ops::roll(session, &cluster, &roll.name, &options).await.map(drop)
        });
    }
    answer(global, async |session, form| {
        let cluster = roll.cluster.resolve(session).await?;
        let done = ops::roll(session, &cluster, &roll.name, &options).await?;
        form.print("change", &done, |style| report::render(&done, style))
    })
}
