//! Killed at every request, before and after it: taken up again, a run ends where an undisturbed one does; taken back,
//! where it began.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod support;

use std::path::Path;

use serde_json::Value;
use spotscript::journal::Store;
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, Side};
use support::verbs::{Verb, assert_same, host, inventory, members, resume, undo};

/// Kills, takes up, takes back. Gives whether the cut was reached.
fn survive(verb: Verb, world: &World, number: u64, side: Side, begin: &Value, end: &Value, folder: &Path) -> bool {
    let what = format!("{side:?} request {number}");
    let sandbox = Sandbox::of(world.clone());
    let store = Store::new(folder.join(format!("{number}-{side:?}")));
    let killed = host(&sandbox, Some((&store, None)));
    let cancel = killed.cancel().clone();
    sandbox.cut_off(number, side, move || cancel.cancel_at_once());
    let result = killed.ask(async |session| verb.act(session, false).await);
    if !sandbox.reconnect() {
        result.unwrap_or_else(|error| panic!("{what}: {error:?}"));
        return false;
    }
    drop(killed);

    resume(verb, &sandbox, &store).unwrap_or_else(|error| panic!("resume, {what}: {error:?}"));
    assert_same(&sandbox.read(inventory), end, &format!("resumed, {what}"));

    undo(&sandbox, &store).unwrap_or_else(|error| panic!("undo, {what}: {error:?}"));
    assert_same(&sandbox.read(inventory), begin, &format!("undone, {what}"));
    let sent = || sandbox.read(|world| world.traffic.requests().mutating);
    let before = sent();
    undo(&sandbox, &store).unwrap_or_else(|error| panic!("undo again, {what}: {error:?}"));
    assert_eq!(sent(), before, "nothing is left to be undone, {what}");
    true
}

fn every_point(verb: Verb, name: &str) {
    let world = verb.beginning();
    let sandbox = Sandbox::of(world.clone());
    let begin = sandbox.read(inventory);
    host(&sandbox, None).ask(async |session| verb.act(session, false).await).unwrap();
    let end = sandbox.read(inventory);
    // A roll leaves everything as it was but for the machines, which `inventory` does not tell apart.
    let moves = |sandbox: &Sandbox| sandbox.read(|world| (inventory(world), members(world)));
    assert_ne!(moves(&Sandbox::of(world.clone())), moves(&sandbox), "{name} changes something");
    let folder = tempfile::tempdir().unwrap();
    // Every point takes minutes; without being asked for them, every seventh stands for the rest.
    let step = match (std::env::var_os("SPOTSCRIPT_TEST_EVERY_POINT").is_some(), verb) {
        (true, _) => 1,
        (false, Verb::Roll | Verb::Renew) => 29,
        (false, Verb::RenewManaged) => 19,
        (false, _) => 7,
    };
    let mut points = 0;
    for point in (0..).step_by(step) {
        let side = if point % 2 == 0 { Side::Before } else { Side::After };
        if !survive(verb, &world, point / 2 + 1, side, &begin, &end, folder.path()) {
            break;
        }
        points += 1;
    }
    println!("{name}: killed at {points} points");
    assert!(points > 10, "{name}: {points}");
}

#[test]
fn create_survives_a_kill_at_every_request() {
    every_point(Verb::Create, "create");
}

#[test]
fn change_survives_a_kill_at_every_request() {
    every_point(Verb::Change, "change");
}

#[test]
fn scale_survives_a_kill_at_every_request() {
    every_point(Verb::Scale, "scale");
}

#[test]
fn roll_survives_a_kill_at_every_request() {
    every_point(Verb::Roll, "roll");
}

#[test]
fn change_with_a_roll_survives_a_kill_at_every_request() {
    every_point(Verb::Renew, "change with roll");
}

#[test]
fn delete_survives_a_kill_at_every_request() {
    every_point(Verb::Delete, "delete");
}

#[test]
fn create_of_a_managed_group_survives_a_kill_at_every_request() {
    every_point(Verb::CreateManaged, "create managed");
}

#[test]
fn change_of_a_managed_group_survives_a_kill_at_every_request() {
    every_point(Verb::ChangeManaged, "change managed");
}

#[test]
fn change_of_a_managed_group_with_a_roll_survives_a_kill_at_every_request() {
    every_point(Verb::RenewManaged, "change managed with roll");
}

#[test]
fn delete_of_a_managed_group_survives_a_kill_at_every_request() {
    every_point(Verb::DeleteManaged, "delete managed");
}
