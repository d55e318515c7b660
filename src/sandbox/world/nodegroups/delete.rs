//! A group that is being deleted: its nodes first, then what EKS made for it.

use serde_json::json;

use super::make::call;
use super::{change, group as find};
use crate::sandbox::services::eks::state::Nodegroup;
use crate::sandbox::services::{autoscaling, ec2};
use crate::sandbox::world::World;

/// Goes on with it. Whether something is left.
pub(super) fn step(world: &mut World, cluster: &str, name: &str) -> bool {
    let Some(group) = find(world, cluster, name) else { return false };
    if let Some(there) = world.autoscaling.groups.get(&group.group) {
        if there.desired > 0 || there.max > 0 {
            let request = json!({
                "AutoScalingGroupName": group.group, "MinSize": "0", "MaxSize": "0", "DesiredCapacity": "0",
            });
            let _ = call(world, autoscaling::OPERATIONS, "UpdateAutoScalingGroup", request);
        } else if there.members.is_empty() && there.status.is_none() {
            let request = json!({"AutoScalingGroupName": group.group});
            let _ = call(world, autoscaling::OPERATIONS, "DeleteAutoScalingGroup", request);
        }
        return true;
    }
    if !group.template.is_empty() {
        let _ = call(world, ec2::OPERATIONS, "DeleteLaunchTemplate", json!({"LaunchTemplateId": group.template}));
    }
    world.iam.profiles.remove(&group.profile);
    shut_out(world, cluster, &group);
    change(world, cluster, name, |group| group.status = "DELETED".into());
    if let Some(cluster) = world.eks.clusters.get_mut(cluster) {
        cluster.nodegroups.remove(name);
    }
    false
}

/// The role leaves the cluster with the last group that has it, if EKS let it in.
fn shut_out(world: &mut World, cluster: &str, group: &Nodegroup) {
    let Some(home) = world.eks.clusters.get_mut(cluster) else { return };
    let others = home.nodegroups.values().any(|other| other.name != group.name && other.node_role == group.node_role);
    if others || !group.made_access {
        return;
    }
    home.access_entries.remove(&group.node_role);
    let _ = world.objects.modify("configmaps", "kube-system", "aws-auth", |map| {
        let rows = map["data"]["mapRoles"].as_str().unwrap_or_default();
        // Rows begin with `- `; the one of this role goes.
        let rows = rows.split("\n- ").map(|row| row.trim_start_matches("- ").trim_end());
        let rest = rows.filter(|row| !row.is_empty() && !row.contains(&group.node_role));
        let rest: String = rest.map(|row| format!("- {row}\n")).collect();
        map["data"]["mapRoles"] = rest.into();
    });
}
