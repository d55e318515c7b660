//! `spotscript nodes`: nodes as kubectl prints them.

use std::process::ExitCode;

use super::answer::answer;
use super::kubectl::{self, Verb, get};
use super::{Failed, Global};
use crate::ops;
use crate::view::node_table;

/// Nodes of the cluster, as `kubectl get nodes` prints them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript nodes
  spotscript nodes -l lifecycle=Ec2Spot --show-labels
  spotscript nodes -L node.kubernetes.io/instance-type,topology.kubernetes.io/zone
  spotscript nodes --instances
  spotscript nodes -l 'intent in (apps),!drill' -o json
  spotscript nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key")]
pub struct Args {
    /// Only these nodes
    #[arg(value_name = "NODE")]
    names: Vec<String>,
    /// The machines behind them: how each is bought, its type, zone, group and pods, from EC2 where labels may lie
    #[arg(long, conflicts_with_all = ["names", "field_selector", "show_labels", "label_columns", "sort_by"])]
    instances: bool,
    #[command(flatten)]
    flags: get::Flags,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    if args.instances {
        return answer(global, async |session, form| {
            let cluster = ops::cluster(session, &args.flags.cluster.resolve(session).await?).await?;
            let api = session.connect(&cluster).await?;
            let rows = ops::joined(session, &*api, &args.flags.selector).await?;
            form.print("node-instances", &rows, |_| node_table::render(&rows))
        });
    }
    let resources = std::iter::once("nodes".to_owned()).chain(args.names).collect();
    kubectl::run(&Verb::Get(get::Args { resources, flags: args.flags }), global)
}
