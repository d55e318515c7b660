//! What EKS makes for a group: an instance profile, access to the cluster, its own copy of the launch template, the Auto
//! Scaling group.

use serde_json::{Value, json};

use super::{change, group as find, user_data};
use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::kube::store::StoreError;
use crate::sandbox::services::eks::state::{AccessEntry, Cluster, Issue, Nodegroup};
use crate::sandbox::services::iam::state::Profile;
use crate::sandbox::services::{Handler, autoscaling, ec2, read};
use crate::sandbox::wire::api::{ApiError, Params};
use crate::sandbox::world::World;
use crate::sandbox::world::nodegroups::image;

/// The group that kube-proxy of Windows works as.
const WINDOWS_GROUP: &str = "eks:kube-proxy-windows";

/// Makes everything that a group consists of.
///
/// # Errors
/// The health issue that EKS would show.
pub fn make(world: &mut World, cluster: &str, name: &str) -> Result<(), Issue> {
    let Some(mut group) = find(world, cluster, name) else { return Ok(()) };
    if world.iam.role_by_arn(&group.node_role).is_none() {
        let message = "The node role was not found. Recreate it with the same ARN.";
        return Err(issue("IamNodeRoleNotFound", message, &[&group.node_role]));
    }
    group.profile = profile(world, &format!("eks-{}", group.uuid), &group.node_role);
    group.made_access = access(world, cluster, &group);
    let Some(home) = world.eks.clusters.get(cluster).cloned() else { return Ok(()) };
    let data = template_data(world, &home, &group)
        .map_err(|message| issue("Ec2LaunchTemplateInvalidConfiguration", &message, &[&group.name]))?;
    let request = json!({"LaunchTemplateName": format!("eks-{}", group.uuid), "LaunchTemplateData": data});
    let made = call(world, ec2::OPERATIONS, "CreateLaunchTemplate", request)
        .map_err(|error| issue("Ec2LaunchTemplateInvalidConfiguration", &error.message, &[&group.name]))?;
    group.template = made["launchTemplate"]["launchTemplateId"].as_str().unwrap_or_default().to_owned();
    let auto_scaling_group = format!("eks-{name}-{}", group.uuid);
    let request = auto_scaling_request(&home, &group, &auto_scaling_group);
    // What EKS has made so far it takes away again with the group.
    let created = call(world, autoscaling::OPERATIONS, "CreateAutoScalingGroup", request);
    if created.is_ok() {
        group.group = auto_scaling_group;
    }
    change(world, cluster, name, |slot| *slot = group.clone());
    created.map(drop).map_err(|error| issue("AutoScalingGroupInvalidConfiguration", &error.message, &[&group.name]))
}

/// An issue.
pub(super) fn issue(code: &str, message: &str, resources: &[&str]) -> Issue {
    let resource_ids = resources.iter().map(|&id| id.to_owned()).collect();
    Issue { code: code.to_owned(), message: message.to_owned(), resource_ids }
}

