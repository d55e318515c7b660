//! The tutorial's group, from specification to requests.

use super::*;
use crate::domain::Code;
use crate::domain::cloud::{
    AuthenticationMode, AutoScalingGroup, CallerIdentity, Cluster, ClusterStatus, Offering, Subnet, TagMap,
};
use crate::domain::instance_types::InstanceTypes;
use crate::domain::mutation::GroupRequest;
use crate::domain::nodegroup::{NodegroupSpec, Size, SshAccess};
use crate::domain::taint::Taint;

fn spec() -> NodegroupSpec {
    let types = InstanceTypes::parse(["m5.xlarge", "m4.xlarge", "t3.xlarge"]).unwrap();
    let mut spec = NodegroupSpec::new("dev-4vcpu-16gb-spot", "eks-spot-eksct", types);
    spec.size = Size::new(0, 2, 5).unwrap();
    spec.labels.insert("lifecycle".to_owned(), "Ec2Spot".to_owned());
    spec.taints.push(Taint::parse("spotInstance=true:PreferNoSchedule").unwrap());
    spec.addons.auto_scaler = true;
    spec.ssh = Some(SshAccess::with_key_pair("eks-spot-key"));
    spec
}

fn cluster() -> Cluster {
    Cluster {
        name: "eks-spot-eksct".to_owned(),
        arn: "arn:aws:eks:us-west-2:123456789012:cluster/eks-spot-eksct".to_owned(),
        version: "1.33".to_owned(),
        status: ClusterStatus("ACTIVE".to_owned()),
        endpoint: "https://x.eks.amazonaws.com".to_owned(),
        certificate_authority: "Q0E=".to_owned(),
        service_cidr: Some("10.100.0.0/16".to_owned()),
        vpc_id: Some("vpc-1".to_owned()),
        subnet_ids: vec![],
        cluster_security_group: Some("sg-1".to_owned()),
        authentication_mode: AuthenticationMode::Api,
    }
}

fn subnet(id: &str, zone: &str, public: bool) -> Subnet {
    Subnet {
        id: id.to_owned(),
        vpc_id: "vpc-1".to_owned(),
        zone: zone.to_owned(),
        cidr: "10.0.0.0/24".to_owned(),
        free_addresses: 250,
        public,
        tags: TagMap::new(),
    }
}

fn subnets() -> Vec<Subnet> {
    vec![subnet("s-b", "b", true), subnet("s-a", "a", true), subnet("s-c", "c", true), subnet("p-a", "a", false)]
}

fn offerings(pairs: &[(&str, &str)]) -> Vec<Offering> {
    pairs.iter().map(|(t, z)| Offering { instance_type: (*t).to_owned(), zone: (*z).to_owned() }).collect()
}

#[test]
fn a_zone_stays_if_it_offers_any_of_the_types() {
    let offered = offerings(&[("m5.xlarge", "a"), ("m4.xlarge", "a"), ("m5.xlarge", "b")]);
    let placement = place(&spec(), &subnets(), &offered).unwrap();
    assert_eq!(placement.subnet_ids(), ["s-a", "s-b"]);
    assert_eq!(placement.missing["a"], ["t3.xlarge"]);
    assert_eq!(placement.missing["b"], ["m4.xlarge", "t3.xlarge"]);
    assert_eq!(placement.nowhere, ["t3.xlarge"]);
    assert_eq!(placement.skipped_zones, ["c"]);
}

#[test]
fn private_and_named_subnets_are_taken_as_asked() {
    let offered = offerings(&[("m5.xlarge", "a"), ("m5.xlarge", "b")]);
    let mut spec = spec();
    spec.private_networking = true;
    assert_eq!(place(&spec, &subnets(), &offered).unwrap().subnet_ids(), ["p-a"]);
    spec.subnets = vec!["s-b".to_owned()];
    assert_eq!(place(&spec, &subnets(), &offered).unwrap().subnet_ids(), ["s-b"]);
    spec.subnets = vec!["s-x".to_owned()];
    assert_eq!(place(&spec, &subnets(), &offered).unwrap_err().code, Code::SubnetNotFound);
}

#[test]
fn what_cannot_be_placed_is_told_with_its_reason() {
    let error = place(&spec(), &subnets(), &[]).unwrap_err();
    assert_eq!((error.code, error.causes.len()), (Code::NotOffered, 1));
    let error = place(&spec(), &[subnet("p-a", "a", false)], &offerings(&[("m5.xlarge", "a")])).unwrap_err();
    assert_eq!(error.message, "cluster `eks-spot-eksct` has no public subnet to start nodes in");
    let mut spec = spec();
    spec.availability_zones = vec!["z".to_owned()];
    let error = place(&spec, &subnets(), &[]).unwrap_err();
    assert_eq!(error.help.as_deref(), Some("it has subnets in `a`, `b`, `c`"));
}

