//! `spotscript get`: node groups as eksctl prints them, everything in the cluster as kubectl does.

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use super::answer::answer;
use super::cluster_choice::{ClusterChoice, group_name};
use super::form::Form;
use super::kubectl::{self, Line, Verb, get};
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
    /// Nodes, as `kubectl get nodes` prints them
    #[command(visible_aliases = ["node", "no"])]
    Nodes(Named),
    /// Pods, as `kubectl get pods` prints them
    #[command(visible_aliases = ["pod", "po"])]
    Pods(Named),
    /// Any kind of object, as `kubectl get` prints it
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// Objects of a kind
#[derive(Debug, clap::Args)]
struct Named {
    /// Only these
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    #[command(flatten)]
    flags: get::Flags,
}

/// Node groups of a cluster, in eksctl's columns, and the types that really run
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript get nodegroup
  spotscript get ng dev-4vcpu-16gb-spot --cluster eks-spot-eksct -o json")]
struct Nodegroup {
    /// Only this group
    #[arg(value_parser = group_name)]
    name: Option<String>,
    #[command(flatten)]
    cluster: ClusterChoice,
}

impl Args {
    /// Whether kubectl's forms of output are understood.
    pub fn is_kubectls(&self) -> bool {
        !matches!(self.what, What::Nodegroup(_))
    }
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let of_kind = |kind: &str, named: Named| {
        let resources = std::iter::once(kind.to_owned()).chain(named.names).collect();
        kubectl::run(&Verb::Get(get::Args { resources, flags: named.flags }), global)
    };
    match args.what {
        What::Nodes(named) => of_kind("nodes", named),
        What::Pods(named) => of_kind("pods", named),
        What::Other(words) => {
            let line = ["kubectl", "get"].map(OsString::from).into_iter().chain(words);
            match Line::try_parse_from(line) {
                Ok(line) => line.run(global),
                Err(error) => {
                    drop(error.print());
                    Ok(ExitCode::from(if error.use_stderr() { 2 } else { 0 }))
                }
            }
        }
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
