//! Things that go wrong end with their true cause, in words that a user can act on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod support;

use aws_sdk_autoscaling::types as asg;
use aws_sdk_ec2::types as ec2;
use base64::Engine as _;
use spotscript::domain::error::Error;
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::ops;
use support::{CLUSTER, GROUP, NAME, Rig, desired, spec, told, waiting};

/// Refused before the first write: gives what is told.
async fn refused(rig: &Rig, spec: spotscript::domain::nodegroup::NodegroupSpec) -> String {
    let error = ops::ensure(&rig.session, &spec, &waiting()).await.expect_err("a refusal");
    assert_eq!(rig.session.cloud.requests().mutating, 0, "refused after a write");
    told(&error)
}

/// A group that works, with one node, whose next node is to fail.
async fn working() -> Rig {
    let rig = Rig::new();
    let mut spec = spec();
    spec.size.desired = 1;
    ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
    rig
}

/// Asks for a second node; gives the error and the virtual minutes it took.
async fn next_node_fails(rig: &Rig) -> (Error, i64) {
    let began = rig.sandbox.now();
    let error = ops::scale(&rig.session, CLUSTER, GROUP, &desired(2)).await.expect_err("a failure");
    let took = rig.sandbox.now().duration_since(began).as_secs();
    println!("{}\n{}", rig.log(), told(&error));
    assert!(took < 14 * 60, "not before the timeout: {took} s");
    (error, took)
}

/// What is told, without what is this world's own: the account, instances, node names, console times.
fn masked(rig: &Rig, error: &Error) -> String {
    let account = rig.sandbox.read(|world| world.account.id.clone());
    let mut text = told(error).replace(&account, "ACCOUNT");
    for (start, end, mask) in [("`i-0", "`", "`i-ID`"), ("[ ", "]", "[TIME]"), ("\"ip-", "\"", "\"NODE\"")] {
        if let Some(at) = text.find(start)
            && let Some(length) = text[at + start.len()..].find(end)
        {
            text.replace_range(at..at + start.len() + length + end.len(), mask);
        }
    }
    text
}

