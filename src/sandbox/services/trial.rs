//! For the services' own tests: a world and its handlers, without wire.

#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};

use super::{Handler, autoscaling, ec2};
use crate::sandbox::services::iam::state::{Profile, Role};
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// The tutorial's types.
pub const TYPES: [&str; 7] =
    ["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge", "t3a.xlarge", "m5a.xlarge", "t2.xlarge"];

/// Performs an operation of EC2 or Auto Scaling.
pub fn call(world: &mut World, operation: &str, request: Value) -> Reply {
    let all = ec2::OPERATIONS.iter().chain(autoscaling::OPERATIONS.iter());
    // Both services have a DescribeTags and a DeleteTags; EC2's are asked for as `ec2:…`.
    let (service, name) = operation.split_once(':').unwrap_or(("", operation));
    let mut found: Vec<Handler> = all.filter(|(known, _)| *known == name).map(|(_, handler)| *handler).collect();
    let handler = if service == "ec2" || found.len() == 1 { found.remove(0) } else { found.pop().unwrap() };
    handler(world, &Params(request))
}

/// Performs an operation that must work.
pub fn ok(world: &mut World, operation: &str, request: Value) -> Value {
    call(world, operation, request).unwrap_or_else(|error| panic!("{operation}: {error:?}"))
}

/// Performs an operation that must be refused.
pub fn refused(world: &mut World, operation: &str, request: Value) -> ApiError {
    call(world, operation, request).err().unwrap_or_else(|| panic!("{operation} was not refused"))
}

/// A role with an instance profile that everybody can see already. Returns the profile's ARN.
pub fn profile(world: &mut World, name: &str) -> String {
    let arn = world.account.iam_arn(&format!("instance-profile/{name}"));
    let role = Role {
        name: name.into(),
        id: world.ids.iam("AROA"),
        arn: world.account.iam_arn(&format!("role/{name}")),
        path: "/".into(),
        description: String::new(),
        trust: json!({}),
        boundary: None,
        attached: vec!["arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy".into()],
        inline: Default::default(),
        tags: Default::default(),
        created: world.now(),
        max_session: 3600,
    };
    world.iam.roles.insert(name.into(), role);
    let profile = Profile {
        name: name.into(),
        id: world.ids.iam("AIPA"),
        arn: arn.clone(),
        path: "/".into(),
        role: Some(name.into()),
        tags: Default::default(),
        created: world.now(),
        visible_at: world.now(),
    };
    world.iam.profiles.insert(name.into(), profile);
    arn
}

/// The newest image for the cluster's version.
pub fn image(world: &World) -> String {
    let path = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id";
    world.ssm.parameters.get(path).unwrap().value.clone()
}

/// The public subnets, joined as Auto Scaling wants them.
pub fn subnets(world: &World) -> String {
    let public: Vec<&str> =
        world.ec2.subnets.values().filter(|subnet| subnet.public).map(|subnet| subnet.id.as_str()).collect();
    public.join(",")
}

/// A launch template as the product makes one, under this name.
pub fn template(world: &mut World, name: &str) -> Value {
    let profile = profile(world, name);
    let group = world.eks.clusters["eks-spot-eksct"].cluster_security_group.clone();
    let data = json!({
        "ImageId": image(world), "InstanceType": "m5.xlarge", "KeyName": "eks-spot-key",
        "IamInstanceProfile": {"Arn": profile}, "UserData": "aGVsbG8=",
        "NetworkInterface": [{"DeviceIndex": "0", "SecurityGroupId": [group]}],
        "MetadataOptions": {"HttpTokens": "required", "HttpPutResponseHopLimit": "2"},
        "BlockDeviceMapping": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": "80", "VolumeType": "gp3"}}],
        "TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "Name", "Value": "node"}]}],
    });
    ok(world, "CreateLaunchTemplate", json!({"LaunchTemplateName": name, "LaunchTemplateData": data}))
}

/// A request for the tutorial's group; the template must be there.
pub fn group_request(world: &World, name: &str, desired: i64) -> Value {
    let overrides: Vec<Value> = TYPES.iter().map(|name| json!({"InstanceType": name})).collect();
    json!({
        "AutoScalingGroupName": name, "MinSize": "0", "MaxSize": "5", "DesiredCapacity": desired.to_string(),
        "VPCZoneIdentifier": subnets(world),
        "MixedInstancesPolicy": {
            "LaunchTemplate": {
                "LaunchTemplateSpecification": {"LaunchTemplateName": name, "Version": "$Latest"},
                "Overrides": overrides,
            },
            "InstancesDistribution": {
                "OnDemandBaseCapacity": "0", "OnDemandPercentageAboveBaseCapacity": "0",
                "SpotAllocationStrategy": "capacity-optimized",
            },
        },
        "Tags": [{"Key": "team", "Value": "a", "PropagateAtLaunch": "true"}],
    })
}

/// Template and group in one.
pub fn group(world: &mut World, name: &str, desired: i64) {
    template(world, name);
    let request = group_request(world, name, desired);
    ok(world, "CreateAutoScalingGroup", request);
}

/// The group as described.
pub fn described(world: &mut World, name: &str) -> Value {
    let reply = ok(world, "DescribeAutoScalingGroups", json!({"AutoScalingGroupNames": [name]}));
    reply["AutoScalingGroups"][0].clone()
}

/// Its activities, newest first.
pub fn activities(world: &mut World, name: &str) -> Vec<Value> {
    let reply = ok(world, "DescribeScalingActivities", json!({"AutoScalingGroupName": name}));
    reply["Activities"].as_array().unwrap().clone()
}

/// Lets seconds pass.
pub fn wait(world: &mut World, seconds: u64) {
    world.advance(std::time::Duration::from_secs(seconds));
}
