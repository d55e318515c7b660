//! `spotscript describe`: one object in kubectl's words.

use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::answer::answer;
use super::cluster_choice::ClusterChoice;
use super::{Failed, Global};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::ops::{self, Session};
use crate::ports::Cluster;

/// Show one object in full
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Node(DescribeNode),
}

/// A node in kubectl's words: labels, taints, conditions, addresses, capacity, pods, events
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  spotscript describe node ip-192-168-25-236.ap-northeast-1.compute.internal")]
struct DescribeNode {
    /// Node; its name up to the first dot is enough
    name: String,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// The JSON answer: kubectl has no form of its own for it.
#[derive(Serialize)]
struct Described<'a> {
    name: &'a str,
    text: &'a str,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let What::Node(describe) = args.what;
    answer(global, async |session, form| {
        let (name, text) = describe.answer(session).await?;
        form.print("node-description", &Described { name: &name, text: &text }, |_| text.clone())
    })
}

impl DescribeNode {
    /// The node's full name and its description.
    async fn answer(&self, session: &Session) -> Result<(String, String)> {
        let cluster = ops::cluster(session, &self.cluster.resolve(session).await?).await?;
        let kubernetes = session.connect(&cluster).await?;
        let now = session.clock.now();
        if let Some(text) = kubernetes.describe_node(&self.name, now).await? {
            return Ok((self.name.clone(), text));
        }
        let full = self.full_name(&*kubernetes).await?;
        let text = kubernetes.describe_node(&full, now).await?.ok_or_else(|| self.missing(&[]))?;
        Ok((full, text))
    }

    /// The one node whose name begins with what was given.
    async fn full_name(&self, kubernetes: &dyn Cluster) -> Result<String> {
        let nodes = kubernetes.nodes("").await?;
        let names: Vec<String> = nodes.into_iter().filter_map(|node| node.metadata.name).collect();
        let begins = format!("{}.", self.name);
        match names.iter().find(|name| name.starts_with(&begins)) {
            Some(name) => Ok(name.clone()),
            None => Err(self.missing(&names)),
        }
    }

    fn missing(&self, names: &[String]) -> Error {
        let error = Error::new(Code::NodeNotFound, format!("no node `{}`", self.name));
        match nearest(&self.name, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("`spotscript nodes` lists them"),
        }
    }
}
