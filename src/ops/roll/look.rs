//! Which members of the group are outdated, and why.

use indexmap::IndexMap;
use k8s_openapi::api::core::v1::Node;

use super::Rolling;
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, GroupInstance};
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node as facts;
use crate::domain::nodegroup::node_selector;
use crate::domain::roll::{Old, reasons};
use crate::ports::polling;

/// The group as one look saw it.
pub(super) struct Seen {
    pub(super) group: AutoScalingGroup,
    /// The group's nodes.
    pub(super) nodes: Vec<Node>,
    /// Members to be replaced that are not on their way out yet.
    pub(super) old: Vec<Old>,
    /// Why, with the number of members.
    pub(super) reasons: IndexMap<String, usize>,
}

impl Seen {
    /// Nodes of members that are Ready and take pods.
    pub(super) fn available(&self) -> u32 {
        let staying = |node: &Node| {
            let id = facts::instance_id(node);
            self.group.instances.iter().any(|one| Some(one.id.as_str()) == id && !one.is_ending())
        };
        let count = self.nodes.iter().filter(|node| serves(node) && staying(node)).count();
        u32::try_from(count).unwrap_or(u32::MAX)
    }

    /// The node of a member.
    pub(super) fn node(&self, name: &str) -> Option<&Node> {
        self.nodes.iter().find(|node| facts::name(node) == name)
    }
}

fn serves(node: &Node) -> bool {
    facts::is_ready(node) && facts::is_schedulable(node)
}

impl Rolling<'_> {
    /// Looks.
    pub(super) async fn look(&mut self) -> Result<Seen> {
        let selector = node_selector(self.name);
        let (group, nodes) =
            polling(async { tokio::try_join!(self.session().cloud.group(self.group), self.api.nodes(&selector)) })
                .await?;
        let Some(group) = group else {
            return Err(Error::new(Code::NodegroupNotFound, format!("Auto Scaling group `{}` is gone", self.group))
                .help("someone else has deleted it"));
        };
        self.take_drift(&group).await?;
        let early = self.started_before(&group).await?;
        let mut seen = Seen { group, nodes, old: vec![], reasons: IndexMap::new() };
        for member in seen.group.instances.iter().filter(|member| !member.is_ending()) {
            let why = match early.contains(&member.id) {
                true => vec!["all are".to_owned()],
                false => self.outdated(&seen.group, member).await?,
            };
            if why.is_empty() {
                continue;
            }
            *seen.reasons.entry(why.join(", ")).or_default() += 1;
            let node = seen.nodes.iter().find(|node| facts::instance_id(node) == Some(member.id.as_str()));
            seen.old.push(Old {
                instance_id: member.id.clone(),
                zone: member.zone.clone(),
                node: node.map(|node| facts::name(node).to_owned()),
                available: node.is_some_and(serves),
            });
        }
        Ok(seen)
    }

    /// Members that were started before the roll, when all are to be replaced.
    async fn started_before(&self, group: &AutoScalingGroup) -> Result<Vec<String>> {
        let Some(since) = self.note.since else { return Ok(vec![]) };
        let ids: Vec<String> =
            group.instances.iter().filter(|one| !one.is_ending()).map(|one| one.id.clone()).collect();
        if ids.is_empty() {
            return Ok(vec![]);
        }
        let instances = self.session().cloud.instances(&ids).await?;
        let early = instances.into_iter().filter(|one| one.launched.is_some_and(|launched| launched < since));
        Ok(early.map(|one| one.id).collect())
    }

    /// Why a member is not what the group would start; empty when it is.
    async fn outdated(&mut self, group: &AutoScalingGroup, member: &GroupInstance) -> Result<Vec<String>> {
        let known = member.instance_type.is_empty() || group.types.is_empty();
        if !known && !group.types.contains(&member.instance_type) {
            return Ok(vec![format!("type {} is none of the group's", member.instance_type)]);
        }
        let (Some(template), Some(current)) = (&group.launch_template, &group.launch_template_version) else {
            return Ok(vec![]);
        };
        let Some(version) = member.launch_template_version.as_ref().filter(|version| *version != current) else {
            return Ok(vec![]);
        };
        if let Some(why) = self.versions.get(version) {
            return Ok(why.clone());
        }
        let cloud = &*self.session().cloud;
        let (old, new) = tokio::try_join!(
            cloud.launch_template_version(template, version),
            cloud.launch_template_version(template, current),
        )?;
        let why = match (old, new) {
            (Some(old), Some(new)) => {
                let parts = reasons(&old, &new);
                let differ = || format!("{} of the launch template's version {version}", parts.join(", "));
                if parts.is_empty() { vec![] } else { vec![format!("{} differ", differ())] }
            }
            _ => vec![format!("version {version} of the launch template is gone")],
        };
        self.versions.insert(version.clone(), why.clone());
        Ok(why)
    }
}
