//! `spotscript run --plan --fleet FILE`: the plan of each cluster.

use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;

use super::super::plan::{Document, HAS_CHANGES, document};
use super::super::run::settle;
use super::super::runbook::{Draft, Way};
use super::super::{Failed, console, target};
use super::Options;
use super::console::Named;
use super::lanes::side_by_side;
use super::members::{self, Member};
use crate::domain::Kind;
use crate::domain::error::{Error, Result};
use crate::domain::fleet::worst;
use crate::host::{Cancel, Claims, listen_for_interrupts};
use crate::ports::speaking_for;
use crate::view::{Tone, json, plan as view, words};

#[derive(Serialize)]
struct Answer<'a> {
    file: String,
    script: &'a str,
    clusters: Vec<Cluster<'a>>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<&'a Document>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
}

/// Plans the runbook on all clusters; a cluster without a plan is told, and does not keep the others from theirs.
pub fn plan(draft: &Draft, options: &Options) -> Result<ExitCode, Failed> {
    let members = members::read(draft, &options.file)?.all;
    let cancel = Cancel::default();
    listen_for_interrupts(cancel.clone());
    let claims = Claims::default();
    let plans: Mutex<Vec<Option<Result<Document>>>> = Mutex::new(members.iter().map(|_| None).collect());
    let one = |at: usize| {
        let member = &members[at];
        let planned = speaking_for(&member.name, || make(member, draft, &cancel, &claims, options.at_once));
        plans.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(planned);
    };
    side_by_side(members.len(), options.at_once, &|| !cancel.is_cancelled(), &one);
    let plans = plans.into_inner().unwrap_or_else(PoisonError::into_inner);
    show(&members, &plans, draft, options)?;

    let stopped = cancel.is_cancelled().then_some(Kind::Interrupted.exit_code());
    let failed = plans.iter().flatten().filter_map(|plan| plan.as_ref().err()).map(|error| error.kind().exit_code());
    let changes = plans.iter().flatten().flatten().any(|document| !document.plan.is_empty());
    Ok(ExitCode::from(match worst(failed.chain(stopped)) {
        0 if changes => HAS_CHANGES,
        code => code,
    }))
}

/// Runs the runbook on one cluster without changing anything.
fn make(member: &Member, draft: &Draft, cancel: &Cancel, claims: &Claims, at_once: usize) -> Result<Document> {
    let runbook = &member.runbook;
    let files = runbook.reach().files()?.planning().among(claims, &member.name);
    let console = Arc::new(Named::new(&member.name, console::data_style(&draft.global)));
    let host = target::host_with(&runbook.global, files, cancel.clone(), console);
    host.only_plan(crate::sandbox::world::kubelet::boot_data);
    host.share_memory(at_once - 1);
    host.set_current_cluster(&member.cluster);
    let result = runbook.run_on(&host, &Way::OnlyPlan, || Ok(())).unwrap_or_else(Err);
    match settle(&host, result, &runbook.global).1 {
        Ok(_) => Ok(document(runbook, host.plan())),
        Err(failed) => Err(*failed.error),
    }
}

fn show(members: &[Member], plans: &[Option<Result<Document>>], draft: &Draft, options: &Options) -> Result<()> {
    let global = &draft.global;
    let planned = members.iter().zip(plans);
    if global.json() {
        let clusters = planned.map(|(member, plan)| Cluster {
            name: &member.name,
            plan: plan.as_ref().and_then(|plan| plan.as_ref().ok()),
            error: plan.as_ref().and_then(|plan| plan.as_ref().err()),
        });
        let answer =
            Answer { file: options.file.display().to_string(), script: &draft.file, clusters: clusters.collect() };
        console::print(&json::render("fleet-plan", &answer)?);
        return Ok(());
    }
    let style = console::data_style(global);
    let (mut changing, mut same, mut without) = (0, 0, 0);
    for (member, plan) in planned {
        let text = match plan {
            Some(Ok(document)) => {
                *(if document.plan.is_empty() { &mut same } else { &mut changing }) += 1;
                view::render(&document.plan, style)
            }
            Some(Err(error)) => {
                without += 1;
                format!("no plan: {}: {}\n", error.code, error.message)
            }
            None => {
                without += 1;
                "no plan: interrupted\n".to_owned()
            }
        };
        console::print(&format!("{}\n{text}\n", style.paint(Tone::Heading, &format!("Cluster {}", member.name))));
    }
    let failed = if without > 0 { format!(", {without} without a plan") } else { String::new() };
    console::print(&format!(
        "{}: {changing} would change, {same} would not{failed}\n",
        words::count(members.len(), "cluster")
    ));
    Ok(())
}
