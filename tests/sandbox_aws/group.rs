//! EC2 and Auto Scaling together: a Spot group from nothing to nothing.

use std::time::Duration;

use aws_sdk_autoscaling::types::{
    Filter as GroupFilter, InstancesDistribution, LaunchTemplate, LaunchTemplateOverrides, LaunchTemplateSpecification,
    LifecycleState, MixedInstancesPolicy, ScalingActivityStatusCode, Tag as GroupTag,
};
use aws_sdk_ec2::types::{
    BlockDeviceMapping, EbsBlockDevice, Filter, IamInstanceProfile, InstanceLifecycleType, InstanceStateName,
    InstanceType, IpPermission, IpRange, LaunchTemplateBlockDeviceMappingRequest, LaunchTemplateEbsBlockDeviceRequest,
    LaunchTemplateIamInstanceProfileSpecificationRequest, LaunchTemplateInstanceMetadataOptionsRequest,
    LaunchTemplateInstanceNetworkInterfaceSpecificationRequest, LaunchTemplateTagSpecificationRequest,
    RequestLaunchTemplateData, ResourceType, Tag, TagSpecification, VolumeType,
};
use base64::Engine;
use spotscript::sandbox::Sandbox;

use super::{code, sandbox};

/// Clients of one world.
struct Aws {
    sandbox: Sandbox,
    ec2: aws_sdk_ec2::Client,
    groups: aws_sdk_autoscaling::Client,
    iam: aws_sdk_iam::Client,
    eks: aws_sdk_eks::Client,
}

fn aws() -> Aws {
    let (sandbox, config) = sandbox();
    Aws {
        ec2: aws_sdk_ec2::Client::new(&config),
        groups: aws_sdk_autoscaling::Client::new(&config),
        iam: aws_sdk_iam::Client::new(&config),
        eks: aws_sdk_eks::Client::new(&config),
        sandbox,
    }
}

const CLUSTER: &str = "eks-spot-eksct";
const TYPES: [&str; 3] = ["m5.xlarge", "m5d.xlarge", "t3.xlarge"];

fn tag(key: &str, value: &str) -> Tag {
    Tag::builder().key(key).value(value).build()
}

impl Aws {
    async fn profile(&self) -> String {
        let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
        let role = self.iam.create_role().role_name("r").assume_role_policy_document(trust).send().await.unwrap();
        let made = self.iam.create_instance_profile().instance_profile_name("p").send().await.unwrap();
        self.iam.add_role_to_instance_profile().instance_profile_name("p").role_name("r").send().await.unwrap();
        let arn = role.role().unwrap().arn();
        self.eks
            .create_access_entry()
            .cluster_name(CLUSTER)
            .principal_arn(arn)
            .r#type("EC2_LINUX")
            .send()
            .await
            .unwrap();
        made.instance_profile().unwrap().arn().to_owned()
    }

    async fn security_group(&self, vpc: &str) -> String {
        let tags = TagSpecification::builder().resource_type(ResourceType::SecurityGroup).tags(tag("k", "v")).build();
        let create = self.ec2.create_security_group().group_name("ssh").description("d").vpc_id(vpc);
        create.tag_specifications(tags).send().await.unwrap().group_id.unwrap()
    }

    /// Launch template data with everything that a node needs.
    async fn data(&self, profile: &str, security_group: &str) -> RequestLaunchTemplateData {
        let image = self.sandbox.read(|world| {
            let name = "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id";
            world.ssm.parameters[name].value.clone()
        });
        let ebs = LaunchTemplateEbsBlockDeviceRequest::builder().volume_size(80).volume_type(VolumeType::Gp3);
        let interface = LaunchTemplateInstanceNetworkInterfaceSpecificationRequest::builder().device_index(0);
        let metadata = LaunchTemplateInstanceMetadataOptionsRequest::builder();
        let named = LaunchTemplateTagSpecificationRequest::builder().resource_type(ResourceType::Instance);
        RequestLaunchTemplateData::builder()
            .image_id(image)
            .instance_type(InstanceType::M5Xlarge)
            .key_name("eks-spot-key")
            .iam_instance_profile(LaunchTemplateIamInstanceProfileSpecificationRequest::builder().arn(profile).build())
            .user_data(base64::engine::general_purpose::STANDARD.encode("#!/bin/sh\n"))
            .metadata_options(metadata.http_tokens("required".into()).http_put_response_hop_limit(2).build())
            .block_device_mappings(
                LaunchTemplateBlockDeviceMappingRequest::builder().device_name("/dev/xvda").ebs(ebs.build()).build(),
            )
            .network_interfaces(interface.groups(security_group).build())
            .tag_specifications(named.tags(tag("Name", "node & co")).build())
            .build()
    }

