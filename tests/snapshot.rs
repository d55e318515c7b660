//! A cluster is saved and becomes a world: the same names, the same verbs.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::domain::nodegroup::{Managed, NodegroupSpec, Size};
use spotscript::domain::snapshot::{Snapshot, read};
use spotscript::ops::{self, RollOptions};
use spotscript::sandbox::{copy, load};
use spotscript::view::json::render;
use support::{CLUSTER, GROUP, NAME, Rig, desired, spec, told, waiting};

fn managed() -> NodegroupSpec {
    let mut spec =
        NodegroupSpec::new("managed-spot", CLUSTER, InstanceTypes::parse(["m5.xlarge", "m5a.xlarge"]).unwrap());
    spec.size = Size::new(0, 1, 3).unwrap();
    spec.distribution = Managed::distribution(true);
    spec.managed = Some(Managed { spot: Some(true), ..Managed::default() });
    spec
}

/// The tutorial's cluster with its Spot group, and a managed one.
async fn original() -> Rig {
    let rig = Rig::new();
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    ops::ensure(&rig.session, &managed(), &waiting()).await.unwrap();
    rig
}

async fn saved(rig: &Rig) -> String {
    render("snapshot", &ops::snapshot(&rig.session, CLUSTER, false).await.unwrap()).unwrap()
}

fn loaded(text: &str) -> Rig {
    let snapshot = read(text, "saved.json").unwrap_or_else(|error| panic!("{}", told(&error)));
    Rig::of(copy::world(&snapshot, &load::Options { seed: 7, ..load::Options::default() }).0)
}

#[tokio::test]
async fn a_copy_of_a_copy_is_the_copy() {
    let rig = original().await;
    let first = saved(&rig).await;
    let again = saved(&loaded(&first)).await;
    similar_asserts(&first, &again);
    let snapshot: Snapshot = read(&first, "saved.json").unwrap();
    assert_eq!(snapshot.groups.len(), 3);
    assert!(snapshot.missing.is_empty() && snapshot.left_out.is_empty(), "{:?}", snapshot.missing);
}

/// The first lines that differ, for a person.
fn similar_asserts(first: &str, again: &str) {
    let differs: Vec<String> = first
        .lines()
        .zip(again.lines())
        .enumerate()
        .filter(|(_, (one, other))| one != other)
        .take(8)
        .map(|(line, (one, other))| format!("{}: {one}\n   {other}", line + 1))
        .collect();
    assert!(differs.is_empty() && first.lines().count() == again.lines().count(), "{}", differs.join("\n"));
}

#[tokio::test]
async fn reading_changes_nothing_and_says_how_far_it_is() {
    let rig = original().await;
    let before = rig.session.cloud.requests().mutating;
    ops::snapshot(&rig.session, CLUSTER, false).await.unwrap();
    assert_eq!(rig.session.cloud.requests().mutating, before);
    assert!(rig.log().contains("read 3 Auto Scaling groups, 2 managed node groups"), "{}", rig.log());
}

#[tokio::test]
async fn the_verbs_work_on_a_copy_as_on_the_original() {
    let original = original().await;
    let text = saved(&original).await;
    let rig = loaded(&text);

    let (one, other) = tokio::join!(ops::list(&original.session, CLUSTER), ops::list(&rig.session, CLUSTER));
    assert_eq!(one.unwrap(), other.unwrap());
    let same = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!((same.verdict.as_str(), same.mutating_requests, same.ready_nodes.len()), ("unchanged", 0, 2));
    let same = ops::ensure(&rig.session, &managed(), &waiting()).await.unwrap();
    assert_eq!((same.verdict.as_str(), same.mutating_requests), ("unchanged", 0));
    let drifts = ops::drift(&rig.session, &[spec(), managed()]).await.unwrap();
    assert!(drifts.iter().all(|drift| drift.there && drift.differences.is_empty()), "{drifts:?}");

    let scaled = ops::scale(&rig.session, CLUSTER, GROUP, &desired(3)).await.unwrap();
    assert_eq!(scaled.ready_nodes.len(), 3, "a new node joins from the copied launch template");
    let before: Vec<String> = scaled.ready_nodes;
    ops::roll(&rig.session, CLUSTER, GROUP, &RollOptions { all: true, ..RollOptions::default() }).await.unwrap();
    let after = ops::get(&rig.session, CLUSTER, GROUP).await.unwrap();
    let nodes: Vec<String> = after.members.into_iter().filter_map(|member| member.node).collect();
    assert!(nodes.len() == 3 && nodes.iter().all(|node| !before.contains(node)), "{before:?} {nodes:?}");

    let scaled = ops::scale(&rig.session, CLUSTER, "managed-spot", &desired(2)).await.unwrap();
    assert_eq!(scaled.ready_nodes.len(), 2);
}

