//! What killed runs leave behind is swept, and nothing else: no living group's, nobody else's, of no run that goes on.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod support;

use std::time::Duration;

use serde_json::{Value, json};
use spotscript::domain::inventory::Sweep;
use spotscript::domain::mutation::AwsMutation;
use spotscript::journal::Store;
use spotscript::ops;
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, Side};
use support::served::{Doorman, Served, told};
use support::verbs::{Verb, assert_same, host, inventory, undo};
use support::{CLUSTER, GROUP, NAME, waiting};

/// A world with a group that lives, and with what others made: under a name like ours, or with tags of ours on part of it.
fn peopled(verb: Verb) -> World {
    let sandbox = Sandbox::of(verb.beginning());
    let host = host(&sandbox, None);
    host.ask(async |session| {
        let mut other = support::spec();
        other.name = "living".to_owned();
        ops::ensure(session, &other, &waiting()).await?;
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ec2.amazonaws.com"}
        }]});
        let strangers = [
            (format!("spotscript-{CLUSTER}-a"), json!({})),
            (format!("spotscript-{CLUSTER}-b"), json!({"team": "x"})),
            (format!("spotscript-{CLUSTER}-c"), json!({"spotscript/cluster": CLUSTER, "spotscript/nodegroup": "z"})),
            (
                "spotscript-elsewhere-x".to_owned(),
                json!({"spotscript/cluster": "elsewhere", "spotscript/nodegroup": "x"}),
            ),
        ];
        for (name, tags) in strangers {
            session
                .cloud
                .apply(&AwsMutation::CreateRole {
                    name,
                    trust_policy: trust.clone(),
                    description: String::new(),
                    tags: serde_json::from_value(tags).unwrap(),
                    permissions_boundary: None,
                })
                .await?;
        }
        Ok(())
    })
    .unwrap();
    sandbox.read(World::clone)
}

fn sweep(sandbox: &Sandbox, store: Option<&Store>) -> Sweep {
    let host = host(sandbox, store.map(|store| (store, None)));
    let sweep = host.ask(async |session| {
        let groups = ops::groups_without_members(session, None).await?;
        ops::sweep(session, &groups, None).await
    });
    host.end_journal(0).unwrap();
    sweep.unwrap_or_else(|error| panic!("{error:?}"))
}

/// Kills `verb` at its requests; what is swept then is the killed group, whole, if its Auto Scaling group is not there.
fn after_kills(verb: Verb, gone: &Value) -> (u32, u32) {
    let world = peopled(verb);
    let folder = tempfile::tempdir().unwrap();
    let step = if std::env::var_os("SPOTSCRIPT_TEST_EVERY_POINT").is_some() { 1 } else { 15 };
    let (mut swept, mut kept) = (0, 0);
    for point in (0..).step_by(step) {
        let side = if point % 2 == 0 { Side::Before } else { Side::After };
        let what = format!("{verb:?}, {side:?} request {}", point / 2 + 1);
        let sandbox = Sandbox::of(world.clone());
        let killed = host(&sandbox, None);
        let cancel = killed.cancel().clone();
        sandbox.cut_off(point / 2 + 1, side, move || cancel.cancel_at_once());
        drop(killed.ask(async |session| verb.act(session, false).await));
        if !sandbox.reconnect() {
            break;
        }
        // What was being made or removed is so in the end, also without its run.
        sandbox.advance(Duration::from_secs(900));
        let before = sandbox.read(inventory);
        let lives = sandbox.read(|world| world.autoscaling.groups.contains_key(NAME));
        let store = Store::new(folder.path().join(point.to_string()).join("runs"));
        let found = sweep(&sandbox, Some(&store));
        let after = sandbox.read(inventory);
        // Also a stranger's that tells of another cluster's group is told of, and is not touched.
        assert!(found.left_alone.iter().any(|one| one.group.cluster == "elsewhere"), "{what}: {found:?}");
        match lives {
            true => assert_same(&after, &before, &format!("the group lives: {what}")),
            false => assert_same(&after, gone, &format!("nothing is left of it: {what}")),
        }
        assert!(found.orphans.iter().all(|orphan| orphan.group.name == GROUP), "{what}: {found:?}");
        if found.orphans.is_empty() {
            kept += 1;
            continue;
        }
        swept += 1;
        let again = sweep(&sandbox, None);
        assert!(again.orphans.is_empty(), "{what}: {again:?}");
        undo(&sandbox, &store).unwrap_or_else(|error| panic!("undo, {what}: {error:?}"));
        assert_same(&sandbox.read(inventory), &before, &format!("the sweep is taken back: {what}"));
    }
    println!("{verb:?}: swept after {swept} kills, nothing to sweep after {kept}");
    (swept, kept)
}