    fn create_group(
        &self,
        subnets: &str,
    ) -> aws_sdk_autoscaling::operation::create_auto_scaling_group::builders::CreateAutoScalingGroupFluentBuilder {
        let template = LaunchTemplateSpecification::builder().launch_template_name("lt-g").version("$Latest").build();
        let overrides = TYPES.map(|name| LaunchTemplateOverrides::builder().instance_type(name).build());
        let distribution = InstancesDistribution::builder()
            .on_demand_base_capacity(0)
            .on_demand_percentage_above_base_capacity(0)
            .spot_allocation_strategy("capacity-optimized");
        let template = LaunchTemplate::builder()
            .launch_template_specification(template)
            .set_overrides(Some(overrides.to_vec()))
            .build();
        let policy = MixedInstancesPolicy::builder().launch_template(template);
        self.groups
            .create_auto_scaling_group()
            .auto_scaling_group_name("g")
            .min_size(0)
            .max_size(5)
            .desired_capacity(2)
            .vpc_zone_identifier(subnets)
            .mixed_instances_policy(policy.instances_distribution(distribution.build()).build())
            .tags(GroupTag::builder().key("k8s.io/a b").value("c/d").propagate_at_launch(true).build())
    }

    async fn group(&self) -> Option<aws_sdk_autoscaling::types::AutoScalingGroup> {
        let all = self.groups.describe_auto_scaling_groups().auto_scaling_group_names("g").send().await.unwrap();
        all.auto_scaling_groups().first().cloned()
    }
}

