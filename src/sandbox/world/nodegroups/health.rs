//! What is wrong with a group, found where it is wrong.

use super::make::issue;
use super::nodes::node_of;
use crate::sandbox::services::autoscaling::state::{ActivityStatus, Group, MemberState};
use crate::sandbox::services::eks::state::{Issue, Nodegroup};
use crate::sandbox::world::World;
use crate::sandbox::world::clock::{MINUTE, Millis};

/// An instance that has not joined after this never will, EKS thinks.
const JOINING: Millis = 15 * MINUTE;

/// The issues that EKS shows now.
pub fn health(world: &World, group: &Nodegroup) -> Vec<Issue> {
    match group.status.as_str() {
        // What it failed with stays.
        "CREATE_FAILED" | "DELETE_FAILED" => group.issues.clone(),
        "DELETING" => vec![],
        _ => look(world, group, JOINING),
    }
}

/// Looks at everything that a group consists of; instances may take so long to join.
pub(super) fn look(world: &World, group: &Nodegroup, joining: Millis) -> Vec<Issue> {
    let mut found = vec![];
    let role = world.iam.role_by_arn(&group.node_role);
    if role.is_none() {
        let message = "The node role was not found. Recreate it with the same ARN.";
        found.push(issue("IamNodeRoleNotFound", message, &[&group.node_role]));
    }
    if group.group.is_empty() {
        return found;
    }
    if !world.iam.profiles.contains_key(&group.profile) {
        let message = "We couldn't find the IAM instance profile for your managed node group.";
        found.push(issue("IamInstanceProfileNotFound", message, &[&group.profile]));
    }
    if !world.ec2.launch_templates.contains_key(&group.template) {
        let message = "We couldn't find the Amazon EC2 launch template for your managed node group.";
        found.push(issue("Ec2LaunchTemplateNotFound", message, &[&group.template]));
    }
    match world.autoscaling.groups.get(&group.group).filter(|there| there.status.is_none()) {
        None => {
            let message = "We couldn't find the Auto Scaling group associated with the managed node group.";
            found.push(issue("AutoScalingGroupNotFound", message, &[&group.group]));
        }
        Some(there) => {
            found.extend(launches(group, there));
            found.extend(joins(world, there, joining));
        }
    }
    found
}

/// Launches that fail, with none since that did not.
fn launches(group: &Nodegroup, there: &Group) -> Option<Issue> {
    let present = there.members.values().filter(|member| member.state != MemberState::Terminating).count();
    if i64::try_from(present).unwrap_or(i64::MAX) >= there.desired {
        return None;
    }
    let launch = there.activities.iter().rev().find(|activity| activity.description.starts_with("Launching"))?;
    let message = launch.message.as_deref().filter(|_| launch.status == ActivityStatus::Failed)?;
    if message.contains("free addresses") {
        let subnets: Vec<&str> = group.subnet_ids.iter().map(String::as_str).collect();
        let text = "One or more of the subnets associated with your managed node group doesn't have enough available \
                    IP addresses for new nodes.";
        return Some(issue("InsufficientFreeAddresses", text, &subnets));
    }
    Some(issue("AsgInstanceLaunchFailures", message, &[&there.name]))
}

/// Instances that run and are no nodes.
fn joins(world: &World, there: &Group, joining: Millis) -> Option<Issue> {
    let late = there.members.values().filter(|member| {
        member.state != MemberState::Terminating
            && world.now() - member.launched >= joining
            && !node_of(world, &member.id).is_some_and(|(_, ready)| ready)
    });
    let ids: Vec<&str> = late.map(|member| member.id.as_str()).collect();
    let text = "Instances failed to join the kubernetes cluster";
    (!ids.is_empty()).then(|| issue("NodeCreationFailure", text, &ids))
}
