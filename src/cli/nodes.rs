//! `spotscript nodes`: nodes as kubectl prints them.

use std::process::ExitCode;

use super::answer::answer;
use super::kubectl::{self, Verb, get};
use super::live::Live;
use super::{Failed, Global, console};
use crate::domain::error::{Error, Result};
use crate::domain::node_row::NodeRow;
use crate::domain::{Code, Kind};
use crate::ops::{self, Session};
use crate::ports::Cluster;
use crate::view::node_table;

/// Nodes of the cluster, as `kubectl get nodes` prints them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript nodes
  spotscript nodes -l lifecycle=Ec2Spot --show-labels
  spotscript nodes -L node.kubernetes.io/instance-type,topology.kubernetes.io/zone
  spotscript nodes --instances
  spotscript nodes --instances --watch
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
        let form = global.kubectl_output();
        if !matches!(form, "" | "wide" | "json") || args.flags.live.watch && form == "json" {
            let error = Error::new(Code::InvalidArgument, format!("`--instances` has no form `{form}` here"));
            return Err(error.help("it is a table, or `-o json` without `--watch`").into());
        }
        let answered = answer(global, async |session, form| {
            let cluster = ops::cluster(session, &args.flags.cluster.resolve(session).await?).await?;
            let api = session.connect(&cluster).await?;
            if args.flags.live.watch {
                watch(&args.flags, session, &*api, global).await?;
                return Ok(String::new());
            }
            let rows = ops::joined(session, &*api, &args.flags.selector).await?;
            form.print("node-instances", &rows, |_| node_table::render(&rows))
        });
        return match answered {
            // That is how a watch without an end is ended.
            Err(failed) if args.flags.live.watch && failed.error.kind() == Kind::Interrupted => {
                Ok(ExitCode::from(Kind::Interrupted.exit_code()))
            }
            other => other,
        };
    }
    let resources = std::iter::once("nodes".to_owned()).chain(args.names).collect();
    kubectl::run(&Verb::Get(get::Args { resources, flags: args.flags }), global)
}

/// The machines again and again: drawn anew at a terminal, elsewhere whenever something but an age is different.
async fn watch(flags: &get::Flags, session: &Session, api: &dyn Cluster, global: &Global) -> Result<()> {
    let live = Live::begin(&flags.live, session, global)?;
    let mut before: Vec<NodeRow> = Vec::new();
    loop {
        let rows = ops::joined(session, api, &flags.selector).await?;
        let ageless = |row: &NodeRow| NodeRow { age: String::new(), ..row.clone() };
        let now: Vec<NodeRow> = rows.iter().map(ageless).collect();
        let time = session.clock.now().strftime("%H:%M:%S UTC");
        if live.drawn {
            let title = format!("every {:?}, {time}; Ctrl-C ends it", live.every());
            live.draw(&title, &node_table::render(&rows));
        } else if now != before {
            console::print(&format!("{time}\n{}", node_table::render(&rows)));
        }
        before = now;
        if !live.pause(session).await? {
            return Ok(());
        }
    }
}
