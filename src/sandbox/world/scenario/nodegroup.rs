//! The managed On-Demand group that the tutorial begins with, made as EKS makes one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;
use serde_json::{Value, json};

use super::Scenario;
use super::identities::role;
use super::network::{Network, suffix};
use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::kube::store::StoreError;
use crate::sandbox::services::eks::state::{AccessEntry, Nodegroup};
use crate::sandbox::services::iam::state::Profile;
use crate::sandbox::services::{autoscaling, ec2};
use crate::sandbox::wire::api::Params;
use crate::sandbox::world::World;

const TYPE: &str = "m5.large";

pub(super) fn build(scenario: &Scenario, world: &mut World, network: &Network) {
    let name = format!("ng-{:08x}", world.ids.next("nodegroup").0 >> 32);
    let uuid = world.ids.uuid("nodegroup");
    let image = world.ssm.parameters.get(&format!(
        "/aws/service/eks/optimized-ami/{}/amazon-linux-2023/x86_64/standard/recommended/image_id",
        scenario.kubernetes
    ));
    let Some(image) = image.map(|parameter| parameter.value.clone()) else { return };
    let role_arn = node_role(scenario, world, &name);
    let profile = profile(world, &format!("eks-{uuid}"), &role_arn);
    access(scenario, world, &role_arn);
    let labels = [
        ("alpha.eksctl.io/cluster-name", scenario.cluster.as_str()),
        ("alpha.eksctl.io/nodegroup-name", name.as_str()),
        ("eks.amazonaws.com/capacityType", "ON_DEMAND"),
        ("eks.amazonaws.com/nodegroup", name.as_str()),
        ("eks.amazonaws.com/nodegroup-image", image.as_str()),
        ("intent", "control-apps"),
        ("lifecycle", "OnDemand"),
    ];
    let data = json!({
        "ImageId": image,
        "InstanceType": TYPE,
        "IamInstanceProfile": {"Name": profile},
        "UserData": STANDARD.encode(user_data(scenario, world, &labels)),
        "SecurityGroupId": [network.cluster_group],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": "2"},
        "BlockDeviceMapping": [{
            "DeviceName": "/dev/xvda",
            "Ebs": {"VolumeSize": "80", "VolumeType": "gp3", "DeleteOnTermination": "true"},
        }],
        "TagSpecification": [{"ResourceType": "instance", "Tag": [
            {"Key": "Name", "Value": format!("{}-{name}-Node", scenario.cluster)},
            {"Key": "eks:cluster-name", "Value": scenario.cluster},
            {"Key": "eks:nodegroup-name", "Value": name},
        ]}],
    });
    let group = format!("eks-{name}-{uuid}");
    let created = template(world, &format!("eks-{uuid}"), data)
        .and_then(|template| auto_scaling_group(scenario, world, network, &group, &template, &name));
    if created.is_none() {
        return;
    }
    let nodegroup = Nodegroup {
        name: name.clone(),
        arn: world.account.arn("eks", &format!("nodegroup/{}/{name}/{uuid}", scenario.cluster)),
        status: "ACTIVE".into(),
        version: scenario.kubernetes.clone(),
        release_version: release(scenario, world),
        capacity_type: "ON_DEMAND".into(),
        ami_type: "AL2023_x86_64_STANDARD".into(),
        instance_types: vec![TYPE.into()],
        disk_size: 80,
        subnet_ids: network.private.clone(),
        node_role: role_arn,
        labels: [("intent", "control-apps"), ("lifecycle", "OnDemand")]
            .into_iter()
            .chain(labels.into_iter().filter(|(key, _)| key.starts_with("alpha.eksctl.io/")))
            .map(|(key, value)| (key.to_owned(), value.to_owned()))
            .collect(),
        taints: Vec::new(),
        min: scenario.control_nodes,
        max: scenario.control_nodes,
        desired: scenario.control_nodes,
        group,
        tags: IndexMap::from([
            ("alpha.eksctl.io/cluster-name".to_owned(), scenario.cluster.clone()),
            ("alpha.eksctl.io/nodegroup-name".to_owned(), name.clone()),
            ("alpha.eksctl.io/nodegroup-type".to_owned(), "managed".to_owned()),
        ]),
        created: world.now(),
        modified: world.now(),
    };
    if let Some(cluster) = world.eks.clusters.get_mut(&scenario.cluster) {
        cluster.nodegroups.insert(name, nodegroup);
    }
}

fn node_role(scenario: &Scenario, world: &mut World, name: &str) -> String {
    let suffix = suffix(world, "node-role");
    let role_name = format!("eksctl-{}-nodegroup-{name}-NodeInstanceRole-{suffix}", scenario.cluster);
    let policies = [
        "AmazonEC2ContainerRegistryPullOnly",
        "AmazonEKSWorkerNodePolicy",
        "AmazonEKS_CNI_Policy",
        "AmazonSSMManagedInstanceCore",
    ];
    role(world, &role_name, "/", "ec2.amazonaws.com", "", &policies)
}

