//! `taint`, `label`, `delete`: changes of nodes.

use serde_json::Value;

use super::{Answer, Shell, dry_run, select};
use crate::cli::cluster_choice::ClusterChoice;
use crate::domain::kubernetes::kinds::{Kind, NODES};
use crate::domain::kubernetes::label_change::{self, LabelChange};
use crate::domain::kubernetes::refusal::{Refusal, Status};
use crate::domain::kubernetes::taint_change::{self, TaintChange};
use crate::domain::node_change::NodeVerdict;
use crate::ops::{self, objects};
use crate::view::kubectl;

/// What `taint` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript taint nodes ip-192-168-25-236.ap-northeast-1.compute.internal drill=yes:NoSchedule
  spotscript taint nodes -l lifecycle=Ec2Spot drill-")]
pub struct TaintArgs {
    /// `nodes`, names, then `key=value:Effect` to add, `key:Effect-` or `key-` to remove
    #[arg(value_name = "NODE|TAINT")]
    pub arguments: Vec<String>,
    /// Nodes that a label selector picks
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub selector: String,
    /// All nodes
    #[arg(long)]
    pub all: bool,
    /// Replace taints of the same key and effect
    #[arg(long)]
    pub overwrite: bool,
    /// Only look: `client`, or `server` to ask the server too
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<String>,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

/// What `label` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript label nodes ip-192-168-25-236.ap-northeast-1.compute.internal intent=apps
  spotscript label nodes --all drill-")]
pub struct LabelArgs {
    /// `nodes`, names, then `key=value` to set, `key-` to remove
    #[arg(value_name = "NODE|LABEL")]
    pub arguments: Vec<String>,
    /// Nodes that a label selector picks
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub selector: String,
    /// All nodes
    #[arg(long)]
    pub all: bool,
    /// Replace other values
    #[arg(long)]
    pub overwrite: bool,
    /// Only look: `client`, or `server` to ask the server too
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<String>,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

/// What `delete` takes.
#[derive(Debug, clap::Args)]
pub struct DeleteArgs {
    /// `node`, then names
    #[arg(value_name = "NODE")]
    pub resources: Vec<String>,
    /// Nodes that a label selector picks
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub selector: String,
    /// All nodes
    #[arg(long)]
    pub all: bool,
    /// Say nothing about nodes that are not there
    #[arg(long)]
    pub ignore_not_found: bool,
    /// Only look: `client`, or `server` to ask the server too
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<String>,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

fn plain(text: impl Into<String>) -> Refusal {
    Refusal::Plain(text.into())
}

/// Taints nodes.
pub async fn taint(args: &TaintArgs, shell: &Shell<'_>) -> Answer {
    let (resources, specs) = split(&args.arguments, taint_change::is_change, "taint")?;
    let Some((kind, names)) = resources.split_first() else {
        return Err(plain("one or more resources must be specified as <resource> <name>"));
    };
    if specs.is_empty() {
        return Err(plain("at least one taint update is required"));
    }
    let change = TaintChange::parse(specs.iter().map(String::as_str), args.overwrite);
    let change = change.map_err(|said| Refusal::usage("taint", &said))?;
    let dry_run = dry_run::parse(args.dry_run.as_deref())?;
    if !["node", "nodes"].contains(&kind.to_lowercase().as_str()) {
        return Err(plain(format!("invalid resource type {kind}, only node types are supported")));
    }
    change.check().map_err(plain)?;
    if args.all && !args.selector.is_empty() {
        return Err(plain("setting 'all' parameter with a non empty selector is prohibited"));
    }
    if !args.all && args.selector.is_empty() && names.is_empty() {
        return Err(plain("at least one resource name must be specified since 'all' parameter is not set"));
    }
    let names = if args.all || !args.selector.is_empty() { &[] } else { names };
    each(shell, names, &args.selector, async |node| {
        let done = ops::taint(shell.api, &node, &change, dry_run).await?;
        // kubectl says nothing here of a dry run of its own.
        let suffix = if args.dry_run.as_deref() == Some("server") { done.dry_run.suffix() } else { "" };
        shell.out(&format!("node/{} {}{suffix}\n", done.node, done.verdict.as_str()));
        Ok(())
    })
    .await
}

/// Labels nodes.
pub async fn label(args: &LabelArgs, shell: &Shell<'_>) -> Answer {
    let (resources, specs) = split(&args.arguments, label_change::is_change, "label")?;
    let change = LabelChange::parse(specs.iter().map(String::as_str), args.overwrite).map_err(plain)?;
    let dry_run = dry_run::parse(args.dry_run.as_deref())?;
    if args.all && !args.selector.is_empty() {
        return Err(plain("cannot set --all and --selector at the same time"));
    }
    if resources.is_empty() {
        return Err(plain("one or more resources must be specified as <resource> <name> or <resource>/<name>"));
    }
    if specs.is_empty() {
        return Err(plain("at least one label update is required"));
    }
    let names = nodes_of(&resources, "labeled")?;
    if names.is_empty() && args.selector.is_empty() && !args.all {
        return Err(plain("resource(s) were provided, but no name was specified"));
    }
    each(shell, &names, &args.selector, async |node| {
        for key in change
            .remove
            .iter()
            .filter(|key| dry_run.suffix() != " (dry run)" && node["metadata"]["labels"][*key].is_null())
        {
            shell.out(&format!("label {key:?} not found.\n"));
        }
        let done = ops::label(shell.api, &node, &change, dry_run).await?;
        shell.out(&kubectl::changed(&done));
        Ok(())
    })
    .await
}

/// Deletes node objects.
pub async fn delete(args: &DeleteArgs, shell: &Shell<'_>) -> Answer {
    if args.resources.is_empty() {
        return Err(plain("You must provide one or more resources by argument or filename."));
    }
    let names = nodes_of(&args.resources, "deleted")?;
    let dry_run = dry_run::parse(args.dry_run.as_deref())?;
    if names.is_empty() && args.selector.is_empty() && !args.all {
        return Err(plain("resource(s) were provided, but no name was specified"));
    }
    if !names.is_empty() && (!args.selector.is_empty() || args.all) {
        return Err(plain("name cannot be provided when a selector is specified"));
    }
    let names = if names.is_empty() {
        let found = select::nodes(shell, &[], Some(&args.selector)).await?;
        if found.is_empty() {
            shell.out("No resources found\n");
            return Ok(());
        }
        found.iter().filter_map(|node| node["metadata"]["name"].as_str().map(str::to_owned)).collect()
    } else {
        names
    };
    let mut refusals = vec![];
    for name in names {
        if let Err(refusal) = objects::named(&name) {
            refusals.push(refusal);
            continue;
        }
        match ops::delete_node(shell.api, &name, dry_run).await {
            Ok(done) if done.verdict == NodeVerdict::Absent => {
                let message = format!("nodes {name:?} not found");
                let status = Status { code: 404, reason: "NotFound".to_owned(), message, details: Value::Null };
                refusals.extend((!args.ignore_not_found).then_some(Refusal::Server(status)));
            }
            Ok(_) => shell.out(&format!("node {name:?} deleted{}\n", dry_run.suffix())),
            Err(error) => refusals.push(error.into()),
        }
    }
    Refusal::all(refusals).map_or(Ok(()), Err)
}

/// Resources and changes; the former come first.
fn split<'a>(
    arguments: &'a [String],
    is_change: fn(&str) -> bool,
    what: &str,
) -> Result<(Vec<String>, &'a [String]), Refusal> {
    let at = arguments.iter().position(|argument| is_change(argument)).unwrap_or(arguments.len());
    let (resources, changes) = arguments.split_at(at);
    match changes.iter().find(|argument| !is_change(argument)) {
        Some(late) => Err(plain(format!("all resources must be specified before {what} changes: {late}"))),
        None => Ok((resources.to_vec(), changes)),
    }
}

/// Names of nodes out of `nodes NAME…` or `node/NAME…`.
fn nodes_of(resources: &[String], done: &str) -> Result<Vec<String>, Refusal> {
    let only_nodes = |kind: Kind| match kind == NODES {
        true => Ok(()),
        false => Err(plain(format!("{} are not {done} here: nodes are", kind.plural))),
    };
    match select::named(resources)? {
        select::Named::Kinds(kinds) => {
            kinds.into_iter().try_for_each(only_nodes)?;
            Ok(vec![])
        }
        select::Named::Objects(names) => {
            names.iter().try_for_each(|(kind, _)| only_nodes(*kind))?;
            Ok(names.into_iter().map(|(_, name)| name).collect())
        }
    }
}

/// Does something with each node, also when it fails for another.
async fn each(
    shell: &Shell<'_>,
    names: &[String],
    selector: &str,
    act: impl AsyncFn(Value) -> Result<(), Refusal>,
) -> Answer {
    let mut refusals = vec![];
    let mut nodes = vec![];
    if names.is_empty() {
        nodes = select::nodes(shell, &[], Some(selector)).await?;
    }
    for name in names {
        match select::nodes(shell, std::slice::from_ref(name), None).await {
            Ok(found) => nodes.extend(found),
            Err(refusal) => refusals.push(refusal),
        }
    }
    for node in nodes {
        if let Err(refusal) = act(node).await {
            refusals.push(refusal);
        }
    }
    Refusal::all(refusals).map_or(Ok(()), Err)
}
