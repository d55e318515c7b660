//! Managed node groups over EKS's own wire: their life, what they are refused for, what goes wrong with them.

use std::time::Duration;

use aws_sdk_eks::Client;
use aws_sdk_eks::types::{
    CapacityTypes, Nodegroup, NodegroupIssueCode, NodegroupScalingConfig, NodegroupStatus, Taint, TaintEffect, Update,
    UpdateLabelsPayload, UpdateStatus,
};
use serde_json::{Value, json};
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::kube::controllers;

use super::{code, sandbox};

const CLUSTER: &str = "eks-spot-eksct";

/// Makes a role that nodes can have, with the policies named.
fn role(sandbox: &Sandbox, name: &str, policies: &[&str]) -> String {
    sandbox.world(|world| {
        let mut role = world.iam.roles.values().find(|role| role.name.contains("NodeInstanceRole")).unwrap().clone();
        role.name = name.to_owned();
        role.arn = world.account.iam_arn(&format!("role/{name}"));
        role.attached = policies.iter().map(|policy| format!("arn:aws:iam::aws:policy/{policy}")).collect();
        let arn = role.arn.clone();
        world.iam.roles.insert(name.to_owned(), role);
        arn
    })
}

fn node_role(sandbox: &Sandbox) -> String {
    let policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"];
    role(sandbox, "nodes", &policies)
}

fn subnets(sandbox: &Sandbox) -> Vec<String> {
    sandbox.read(|world| world.ec2.subnets.values().filter(|it| it.public).map(|it| it.id.clone()).collect())
}

fn size(min: i32, desired: i32, max: i32) -> NodegroupScalingConfig {
    NodegroupScalingConfig::builder().min_size(min).desired_size(desired).max_size(max).build()
}

fn taint(key: &str, effect: TaintEffect) -> Taint {
    Taint::builder().key(key).value("true").effect(effect).build()
}

/// A Spot group of two nodes, as a request.
fn request(
    eks: &Client,
    sandbox: &Sandbox,
    role: &str,
) -> aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupFluentBuilder {
    eks.create_nodegroup()
        .cluster_name(CLUSTER)
        .nodegroup_name("spot")
        .node_role(role)
        .set_subnets(Some(subnets(sandbox)))
        .capacity_type(CapacityTypes::Spot)
        .set_instance_types(Some(vec!["m5.xlarge".into(), "m5a.xlarge".into(), "t3.xlarge".into()]))
        .scaling_config(size(0, 2, 4))
        .labels("intent", "apps")
        .taints(taint("spot", TaintEffect::PreferNoSchedule))
        .client_request_token("token")
}

async fn described(eks: &Client) -> Nodegroup {
    eks.describe_nodegroup().cluster_name(CLUSTER).nodegroup_name("spot").send().await.unwrap().nodegroup.unwrap()
}

async fn update(eks: &Client, id: &str) -> Update {
    eks.describe_update().name(CLUSTER).nodegroup_name("spot").update_id(id).send().await.unwrap().update.unwrap()
}

fn pass(sandbox: &Sandbox, minutes: u64) {
    sandbox.world(|world| world.advance(Duration::from_secs(60 * minutes)));
}

fn nodes(sandbox: &Sandbox) -> Vec<Value> {
    sandbox.read(|world| {
        let of_group =
            |node: &&std::sync::Arc<Value>| node["metadata"]["labels"]["eks.amazonaws.com/nodegroup"] == "spot";
        world.objects.list("nodes", None).filter(of_group).map(|node| Value::clone(node)).collect()
    })
}