/// Performs an operation of another service, as EKS does under its own role.
pub(super) fn call(
    world: &mut World,
    operations: &[(&str, Handler)],
    name: &str,
    request: Value,
) -> Result<Value, ApiError> {
    let unknown = || ApiError::client("InvalidAction", format!("no operation {name}"));
    let (_, handler) = operations.iter().find(|(known, _)| *known == name).ok_or_else(unknown)?;
    handler(world, &Params(request))
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

/// EKS lets the role of a managed group into the cluster itself; whether it was not known before. Whether the nodes run
/// Windows it knows by the image's type alone: those of an image of one's own are taken for Linux.
fn access(world: &mut World, cluster: &str, group: &Nodegroup) -> bool {
    let role_arn = group.node_role.as_str();
    let windows = group.ami_type.starts_with("WINDOWS_");
    let Some(home) = world.eks.clusters.get(cluster) else { return false };
    if home.access_entries.contains_key(role_arn) {
        return false;
    }
    if home.authentication_mode == AuthenticationMode::ConfigMap {
        map_role(world, role_arn, windows);
        return true;
    }
    let role = role_arn.rsplit('/').next().unwrap_or_default();
    let uuid = world.ids.uuid("access");
    let resource = format!("access-entry/{cluster}/role/{}/{role}/{uuid}", world.account.id);
    let entry = AccessEntry {
        principal_arn: role_arn.into(),
        arn: world.account.arn("eks", &resource),
        kind: if windows { "EC2_WINDOWS" } else { "EC2_LINUX" }.into(),
        username: "system:node:{{EC2PrivateDNSName}}".into(),
        groups: ["system:nodes"].into_iter().chain(windows.then_some(WINDOWS_GROUP)).map(str::to_owned).collect(),
        tags: Default::default(),
        created: world.now(),
        modified: world.now(),
        client_token: None,
    };
    if let Some(home) = world.eks.clusters.get_mut(cluster) {
        home.access_entries.insert(role_arn.into(), entry);
    }
    true
}

/// The role's row in `aws-auth`, for clusters that know no access entries.
fn map_role(world: &mut World, role_arn: &str, windows: bool) {
    let windows = if windows { format!("  - {WINDOWS_GROUP}\n") } else { String::new() };
    let row = format!(
        "- groups:\n  - system:bootstrappers\n  - system:nodes\n{windows}  rolearn: {role_arn}\n  \
         username: system:node:{{{{EC2PrivateDNSName}}}}\n"
    );
    let map = json!({
        "metadata": {"name": "aws-auth", "namespace": "kube-system"}, "data": {"mapRoles": row},
    });
    let now = world.now();
    if let Err(StoreError::AlreadyExists) = world.objects.create("configmaps", map, now) {
        let _ = world.objects.modify("configmaps", "kube-system", "aws-auth", |map| {
            let there = map["data"]["mapRoles"].as_str().unwrap_or_default();
            if !there.contains(role_arn) {
                map["data"]["mapRoles"] = format!("{there}{row}").into();
            }
        });
    }
}

/// The content of EKS's own launch template: the given one's, made complete.
///
/// # Errors
/// EKS's sentence about what does not go together.
pub(super) fn template_data(world: &World, cluster: &Cluster, group: &Nodegroup) -> Result<Value, String> {
    let given = match &group.source {
        Some(source) => {
            let template = world.ec2.launch_templates.get(&source.id);
            let version = template.and_then(|template| template.versions.get(&source.version));
            let version = version.ok_or_else(|| format!("Launch template version {} not found", source.version))?;
            Some(Value::clone(&version.data))
        }
        None => None,
    };
    let own_image = given.as_ref().and_then(|data| read::text(data, "ImageId")).map(str::to_owned);
    let image = match &own_image {
        Some(image) => image.clone(),
        None => {
            let chosen = image::choose(world, &group.ami_type, &group.version, Some(group.release_version.as_str()));
            chosen.ok_or_else(|| format!("No image of type {} for {}", group.ami_type, group.version))?.image
        }
    };
    let mut data = given.unwrap_or_else(|| {
        let mut data = json!({
            "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": "2"},
            "BlockDeviceMapping": [{
                "DeviceName": world.ec2.images.get(&image).map_or("/dev/xvda", |image| image.root_device.as_str()),
                "Ebs": {"VolumeSize": group.disk_size.to_string(), "VolumeType": "gp3", "DeleteOnTermination": "true"},
            }],
        });
        if let Some(key) = read::text(&group.remote_access, "ec2SshKey") {
            data["KeyName"] = key.into();
        }
        data
    });
    if own_image.is_none() {
        let family = world.ec2.images.get(&image).map(|image| image.family.clone()).unwrap_or_default();
        data["UserData"] = user_data::merged(&family, cluster, group, &image, read::text(&data, "UserData"))?.into();
    }
    data["ImageId"] = image.into();
    data["IamInstanceProfile"] = json!({"Name": group.profile});
    if read::list(&data, "NetworkInterface").is_empty() && read::list(&data, "SecurityGroupId").is_empty() {
        data["SecurityGroupId"] = json!([cluster.cluster_security_group]);
    }
    let mut specifications = read::list(&data, "TagSpecification").to_vec();
    if !specifications.iter().any(|one| read::at(one, "ResourceType") == "instance") {
        let name = format!("{}-{}-Node", cluster.name, group.name);
        specifications.push(json!({"ResourceType": "instance", "Tag": [{"Key": "Name", "Value": name}]}));
    }
    for one in specifications.iter_mut().filter(|one| read::at(one, "ResourceType") == "instance") {
        if let Some(tags) = one["Tag"].as_array_mut() {
            tags.push(json!({"Key": "eks:cluster-name", "Value": cluster.name}));
            tags.push(json!({"Key": "eks:nodegroup-name", "Value": group.name}));
        }
    }
    data["TagSpecification"] = specifications.into();
    Ok(data)
}

fn auto_scaling_request(cluster: &Cluster, group: &Nodegroup, name: &str) -> Value {
    let tag = |key: String, value: &str| json!({"Key": key, "Value": value, "PropagateAtLaunch": "true"});
    let overrides: Vec<Value> = group.instance_types.iter().map(|one| json!({"InstanceType": one})).collect();
    let mut policy = json!({
        "LaunchTemplate": {"LaunchTemplateSpecification": {"LaunchTemplateId": group.template, "Version": "1"}},
        "InstancesDistribution": {"OnDemandPercentageAboveBaseCapacity": "100"},
    });
    if !overrides.is_empty() {
        policy["LaunchTemplate"]["Overrides"] = overrides.into();
    }
    if group.is_spot() {
        // Since Kubernetes 1.28; before it was capacity-optimized.
        policy["InstancesDistribution"] = json!({
            "OnDemandBaseCapacity": "0", "OnDemandPercentageAboveBaseCapacity": "0",
            "SpotAllocationStrategy": "price-capacity-optimized",
        });
    }
    json!({
        "AutoScalingGroupName": name, "MinSize": group.min.to_string(), "MaxSize": group.max.to_string(),
        "DesiredCapacity": group.desired.to_string(),
        "HealthCheckGracePeriod": "15", "VPCZoneIdentifier": group.subnet_ids.join(","),
        "TerminationPolicies": ["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        "CapacityRebalance": "true",
        "MixedInstancesPolicy": policy,
        "Tags": [
            tag("eks:cluster-name".into(), &cluster.name),
            tag("eks:nodegroup-name".into(), &group.name),
            tag("k8s.io/cluster-autoscaler/enabled".into(), "true"),
            tag(format!("k8s.io/cluster-autoscaler/{}", cluster.name), "owned"),
            tag(format!("kubernetes.io/cluster/{}", cluster.name), "owned"),
        ],
    })
}
