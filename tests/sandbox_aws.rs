//! The sandbox's AWS face, driven by the real SDK clients.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::time::{Duration, Instant};

use aws_sdk_ec2::error::ProvideErrorMetadata;
use spotscript::sandbox::Sandbox;

#[path = "sandbox_aws/eks.rs"]
mod eks;
#[path = "sandbox_aws/group.rs"]
mod group;
#[path = "sandbox_aws/iam.rs"]
mod iam;
#[path = "sandbox_aws/nodegroup.rs"]
mod nodegroup;
#[path = "sandbox_aws/ssm.rs"]
mod ssm;
#[path = "sandbox_aws/sts.rs"]
mod sts;

/// A fresh world and an SDK configuration for it.
fn sandbox() -> (Sandbox, aws_config::SdkConfig) {
    let sandbox = Sandbox::fresh(1);
    let config = sandbox.sdk_config();
    (sandbox, config)
}

/// The code of a refusal.
fn code<T: std::fmt::Debug, E: ProvideErrorMetadata, R: std::fmt::Debug>(
    result: Result<T, aws_sdk_ec2::error::SdkError<E, R>>,
) -> String {
    let error = result.expect_err("a refusal");
    error.code().unwrap_or("no code").to_owned()
}

#[tokio::test]
async fn throttling_is_retried_on_the_worlds_clock() {
    let (sandbox, config) = sandbox();
    let (began, before) = (Instant::now(), sandbox.now());
    sandbox.world(|world| world.traffic.throttle("GetCallerIdentity", 3));
    aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
    sandbox.read(|world| {
        assert_eq!(world.traffic.requests().total, 4);
        assert_eq!(world.traffic.requests().mutating, 0);
        let errors: Vec<_> = world.traffic.log().map(|entry| entry.error.as_deref()).collect();
        assert_eq!(errors, [Some("Throttling"), Some("Throttling"), Some("Throttling"), None]);
    });
    assert!(sandbox.now().duration_since(before).as_secs() >= 3, "the SDK did not wait");
    assert!(began.elapsed() < Duration::from_secs(2), "the SDK really waited");
}

#[tokio::test]
async fn an_unknown_operation_is_refused_in_each_protocol() {
    let (_, config) = sandbox();
    let ec2 = aws_sdk_ec2::Client::new(&config);
    assert_eq!(code(ec2.create_vpc().cidr_block("10.0.0.0/16").send().await), "InvalidAction");
    let iam = aws_sdk_iam::Client::new(&config);
    assert_eq!(code(iam.create_group().group_name("g").send().await), "InvalidAction");
    let ssm = aws_sdk_ssm::Client::new(&config);
    assert_eq!(code(ssm.describe_parameters().send().await), "UnknownOperationException");
    let eks = aws_sdk_eks::Client::new(&config);
    assert_eq!(code(eks.list_fargate_profiles().cluster_name("c").send().await), "UnknownOperationException");
}

#[tokio::test]
async fn a_fault_hits_the_request_it_was_aimed_at() {
    let (sandbox, config) = sandbox();
    sandbox.world(|world| world.traffic.fail_after("GetCallerIdentity", "AccessDenied", 1, 1));
    let sts = aws_sdk_sts::Client::new(&config);
    sts.get_caller_identity().send().await.unwrap();
    assert_eq!(code(sts.get_caller_identity().send().await), "AccessDenied");
    sts.get_caller_identity().send().await.unwrap();
}

#[tokio::test]
async fn one_seed_and_the_same_requests_give_the_same_request_ids() {
    let mut ids = Vec::new();
    for _ in 0..2 {
        let (_, config) = sandbox();
        let answer = aws_sdk_sts::Client::new(&config).get_caller_identity().send().await.unwrap();
        ids.push(aws_sdk_sts::operation::RequestId::request_id(&answer).unwrap().to_owned());
    }
    assert_eq!(ids[0], ids[1]);
    assert_eq!(ids[0].len(), 36);
}
