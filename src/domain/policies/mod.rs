//! IAM documents for the role of a group's nodes: trust, managed policies, inline policies.

mod load_balancer;

use serde_json::{Value, json};

use super::nodegroup::AddonPolicies;

/// The DNS suffix of a partition's services: `amazonaws.com`, `amazonaws.com.cn`.
pub fn dns_suffix(partition: &str) -> &'static str {
    if partition == "aws-cn" { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// Who may take the role: EC2. `dns_suffix` is that of [`dns_suffix`].
pub fn trust(dns_suffix: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": { "Service": format!("ec2.{dns_suffix}") },
            "Action": "sts:AssumeRole",
        }],
    })
}

/// ARNs of the managed policies, in a fixed order: what every node needs, then the add-ons'. ARNs of the user's own
/// take the place of what every node needs, all but the pulling of images.
pub fn managed(partition: &str, addons: &AddonPolicies, own: &[String]) -> Vec<String> {
    let registry =
        if addons.image_builder { "AmazonEC2ContainerRegistryPowerUser" } else { "AmazonEC2ContainerRegistryPullOnly" };
    let mut names = match own {
        [] => vec!["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonSSMManagedInstanceCore", registry],
        _ => vec![registry],
    };
    if addons.cloud_watch {
        names.push("CloudWatchAgentServerPolicy");
    }
    if addons.ebs {
        names.push("service-role/AmazonEBSCSIDriverPolicy");
    }
    let ours = names.into_iter().map(|name| format!("arn:{partition}:iam::aws:policy/{name}"));
    own.iter().cloned().chain(ours).collect()
}

/// Inline policies of the add-ons, in a fixed order: name and document.
pub fn inline(partition: &str, addons: &AddonPolicies) -> Vec<(String, Value)> {
    let mut policies = Vec::new();
    let mut add = |name: &str, statements: Vec<Value>| {
        policies.push((name.to_owned(), json!({ "Version": "2012-10-17", "Statement": statements })));
    };
    if addons.auto_scaler {
        add("PolicyAutoScaling", auto_scaler());
    }
    if addons.aws_load_balancer_controller {
        add("PolicyAWSLoadBalancerController", load_balancer::statements(partition));
    }
    if addons.external_dns {
        add("PolicyExternalDNS", external_dns(partition));
    }
    if addons.cert_manager {
        add("PolicyCertManager", cert_manager(partition));
    }
    if addons.x_ray {
        add("PolicyXRay", x_ray());
    }
    if addons.app_mesh || addons.app_mesh_preview {
        let service = if addons.app_mesh_preview { "appmesh-preview" } else { "appmesh" };
        add(if addons.app_mesh_preview { "PolicyAppMeshPreview" } else { "PolicyAppMesh" }, app_mesh(service));
    }
    if addons.efs {
        add("PolicyEFS", efs());
    }
    if addons.fsx {
        add("PolicyFSX", fsx(partition));
    }
    policies
}

/// A statement that allows `actions` (with their service in front) on `resources`.
fn allow(service: &str, actions: &[&str], resources: Value) -> Value {
    let actions: Vec<String> = actions.iter().map(|action| format!("{service}:{action}")).collect();
    json!({ "Effect": "Allow", "Action": actions, "Resource": resources })
}

fn auto_scaler() -> Vec<Value> {
    let read = [
        "autoscaling:DescribeAutoScalingGroups",
        "autoscaling:DescribeAutoScalingInstances",
        "autoscaling:DescribeLaunchConfigurations",
        "autoscaling:DescribeScalingActivities",
        "autoscaling:DescribeTags",
        "ec2:DescribeInstanceTypes",
        "ec2:DescribeLaunchTemplateVersions",
    ];
    let act = [
        "autoscaling:SetDesiredCapacity",
        "autoscaling:TerminateInstanceInAutoScalingGroup",
        "ec2:DescribeImages",
        "ec2:GetInstanceTypesFromInstanceRequirements",
        "eks:DescribeNodegroup",
    ];
    vec![
        json!({ "Effect": "Allow", "Action": read, "Resource": "*" }),
        json!({ "Effect": "Allow", "Action": act, "Resource": "*" }),
    ]
}

fn external_dns(partition: &str) -> Vec<Value> {
    vec![
        allow("route53", &["ChangeResourceRecordSets"], json!(format!("arn:{partition}:route53:::hostedzone/*"))),
        allow("route53", &["ListHostedZones", "ListResourceRecordSets", "ListTagsForResource"], json!("*")),
    ]
}

