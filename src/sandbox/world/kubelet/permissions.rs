//! What a role may do, as far as a node needs it: actions only, no resources and no conditions.

use serde_json::Value;

use crate::sandbox::services::iam::state::Role;

/// Actions of AWS's own policies that matter to a node.
const MANAGED: &[(&str, &[&str])] = &[
    (
        "AmazonEKSWorkerNodePolicy",
        &[
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVolumes",
            "ec2:DescribeVolumesModifications",
            "ec2:DescribeVpcs",
            "eks:DescribeCluster",
            "eks-auth:AssumeRoleForPodIdentity",
        ],
    ),
    ("AmazonEKSWorkerNodeMinimalPolicy", &["eks-auth:AssumeRoleForPodIdentity"]),
    (
        "AmazonEKS_CNI_Policy",
        &[
            "ec2:AssignPrivateIpAddresses",
            "ec2:AttachNetworkInterface",
            "ec2:CreateNetworkInterface",
            "ec2:CreateTags",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeInstances",
            "ec2:DescribeInstanceTypes",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSubnets",
            "ec2:DescribeTags",
            "ec2:DetachNetworkInterface",
            "ec2:ModifyNetworkInterfaceAttribute",
            "ec2:UnassignPrivateIpAddresses",
        ],
    ),
    ("AmazonEC2ContainerRegistryPullOnly", &["ecr:GetAuthorizationToken", "ecr:Batch*", "ecr:GetDownloadUrlForLayer"]),
    ("AmazonEC2ContainerRegistryReadOnly", &["ecr:Get*", "ecr:Batch*", "ecr:Describe*", "ecr:List*"]),
    ("AmazonEC2ContainerRegistryPowerUser", &["ecr:*"]),
    ("AmazonEC2ContainerRegistryFullAccess", &["ecr:*"]),
    ("AmazonEC2ReadOnlyAccess", &["ec2:Describe*"]),
    ("AmazonEC2FullAccess", &["ec2:*"]),
    ("PowerUserAccess", &["*"]),
    ("AdministratorAccess", &["*"]),
];

/// Whether a role's policies allow an action.
pub(super) fn permits(role: &Role, action: &str) -> bool {
    let managed = role.attached.iter().any(|arn| {
        let name = arn.rsplit('/').next().unwrap_or_default();
        let known = MANAGED.iter().find(|(known, _)| *known == name);
        known.is_some_and(|(_, actions)| actions.iter().any(|pattern| matches(pattern, action)))
    });
    let statements = || role.inline.values().flat_map(|document| each(&document["Statement"]));
    let stated =
        |effect: &str| statements().any(|statement| statement["Effect"] == effect && covers(statement, action));
    (managed || stated("Allow")) && !stated("Deny")
}

/// Whether EC2 may take the role.
pub fn trusts_ec2(role: &Role) -> bool {
    each(&role.trust["Statement"]).any(|statement| {
        statement["Effect"] == "Allow"
            && covers(statement, "sts:AssumeRole")
            && each(&statement["Principal"]["Service"])
                .filter_map(Value::as_str)
                .any(|service| matches!(service, "ec2.amazonaws.com" | "ec2.amazonaws.com.cn"))
    })
}

fn covers(statement: &Value, action: &str) -> bool {
    let listed = |field: &str| each(&statement[field]).filter_map(Value::as_str).any(|it| matches(it, action));
    if statement["NotAction"].is_null() { listed("Action") } else { !listed("NotAction") }
}

/// One or many: IAM documents write a list of one without brackets.
fn each(value: &Value) -> impl Iterator<Item = &Value> {
    let (list, single) = match value {
        Value::Array(list) => (list.as_slice(), None),
        Value::Null => (&[][..], None),
        single => (&[][..], Some(single)),
    };
    list.iter().chain(single)
}

/// IAM's patterns: `*` and `?`, without regard to case.
fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_lowercase().chars().collect();
    let text: Vec<char> = text.to_lowercase().chars().collect();
    let (mut p, mut t) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while t < text.len() {
        if p < pattern.len() && pattern[p] == '*' {
            star = Some((p, t));
            p += 1;
        } else if p < pattern.len() && (pattern[p] == '?' || pattern[p] == text[t]) {
            (p, t) = (p + 1, t + 1);
        } else if let Some((back, taken)) = star {
            star = Some((back, taken + 1));
            (p, t) = (back + 1, taken + 1);
        } else {
            return false;
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn patterns_are_iams() {
        for pattern in
            ["*", "ec2:*", "EC2:describe*", "ec2:Describe?nstances", "*:*Instances", "ec2:DescribeInstances*"]
        {
            assert!(matches(pattern, "ec2:DescribeInstances"), "{pattern}");
        }
        for pattern in ["", "ec2", "ec2:Describe", "ec2:DescribeInstances?", "ecr:*", "*x"] {
            assert!(!matches(pattern, "ec2:DescribeInstances"), "{pattern}");
        }
    }
}
