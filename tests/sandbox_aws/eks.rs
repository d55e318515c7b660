use aws_sdk_eks::Client;
use aws_sdk_eks::types::{AuthenticationMode, ClusterStatus};
use spotscript::domain::cloud::AuthenticationMode as Mode;
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::services::eks::state::Cluster;

use super::{code, sandbox};

/// A cluster besides those that the world begins with.
fn cluster(sandbox: &Sandbox, name: &str, mode: Mode) {
    sandbox.world(|world| {
        let cluster = Cluster {
            name: name.into(),
            arn: world.account.arn("eks", &format!("cluster/{name}")),
            version: "1.33".into(),
            platform_version: "eks.1".into(),
            status: "ACTIVE".into(),
            endpoint: "https://X.gr7.ap-northeast-1.eks.amazonaws.com".into(),
            certificate_authority: "Q0E=".into(),
            service_cidr: "10.100.0.0/16".into(),
            role_arn: world.account.iam_arn("role/cluster"),
            vpc_id: "vpc-1".into(),
            subnet_ids: vec!["subnet-1".into(), "subnet-2".into()],
            security_group_ids: vec!["sg-1".into()],
            cluster_security_group: "sg-2".into(),
            authentication_mode: mode,
            oidc_issuer: "https://oidc.eks.ap-northeast-1.amazonaws.com/id/X".into(),
            tags: [("k".to_owned(), "v".to_owned())].into_iter().collect(),
            created: world.now(),
            access_entries: Default::default(),
            nodegroups: Default::default(),
        };
        world.eks.clusters.insert(name.into(), cluster);
    });
}

#[tokio::test]
async fn a_cluster_is_described_whole() {
    let (sandbox, config) = sandbox();
    cluster(&sandbox, "c", Mode::Api);
    let eks = Client::new(&config);
    let it = eks.describe_cluster().name("c").send().await.unwrap().cluster.unwrap();
    assert_eq!((it.name(), it.version(), it.status()), (Some("c"), Some("1.33"), Some(&ClusterStatus::Active)));
    assert_eq!(it.certificate_authority().unwrap().data(), Some("Q0E="));
    let vpc = it.resources_vpc_config().unwrap();
    assert_eq!((vpc.vpc_id(), vpc.cluster_security_group_id()), (Some("vpc-1"), Some("sg-2")));
    assert_eq!(vpc.subnet_ids(), ["subnet-1", "subnet-2"]);
    assert_eq!(it.kubernetes_network_config().unwrap().service_ipv4_cidr(), Some("10.100.0.0/16"));
    assert_eq!(it.access_config().unwrap().authentication_mode(), Some(&AuthenticationMode::Api));
    assert!(it.identity().unwrap().oidc().unwrap().issuer().unwrap().ends_with("/id/X"));
    assert_eq!(it.created_at().unwrap().secs(), sandbox.now().as_second());
    assert_eq!(it.tags().unwrap()["k"], "v");
    let missing = eks.describe_cluster().name("d").send().await.unwrap_err().into_service_error();
    assert!(missing.is_resource_not_found_exception(), "{missing:?}");
}

#[tokio::test]
async fn clusters_are_listed_page_by_page() {
    let (sandbox, config) = sandbox();
    sandbox.world(|world| world.eks.clusters.clear());
    for name in ["c", "a", "b"] {
        cluster(&sandbox, name, Mode::Api);
    }
    let pages = Client::new(&config).list_clusters().max_results(2).into_paginator().send();
    let pages = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    assert_eq!((pages[0].clusters(), pages[1].clusters()), (&["a".to_owned(), "b".into()][..], &["c".to_owned()][..]));
}

#[tokio::test]
async fn an_access_entry_needs_its_principal() {
    let (sandbox, config) = sandbox();
    cluster(&sandbox, "c", Mode::ApiAndConfigMap);
    let (eks, iam) = (Client::new(&config), aws_sdk_iam::Client::new(&config));
    let arn = sandbox.read(|world| world.account.iam_arn("role/nodes/r"));
    let create = |token: &str| {
        let create = eks.create_access_entry().cluster_name("c").principal_arn(&arn).r#type("EC2_LINUX");
        create.client_request_token(token).tags("a", "b").send()
    };
    assert_eq!(code(create("t").await), "InvalidParameterException");
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
    iam.create_role().role_name("r").path("/nodes/").assume_role_policy_document(trust).send().await.unwrap();

    let made = create("t").await.unwrap().access_entry.unwrap();
    assert_eq!(made.username(), Some("system:node:{{EC2PrivateDNSName}}"));
    assert_eq!(made.kubernetes_groups(), ["system:nodes"]);
    let same = create("t").await.unwrap().access_entry.unwrap();
    assert_eq!(same.access_entry_arn(), made.access_entry_arn());
    assert_eq!(code(create("other").await), "ResourceInUseException");

    let describe = || eks.describe_access_entry().cluster_name("c").principal_arn(&arn).send();
    let got = describe().await.unwrap().access_entry.unwrap();
    assert_eq!((got.r#type(), got.tags().unwrap()["a"].as_str()), (Some("EC2_LINUX"), "b"));
    let listed = eks.list_access_entries().cluster_name("c").send().await.unwrap();
    assert_eq!(listed.access_entries(), [arn.as_str()]);
    eks.delete_access_entry().cluster_name("c").principal_arn(&arn).send().await.unwrap();
    assert_eq!(code(describe().await), "ResourceNotFoundException");
    assert_eq!(
        code(eks.delete_access_entry().cluster_name("c").principal_arn(&arn).send().await),
        "ResourceNotFoundException"
    );
    assert_eq!(code(eks.list_access_entries().cluster_name("x").send().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn a_cluster_of_the_config_map_has_no_entries() {
    let (sandbox, config) = sandbox();
    cluster(&sandbox, "c", Mode::ConfigMap);
    let eks = Client::new(&config);
    assert_eq!(code(eks.list_access_entries().cluster_name("c").send().await), "InvalidRequestException");
    let listed = eks.list_nodegroups().cluster_name("c").send().await.unwrap();
    assert!(listed.nodegroups().is_empty());
    assert_eq!(
        code(eks.describe_nodegroup().cluster_name("c").nodegroup_name("g").send().await),
        "ResourceNotFoundException"
    );
    assert!(eks.list_addons().cluster_name("c").send().await.unwrap().addons().is_empty());
    assert_eq!(code(eks.describe_addon().cluster_name("c").addon_name("g").send().await), "ResourceNotFoundException");
}

#[tokio::test]
async fn throttling_has_the_protocols_own_code() {
    let (sandbox, config) = sandbox();
    sandbox.world(|world| world.traffic.throttle("ListClusters", 9));
    assert_eq!(code(Client::new(&config).list_clusters().send().await), "ThrottlingException");
    assert_eq!(sandbox.read(|world| world.traffic.requests().total), 5, "the SDK gives up after five attempts");
}