#[tokio::test]
async fn a_spot_group_from_nothing_to_nothing() {
    let aws = aws();
    let cluster = aws.eks.describe_cluster().name(CLUSTER).send().await.unwrap().cluster.unwrap();
    let vpc = cluster.resources_vpc_config().unwrap();
    let subnets = aws.ec2.describe_subnets().set_subnet_ids(Some(vpc.subnet_ids().to_vec())).send().await.unwrap();
    let public = subnets.subnets().iter().filter(|subnet| subnet.map_public_ip_on_launch() == Some(true));
    let public = public.map(|subnet| subnet.subnet_id().unwrap()).collect::<Vec<_>>().join(",");
    let profile = aws.profile().await;
    let security_group = aws.security_group(vpc.vpc_id().unwrap()).await;

    let ssh = IpPermission::builder().ip_protocol("tcp").from_port(22).to_port(22);
    let ssh = ssh.ip_ranges(IpRange::builder().cidr_ip("192.168.0.0/16").description("ssh").build()).build();
    let authorize = || aws.ec2.authorize_security_group_ingress().group_id(&security_group).ip_permissions(ssh.clone());
    authorize().send().await.unwrap();
    assert_eq!(code(authorize().send().await), "InvalidPermission.Duplicate");
    let found = Filter::builder().name("group-name").values("ssh").build();
    let found = aws.ec2.describe_security_groups().filters(found).send().await.unwrap();
    assert_eq!(found.security_groups()[0].ip_permissions()[0].ip_ranges()[0].cidr_ip(), Some("192.168.0.0/16"));
    assert_eq!(found.security_groups()[0].tags(), [tag("k", "v")]);

    let data = aws.data(&profile, &security_group).await;
    let create = || aws.ec2.create_launch_template().launch_template_name("lt-g").launch_template_data(data.clone());
    create().send().await.unwrap();
    assert_eq!(code(create().send().await), "InvalidLaunchTemplateName.AlreadyExistsException");
    let versions = aws.ec2.describe_launch_template_versions().launch_template_name("lt-g").versions("$Latest");
    let versions = versions.send().await.unwrap();
    let got = versions.launch_template_versions()[0].launch_template_data().unwrap();
    assert_eq!((got.image_id(), got.user_data()), (data.image_id(), data.user_data()));
    assert_eq!(got.metadata_options().unwrap().http_put_response_hop_limit(), Some(2));
    assert_eq!(got.block_device_mappings()[0].ebs().unwrap().volume_size(), Some(80));
    assert_eq!(got.network_interfaces()[0].groups(), [security_group.as_str()]);
    assert_eq!(got.tag_specifications()[0].tags(), [tag("Name", "node & co")]);

    // IAM is eventually consistent: the new profile is not seen at once.
    assert_eq!(code(aws.create_group(&public).send().await), "ValidationError");
    aws.sandbox.advance(Duration::from_secs(60));
    aws.create_group(&public).send().await.unwrap();
    assert_eq!(code(aws.create_group(&public).send().await), "AlreadyExists");
    aws.sandbox.advance(Duration::from_secs(120));

    let group = aws.group().await.unwrap();
    let policy = group.mixed_instances_policy().unwrap();
    let overrides = policy.launch_template().unwrap().overrides().iter().map(|it| it.instance_type().unwrap());
    assert_eq!(overrides.collect::<Vec<_>>(), TYPES);
    assert_eq!(policy.instances_distribution().unwrap().on_demand_percentage_above_base_capacity(), Some(0));
    assert_eq!((group.tags()[0].key(), group.tags()[0].value()), (Some("k8s.io/a b"), Some("c/d")));
    assert_eq!(group.instances().len(), 2);
    assert!(group.instances().iter().all(|it| it.lifecycle_state() == Some(&LifecycleState::InService)));
    let ids: Vec<String> = group.instances().iter().map(|it| it.instance_id().unwrap().to_owned()).collect();
    let reservations = aws.ec2.describe_instances().set_instance_ids(Some(ids.clone())).send().await.unwrap();
    let instances: Vec<_> = reservations.reservations().iter().flat_map(|it| it.instances()).collect();
    assert_eq!(instances.len(), 2);
    for instance in instances {
        assert_eq!(instance.instance_lifecycle(), Some(&InstanceLifecycleType::Spot));
        assert_eq!(instance.state().unwrap().name(), Some(&InstanceStateName::Running));
        assert!(TYPES.contains(&instance.instance_type().unwrap().as_str()));
        assert_eq!(instance.iam_instance_profile().unwrap().arn(), Some(profile.as_str()));
        assert!(
            instance.tags().contains(&tag("k8s.io/a b", "c/d")) && instance.tags().contains(&tag("Name", "node & co"))
        );
    }
    let activities = aws.groups.describe_scaling_activities().auto_scaling_group_name("g").send().await.unwrap();
    assert_eq!(activities.activities().len(), 2);
    assert!(activities.activities().iter().all(|it| it.status_code() == Some(&ScalingActivityStatusCode::Successful)));
    let by_tag = GroupFilter::builder().name("tag:k8s.io/a b").values("c/d").build();
    let by_tag = aws.groups.describe_auto_scaling_groups().filters(by_tag).send().await.unwrap();
    assert_eq!(by_tag.auto_scaling_groups().len(), 1);

    aws.groups.update_auto_scaling_group().auto_scaling_group_name("g").desired_capacity(1).send().await.unwrap();
    aws.groups.set_desired_capacity().auto_scaling_group_name("g").desired_capacity(3).send().await.unwrap();
    let more = GroupTag::builder().resource_id("g").resource_type("auto-scaling-group").key("k").value("v");
    let more = more.propagate_at_launch(true).build();
    aws.groups.create_or_update_tags().tags(more.clone()).send().await.unwrap();
    aws.sandbox.advance(Duration::from_secs(120));
    let group = aws.group().await.unwrap();
    assert_eq!((group.instances().len(), group.tags().len()), (3, 2));
    aws.groups.delete_tags().tags(more).send().await.unwrap();

    assert_eq!(code(aws.groups.delete_auto_scaling_group().auto_scaling_group_name("g").send().await), "ResourceInUse");
    assert_eq!(code(aws.ec2.delete_security_group().group_id(&security_group).send().await), "DependencyViolation");
    aws.groups.delete_auto_scaling_group().auto_scaling_group_name("g").force_delete(true).send().await.unwrap();
    aws.sandbox.advance(Duration::from_secs(600));
    assert!(aws.group().await.is_none());
    aws.ec2.delete_launch_template().launch_template_name("lt-g").send().await.unwrap();
    let revoke = aws.ec2.revoke_security_group_ingress().group_id(&security_group).ip_permissions(ssh.clone());
    revoke.send().await.unwrap();
    aws.ec2.delete_security_group().group_id(&security_group).send().await.unwrap();
    let gone = aws.ec2.describe_security_groups().group_ids(&security_group).send().await;
    assert_eq!(code(gone), "InvalidGroup.NotFound");
}