#[test]
fn the_groups_tags_are_eksctls_the_autoscalers_and_ours() {
    let tags = group_tags(&spec()).unwrap();
    let lines: Vec<String> = tags.iter().map(|(key, value)| format!("{key}={value}")).collect();
    insta::assert_snapshot!(lines.join("\n"), @"
    Name=eks-spot-eksct-dev-4vcpu-16gb-spot-Node
    kubernetes.io/cluster/eks-spot-eksct=owned
    alpha.eksctl.io/cluster-name=eks-spot-eksct
    alpha.eksctl.io/nodegroup-name=dev-4vcpu-16gb-spot
    alpha.eksctl.io/nodegroup-type=unmanaged
    k8s.io/cluster-autoscaler/enabled=true
    k8s.io/cluster-autoscaler/eks-spot-eksct=owned
    k8s.io/cluster-autoscaler/node-template/label/lifecycle=Ec2Spot
    k8s.io/cluster-autoscaler/node-template/taint/spotInstance=true:PreferNoSchedule
    spotscript/owner=spotscript
    spotscript/cluster=eks-spot-eksct
    spotscript/nodegroup=dev-4vcpu-16gb-spot
    ");
}

#[test]
fn too_many_tags_are_refused_with_their_count() {
    let mut spec = spec();
    spec.tags.extend((0..45).map(|n| (format!("team-{n}"), "x".to_owned())));
    let error = group_tags(&spec).unwrap_err();
    assert_eq!(error.code, Code::InvalidTag);
    assert!(error.message.contains("57"), "{}", error.message);
}

#[test]
fn the_launch_template_is_imdsv2_gp3_and_boots_nodeadm() {
    let data = launch_template_data(&spec(), &cluster(), "ami-1", "arn:p", vec!["sg-1".to_owned()]).unwrap();
    assert_eq!((data.metadata_options.http_tokens.as_str(), data.metadata_options.hop_limit), ("required", 2));
    assert_eq!((data.block_devices[0].volume_type.as_str(), data.block_devices[0].size_gib), ("gp3", 80));
    assert_eq!(data.key_name.as_deref(), Some("eks-spot-key"));
    assert_eq!(data.tag_specifications.len(), 3);
    let boot = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, &data.user_data).unwrap();
    let boot = String::from_utf8(boot).unwrap();
    assert!(boot.contains("--register-with-taints=spotInstance=true:PreferNoSchedule"), "{boot}");
    assert!(boot.contains("alpha.eksctl.io/nodegroup-name=dev-4vcpu-16gb-spot"), "{boot}");
    assert_eq!(template_difference(&data, &data), Vec::<&str>::new());
    let mut other = data.clone();
    other.image_id = "ami-2".to_owned();
    other.user_data.clear();
    assert_eq!(template_difference(&data, &other), ["image", "user data"]);
}

#[test]
fn a_cluster_without_service_cidr_is_refused_where_it_is_needed() {
    let cluster = Cluster { service_cidr: None, ..cluster() };
    let error = launch_template_data(&spec(), &cluster, "ami-1", "arn:p", vec![]).unwrap_err();
    assert_eq!(error.code, Code::AwsMalformedAnswer);
}

#[test]
fn the_image_is_that_of_version_and_architecture() {
    assert_eq!(
        image_parameter(&spec(), "1.33"),
        "/aws/service/eks/optimized-ami/1.33/amazon-linux-2023/x86_64/standard/recommended/image_id"
    );
    let arm = NodegroupSpec::new("a", "c", InstanceTypes::parse(["m6g.large"]).unwrap());
    assert!(image_parameter(&arm, "1.33").contains("/arm64/standard/"));
}

#[test]
fn the_role_is_of_the_callers_partition_and_account() {
    let caller = CallerIdentity { account: "1".to_owned(), arn: "arn:aws-cn:sts::1:assumed-role/x/y".to_owned() };
    let names = ResourceNames::of("c", "g");
    let role = desired_role(&spec(), &names, &caller);
    assert_eq!(role.arn, "arn:aws-cn:iam::1:role/spotscript-c-g");
    assert!(role.managed.iter().all(|arn| arn.starts_with("arn:aws-cn:iam::aws:policy/")));
    assert_eq!(role.inline.len(), 1);
}

fn live(request: &GroupRequest) -> AutoScalingGroup {
    AutoScalingGroup {
        name: request.name.clone(),
        arn: String::new(),
        size: request.size,
        types: request.types.clone(),
        distribution: Some(request.distribution.clone()),
        launch_template: Some(request.launch_template.name.clone()),
        launch_template_version: Some(request.launch_template.version.clone()),
        subnet_ids: request.subnet_ids.iter().rev().cloned().collect(),
        zones: vec![],
        tags: request.tags.clone(),
        instances: vec![],
        health_check_type: "EC2".to_owned(),
        health_check_grace_seconds: 0,
        default_cooldown_seconds: 300,
        suspended_processes: vec![],
        termination_policies: vec![],
        max_instance_lifetime: None,
        target_group_arns: vec![],
        load_balancers: vec![],
        enabled_metrics: vec![],
        service_linked_role_arn: None,
        status: None,
        created: None,
    }
}

#[test]
fn a_group_as_wanted_shows_no_difference_and_a_changed_one_says_what() {
    let spec = spec();
    let offered = offerings(&[("m5.xlarge", "a"), ("m5.xlarge", "b")]);
    let placement = place(&spec, &subnets(), &offered).unwrap();
    let wanted = group_request(&spec, &ResourceNames::of("c", "g"), &placement, 3).unwrap();
    assert!(group_difference(&live(&wanted), &wanted).is_empty());

    let mut there = live(&wanted);
    there.size.desired = 1;
    there.launch_template_version = Some("2".to_owned());
    there.tags.shift_remove("spotscript/owner");
    there.tags.insert(format!("{TEMPLATE_TAG_PREFIX}label/old"), "1".to_owned());
    there.tags.insert("team".to_owned(), "someone else's".to_owned());
    let difference = group_difference(&there, &wanted);
    assert_eq!(difference.changes, ["desired 1 → 2", "launch template spotscript-c-g:2 → spotscript-c-g:3"]);
    assert_eq!(difference.set_tags.keys().collect::<Vec<_>>(), ["spotscript/owner"]);
    assert_eq!(difference.remove_tags, [format!("{TEMPLATE_TAG_PREFIX}label/old")]);

    there.distribution = None;
    assert_eq!(group_difference(&there, &wanted).fixed.len(), 1);
}
