//! What EKS's health issues mean, and what to do about them.

use crate::domain::Code;
use crate::domain::cloud::{HealthIssue, ManagedNodegroup};
use crate::domain::error::Error;

/// Code of an issue → what to do.
const HELP: &[(&str, &str)] = &[
    (
        "AsgInstanceLaunchFailures",
        "add instance types of the same shape or zones, ask for fewer nodes, or try later: look at the group's activities",
    ),
    (
        "NodeCreationFailure",
        "look at the console of an instance that did not join (`aws ec2 get-console-output`): its role, its subnet and its \
         boot data decide",
    ),
    ("InsufficientFreeAddresses", "use subnets with free addresses, or free some: each node and most pods take one"),
    (
        "PodEvictionFailure",
        "let the disruption budgets of the pods on the node allow one to go, or repeat with `force`",
    ),
    ("IamNodeRoleNotFound", "make the role again under the same name, or delete the group and make it anew"),
    ("AutoScalingGroupNotFound", "someone deleted the Auto Scaling group: delete the node group and make it anew"),
    ("Ec2LaunchTemplateNotFound", "someone deleted EKS's launch template: delete the node group and make it anew"),
    ("InstanceLimitExceeded", "ask for a higher quota in Service Quotas, or for fewer nodes"),
];

/// A group on which EKS gave up.
pub(in crate::ops) fn failed(group: &ManagedNodegroup) -> Error {
    let message = format!("EKS gave up on managed node group `{}`: it is {}", group.name, group.status);
    let error = with_issues(Error::new(Code::NodegroupFailed, message), &group.issues);
    if error.causes.is_empty() { error.because("EKS shows no health issue") } else { error }
}

/// Adds EKS's issues as causes, and what to do about the first as the next action.
pub(super) fn with_issues(error: Error, issues: &[HealthIssue]) -> Error {
    let help = issues.iter().find_map(|issue| Some(HELP.iter().find(|(code, _)| *code == issue.code)?.1));
    let error = issues.iter().fold(error, |error, issue| error.because(told(issue)));
    error.help(help.unwrap_or("mend what EKS names, then delete the group and make it anew"))
}

/// `NodeCreationFailure: Instances failed to join … (i-1, i-2)`.
fn told(issue: &HealthIssue) -> String {
    let about = match issue.resource_ids.as_slice() {
        [] => String::new(),
        ids => format!(" ({})", ids.join(", ")),
    };
    format!("{}: {}{about}", issue.code, issue.message.trim_end_matches('.'))
}
