//! `spotscript describe`: objects in kubectl's words.

use std::process::ExitCode;

use serde::Serialize;

use super::answer::answer;
use super::kubectl::{self, Verb, describe};
use super::{Failed, Global};
use crate::domain::code::Code;
use crate::domain::error::Error;

/// Show nodes or pods in full, in kubectl's words: labels, taints, conditions, capacity, pods, events
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript describe node ip-192-168-25-236.ap-northeast-1.compute.internal
  spotscript describe nodes -l lifecycle=Ec2Spot --show-events=false")]
pub struct Args {
    #[command(flatten)]
    describe: describe::DescribeArgs,
}

/// The JSON answer: kubectl has no form of its own for it.
#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    text: &'a str,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    if !global.json() {
        return kubectl::run(&Verb::Describe(args.describe), global);
    }
    let [kind, name] = args.describe.resources.as_slice() else {
        return Err(Error::new(Code::InvalidArgument, "`-o json` describes one node")
            .help("for example `spotscript describe node NAME -o json`")
            .into());
    };
    if !["node", "nodes", "no"].contains(&kind.as_str()) {
        return Err(Error::new(Code::InvalidArgument, format!("`-o json` describes nodes, not `{kind}`"))
            .help("`spotscript get KIND NAME -o json` prints any object")
            .into());
    }
    answer(global, async |session, form| {
        let api = args.describe.cluster.connect(session).await?;
        let found = api.describe_node(name, session.clock.now()).await?;
        let text = found.ok_or_else(|| {
            Error::new(Code::NodeNotFound, format!("no node `{name}`")).help("`spotscript nodes` lists them")
        })?;
        form.print("node-description", &Described { name, text: &text }, |_| text.clone())
    })
}
