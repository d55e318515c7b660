//! A cluster is saved and becomes a world: the same names, the same verbs.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use spotscript::domain::cloud::AuthenticationMode;
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::domain::nodegroup::{AmiFamily, Managed, NodegroupSpec, Size, SshAccess};
use spotscript::domain::snapshot::{Snapshot, read};
use spotscript::ops::{self, DeleteOptions, RollOptions, ScaleOptions};
use spotscript::sandbox::world::Scenario;
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
    alike(&first, &again);
    let snapshot: Snapshot = read(&first, "saved.json").unwrap();
    assert_eq!(snapshot.groups.len(), 3);
    assert!(snapshot.missing.is_empty() && snapshot.left_out.is_empty(), "{:?}", snapshot.missing);
}

/// A group is made with any key pair of the account, also with one that no launch template names yet.
#[tokio::test]
async fn key_pairs_of_the_account_are_in_the_copy() {
    let key_pairs = vec!["eks-spot-key".to_owned(), "break-glass".to_owned()];
    let rig = Rig::of(Scenario { key_pairs, ..Scenario::default() }.build(1));
    let text = saved(&rig).await;
    let names: Vec<String> = read(&text, "saved.json").unwrap().key_pairs.into_iter().map(|pair| pair.name).collect();
    assert_eq!(names, ["break-glass", "eks-spot-key"]);
    let copy = loaded(&text);
    alike(&text, &saved(&copy).await);
    let with_key = NodegroupSpec { ssh: Some(SshAccess::with_key_pair("break-glass")), ..spec() };
    ops::ensure(&copy.session, &with_key, &waiting()).await.unwrap_or_else(|error| panic!("{}", told(&error)));

    // A snapshot of before has none.
    let mut old: Value = serde_json::from_str(&text).unwrap();
    assert!(old["data"].as_object_mut().unwrap().shift_remove("key_pairs").is_some());
    let error = ops::ensure(&loaded(&old.to_string()).session, &with_key, &waiting()).await.unwrap_err();
    assert_eq!(error.code.to_string(), "SPOT-0313");

    rig.sandbox.fail("DescribeKeyPairs", "UnauthorizedOperation", 9).unwrap();
    let snapshot = ops::snapshot(&rig.session, CLUSTER, false).await.unwrap();
    assert!(snapshot.missing.iter().any(|one| one.what == "key pairs"), "{:?}", snapshot.missing);
}

#[tokio::test]
async fn runtime_classes_and_events_about_nothing_are_in_the_copy() {
    let rig = Rig::new();
    rig.sandbox.world(|world| {
        let event = |name: &str, object: Value| json!({"metadata": {"name": name, "namespace": "default"}, "involvedObject": object, "reason": "Odd", "message": "m"});
        let objects = &mut world.objects;
        objects.create("runtimeclasses", json!({"metadata": {"name": "gvisor"}, "handler": "runsc"}), 0).unwrap();
        objects.create("events", event("about-nothing", json!({})), 0).unwrap();
        objects.create("events", event("about-a-pod", json!({"kind": "Pod", "name": "p"})), 0).unwrap();
    });
    let text = saved(&rig).await;
    let copy = loaded(&text);
    alike(&text, &saved(&copy).await);
    copy.sandbox.read(|world| {
        assert_eq!(world.objects.get("runtimeclasses", "", "gvisor").unwrap()["handler"], "runsc");
        assert!(world.objects.get("events", "default", "about-nothing").is_some());
        assert!(world.objects.get("events", "default", "about-a-pod").is_none(), "help and README say so");
    });
}