#[tokio::test]
async fn an_interruption_of_a_copy_is_made_good_by_its_group() {
    let rig = loaded(&saved(&original().await).await);
    let detail = ops::get(&rig.session, CLUSTER, GROUP).await.unwrap();
    let victim = detail.members[0].node.clone().unwrap();
    rig.sandbox.reclaim(&victim).unwrap();
    rig.sandbox.advance(Duration::from_secs(600));
    let detail = ops::get(&rig.session, CLUSTER, GROUP).await.unwrap();
    assert_eq!((detail.summary.instances, detail.summary.ready), (2, 2));
    assert!(detail.members.iter().all(|member| member.node.as_ref() != Some(&victim)));
    assert!(detail.activities.iter().any(|activity| activity.cause.contains("Spot Instance interruption")));
}

#[tokio::test]
async fn commands_in_boot_data_are_left_out_unless_they_are_asked_for() {
    let rig = Rig::new();
    let mut with_commands = spec();
    with_commands.boot.pre_bootstrap_commands = vec!["curl -H 'token: hush' https://example.com".to_owned()];
    ops::ensure(&rig.session, &with_commands, &waiting()).await.unwrap();
    let snapshot = ops::snapshot(&rig.session, CLUSTER, false).await.unwrap();
    assert_eq!((snapshot.left_out[0].launch_template.as_str(), snapshot.left_out[0].version), (NAME, 1));
    let user_data = |snapshot: &Snapshot| {
        let template = snapshot.launch_templates.iter().find(|template| template.name == NAME).unwrap();
        spotscript::domain::boot_syntax::text_of(&template.versions[0].data.user_data).unwrap()
    };
    assert!(!user_data(&snapshot).contains("hush"));
    let rig_of_copy = loaded(&render("snapshot", &snapshot).unwrap());
    let scaled = ops::scale(&rig_of_copy.session, CLUSTER, GROUP, &desired(3)).await.unwrap();
    assert_eq!(scaled.ready_nodes.len(), 3, "nodes of the copy still join");
    let whole = ops::snapshot(&rig.session, CLUSTER, true).await.unwrap();
    assert!(whole.left_out.is_empty() && user_data(&whole).contains("hush"));
}

#[tokio::test]
async fn who_may_not_read_iam_gets_a_copy_whose_roles_are_stood_in_for() {
    let rig = original().await;
    rig.sandbox.fail("GetRole", "AccessDenied", 9).unwrap();
    rig.sandbox.fail("GetInstanceProfile", "AccessDenied", 9).unwrap();
    let snapshot = ops::snapshot(&rig.session, CLUSTER, false).await.unwrap();
    assert!(snapshot.roles.is_empty() && snapshot.instance_profiles.is_empty());
    assert!(snapshot.missing.iter().any(|one| one.what == NAME), "{:?}", snapshot.missing);
    let rig = loaded(&render("snapshot", &snapshot).unwrap());
    let scaled = ops::scale(&rig.session, CLUSTER, GROUP, &desired(3)).await.unwrap();
    assert_eq!(scaled.ready_nodes.len(), 3);
}

#[tokio::test]
async fn what_is_no_whole_snapshot_is_refused_with_its_place() {
    let text = saved(&original().await).await;
    let changed = |change: &dyn Fn(&mut Value)| {
        let mut value: Value = serde_json::from_str(&text).unwrap();
        change(&mut value);
        value.to_string()
    };
    let cases = [
        ("cut off", text[..text.len() / 2].to_owned()),
        ("foreign", json!({"schema": "spotscript.nodegroups/v1", "data": []}).to_string()),
        ("newer", changed(&|value| value["schema"] = "spotscript.snapshot/v2".into())),
        ("a part is missing", changed(&|value| drop(value["data"].as_object_mut().unwrap().shift_remove("instances")))),
        ("of another form", changed(&|value| value["data"]["groups"][0]["size"]["min"] = "two".into())),
        ("an unknown part", changed(&|value| value["data"]["more"] = 1.into())),
        ("without a template", changed(&|value| value["data"]["launch_templates"] = json!([]))),
    ];
    let mut lines = vec![];
    for (what, text) in cases {
        let error = read(&text, "saved.json").err().unwrap_or_else(|| panic!("{what} is taken"));
        let place = error.location.as_ref().map(|_| " (with its place)").unwrap_or_default();
        // What is known is a long list.
        let causes = error.causes.iter().map(|cause| cause.split([',', '(']).next().unwrap_or_default().to_owned());
        let causes: Vec<String> =
            causes.map(|cause| cause.split(" at line").next().unwrap_or_default().to_owned()).collect();
        let text = format!("{what}: {}{place}: {}; {}", error.code, error.message, causes.join(", "));
        lines.push(text.trim_end_matches([';', ' ']).to_owned());
    }
    insta::assert_snapshot!("refused", lines.join("\n"));
}