fn profile(world: &mut World, name: &str, role_arn: &str) -> String {
    let profile = Profile {
        name: name.into(),
        id: world.ids.iam("AIPA"),
        arn: world.account.iam_arn(&format!("instance-profile/{name}")),
        path: "/".into(),
        role: role_arn.rsplit('/').next().map(str::to_owned),
        tags: Default::default(),
        created: world.now(),
        visible_at: world.now(),
    };
    world.iam.profiles.insert(name.into(), profile);
    name.into()
}

/// EKS authorises the role of a managed group itself.
fn access(scenario: &Scenario, world: &mut World, role_arn: &str) {
    if scenario.authentication_mode == AuthenticationMode::ConfigMap {
        return map_role(world, role_arn);
    }
    let role = role_arn.rsplit('/').next().unwrap_or_default();
    let resource =
        format!("access-entry/{}/role/{}/{role}/{}", scenario.cluster, world.account.id, world.ids.uuid("access"));
    let entry = AccessEntry {
        principal_arn: role_arn.into(),
        arn: world.account.arn("eks", &resource),
        kind: "EC2_LINUX".into(),
        username: "system:node:{{EC2PrivateDNSName}}".into(),
        groups: vec!["system:nodes".into()],
        tags: Default::default(),
        created: world.now(),
        modified: world.now(),
        client_token: None,
    };
    if let Some(cluster) = world.eks.clusters.get_mut(&scenario.cluster) {
        cluster.access_entries.insert(role_arn.into(), entry);
    }
}

/// The role's row in `aws-auth`, for clusters that know no access entries.
fn map_role(world: &mut World, role_arn: &str) {
    let rows = format!(
        "- groups:\n  - system:bootstrappers\n  - system:nodes\n  rolearn: {role_arn}\n  \
         username: system:node:{{{{EC2PrivateDNSName}}}}\n"
    );
    let map = json!({
        "metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {"mapRoles": rows},
    });
    let now = world.now();
    if let Err(StoreError::AlreadyExists) = world.objects.create("configmaps", map, now) {
        let _ = world
            .objects
            .modify("configmaps", "kube-system", "aws-auth", |map| map["data"]["mapRoles"] = rows.as_str().into());
    }
}

fn user_data(scenario: &Scenario, world: &World, labels: &[(&str, &str)]) -> String {
    let Some(cluster) = world.eks.clusters.get(&scenario.cluster) else { return String::new() };
    let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    format!(
        "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"//\"\n\n--//\n\
         Content-Type: application/node.eks.aws\n\n---\napiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  \
         cluster:\n    apiServerEndpoint: {}\n    certificateAuthority: {}\n    cidr: {}\n    name: {}\n  kubelet:\n    \
         flags:\n    - \"--node-labels={}\"\n\n--//--\n",
        cluster.endpoint,
        cluster.certificate_authority,
        cluster.service_cidr,
        cluster.name,
        labels.join(",")
    )
}

fn release(scenario: &Scenario, world: &World) -> String {
    let path = format!(
        "/aws/service/eks/optimized-ami/{}/amazon-linux-2023/x86_64/standard/recommended/release_version",
        scenario.kubernetes
    );
    world.ssm.parameters.get(&path).map(|parameter| parameter.value.clone()).unwrap_or_default()
}

fn template(world: &mut World, name: &str, data: Value) -> Option<String> {
    let request = json!({"LaunchTemplateName": name, "LaunchTemplateData": data});
    let reply = call(world, ec2::OPERATIONS, "CreateLaunchTemplate", request)?;
    reply["launchTemplate"]["launchTemplateId"].as_str().map(str::to_owned)
}

fn auto_scaling_group(
    scenario: &Scenario,
    world: &mut World,
    network: &Network,
    group: &str,
    template: &str,
    name: &str,
) -> Option<Value> {
    let size = scenario.control_nodes.to_string();
    let tag = |key: String, value: &str| json!({"Key": key, "Value": value, "PropagateAtLaunch": "true"});
    let request = json!({
        "AutoScalingGroupName": group, "MinSize": size, "MaxSize": size, "DesiredCapacity": size,
        "HealthCheckGracePeriod": "15", "VPCZoneIdentifier": network.private.join(","),
        "TerminationPolicies": ["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        "CapacityRebalance": "true",
        "MixedInstancesPolicy": {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "1"},
                "Overrides": [{"InstanceType": TYPE}],
            },
            "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": "100"},
        },
        "Tags": [
            tag("eks:cluster-name".into(), &scenario.cluster),
            tag("eks:nodegroup-name".into(), name),
            tag("k8s.io/cluster-autoscaler/enabled".into(), "true"),
            tag(format!("k8s.io/cluster-autoscaler/{}", scenario.cluster), "owned"),
            tag(format!("kubernetes.io/cluster/{}", scenario.cluster), "owned"),
        ],
    });
    call(world, autoscaling::OPERATIONS, "CreateAutoScalingGroup", request)
}

fn call(
    world: &mut World,
    operations: &[(&str, crate::sandbox::services::Handler)],
    name: &str,
    request: Value,
) -> Option<Value> {
    let (_, handler) = operations.iter().find(|(known, _)| *known == name)?;
    handler(world, &Params(request)).ok()
}
