//! What the AWS Load Balancer Controller needs.
//!
//! It may change only what carries its tag `elbv2.k8s.aws/cluster`, where IAM can tell.

use serde_json::{Value, json};

use super::allow;

/// The tag by which the controller marks what it made.
const MARK: &str = "elbv2.k8s.aws/cluster";

/// The statements, in the order read, make, mark, change.
pub(super) fn statements(partition: &str) -> Vec<Value> {
    let arn = |rest: &str| format!("arn:{partition}:{rest}");
    let security_groups = json!(arn("ec2:*:*:security-group/*"));
    let balancers = json!([
        arn("elasticloadbalancing:*:*:targetgroup/*/*"),
        arn("elasticloadbalancing:*:*:loadbalancer/net/*/*"),
        arn("elasticloadbalancing:*:*:loadbalancer/app/*/*"),
    ]);
    let listeners = json!([
        arn("elasticloadbalancing:*:*:listener/net/*/*/*"),
        arn("elasticloadbalancing:*:*:listener/app/*/*/*"),
        arn("elasticloadbalancing:*:*:listener-rule/net/*/*/*"),
        arn("elasticloadbalancing:*:*:listener-rule/app/*/*/*"),
    ]);
    let any = || json!("*");
    let marked_now = json!({ "Null": { tag("aws:RequestTag"): "false" } });
    let marked_before = json!({ "Null": { tag("aws:ResourceTag"): "false" } });
    // Tags may be put on what is being made with the mark, and on what has it; the mark itself stays.
    let keeps_mark = json!({ "Null": { tag("aws:RequestTag"): "true", tag("aws:ResourceTag"): "false" } });
    let elb = "elasticloadbalancing";

    vec![
        with(
            allow("iam", &["CreateServiceLinkedRole"], any()),
            json!({ "StringEquals": { "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com" } }),
        ),
        allow("ec2", EC2_READS, any()),
        allow(elb, ELB_READS, any()),
        other_services(),
        allow("ec2", &["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "CreateSecurityGroup"], any()),
        with(
            allow("ec2", &["CreateTags"], security_groups.clone()),
            json!({
                "StringEquals": { "ec2:CreateAction": "CreateSecurityGroup" },
                "Null": { tag("aws:RequestTag"): "false" },
            }),
        ),
        with(allow("ec2", &["CreateTags", "DeleteTags"], security_groups.clone()), keeps_mark.clone()),
        with(
            allow(
                "ec2",
                &["AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress", "DeleteSecurityGroup"],
                security_groups,
            ),
            marked_before.clone(),
        ),
        with(allow(elb, &["CreateLoadBalancer", "CreateTargetGroup"], any()), marked_now.clone()),
        allow(elb, &["CreateListener", "DeleteListener", "CreateRule", "DeleteRule"], any()),
        with(allow(elb, &["AddTags", "RemoveTags"], balancers.clone()), keeps_mark),
        allow(elb, &["AddTags", "RemoveTags"], listeners),
        with(allow(elb, ELB_CHANGES, any()), marked_before),
        with(
            allow(elb, &["AddTags"], balancers),
            json!({
                "StringEquals": { "elasticloadbalancing:CreateAction": ["CreateTargetGroup", "CreateLoadBalancer"] },
                "Null": { tag("aws:RequestTag"): "false" },
            }),
        ),
        allow(elb, &["RegisterTargets", "DeregisterTargets"], json!(arn("elasticloadbalancing:*:*:targetgroup/*/*"))),
        allow(
            elb,
            &[
                "SetWebAcl",
                "ModifyListener",
                "AddListenerCertificates",
                "RemoveListenerCertificates",
                "ModifyRule",
                "SetRulePriorities",
            ],
            any(),
        ),
    ]
}

fn tag(condition: &str) -> String {
    format!("{condition}/{MARK}")
}

fn with(mut statement: Value, condition: Value) -> Value {
    if let Some(object) = statement.as_object_mut() {
        object.insert("Condition".to_owned(), condition);
    }
    statement
}

const EC2_READS: &[&str] = &[
    "DescribeAccountAttributes",
    "DescribeAddresses",
    "DescribeAvailabilityZones",
    "DescribeInternetGateways",
    "DescribeVpcs",
    "DescribeVpcPeeringConnections",
    "DescribeSubnets",
    "DescribeSecurityGroups",
    "DescribeInstances",
    "DescribeNetworkInterfaces",
    "DescribeTags",
    "DescribeCoipPools",
    "GetCoipPoolUsage",
    "GetSecurityGroupsForVpc",
    "DescribeIpamPools",
    "DescribeRouteTables",
];

const ELB_READS: &[&str] = &[
    "DescribeLoadBalancers",
    "DescribeLoadBalancerAttributes",
    "DescribeListeners",
    "DescribeListenerCertificates",
    "DescribeListenerAttributes",
    "DescribeSSLPolicies",
    "DescribeRules",
    "DescribeTargetGroups",
    "DescribeTargetGroupAttributes",
    "DescribeTargetHealth",
    "DescribeTags",
    "DescribeTrustStores",
    "DescribeCapacityReservation",
];

const ELB_CHANGES: &[&str] = &[
    "ModifyLoadBalancerAttributes",
    "SetIpAddressType",
    "SetSecurityGroups",
    "SetSubnets",
    "DeleteLoadBalancer",
    "ModifyTargetGroup",
    "ModifyTargetGroupAttributes",
    "DeleteTargetGroup",
    "ModifyListenerAttributes",
    "ModifyCapacityReservation",
    "ModifyIpPools",
];

/// Certificates, sign-in and firewalls that an Ingress can name.
fn other_services() -> Value {
    let actions = [
        "cognito-idp:DescribeUserPoolClient",
        "acm:ListCertificates",
        "acm:DescribeCertificate",
        "iam:ListServerCertificates",
        "iam:GetServerCertificate",
        "waf-regional:GetWebACL",
        "waf-regional:GetWebACLForResource",
        "waf-regional:AssociateWebACL",
        "waf-regional:DisassociateWebACL",
        "wafv2:GetWebACL",
        "wafv2:GetWebACLForResource",
        "wafv2:AssociateWebACL",
        "wafv2:DisassociateWebACL",
        "shield:GetSubscriptionState",
        "shield:DescribeProtection",
        "shield:CreateProtection",
        "shield:DeleteProtection",
    ];
    json!({ "Effect": "Allow", "Action": actions, "Resource": "*" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_sixteen_statements_and_each_names_an_action_once() {
        let statements = statements("aws");
        assert_eq!(statements.len(), 16);
        for statement in &statements {
            let actions: Vec<&str> =
                statement["Action"].as_array().unwrap().iter().map(|action| action.as_str().unwrap()).collect();
            let unique: std::collections::BTreeSet<_> = actions.iter().collect();
            assert_eq!(unique.len(), actions.len());
            assert!(actions.iter().all(|action| action.split_once(':').is_some_and(|(_, name)| !name.contains('*'))));
        }
    }

    #[test]
    fn what_deletes_a_load_balancer_is_bound_to_the_mark() {
        let all = statements("aws");
        let deleting: Vec<&Value> =
            all.iter().filter(|statement| statement["Action"].to_string().contains("DeleteLoadBalancer")).collect();
        assert_eq!(deleting.len(), 1);
        assert_eq!(deleting[0]["Condition"]["Null"]["aws:ResourceTag/elbv2.k8s.aws/cluster"], "false");
    }
}
