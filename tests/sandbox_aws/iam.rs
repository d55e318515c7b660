use aws_sdk_iam::Client;
use aws_sdk_iam::types::Tag;

use super::{code, sandbox};

const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
const POLICY: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["autoscaling:*"],"Resource":"*"}]}"#;
const WORKER: &str = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy";

async fn role(iam: &Client, name: &str) -> aws_sdk_iam::types::Role {
    let create = iam.create_role().role_name(name).assume_role_policy_document(TRUST).description("nodes & pods");
    let tag = Tag::builder().key("team").value("a=b").build().unwrap();
    create.tags(tag).send().await.unwrap().role.unwrap()
}

fn decoded(document: &str) -> serde_json::Value {
    let form = format!("d={}", document.replace('+', "%2B"));
    let (_, text) = form_urlencoded::parse(form.as_bytes()).next().unwrap();
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_role_lives_its_life() {
    let (_, config) = sandbox();
    let iam = Client::new(&config);
    let made = role(&iam, "r").await;
    assert_eq!(made.role_id().len(), 21);
    assert!(made.arn().ends_with(":role/r"));
    assert_eq!(
        decoded(made.assume_role_policy_document().unwrap()),
        serde_json::from_str::<serde_json::Value>(TRUST).unwrap()
    );

    let again = iam.create_role().role_name("r").assume_role_policy_document(TRUST).send().await;
    assert_eq!(code(again), "EntityAlreadyExists");

    let got = iam.get_role().role_name("r").send().await.unwrap().role.unwrap();
    assert_eq!(got.description(), Some("nodes & pods"));
    assert_eq!((got.tags()[0].key(), got.tags()[0].value()), ("team", "a=b"));
    assert_eq!(got.create_date(), made.create_date());

    iam.attach_role_policy().role_name("r").policy_arn(WORKER).send().await.unwrap();
    iam.attach_role_policy().role_name("r").policy_arn(WORKER).send().await.unwrap();
    let attached = iam.list_attached_role_policies().role_name("r").send().await.unwrap();
    let names: Vec<_> = attached.attached_policies().iter().map(|policy| policy.policy_name().unwrap()).collect();
    assert_eq!(names, ["AmazonEKSWorkerNodePolicy"]);

    iam.put_role_policy().role_name("r").policy_name("p").policy_document(POLICY).send().await.unwrap();
    assert_eq!(iam.list_role_policies().role_name("r").send().await.unwrap().policy_names(), ["p"]);
    let policy = iam.get_role_policy().role_name("r").policy_name("p").send().await.unwrap();
    assert_eq!(decoded(policy.policy_document()), serde_json::from_str::<serde_json::Value>(POLICY).unwrap());

    assert_eq!(code(iam.delete_role().role_name("r").send().await), "DeleteConflict");
    iam.detach_role_policy().role_name("r").policy_arn(WORKER).send().await.unwrap();
    assert_eq!(code(iam.delete_role().role_name("r").send().await), "DeleteConflict");
    iam.delete_role_policy().role_name("r").policy_name("p").send().await.unwrap();
    iam.delete_role().role_name("r").send().await.unwrap();
    assert_eq!(code(iam.get_role().role_name("r").send().await), "NoSuchEntity");
}

#[tokio::test]
async fn a_profile_holds_one_role() {
    let (sandbox, config) = sandbox();
    let iam = Client::new(&config);
    role(&iam, "r").await;
    role(&iam, "s").await;
    let made = iam.create_instance_profile().instance_profile_name("p").send().await.unwrap().instance_profile.unwrap();
    assert!(made.arn().ends_with(":instance-profile/p") && made.roles().is_empty());
    sandbox.read(|world| assert!(world.iam.profiles["p"].visible_at >= world.now() + 10_000));
    assert_eq!(code(iam.create_instance_profile().instance_profile_name("p").send().await), "EntityAlreadyExists");

    let add = |role: &str| iam.add_role_to_instance_profile().instance_profile_name("p").role_name(role).send();
    assert_eq!(code(add("nobody").await), "NoSuchEntity");
    add("r").await.unwrap();
    assert_eq!(code(add("s").await), "LimitExceeded");
    let got = iam.get_instance_profile().instance_profile_name("p").send().await.unwrap().instance_profile.unwrap();
    assert_eq!(got.roles()[0].role_name(), "r");
    let listed = iam.list_instance_profiles_for_role().role_name("r").send().await.unwrap();
    assert_eq!(listed.instance_profiles()[0].instance_profile_name(), "p");

    assert_eq!(code(iam.delete_role().role_name("r").send().await), "DeleteConflict");
    assert_eq!(code(iam.delete_instance_profile().instance_profile_name("p").send().await), "DeleteConflict");
    let remove = |role: &str| iam.remove_role_from_instance_profile().instance_profile_name("p").role_name(role).send();
    assert_eq!(code(remove("s").await), "NoSuchEntity");
    remove("r").await.unwrap();
    iam.delete_instance_profile().instance_profile_name("p").send().await.unwrap();
    assert_eq!(code(iam.get_instance_profile().instance_profile_name("p").send().await), "NoSuchEntity");
}

#[tokio::test]
async fn iam_refuses_what_it_should() {
    let (_, config) = sandbox();
    let iam = Client::new(&config);
    role(&iam, "r").await;
    let trust = |text: &str| iam.create_role().role_name("x").assume_role_policy_document(text).send();
    assert_eq!(code(trust("{").await), "MalformedPolicyDocument");
    assert_eq!(code(trust(POLICY).await), "MalformedPolicyDocument");
    let name = iam.create_role().role_name("a/b").assume_role_policy_document(TRUST).send().await;
    assert_eq!(code(name), "ValidationError");
    for arn in ["arn:aws:iam::aws:policy/NoSuch", "arn:aws-cn:iam::aws:policy/AmazonEKSWorkerNodePolicy"] {
        assert_eq!(code(iam.attach_role_policy().role_name("r").policy_arn(arn).send().await), "NoSuchEntity");
    }
    assert_eq!(code(iam.detach_role_policy().role_name("r").policy_arn(WORKER).send().await), "NoSuchEntity");
    let put = |name: &str, document: String| {
        iam.put_role_policy().role_name("r").policy_name(name).policy_document(document).send()
    };
    assert_eq!(code(put("p", "nonsense".into()).await), "MalformedPolicyDocument");
    let large = POLICY.replace("autoscaling:*", &"a".repeat(9_000));
    put("p", large.clone()).await.unwrap();
    assert_eq!(code(put("q", large).await), "LimitExceeded");
    assert_eq!(code(iam.get_role_policy().role_name("r").policy_name("q").send().await), "NoSuchEntity");
}

#[tokio::test]
async fn service_linked_roles_belong_to_their_services() {
    let (sandbox, config) = sandbox();
    let iam = Client::new(&config);
    sandbox.world(|world| world.iam.roles.remove("AWSServiceRoleForEC2Spot"));
    let create = |service: &str| iam.create_service_linked_role().aws_service_name(service).send();
    let role = create("spot.amazonaws.com").await.unwrap().role.unwrap();
    assert!(role.arn().ends_with(":role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot"));
    assert_eq!(code(create("spot.amazonaws.com").await), "InvalidInput");
    assert_eq!(code(create("nothing.amazonaws.com").await), "InvalidInput");
    assert_eq!(code(iam.delete_role().role_name("AWSServiceRoleForEC2Spot").send().await), "UnmodifiableEntity");
}

#[tokio::test]
async fn roles_are_listed_page_by_page() {
    let (_, config) = sandbox();
    let iam = Client::new(&config);
    for i in 0..7 {
        let create = iam.create_role().role_name(format!("r{i}")).path("/paged/");
        create.assume_role_policy_document(TRUST).send().await.unwrap();
    }
    let pages = iam.list_roles().path_prefix("/paged/").max_items(3).into_paginator().send();
    let pages: Vec<_> = pages.collect::<Result<Vec<_>, _>>().await.unwrap();
    let names: Vec<_> = pages.iter().flat_map(|page| page.roles()).map(|role| role.role_name()).collect();
    assert_eq!(pages.len(), 3);
    assert_eq!(names, ["r0", "r1", "r2", "r3", "r4", "r5", "r6"]);
    assert_eq!(code(iam.list_roles().marker("junk").send().await), "ValidationError");
}