/// The first lines that differ, for a person.
fn alike(first: &str, again: &str) {
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

/// The origin was a sandbox of the same seed: what it would hand out next a copy must not hand out again.
#[tokio::test]
async fn a_copy_hands_out_ids_of_its_own() {
    let fresh = Rig::new();
    let text = saved(&fresh).await;
    let snapshot = read(&text, "saved.json").unwrap();
    let taken: Vec<String> = snapshot.instances.iter().map(|instance| instance.id.clone()).collect();
    assert_eq!(taken.len(), 2);
    let copy = Rig::of(copy::world(&snapshot, &load::Options { seed: 1, ..load::Options::default() }).0);
    ops::ensure(&copy.session, &NodegroupSpec { ssh: None, ..spec() }, &waiting()).await.unwrap();
    let made = ops::get(&copy.session, CLUSTER, GROUP).await.unwrap();
    assert_eq!(made.members.len(), 2);
    assert!(made.members.iter().all(|member| !taken.contains(&member.instance_id)), "{taken:?} {:?}", made.members);
    ops::delete(&copy.session, CLUSTER, GROUP, &DeleteOptions::default()).await.unwrap();
    let alive = copy.session.cloud.instances(&taken).await.unwrap();
    assert!(alive.iter().all(|instance| instance.state == "running") && alive.len() == 2, "{alive:?}");
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
async fn a_group_that_was_at_work_goes_on_in_the_copy() {
    let rig = original().await;
    let more = ScaleOptions { desired: Some(4), wait: false, ..ScaleOptions::default() };
    ops::scale(&rig.session, CLUSTER, GROUP, &more).await.unwrap();
    for seconds in [1, 4, 12] {
        rig.sandbox.advance(Duration::from_secs(seconds));
        let copy = loaded(&saved(&rig).await);
        copy.sandbox.advance(Duration::from_secs(300));
        let detail = ops::get(&copy.session, CLUSTER, GROUP).await.unwrap();
        assert_eq!((detail.summary.instances, detail.summary.ready), (4, 4), "after {seconds} s");
    }
}

#[tokio::test]
async fn other_families_and_clusters_without_access_entries_are_copied_too() {
    let bottlerocket = NodegroupSpec { ami_family: AmiFamily::Bottlerocket, ..spec() };
    let amazon_linux_2 = NodegroupSpec { ami_family: AmiFamily::AmazonLinux2, ..spec() };
    let windows = NodegroupSpec { ami_family: AmiFamily::WindowsServer2019CoreContainer, ..spec() };
    for (spec, authentication_mode) in [
        (windows.clone(), AuthenticationMode::Api),
        (windows, AuthenticationMode::ConfigMap),
        (bottlerocket, AuthenticationMode::Api),
        (amazon_linux_2, AuthenticationMode::ApiAndConfigMap),
        (spec(), AuthenticationMode::ConfigMap),
    ] {
        let what = format!("{} {authentication_mode:?}", spec.ami_family);
        let scenario = Scenario { kubernetes: "1.32".into(), authentication_mode, ..Scenario::default() };
        let rig = Rig::of(scenario.build(1));
        ops::ensure(&rig.session, &spec, &waiting()).await.unwrap_or_else(|error| panic!("{what}: {}", told(&error)));
        let text = saved(&rig).await;
        let copy = loaded(&text);
        alike(&text, &saved(&copy).await);
        let scaled = ops::scale(&copy.session, CLUSTER, GROUP, &desired(3)).await;
        let scaled = scaled.unwrap_or_else(|error| panic!("{what}: {}", told(&error)));
        assert_eq!(scaled.ready_nodes.len(), 3, "{what}");
        let same =
            ops::drift(&copy.session, &[NodegroupSpec { size: Size::new(0, 3, 5).unwrap(), ..spec }]).await.unwrap();
        assert!(same[0].differences.is_empty(), "{what}: {same:?}");
    }
}

#[test]
fn at_the_command_line() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command
            .args(arguments)
            .current_dir(folder.path())
            .env("SPOTSCRIPT_STATE_DIR", folder.path())
            .env("NO_COLOR", "1");
        command.env_remove("SPOTSCRIPT_TARGET").env_remove("SPOTSCRIPT_CLUSTER").env_remove("COLUMNS");
        let output = command.output().unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (text(&output.stdout), text(&output.stderr), output.status.code().unwrap())
    };
    let (out, err, code) = run(&["snapshot", "--out", "s.json"]);
    assert_eq!(code, 0, "{err}");
    insta::assert_snapshot!(out, @r"
    saved cluster eks-spot-eksct as of 2026-01-01T00:00:00Z in s.json: 1 group, 2 instances, 43 objects
    rehearse on it: spotscript sandbox load s.json --world NAME
    ");
    assert!(err.contains("read 1 Auto Scaling group, 1 managed node group"), "{err}");
    let (_, err, code) = run(&["snapshot", "--out", "s.json"]);
    assert!(code == 2 && err.contains("add `--force` to write over it"), "{code} {err}");
    // Known before the cluster is read: nothing else is said.
    let (out, err, code) = run(&["snapshot", "--out", "nowhere/s.json"]);
    assert!(code == 2 && out.is_empty() && err.contains("`nowhere/s.json` cannot be written"), "{code} {out}{err}");
    assert!(!err.contains("sandbox (world") && !err.contains("not in it"), "{err}");
    let (out, err, code) = run(&["snapshot", "--out", "s.json", "--force", "-o", "json"]);
    let summary: Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}{err}"));
    assert_eq!(
        (code, &summary["schema"], &summary["data"]["instances"]),
        (0, &json!("spotscript.snapshot-saved/v1"), &json!(2))
    );

    let (_, err, code) = run(&["sandbox", "load", "s.json", "--world", "copy"]);
    assert_eq!(code, 0, "{err}");
    for what in
        [&["get", "nodes"][..], &["get", "nodegroup"], &["get", "pods", "-A", "-o", "yaml"], &["describe", "node"]]
    {
        let of_copy: Vec<&str> = what.iter().copied().chain(["--world", "copy"]).collect();
        assert_eq!(run(what).0, run(&of_copy).0, "{what:?}");
    }
    let text = std::fs::read_to_string(folder.path().join("s.json")).unwrap();
    std::fs::write(folder.path().join("cut.json"), &text[..text.len() / 3]).unwrap();
    let (_, err, code) = run(&["sandbox", "load", "cut.json", "--world", "copy"]);
    assert!(code == 2 && err.contains("SPOT-0704") && err.contains("cut.json:"), "{code} {err}");
    let (out, _, code) = run(&["get", "nodes", "--world", "copy", "-o", "name"]);
    assert_eq!((code, out.lines().count()), (0, 2), "the world is as it was");
    let (_, err, code) = run(&["sandbox", "load", "s.json", "--cluster", "other", "--world", "copy"]);
    assert!(code == 2 && err.contains("a copy keeps its names"), "{code} {err}");
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
        ("cut off", text[..text.find("launch_templates").unwrap() + 6].to_owned()),
        ("foreign", json!({"schema": "spotscript.nodegroups/v1", "data": []}).to_string()),
        ("newer", changed(&|value| value["schema"] = "spotscript.snapshot/v2".into())),
        ("a part is missing", changed(&|value| drop(value["data"].as_object_mut().unwrap().shift_remove("instances")))),
        ("of another form", changed(&|value| value["data"]["groups"][0]["size"]["min"] = "two".into())),
        ("a broken object", changed(&|value| value["data"]["objects"][1]["metadata"]["labels"] = 7.into())),
        (
            "an object twice",
            changed(&|value| {
                let first = value["data"]["objects"][0].clone();
                value["data"]["objects"].as_array_mut().unwrap().push(first);
            }),
        ),
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