#[tokio::test]
async fn what_ec2_has_is_told_in_the_sdks_types() {
    let Aws { ec2, groups, .. } = aws();
    let zones = ec2.describe_availability_zones().send().await.unwrap();
    assert!(zones.availability_zones().iter().all(|zone| zone.zone_name().unwrap().starts_with("ap-northeast-1")));
    let vpcs = ec2.describe_vpcs().send().await.unwrap();
    assert!(vpcs.vpcs()[0].cidr_block_association_set()[0].cidr_block().is_some());
    let types = ec2.describe_instance_types().instance_types(InstanceType::M5Xlarge).send().await.unwrap();
    let facts = &types.instance_types()[0];
    assert_eq!(facts.v_cpu_info().unwrap().default_v_cpus(), Some(4));
    assert_eq!(facts.memory_info().unwrap().size_in_mib(), Some(16_384));
    let located = ec2.describe_instance_type_offerings().location_type("availability-zone".into());
    let only = Filter::builder().name("instance-type").values("m5.xlarge").build();
    let offered = located.filters(only).send().await.unwrap();
    assert!(!offered.instance_type_offerings().is_empty());
    let prices = ec2.describe_spot_price_history().instance_types(InstanceType::M5Xlarge).send().await.unwrap();
    assert!(prices.spot_price_history()[0].spot_price().unwrap().parse::<f64>().unwrap() > 0.0);
    let keys = ec2.describe_key_pairs().send().await.unwrap();
    assert_eq!(keys.key_pairs()[0].key_name(), Some("eks-spot-key"));
    assert_eq!(code(ec2.describe_key_pairs().key_names("nothing").send().await), "InvalidKeyPair.NotFound");
    let images = ec2.describe_images().owners("amazon").send().await.unwrap();
    let device: &BlockDeviceMapping = &images.images()[0].block_device_mappings()[0];
    assert!(device.ebs().is_some_and(|ebs: &EbsBlockDevice| ebs.volume_size().is_some()));

    let members = groups.describe_auto_scaling_instances().send().await.unwrap();
    let member = members.auto_scaling_instances().first().expect("the managed group has members");
    let of = ec2.describe_instances().instance_ids(member.instance_id().unwrap()).send().await.unwrap();
    let instance = &of.reservations()[0].instances()[0];
    assert_eq!(instance.instance_lifecycle(), None, "an On-Demand instance has no lifecycle");
    let profile: &IamInstanceProfile = instance.iam_instance_profile().unwrap();
    assert!(profile.arn().unwrap().contains(":instance-profile/"));
    let tags = ec2.describe_tags().send().await.unwrap();
    assert!(!tags.tags().is_empty());
    ec2.get_console_output().instance_id(member.instance_id().unwrap()).send().await.unwrap();
}
