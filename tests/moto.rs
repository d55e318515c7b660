//! The AWS adapter against moto, whose answers we did not write: everything is made, read back as unchanged, removed.
//!
//! Needs a server seeded as `tests/python/moto_world.py` does; its address in `SPOTSCRIPT_MOTO_ENDPOINT`.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, missing_docs)]

mod support;

use std::sync::Arc;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use spotscript::adapters::aws::AwsCloud;
use spotscript::ops;
use spotscript::ops::{DeleteOptions, EnsureOptions, ScaleOptions, Session};
use support::{CLUSTER, GROUP, NAME, Rig, spec, told};

#[tokio::test]
async fn moto_reads_back_what_was_made() {
    let Ok(endpoint) = std::env::var("SPOTSCRIPT_MOTO_ENDPOINT") else {
        eprintln!("skipped: SPOTSCRIPT_MOTO_ENDPOINT does not name a seeded moto server");
        return;
    };
    let credentials = Credentials::new("testing", "testing", None, None, "testing");
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("ap-northeast-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    // Kubernetes is the sandbox's: moto has no API server.
    let rig = Rig::new();
    let session = Session { cloud: Arc::new(AwsCloud::new(config)), ..rig.session.clone() };
    let without_wait = EnsureOptions { wait: false, ..EnsureOptions::default() };
    let report = ops::ensure(&session, &spec(), &without_wait).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    println!("{}\n{report:#?}", rig.log());
    assert_eq!(report.verdict, "created");
    assert!(report.requests <= 30, "{}", report.requests);
    let again = ops::ensure(&session, &spec(), &without_wait).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    println!("{}", rig.log());
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
    let imported = ops::import(&session, CLUSTER, GROUP).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    println!("{:#?}", imported.notes);
    let same = ops::ensure(&session, &imported.spec, &without_wait).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!((same.verdict.as_str(), same.mutating_requests), ("unchanged", 0), "what was imported is what is there");
    let snapshot = ops::snapshot(&session, CLUSTER, false).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    let group = &snapshot.groups[0].group;
    assert_eq!((snapshot.groups.len(), group.instances.len(), snapshot.roles.len()), (1, 2, 1));
    assert_eq!(snapshot.launch_templates[0].versions.len(), 1);
    assert!(snapshot.security_groups.iter().any(|group| !group.ingress.is_empty() && !group.egress.is_empty()));
    let detail = ops::get(&session, CLUSTER, GROUP).await.unwrap();
    assert_eq!(detail.group.types, spec().types.names());
    assert_eq!(detail.group.distribution.as_ref(), Some(&spec().distribution));
    assert_eq!(detail.summary.instances, 2);
    assert_eq!(ops::list(&session, CLUSTER).await.unwrap().len(), 1);
    let smaller = ScaleOptions { desired: Some(1), wait: false, ..ScaleOptions::default() };
    assert_eq!(ops::scale(&session, CLUSTER, GROUP, &smaller).await.unwrap().verdict, "changed");
    let report = ops::delete(&session, CLUSTER, GROUP, &DeleteOptions::default()).await;
    let report = report.unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(report.verdict, "deleted");
    assert!(session.cloud.role(NAME).await.unwrap().is_none());
}
