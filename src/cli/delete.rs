//! `spotscript delete`: a group and everything that was made for it.

use std::process::ExitCode;

use clap::Subcommand;

use super::answer::{OnlyPlan, answer, planned};
use super::cluster_choice::{ClusterChoice, group_name};
use super::kubectl::change::DeleteArgs;
use super::kubectl::{self, Verb};
use super::{Failed, Global, consent};
use crate::ops::{self, DeleteOptions};
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
    /// Node objects, as `kubectl delete node` does; the machines behind them are not touched
    #[command(visible_alias = "nodes")]
    Node(DeleteArgs),
}

/// Drain a node group and delete it with everything that was made for it
///
/// Asks first. Where nobody can be asked, `--yes` is needed.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript delete nodegroup dev-4vcpu-16gb-spot
  spotscript delete nodegroup dev-4vcpu-16gb-spot --plan
  spotscript delete ng dev-4vcpu-16gb-spot --yes --no-drain")]
struct Nodegroup {
    /// Node group
    #[arg(value_parser = group_name)]
    name: String,
    /// Do not evict pods first
    #[arg(long)]
    no_drain: bool,
    #[command(flatten)]
    only: OnlyPlan,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let delete = match args.what {
        What::Nodegroup(delete) => delete,
        What::Node(mut delete) => {
            delete.resources.insert(0, "node".to_owned());
            return kubectl::run(&Verb::Delete(delete), global);
        }
    };
    if !delete.only.plan {
        consent::somebody_to_ask(&format!("delete `{}`", delete.name), global)?;
    }
    let may_be_gone = global.start.resumes.is_some();
    let mut options = DeleteOptions { drain: !delete.no_drain, may_be_gone, ..DeleteOptions::default() };
    options.timeout = global.timeout.unwrap_or(options.timeout);
    if delete.only.plan {
        return planned(global, async |session| {
            let cluster = delete.cluster.resolve(session).await?;
            ops::delete(session, &cluster, &delete.name, &options).await.map(drop)
        });
    }
    answer(global, async |session, form| {
        let cluster = delete.cluster.resolve(session).await?;
        let done = ops::delete(session, &cluster, &delete.name, &options).await?;
        form.print("change", &done, |style| report::render(&done, style))
    })
}