#[test]
fn what_a_killed_create_leaves_is_swept_and_nothing_else() {
    let gone = Sandbox::of(peopled(Verb::Create)).read(inventory);
    let (swept, kept) = after_kills(Verb::Create, &gone);
    assert!(swept > 1 && kept > 1);
}

#[test]
fn what_a_killed_delete_leaves_is_swept_and_nothing_else() {
    let gone = Sandbox::of(peopled(Verb::Create)).read(inventory);
    let (swept, kept) = after_kills(Verb::Delete, &gone);
    assert!(swept > 1 && kept > 1);
}

/// The command, from its plan to its undo; what a run works on is left alone.
#[test]
fn the_command_proves_asks_removes_and_leaves_runs_alone() {
    let served = Served::new(Sandbox::fresh(1).read(World::clone));
    let begin = served.sandbox.read(inventory);
    let group = "eks::ensure(eks::nodegroup(\"dev\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"] }));";
    let script = served.runbook("a.rhai", group);
    let door = Doorman::new(served.aws(), "Action=CreateAutoScalingGroup&");
    let mut run = served.command(&["run", &script]).env("AWS_ENDPOINT_URL", door.endpoint()).spawn().unwrap();
    door.wait();
    let left = served.sandbox.read(inventory);
    let output = served.must(&["sweep", "--yes"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let who = format!("a.rhai, process {}", run.id());
    assert!(text.contains("a run works on it: run ") && text.contains(&who), "{text}");
    assert_eq!(served.sandbox.read(inventory), left);
    run.kill().unwrap();
    run.wait().unwrap();

    let planned = served.run(&["sweep", "--plan"]);
    assert_eq!(planned.status.code(), Some(4), "{}", told(&planned));
    insta::assert_snapshot!(String::from_utf8_lossy(&planned.stdout));
    let unasked = served.run(&["sweep"]);
    assert_eq!(unasked.status.code(), Some(2), "{}", told(&unasked));
    assert_eq!(served.sandbox.read(inventory), left, "neither a plan nor a question changes anything");
    let elsewhere = served.must(&["sweep", "--cluster", "elsewhere"]);
    assert_eq!(String::from_utf8_lossy(&elsewhere.stdout), "Nothing is left behind.\n");

    let output = served.must(&["sweep", "--yes", "-o", "json"]);
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    let orphan = &answer["data"]["orphans"][0];
    assert_eq!((orphan["cluster"].as_str(), orphan["name"].as_str()), (Some(CLUSTER), Some("dev")));
    assert_eq!(orphan["resources"].as_array().unwrap().len(), 4, "{orphan}");
    assert_same(&served.sandbox.read(inventory), &begin, "swept");
    assert_eq!(served.last_run()["state"], "done");
    served.must(&["undo", "last", "--yes"]);
    assert_same(&served.sandbox.read(inventory), &left, "taken back");
    served.must(&["sweep", "--yes"]);
    assert_same(&served.sandbox.read(inventory), &begin, "swept again");
    let nothing = served.must(&["sweep"]);
    assert_eq!(String::from_utf8_lossy(&nothing.stdout), "Nothing is left behind.\n");
}

/// What was made for a cluster that is gone is only removed when that cluster is named: roles know no region.
#[test]
fn a_cluster_that_is_not_here_has_to_be_named() {
    let sandbox = Sandbox::fresh(1);
    let host = host(&sandbox, None);
    sandbox.fail("CreateAutoScalingGroup", "AccessDenied", 1).unwrap();
    host.ask(async |session| Verb::Create.act(session, false).await).unwrap_err();
    sandbox.world(|world| world.eks.clusters.clear());
    let (careful, named) = host
        .ask(async |session| {
            let groups = ops::groups_without_members(session, None).await?;
            Ok((ops::sweep(session, &groups, None).await?, ops::sweep(session, &groups, Some(CLUSTER)).await?))
        })
        .unwrap();
    assert!(careful.orphans.is_empty());
    insta::assert_snapshot!(careful.left_alone[0].why, @"cluster `eks-spot-eksct` is not in region `ap-northeast-1`, and IAM knows no region: say `--cluster eks-spot-eksct` when it is gone");
    assert_eq!(named.orphans[0].resources.len(), 4, "{named:?}");
    assert!(sandbox.read(|world| world.iam.roles.keys().all(|name| !name.starts_with("spotscript-"))));
}
