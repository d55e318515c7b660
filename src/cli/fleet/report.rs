//! How a fleet went: a table for people, one document with `-o json`.

use std::path::Path;

use serde::Serialize;

use super::super::console;
use super::super::journal::short;
use super::super::runbook::Draft;
use super::lanes::Ended;
use super::members::Member;
use crate::domain::error::{Error, Result};
use crate::journal::{Counts, FleetEnd, FleetRun, Part, State};
use crate::view::fleet::{Row, sum, table};
use crate::view::{Style, Tone, json, words};

/// What came of a fleet in this process, and before it.
pub(super) struct Outcome<'a> {
    pub(super) members: &'a [Member],
    /// What earlier processes did.
    pub(super) before: &'a [Part],
    /// Of each member; `None` where it was not begun now.
    pub(super) ends: &'a [Option<Ended>],
    pub(super) exit: u8,
    /// The fleet's id, if it is kept.
    pub(super) id: Option<String>,
}

/// What came of one cluster.
struct Fate<'a> {
    member: &'a Member,
    result: &'static str,
    end: Option<&'a FleetEnd>,
    run: Option<&'a str>,
    ended: Option<&'a Ended>,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    fleet: Option<&'a str>,
    file: String,
    script: &'a str,
    target: &'static str,
    ok: bool,
    exit_code: u8,
    clusters: Vec<Cluster<'a>>,
}

#[derive(Serialize)]
struct Cluster<'a> {
    name: &'a str,
    cluster: &'a str,
    region: &'a str,
    result: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    exit_code: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    run: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts: Option<Counts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    elapsed_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a Error>,
    /// The run, as `spotscript run -o json` tells it; absent when it was not begun now.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a serde_json::Value>,
}

impl<'a> Outcome<'a> {
    fn fates(&self) -> impl Iterator<Item = Fate<'a>> {
        self.members.iter().zip(self.ends).map(|(member, ended)| {
            let part = self.before.iter().find(|part| part.cluster == member.name);
            match ended {
                Some(ended) => Fate {
                    member,
                    result: match ended.end.exit {
                        _ if ended.interrupted => "interrupted",
                        0 => "ok",
                        _ => "failed",
                    },
                    end: Some(&ended.end),
                    run: ended.run.as_deref(),
                    ended: Some(ended),
                },
                None => Fate {
                    member,
                    result: part.map_or("not begun", |part| if part.is_done() { "ok (before)" } else { result(part) }),
                    end: part.and_then(|part| part.end.as_ref()),
                    run: part.and_then(|part| part.runs.last()).map(String::as_str),
                    ended: None,
                },
            }
        })
    }
}

/// Shows it. In text, the table is the answer; how to go on is talk.
pub(super) fn print(outcome: &Outcome<'_>, draft: &Draft, file: &Path) -> Result<()> {
    let global = &draft.global;
    if global.json() {
        let answer = Answer {
            fleet: outcome.id.as_deref(),
            file: file.display().to_string(),
            script: &draft.file,
            target: global.target().as_str(),
            ok: outcome.exit == 0,
            exit_code: outcome.exit,
            clusters: outcome.fates().map(cluster).collect(),
        };
        console::print(&json::render("fleet", &answer)?);
    } else {
        let rows: Vec<Row> = outcome.fates().map(|fate| row(fate.member.name.clone(), fate.result, fate.end)).collect();
        console::print(&format!("{}\n{}\n", table(&rows, console::data_style(global)), sum(&rows)));
    }
    if let (Some(id), true) = (&outcome.id, outcome.exit != 0) {
        let id = short(id);
        console::say(&format!(
            "what was done is written down: `spotscript resume {id}` goes on at the clusters that are not done, `spotscript undo {id}` takes all of them back"
        ));
    }
    Ok(())
}

fn cluster(fate: Fate<'_>) -> Cluster<'_> {
    Cluster {
        name: &fate.member.name,
        cluster: &fate.member.cluster,
        region: &fate.member.region,
        result: fate.result,
        exit_code: fate.end.map(|end| end.exit),
        run: fate.run,
        counts: fate.end.map(|end| end.counts),
        elapsed_ms: fate.end.map(|end| end.elapsed_ms),
        error: fate.ended.and_then(|ended| ended.error.as_ref()),
        report: fate.ended.map(|ended| &ended.report),
    }
}

fn row(cluster: String, result: &'static str, end: Option<&FleetEnd>) -> Row {
    Row {
        cluster,
        result,
        counts: end
            .map(|end| end.counts)
            .map(|counts| [counts.created, counts.changed, counts.unchanged, counts.deleted]),
        elapsed_ms: end.map(|end| end.elapsed_ms),
        error: end.and_then(|end| end.error.clone()),
        run: None,
    }
}

/// How a cluster of a kept fleet ended.
fn result(part: &Part) -> &'static str {
    match &part.end {
        Some(FleetEnd { exit: 0, .. }) => "ok",
        Some(FleetEnd { exit: 130 | 143, .. }) => "interrupted",
        Some(_) => "failed",
        None if part.runs.is_empty() => "not begun",
        None => "unfinished",
    }
}

/// The clusters of a kept fleet as rows, each with its newest run.
pub fn rows(fleet: &FleetRun) -> Vec<Row> {
    let row = |part: &Part| Row {
        run: Some(part.runs.last().map(|run| short(run).to_owned()).unwrap_or_default()),
        ..row(part.cluster.clone(), result(part), part.end.as_ref())
    };
    fleet.clusters.iter().map(row).collect()
}

/// A kept fleet as text.
pub fn show(fleet: &FleetRun, style: Style) -> String {
    let rows = rows(fleet);
    let state = match fleet.state {
        State::Done => "done",
        State::Failed => "failed",
        State::Unfinished => "unfinished",
    };
    let mut text = format!(
        "{}\n{} on {} against {}, {}: {state}\n",
        style.paint(Tone::Heading, &format!("Fleet {}", fleet.id)),
        fleet.script,
        fleet.file,
        fleet.target,
        words::time(fleet.began),
    );
    if fleet.state == State::Unfinished {
        text.push_str("It did not end in an orderly way: it was killed, or it still goes on.\n");
    }
    if fleet.torn {
        text.push_str("Its last line was cut off.\n");
    }
    text.push_str(&format!("\n{}\n{}\n", table(&rows, style), sum(&rows)));
    text
}

/// Says what is other than it was when the fleet began.
pub(super) fn warn_of_changes(fleet: &FleetRun, members: &[Member], sha256: &str, draft: &Draft) {
    if fleet.origin.sha256.as_ref().is_some_and(|before| *before != draft.sha256()) {
        console::say("warning: the runbook was edited since that run");
    }
    if fleet.sha256 == sha256 {
        return;
    }
    console::say("warning: the fleet's file was edited since that run");
    for part in fleet.clusters.iter().filter(|part| !members.iter().any(|member| member.name == part.cluster)) {
        let left = match part.runs.last() {
            Some(run) if !part.is_done() => format!(": its run {} is not taken up", short(run)),
            _ => String::new(),
        };
        console::say(&format!("warning: cluster `{}` is no longer in the fleet's file{left}", part.cluster));
    }
}
