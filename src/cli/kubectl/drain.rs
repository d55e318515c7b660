//! `cordon`, `uncordon`, `drain`.

use std::time::Duration;

use k8s_openapi::api::core::v1::Node;

use super::{Answer, Shell, dry_run, select};
use crate::cli::cluster_choice::ClusterChoice;
use crate::domain::drain::{DrainOptions, Share};
use crate::domain::error::Error;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::selector::Selector;
use crate::domain::{Code, kubernetes::node};
use crate::ops;
use crate::view::kubectl;

/// What `cordon` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  spotscript cordon ip-192-168-25-236.ap-northeast-1.compute.internal")]
pub struct CordonArgs {
    /// The nodes
    #[command(flatten)]
    pub nodes: Nodes,
}

/// What `uncordon` takes.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  spotscript uncordon -l lifecycle=Ec2Spot")]
pub struct UncordonArgs {
    /// The nodes
    #[command(flatten)]
    pub nodes: Nodes,
}

/// Which nodes.
#[derive(Debug, clap::Args)]
pub struct Nodes {
    /// Nodes
    #[arg(value_name = "NODE")]
    pub nodes: Vec<String>,
    /// Nodes that a label selector picks
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// Only look: `client`, or `server` to ask the server too
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<String>,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

/// What `drain` takes. `--timeout` is the time for each node.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript drain ip-192-168-25-236.ap-northeast-1.compute.internal --ignore-daemonsets
  spotscript drain -l lifecycle=Ec2Spot --ignore-daemonsets --max-unavailable 25% --per-zone 1 --timeout 10m")]
pub struct DrainArgs {
    /// Nodes
    #[arg(value_name = "NODE")]
    pub nodes: Vec<String>,
    /// Nodes that a label selector picks
    #[arg(short = 'l', long, value_name = "SELECTOR")]
    pub selector: Option<String>,
    /// Leave pods of DaemonSets where they are
    #[arg(long)]
    pub ignore_daemonsets: bool,
    /// Evict pods with emptyDir volumes too, which are lost
    #[arg(long, alias = "delete-local-data")]
    pub delete_emptydir_data: bool,
    /// Evict pods that no controller makes anew
    #[arg(long)]
    pub force: bool,
    /// Seconds that pods get to end [default: each pod's own]
    #[arg(long, value_name = "SECONDS", allow_hyphen_values = true)]
    pub grace_period: Option<i64>,
    /// Do not wait for pods whose deletion began longer ago than these seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true)]
    pub skip_wait_for_delete_timeout: u64,
    /// Only pods that a label selector picks
    #[arg(long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub pod_selector: String,
    /// Only look: `client`, or `server` to ask the server too
    #[arg(long, value_name = "HOW", num_args = 0..=1, require_equals = true, default_missing_value = "client")]
    pub dry_run: Option<String>,
    /// Not here: pods are evicted, never deleted past their disruption budgets
    #[arg(long, hide = true)]
    pub disable_eviction: bool,
    /// Drain nodes side by side: how many may be drained or not Ready at a time, such as `2` or `25%`
    #[arg(long, value_name = "N", value_parser = share)]
    pub max_unavailable: Option<Share>,
    /// Drain nodes side by side: how many in one Availability Zone
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub per_zone: Option<u32>,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

/// Reads a number of nodes or a part of all.
pub fn share(text: &str) -> Result<Share, String> {
    Share::parse(text).ok_or_else(|| "write a number such as `2`, or a part such as `25%`".to_owned())
}

/// Refuses a call that names no nodes, or names them twice over.
fn names_nodes(verb: &str, names: &[String], selector: Option<&str>) -> Answer {
    if names.is_empty() && selector.is_none() {
        return Err(Refusal::usage(verb, &format!("USAGE: {verb} NODE [flags]")));
    }
    if !names.is_empty() && selector.is_some_and(|selector| !selector.is_empty()) {
        return Err(Refusal::usage(verb, "error: cannot specify both a node name and a --selector option"));
    }
    Ok(())
}

/// The nodes that a verb is about.
async fn wanted(shell: &Shell<'_>, names: &[String], selector: Option<&str>) -> Result<Vec<Node>, Refusal> {
    let unread = |error: serde_json::Error| {
        Refusal::from(Error::new(Code::KubeRefused, "a node cannot be read").because(error.to_string()))
    };
    let found = select::nodes(shell, names, selector).await?;
    found.into_iter().map(|node| serde_json::from_value(node).map_err(unread)).collect()
}

/// Cordons nodes, or uncordons them.
pub async fn cordon(args: &Nodes, unschedulable: bool, shell: &Shell<'_>) -> Answer {
    let verb = if unschedulable { "cordon" } else { "uncordon" };
    let dry_run = dry_run::parse(args.dry_run.as_deref())?;
    names_nodes(verb, &args.nodes, args.selector.as_deref())?;
    for node in wanted(shell, &args.nodes, args.selector.as_deref()).await? {
        match ops::cordon(shell.api, &node, unschedulable, dry_run).await {
            Ok(change) => shell.out(&kubectl::changed(&change)),
            Err(error) => {
                let why = error.causes.first().cloned().unwrap_or(error.message);
                shell.err(&format!("error: unable to {verb} node {:?}: {why}\n", node::name(&node)));
            }
        }
    }
    Ok(())
}

/// Drains nodes.
pub async fn run(args: &DrainArgs, shell: &Shell<'_>) -> Answer {
    if args.disable_eviction {
        return Err(Refusal::Plain(
            "pods are only evicted here: --disable-eviction would pass over their disruption budgets".to_owned(),
        ));
    }
    let options = DrainOptions {
        force: args.force,
        ignore_daemon_sets: args.ignore_daemonsets,
        delete_empty_dir_data: args.delete_emptydir_data,
        grace_seconds: args.grace_period.filter(|seconds| *seconds >= 0),
        timeout: shell.timeout,
        skip_deleted_after: Some(args.skip_wait_for_delete_timeout).filter(|it| *it > 0).map(Duration::from_secs),
        pod_selector: args.pod_selector.clone(),
        dry_run: dry_run::parse(args.dry_run.as_deref())?,
        max_unavailable: args.max_unavailable,
        per_zone: args.per_zone.map(|nodes| nodes as usize),
    };
    names_nodes("drain", &args.nodes, args.selector.as_deref())?;
    if Selector::parse(&args.pod_selector).is_err() {
        return Err(Refusal::Plain("--pod-selector=<pod_selector> must be a valid label selector".to_owned()));
    }
    let nodes = wanted(shell, &args.nodes, args.selector.as_deref()).await?;
    let tell = |event| {
        let (stream, text) = kubectl::drain(&event);
        (shell.to)(stream, &text);
    };
    let report = ops::drain(shell.session, shell.api, &nodes, &options, &tell).await?;
    let failed = report.nodes.into_iter().filter(|node| !node.drained);
    let failed: Vec<Refusal> =
        failed.map(|node| Refusal::Several(node.failures.into_iter().map(Refusal::Plain).collect())).collect();
    if failed.is_empty() { Ok(()) } else { Err(Refusal::Several(failed)) }
}