#[tokio::test]
async fn a_spot_group_lives_from_creation_to_deletion() {
    let (sandbox, config) = sandbox();
    let eks = Client::new(&config);
    let role = node_role(&sandbox);
    let made = request(&eks, &sandbox, &role).send().await.unwrap().nodegroup.unwrap();
    assert_eq!(made.status(), Some(&NodegroupStatus::Creating));
    let again = request(&eks, &sandbox, &role).send().await.unwrap().nodegroup.unwrap();
    assert_eq!(again.nodegroup_arn(), made.nodegroup_arn(), "the same token is the same request");
    let other = request(&eks, &sandbox, &role).client_request_token("other").send().await;
    assert_eq!(code(other), "ResourceInUseException");
    pass(&sandbox, 3);

    let group = described(&eks).await;
    assert_eq!((group.status(), group.capacity_type()), (Some(&NodegroupStatus::Active), Some(&CapacityTypes::Spot)));
    assert!(group.health().unwrap().issues().is_empty());
    let name = group.resources().unwrap().auto_scaling_groups()[0].name().unwrap().to_owned();
    assert!(name.starts_with("eks-spot-"), "{name}");
    sandbox.read(|world| {
        let there = &world.autoscaling.groups[&name];
        assert_eq!((there.min, there.desired, there.max), (0, 2, 4));
        assert_eq!(there.tags["eks:nodegroup-name"].value, "spot");
        assert_eq!(there.tags["k8s.io/cluster-autoscaler/enabled"].value, "true");
        assert!(world.eks.clusters[CLUSTER].access_entries.contains_key(&role), "EKS lets the role in");
    });
    let there = nodes(&sandbox);
    assert_eq!(there.len(), 2);
    for node in &there {
        let labels = &node["metadata"]["labels"];
        assert_eq!(labels["eks.amazonaws.com/capacityType"], "SPOT");
        assert!(labels["eks.amazonaws.com/nodegroup-image"].as_str().unwrap().starts_with("ami-"));
        assert_eq!(labels["intent"], "apps");
        assert_eq!(node["spec"]["taints"], json!([{"key": "spot", "value": "true", "effect": "PreferNoSchedule"}]));
    }

    let change = eks
        .update_nodegroup_config()
        .cluster_name(CLUSTER)
        .nodegroup_name("spot")
        .scaling_config(size(1, 3, 5))
        .labels(UpdateLabelsPayload::builder().add_or_update_labels("team", "a").remove_labels("intent").build());
    let begun = change.clone().send().await.unwrap().update.unwrap();
    assert_eq!(begun.status(), Some(&UpdateStatus::InProgress));
    assert_eq!(code(change.send().await), "InvalidRequestException", "one update at a time");
    pass(&sandbox, 3);
    assert_eq!(update(&eks, begun.id().unwrap()).await.status(), Some(&UpdateStatus::Successful));
    let there = nodes(&sandbox);
    assert_eq!(there.len(), 3);
    for node in &there {
        assert_eq!(
            (&node["metadata"]["labels"]["team"], &node["metadata"]["labels"]["intent"]),
            (&json!("a"), &Value::Null)
        );
    }

    eks.delete_nodegroup().cluster_name(CLUSTER).nodegroup_name("spot").send().await.unwrap();
    assert_eq!(described(&eks).await.status(), Some(&NodegroupStatus::Deleting));
    pass(&sandbox, 5);
    let gone = eks.describe_nodegroup().cluster_name(CLUSTER).nodegroup_name("spot").send().await;
    assert_eq!(code(gone), "ResourceNotFoundException");
    sandbox.read(|world| {
        assert!(!world.autoscaling.groups.contains_key(&name));
        assert!(!world.eks.clusters[CLUSTER].access_entries.contains_key(&role));
        assert_eq!(world.ec2.launch_templates.len(), 1, "only that of the control group is left");
        assert_eq!(world.iam.profiles.len(), 1);
    });
    assert_eq!(nodes(&sandbox).len(), 0);
}

#[tokio::test]
async fn what_cannot_be_is_refused_as_eks_does() {
    let (sandbox, config) = sandbox();
    let eks = Client::new(&config);
    let role = node_role(&sandbox);
    let refused = async |request: aws_sdk_eks::operation::create_nodegroup::builders::CreateNodegroupFluentBuilder| {
        let error = request.send().await.unwrap_err().into_service_error();
        format!("{}: {}", error.meta().code().unwrap(), error.meta().message().unwrap())
    };
    let make = || request(&eks, &sandbox, &role);
    let told = [
        refused(make().cluster_name("other")).await,
        refused(make().scaling_config(size(3, 2, 4))).await,
        refused(make().scaling_config(size(0, 5, 4))).await,
        refused(make().set_instance_types(Some(vec!["m5.huge".into()]))).await,
        refused(make().set_instance_types(Some(vec!["m6g.large".into()]))).await,
        refused(make().set_subnets(Some(vec!["subnet-1".into()]))).await,
        refused(make().node_role("arn:aws:iam::1:role/none")).await,
        refused(make().labels("eks.amazonaws.com/x", "y")).await,
        refused(make().taints(taint("a", TaintEffect::from("NoSchedule")))).await,
        refused(make().release_version("1.0.0-20200101")).await,
    ];
    insta::assert_snapshot!(told.join("\n"), @r"
    ResourceNotFoundException: No cluster found for name: other.
    InvalidParameterException: Minimum capacity 3 can't be greater than desired size 2
    InvalidParameterException: desired capacity 5 can't be greater than max size 4
    InvalidParameterException: The following supplied instance types do not exist: [m5.huge]
    InvalidParameterException: [m6g.large] is not a valid instance type for requested amiType AL2023_x86_64_STANDARD
    InvalidParameterException: The subnet ID 'subnet-1' does not exist
    InvalidParameterException: The role with name none cannot be found.
    InvalidParameterException: Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]
    InvalidParameterException: Invalid taint effect NoSchedule: it is one of NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE
    InvalidParameterException: Requested release version 1.0.0-20200101 is not valid for kubernetes version 1.33.
    ");
    assert!(eks.list_nodegroups().cluster_name(CLUSTER).send().await.unwrap().nodegroups().len() == 1);
}