#[tokio::test]
async fn a_misspelt_cluster_gets_the_nearest_name() {
    let rig = Rig::new();
    let mut spec = spec();
    spec.cluster = "eks-spot-eksctl".to_owned();
    insta::assert_snapshot!(refused(&rig, spec).await, @"
    SPOT-0310: no EKS cluster `eks-spot-eksctl` in region `ap-northeast-1`
      help: did you mean `eks-spot-eksct`?
    ");
}

#[tokio::test]
async fn an_absent_key_pair_gets_the_nearest_name() {
    let rig = Rig::new();
    let mut spec = spec();
    spec.ssh.as_mut().unwrap().key_name = "eks-spot-keys".to_owned();
    insta::assert_snapshot!(refused(&rig, spec).await, @"
    SPOT-0313: no key pair `eks-spot-keys` in region `ap-northeast-1`
      help: did you mean `eks-spot-key`?
    ");
}

#[tokio::test]
async fn types_that_no_zone_offers_are_named() {
    let rig = Rig::new();
    let mut nowhere = spec();
    // Real types that this region does not have.
    nowhere.types = InstanceTypes::parse(["c5ad.xlarge", "c8ib.xlarge"]).unwrap();
    insta::assert_snapshot!(refused(&rig, nowhere).await, @"
    SPOT-0314: none of the instance types is offered in the zones of the cluster: `c5ad.xlarge`, `c8ib.xlarge`
      because EC2 offers none of them in `ap-northeast-1a`, `ap-northeast-1c`, `ap-northeast-1d`
      help: choose types that the region has: `aws ec2 describe-instance-type-offerings --location-type availability-zone`
    ");
}

#[tokio::test]
async fn a_type_that_no_zone_offers_is_named_and_the_others_serve() {
    let rig = Rig::new();
    let mut spec = spec();
    spec.types = InstanceTypes::parse(["c5ad.xlarge", "c5.xlarge"]).unwrap();
    spec.size.desired = 0;
    ops::ensure(&rig.session, &spec, &waiting()).await.unwrap();
    assert!(rig.log().contains("[!]  instance type c5ad.xlarge is offered in none of the zones"), "{}", rig.log());
}

#[tokio::test]
async fn a_missing_spot_role_is_told_before_anything_is_made() {
    let rig = Rig::new();
    rig.sandbox.world(|world| world.iam.roles.retain(|name, _| !name.starts_with("AWSServiceRoleForEC2Spot")));
    insta::assert_snapshot!(refused(&rig, spec()).await, @"
    SPOT-0315: the account has no service-linked role for Spot (`AWSServiceRoleForEC2Spot`)
      because without it EC2 refuses every Spot request of an Auto Scaling group
      help: create it once per account: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`
    ");
}

#[tokio::test]
async fn a_missing_access_entry_is_found_behind_the_unauthorized_kubelet() {
    let rig = working().await;
    let eks = aws_sdk_eks::Client::new(&rig.sandbox.sdk_config());
    let entries = eks.list_access_entries().cluster_name(CLUSTER).send().await.unwrap();
    let arn = entries.access_entries().iter().find(|arn| arn.ends_with(NAME)).unwrap().clone();
    eks.delete_access_entry().cluster_name(CLUSTER).principal_arn(arn).send().await.unwrap();
    let (error, _) = next_node_fails(&rig).await;
    insta::assert_snapshot!(masked(&rig, &error), @r#"
    SPOT-0503: group `dev-4vcpu-16gb-spot` has 1 of 2 nodes Ready
      because instance `i-ID` cannot join: the cluster does not know the nodes' role: the kubelet is refused as Unauthorized
      because cluster `eks-spot-eksct` has no access entry for role `spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot`
      because [TIME] kubelet[1734]: "Unable to register node with API server" err="Unauthorized" node="NODE"
      help: run `ensure` on the group again: it puts the role's access entry (or its `aws-auth` row) back
    "#);
}

#[tokio::test]
async fn a_missing_instance_profile_is_found_in_the_activities() {
    let rig = working().await;
    let iam = aws_sdk_iam::Client::new(&rig.sandbox.sdk_config());
    iam.remove_role_from_instance_profile().instance_profile_name(NAME).role_name(NAME).send().await.unwrap();
    iam.delete_instance_profile().instance_profile_name(NAME).send().await.unwrap();
    let (error, _) = next_node_fails(&rig).await;
    insta::assert_snapshot!(masked(&rig, &error), @"
    SPOT-0321: group `dev-4vcpu-16gb-spot` has 1 of 2 nodes Ready
      because the launch template names an instance profile that does not exist
      because Value (arn:aws:iam::ACCOUNT:instance-profile/spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN. Launching EC2 instance failed.
      help: run `ensure` on the group again: it makes the profile anew and puts the role into it
    ");
}

#[tokio::test]
async fn a_taint_that_the_kubelet_cannot_read_is_found_in_the_console() {
    let rig = working().await;
    let config = rig.sandbox.sdk_config();
    let client = aws_sdk_ec2::Client::new(&config);
    let template = rig.session.cloud.launch_template(NAME).await.unwrap().unwrap();
    let base64 = base64::engine::general_purpose::STANDARD;
    let boot = String::from_utf8(base64.decode(&template.data.user_data).unwrap()).unwrap();
    let broken = boot.replace("spotInstance=true:PreferNoSchedule", "spotInstance=true:PreferNotSchedule");
    assert_ne!(boot, broken);
    let data = ec2::RequestLaunchTemplateData::builder().user_data(base64.encode(broken)).build();
    client
        .create_launch_template_version()
        .launch_template_name(NAME)
        .source_version("1")
        .launch_template_data(data)
        .send()
        .await
        .unwrap();
    let specification = asg::LaunchTemplateSpecification::builder().launch_template_name(NAME).version("2").build();
    let template = asg::LaunchTemplate::builder().launch_template_specification(specification).build();
    let policy = asg::MixedInstancesPolicy::builder().launch_template(template).build();
    let groups = aws_sdk_autoscaling::Client::new(&config);
    groups
        .update_auto_scaling_group()
        .auto_scaling_group_name(NAME)
        .mixed_instances_policy(policy)
        .send()
        .await
        .unwrap();
    let (error, _) = next_node_fails(&rig).await;
    insta::assert_snapshot!(masked(&rig, &error), @r#"
    SPOT-0503: group `dev-4vcpu-16gb-spot` has 1 of 2 nodes Ready
      because instance `i-ID` cannot join: the user data asks the kubelet for a taint that it cannot read
      because [TIME] kubelet[1734]: "command failed" err="failed to parse kubelet flag: invalid argument \"spotInstance=true:PreferNotSchedule\" for \"--register-with-taints\" flag: invalid taint effect: PreferNotSchedule, unsupported taint effect"
      help: a taint is `key=value:Effect`: correct it and run `ensure` on the group again, which writes new user data
    "#);
}

#[tokio::test]
async fn exhausted_pools_end_the_wait_before_its_time() {
    let rig = Rig::new();
    rig.sandbox.world(|world| world.faults.exhausted.push(("*".to_owned(), "*".to_owned())));
    let error = ops::ensure(&rig.session, &spec(), &waiting()).await.expect_err("a failure");
    println!("{}", rig.log());
    insta::assert_snapshot!(masked(&rig, &error), @"
    SPOT-0502: group `dev-4vcpu-16gb-spot` has 0 of 2 nodes Ready
      because EC2 has no Spot capacity in any pool of the group
      because Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Please adjust your request and try again. Launching EC2 instance failed.
      help: add instance types of the same shape or zones, ask for fewer nodes, give the group an On-Demand base, or try later: the group goes on trying by itself
    ");
    rig.sandbox.world(|world| world.faults.exhausted.clear());
    let report =
        ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap_or_else(|e| panic!("{}\n{}", told(&e), rig.log()));
    assert_eq!(report.ready_nodes.len(), 2, "capacity is back, and the same command goes on");
}

#[tokio::test]
async fn a_quota_that_is_used_up_is_told_at_once() {
    let rig = Rig::new();
    // Enough for the group, had others not used it up.
    rig.sandbox.world(|world| {
        world.faults.quotas.insert("standard/spot".to_owned(), 32);
        world.ec2.vcpus_in_use.insert("standard/spot".to_owned(), 32);
    });
    let error = ops::ensure(&rig.session, &spec(), &waiting()).await.expect_err("a failure");
    insta::assert_snapshot!(masked(&rig, &error), @"
    SPOT-0320: group `dev-4vcpu-16gb-spot` has 0 of 2 nodes Ready
      because the account's Spot quota (vCPUs, per region) is used up
      because Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.
      help: request a higher quota `L-34B43A08` (all standard Spot instances) in Service Quotas, or ask for fewer nodes
    ");
}
