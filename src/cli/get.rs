//! `spotscript get`: tables as eksctl prints them.

use std::process::ExitCode;

use clap::Subcommand;

use super::answer::answer;
use super::cluster_choice::ClusterChoice;
use super::form::Form;
use super::{Failed, Global};
use crate::domain::error::Result;
use crate::ops::{self, Session};
use crate::view::group_table;

/// List what there is
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

/// Node groups of a cluster, in eksctl's columns, and the types that really run
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript get nodegroup
  spotscript get ng dev-4vcpu-16gb-spot --cluster eks-spot-eksct -o json")]
struct Nodegroup {
    /// Only this group
    name: Option<String>,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    match args.what {
        What::Nodegroup(get) => answer(global, async |session, form| get.answer(session, form).await),
    }
}

impl Nodegroup {
    async fn answer(&self, session: &Session, form: Form) -> Result<String> {
        let cluster = self.cluster.resolve(session).await?;
        let groups = match &self.name {
            Some(name) => vec![ops::get(session, &cluster, name).await?.summary],
            None => ops::list(session, &cluster).await?,
        };
        form.print("nodegroups", &groups, |_| {
            let running = group_table::running(&groups);
            let space = if running.is_empty() { "" } else { "\n" };
            format!("{}{space}{running}", group_table::render(&groups))
        })
    }
}