#[tokio::test]
async fn a_role_that_may_nothing_fails_the_creation() {
    let (sandbox, config) = sandbox();
    let eks = Client::new(&config);
    let role = role(&sandbox, "powerless", &[]);
    request(&eks, &sandbox, &role).send().await.unwrap();
    pass(&sandbox, 18);
    assert_eq!(described(&eks).await.status(), Some(&NodegroupStatus::Creating));
    pass(&sandbox, 3);
    let group = described(&eks).await;
    assert_eq!(group.status(), Some(&NodegroupStatus::CreateFailed));
    let issue = &group.health().unwrap().issues()[0];
    assert_eq!(issue.code(), Some(&NodegroupIssueCode::NodeCreationFailure));
    assert!(issue.resource_ids().iter().all(|id| id.starts_with("i-")) && issue.resource_ids().len() == 2);
}

#[tokio::test]
async fn exhausted_pools_and_full_subnets_are_told_as_health_issues() {
    for (full, expected) in
        [(false, NodegroupIssueCode::AsgInstanceLaunchFailures), (true, NodegroupIssueCode::InsufficientFreeAddresses)]
    {
        let (sandbox, config) = sandbox();
        let eks = Client::new(&config);
        let role = node_role(&sandbox);
        if full {
            sandbox.world(|world| {
                for subnet in world.ec2.subnets.values_mut() {
                    subnet.prefix = 28;
                    while subnet.take(0).is_some() {}
                }
            });
        } else {
            sandbox.exhaust("*", "*").unwrap();
        }
        request(&eks, &sandbox, &role).send().await.unwrap();
        pass(&sandbox, 25);
        let group = described(&eks).await;
        assert_eq!(group.status(), Some(&NodegroupStatus::CreateFailed));
        assert_eq!(group.health().unwrap().issues()[0].code(), Some(&expected));
    }
}

fn put(sandbox: &Sandbox, plural: &str, object: Value) {
    sandbox.world(|world| {
        let (now, name) = (world.now(), object["metadata"]["name"].as_str().unwrap().to_owned());
        world.objects.create(plural, object, now).unwrap();
        controllers::workload_changed(&mut world.objects, plural, "default", &name, now);
    });
}

/// Two pods on the group's nodes, of which `available` must stay.
fn workload(sandbox: &Sandbox, available: u32) {
    let pods = json!({
        "metadata": {"labels": {"app": "web"}},
        "spec": {"containers": [{"name": "c"}], "nodeSelector": {"eks.amazonaws.com/nodegroup": "spot"}},
    });
    put(
        sandbox,
        "replicasets",
        json!({
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": pods},
        }),
    );
    put(
        sandbox,
        "poddisruptionbudgets",
        json!({
            "metadata": {"name": "web", "namespace": "default"},
            "spec": {"minAvailable": available, "selector": {"matchLabels": {"app": "web"}}},
        }),
    );
}

#[tokio::test]
async fn a_version_update_replaces_nodes_within_budgets() {
    let (sandbox, config) = sandbox();
    let eks = Client::new(&config);
    let role = node_role(&sandbox);
    request(&eks, &sandbox, &role).send().await.unwrap();
    pass(&sandbox, 3);
    let names = |nodes: Vec<Value>| nodes.iter().map(|node| node["metadata"]["name"].clone()).collect::<Vec<_>>();
    let old = names(nodes(&sandbox));
    workload(&sandbox, 1);
    let begin = || eks.update_nodegroup_version().cluster_name(CLUSTER).nodegroup_name("spot");
    let begun = begin().send().await.unwrap().update.unwrap();
    pass(&sandbox, 4);
    assert!(nodes(&sandbox).len() > 4, "the group grows first: {}", nodes(&sandbox).len());
    pass(&sandbox, 20);
    assert_eq!(update(&eks, begun.id().unwrap()).await.status(), Some(&UpdateStatus::Successful));
    let new = names(nodes(&sandbox));
    assert!(new.len() == 2 && new.iter().all(|name| !old.contains(name)), "{old:?} {new:?}");
    assert_eq!(described(&eks).await.scaling_config().unwrap().desired_size(), Some(2));

    // A budget that lets nobody go fails the update, unless it is forced.
    sandbox.world(|world| {
        let object = |budget: &mut Value| budget["spec"]["minAvailable"] = 2.into();
        world.objects.modify("poddisruptionbudgets", "default", "web", object).unwrap();
    });
    let begun = begin().send().await.unwrap().update.unwrap();
    pass(&sandbox, 40);
    let failed = update(&eks, begun.id().unwrap()).await;
    assert_eq!(failed.status(), Some(&UpdateStatus::Failed));
    assert_eq!(failed.errors()[0].error_code().unwrap().as_str(), "PodEvictionFailure");
    let kept = names(nodes(&sandbox));
    assert_eq!(kept, new, "old nodes stay, the surplus goes");
    assert!(nodes(&sandbox).iter().all(|node| node["spec"]["unschedulable"].is_null()));
    let begun = begin().force(true).send().await.unwrap().update.unwrap();
    pass(&sandbox, 60);
    assert_eq!(update(&eks, begun.id().unwrap()).await.status(), Some(&UpdateStatus::Successful));
    assert!(names(nodes(&sandbox)).iter().all(|name| !new.contains(name)));
    let listed = eks.list_updates().name(CLUSTER).nodegroup_name("spot").send().await.unwrap();
    assert_eq!(listed.update_ids().len(), 3);
}
