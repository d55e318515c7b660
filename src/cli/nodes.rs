//! `spotscript nodes`: nodes as kubectl prints them.

use std::process::ExitCode;

use super::kubectl::{self, Verb, get};
use super::{Failed, Global};

/// Nodes of the cluster, as `kubectl get nodes` prints them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript nodes
  spotscript nodes -l lifecycle=Ec2Spot --show-labels
  spotscript nodes -L node.kubernetes.io/instance-type,topology.kubernetes.io/zone
  spotscript nodes -l 'intent in (apps),!drill' -o json
  spotscript nodes -o custom-columns=NAME:.metadata.name,TAINTS:.spec.taints[*].key")]
pub struct Args {
    /// Only these nodes
    #[arg(value_name = "NODE")]
    names: Vec<String>,
    #[command(flatten)]
    flags: get::Flags,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let resources = std::iter::once("nodes".to_owned()).chain(args.names).collect();
    kubectl::run(&Verb::Get(get::Args { resources, flags: args.flags }), global)
}
