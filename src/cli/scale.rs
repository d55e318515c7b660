//! `spotscript scale`: sizes of a group.

use std::process::ExitCode;

use clap::Subcommand;

use super::answer::{OnlyPlan, answer, planned};
use super::cluster_choice::{ClusterChoice, group_name};
use super::{Failed, Global};
use crate::ops::{self, ScaleOptions};
use crate::view::report;

/// Change sizes
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

/// Set the sizes of a node group and wait until they are there
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript scale nodegroup dev-4vcpu-16gb-spot --nodes 3
  spotscript scale ng dev-4vcpu-16gb-spot --nodes 0 --nodes-min 0")]
#[group(id = "sizes", args = ["nodes", "nodes_min", "nodes_max"], required = true, multiple = true)]
struct Nodegroup {
    /// Node group
    #[arg(value_parser = group_name)]
    name: String,
    /// Nodes wanted
    #[arg(short = 'N', long, value_name = "N")]
    nodes: Option<u32>,
    /// Fewest nodes
    #[arg(short = 'm', long, value_name = "N")]
    nodes_min: Option<u32>,
    /// Most nodes
    #[arg(short = 'M', long, value_name = "N")]
    nodes_max: Option<u32>,
    /// Return without waiting for nodes
    #[arg(long)]
    no_wait: bool,
    #[command(flatten)]
    only: OnlyPlan,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let What::Nodegroup(scale) = args.what;
    let mut options = ScaleOptions {
        min: scale.nodes_min,
        max: scale.nodes_max,
        desired: scale.nodes,
        wait: !scale.no_wait,
        ..ScaleOptions::default()
    };
    options.timeout = global.timeout.unwrap_or(options.timeout);
    if scale.only.plan {
        return planned(global, async |session| {
            let cluster = scale.cluster.resolve(session).await?;
            ops::scale(session, &cluster, &scale.name, &options).await.map(drop)
        });
    }
    answer(global, async |session, form| {
        let cluster = scale.cluster.resolve(session).await?;
        let done = ops::scale(session, &cluster, &scale.name, &options).await?;
        form.print("change", &done, |style| report::render(&done, style))
    })
}
