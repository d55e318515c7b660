//! Fewer nodes, chosen and drained by us: Auto Scaling would take some without asking their pods.

use std::cmp::Reverse;

use k8s_openapi::api::core::v1::Node;

use super::batch::{drain_all, terminate};
use crate::domain::cloud::{AutoScalingGroup, GroupInstance};
use crate::domain::error::Result;
use crate::domain::kubernetes::node::{instance_id, is_ready};
use crate::domain::nodegroup::node_selector;
use crate::domain::roll::Old;
use crate::ops::RollOptions;
use crate::ops::ledger::Ledger;
use crate::ports::{Cluster, ResourceKind, Verdict};

/// Takes members away until `wanted` are left or the group's `min` is reached: first those that are not Ready, then the
/// newest. Gives how many the group wants then.
pub(in crate::ops) async fn shrink(
    ledger: &Ledger<'_>,
    api: &dyn Cluster,
    name: &str,
    group: &AutoScalingGroup,
    wanted: u32,
    options: &RollOptions,
) -> Result<u32> {
    let nodes = api.nodes(&node_selector(name)).await?;
    let node = |member: &GroupInstance| nodes.iter().find(|node| instance_id(node) == Some(member.id.as_str()));
    let mut members: Vec<&GroupInstance> = group.instances.iter().filter(|one| !one.is_ending()).collect();
    let born = |node: &Node| node.metadata.creation_timestamp.as_ref().map(|at| at.0);
    members.sort_by_key(|member| {
        let node = node(member);
        (node.is_some_and(is_ready), Reverse(node.and_then(born)), member.id.clone())
    });
    let surplus = group.size.desired.saturating_sub(wanted.max(group.size.min)) as usize;
    let there = members.len().min(group.size.desired as usize);
    // Those that the group has still to start are the first that it need not have.
    let go = surplus.saturating_sub(group.size.desired as usize - there);
    let mut desired = group.size.desired;
    let leaving = members.into_iter().take(go).map(|member| Old {
        instance_id: member.id.clone(),
        zone: member.zone.clone(),
        node: node(member).and_then(|node| node.metadata.name.clone()),
        available: node(member).is_some_and(is_ready),
    });
    for one in leaving {
        let report = drain_all(ledger, api, &nodes, std::slice::from_ref(&one), options).await?;
        if let Some(error) = report.failure() {
            return Err(error);
        }
        terminate(ledger, &group.name, &one, true).await?;
        ledger.settle(ResourceKind::Node, one.shown(), Verdict::Deleted);
        desired -= 1;
    }
    Ok(desired)
}