fn cert_manager(partition: &str) -> Vec<Value> {
    vec![
        allow("route53", &["ChangeResourceRecordSets"], json!(format!("arn:{partition}:route53:::hostedzone/*"))),
        allow("route53", &["GetChange"], json!(format!("arn:{partition}:route53:::change/*"))),
        allow("route53", &["ListResourceRecordSets", "ListHostedZonesByName"], json!("*")),
    ]
}

fn x_ray() -> Vec<Value> {
    let actions = [
        "PutTraceSegments",
        "PutTelemetryRecords",
        "GetSamplingRules",
        "GetSamplingTargets",
        "GetSamplingStatisticSummaries",
    ];
    vec![allow("xray", &actions, json!("*"))]
}

fn app_mesh(service: &str) -> Vec<Value> {
    let discovery = [
        "CreateService",
        "DeleteService",
        "DeregisterInstance",
        "DiscoverInstances",
        "GetInstancesHealthStatus",
        "ListServices",
        "ListNamespaces",
        "RegisterInstance",
        "UpdateInstanceCustomHealthStatus",
    ];
    let health =
        ["ChangeResourceRecordSets", "CreateHealthCheck", "DeleteHealthCheck", "GetHealthCheck", "UpdateHealthCheck"];
    vec![
        allow(service, &["*"], json!("*")),
        allow("servicediscovery", &discovery, json!("*")),
        allow("route53", &health, json!("*")),
    ]
}

fn efs() -> Vec<Value> {
    let interfaces =
        ["CreateNetworkInterface", "DeleteNetworkInterface", "DescribeNetworkInterfaces", "DescribeSubnets"];
    vec![allow("elasticfilesystem", &["*"], json!("*")), allow("ec2", &interfaces, json!("*"))]
}

fn fsx(partition: &str) -> Vec<Value> {
    let role = format!("arn:{partition}:iam::*:role/aws-service-role/s3.data-source.lustre.fsx.amazonaws.com/*");
    vec![
        allow("fsx", &["*"], json!("*")),
        allow("iam", &["CreateServiceLinkedRole", "AttachRolePolicy", "PutRolePolicy"], json!(role)),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: AddonPolicies = AddonPolicies {
        auto_scaler: true,
        cloud_watch: true,
        aws_load_balancer_controller: true,
        ebs: true,
        image_builder: true,
        external_dns: true,
        cert_manager: true,
        x_ray: true,
        app_mesh: true,
        app_mesh_preview: true,
        efs: true,
        fsx: true,
    };

    #[test]
    fn every_node_has_four_managed_policies_and_the_tutorials_one_more() {
        assert_eq!(
            managed("aws-cn", &AddonPolicies { cloud_watch: true, ..AddonPolicies::default() }, &[]),
            [
                "arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodePolicy",
                "arn:aws-cn:iam::aws:policy/AmazonEKS_CNI_Policy",
                "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore",
                "arn:aws-cn:iam::aws:policy/AmazonEC2ContainerRegistryPullOnly",
                "arn:aws-cn:iam::aws:policy/CloudWatchAgentServerPolicy",
            ]
        );
        assert!(managed("aws", &ALL, &[]).iter().any(|arn| arn.ends_with("ContainerRegistryPowerUser")));
        assert!(!managed("aws", &ALL, &[]).iter().any(|arn| arn.ends_with("PullOnly")));
    }

    #[test]
    fn only_what_is_asked_for_is_allowed() {
        assert!(inline("aws", &AddonPolicies::default()).is_empty());
        let names: Vec<String> = inline("aws", &ALL).into_iter().map(|(name, _)| name).collect();
        assert_eq!(
            names,
            [
                "PolicyAutoScaling",
                "PolicyAWSLoadBalancerController",
                "PolicyExternalDNS",
                "PolicyCertManager",
                "PolicyXRay",
                "PolicyAppMeshPreview",
                "PolicyEFS",
                "PolicyFSX"
            ]
        );
    }

    #[test]
    fn all_inline_policies_together_fit_a_role() {
        // IAM counts the characters of all inline policies of a role, white space aside.
        let size: usize = inline("aws-us-gov", &ALL).iter().map(|(_, document)| document.to_string().len()).sum();
        assert!(size <= 10_240, "{size}");
    }

    #[test]
    fn arns_are_of_the_partition() {
        for (name, document) in inline("aws-cn", &ALL) {
            assert!(!document.to_string().contains("arn:aws:"), "{name}");
        }
        assert_eq!(trust(dns_suffix("aws-cn"))["Statement"][0]["Principal"]["Service"], "ec2.amazonaws.com.cn");
    }
}
