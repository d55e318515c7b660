//! `spotscript undo FLEET`: takes back what was done to each cluster, the one begun last first.

use std::process::ExitCode;

use serde::Serialize;

use super::super::consent::go_on;
use super::super::global::Part;
use super::super::journal::store;
use super::super::plan::HAS_CHANGES;
use super::super::undo::{Args, Undoing};
use super::super::{Failed, Global, console};
use super::console::named;
use super::first_with_file;
use crate::domain::Kind;
use crate::domain::change::Plan;
use crate::domain::error::{Error, Result};
use crate::domain::fleet::worst;
use crate::host::{Cancel, listen_for_interrupts};
use crate::journal::FleetRun;
use crate::ports::speaking_for;
use crate::view::{Tone, json, plan as view, words};

#[derive(Serialize)]
struct Answer<'a> {
    fleet: &'a str,
    clusters: Vec<Cluster<'a>>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Plan>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}

/// A cluster that something was done to.
struct Done {
    name: String,
    undoing: Undoing,
    plan: Result<Plan>,
}

/// Shows what it would take, asks, and does it. A cluster that cannot be taken back does not keep the others from it.
pub fn undo(fleet: &FleetRun, args: &Args, global: &Global) -> Result<ExitCode, Failed> {
    // Held to the end: nobody takes the fleet up meanwhile.
    let (fleet, _held) = store().reopen_fleet(&fleet.id)?;
    let cancel = Cancel::default();
    listen_for_interrupts(cancel.clone());
    let all = plans(&fleet, args, global, &cancel)?;
    show(&fleet, &all, global)?;
    let unplanned = all.iter().filter_map(|one| one.plan.as_ref().err()).map(|error| error.kind().exit_code());
    let unplanned: Vec<u8> = unplanned.collect();
    if all.iter().all(|one| one.plan.as_ref().is_ok_and(Plan::is_empty)) {
        console::say("nothing is left of what the fleet changed");
        return Ok(ExitCode::SUCCESS);
    }
    if args.plan {
        return Ok(ExitCode::from(if unplanned.is_empty() { HAS_CHANGES } else { worst(unplanned) }));
    }
    go_on("take this back", "nothing was taken back", global)?;
    let mut codes = unplanned;
    for one in all.iter().filter(|one| one.plan.as_ref().is_ok_and(|plan| !plan.is_empty())) {
        if cancel.is_cancelled() {
            codes.push(Kind::Interrupted.exit_code());
            break;
        }
        match speaking_for(&one.name, || one.undoing.carry_out(cancel.clone())) {
            Ok(sent) => {
                let requests = words::count(sent, "request");
                console::say(&named(&one.name, &format!("taken back with {requests}")));
            }
            Err(error) => {
                codes.push(error.kind().exit_code());
                console::report(&error.into(), global);
                console::say(&named(
                    &one.name,
                    "it was not wholly taken back: undo the fleet again when the cause is gone",
                ));
            }
        }
    }
    Ok(ExitCode::from(worst(codes)))
}

/// What it would take for each cluster, in the order in which it is done.
fn plans(fleet: &FleetRun, args: &Args, global: &Global, cancel: &Cancel) -> Result<Vec<Done>> {
    let mut all = vec![];
    for name in fleet.begun.iter().rev() {
        let Some(part) = fleet.clusters.iter().find(|part| part.cluster == *name) else { continue };
        // What has no file changed nothing.
        let Some(root) = first_with_file(part)? else { continue };
        let run = store().find(&root)?;
        let cluster = run.origin.as_ref().and_then(|origin| origin.member.clone()).unwrap_or_default();
        let mut flags = global.clone();
        flags.start.part = Some(Part { fleet: fleet.id.clone(), member: name.clone(), cluster });
        flags.start.resumes = None;
        let undoing = Undoing::of(&store(), &run, args, &flags)?;
        let plan = speaking_for(name, || undoing.plan(cancel.clone()));
        if let Err(error) = &plan {
            console::report(&error.clone().into(), global);
        }
        all.push(Done { name: name.clone(), undoing, plan });
    }
    Ok(all)
}

fn show(fleet: &FleetRun, all: &[Done], global: &Global) -> Result<()> {
    if global.json() {
        let clusters = all.iter().map(|one| Cluster {
            name: &one.name,
            plan: one.plan.as_ref().ok(),
            error: one.plan.as_ref().err(),
        });
        console::print(&json::render("fleet-undo", &Answer { fleet: &fleet.id, clusters: clusters.collect() })?);
        return Ok(());
    }
    let style = console::data_style(global);
    for one in all {
        let text = match &one.plan {
            Ok(plan) if plan.is_empty() => "nothing is left of what was changed\n".to_owned(),
            Ok(plan) => view::render(plan, style),
            Err(error) => format!("it cannot be taken back: {}: {}\n", error.code, error.message),
        };
        console::print(&format!("{}\n{text}\n", style.paint(Tone::Heading, &format!("Cluster {}", one.name))));
    }
    Ok(())
}
