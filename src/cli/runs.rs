//! `spotscript runs`: what earlier runs meant to change, and what came of it.

use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::form::Form;
use super::journal::store;
use super::{Failed, Global, console, fleet};
use crate::domain::error::Error;
use crate::journal::{Entry, FleetRun, Found, Line, Run, State};
use crate::view::runs as view;
use crate::view::runs::{Answered, Change, Listed, ListedFleet, Shown};

/// What earlier runs changed: each is kept from its first change on
///
/// A run is written down before each request that changes something, so a run that was killed is here too. A fleet is one
/// row; `spotscript runs show` has its clusters with their runs.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  spotscript runs
  spotscript runs show last
  spotscript runs show 0199c2 -o json"
)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Every change of one run, with its answer; every cluster of a fleet, with its run
    Show {
        /// The start or the end of its id, or `last`
        #[arg(value_name = "ID")]
        id: String,
    },
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let form = Form::of(global);
    let store = store();
    let text = match args.what {
        Some(What::Show { id }) => match store.find_any(&id)? {
            Found::Run(run) => form.print("run", &*run, |style| view::show(&shown(&run), style))?,
            Found::Fleet(fleet) => form.print("fleet-run", &*fleet, |style| fleet::show(&fleet, style))?,
        },
        None => {
            let (mut runs, mut fleets, mut unreadable) = (Vec::new(), Vec::new(), Vec::new());
            for run in store.runs()? {
                match run {
                    Ok(run) => runs.push(listed(&run)),
                    Err(error) => unreadable.push(error),
                }
            }
            for fleet in store.fleets()? {
                match fleet {
                    Ok(fleet) => fleets.push(listed_fleet(&fleet, &runs)),
                    Err(error) => unreadable.push(error),
                }
            }
            for error in &unreadable {
                console::say(&format!("warning: {}: {}", error.code, told(error)));
            }
            form.print("runs", &Answer { runs: &runs, fleets: &fleets }, |style| view::list(&runs, &fleets, style))?
        }
    };
    console::print(&text);
    Ok(ExitCode::SUCCESS)
}

#[derive(Serialize)]
struct Answer<'a> {
    runs: &'a [Listed],
    fleets: &'a [ListedFleet],
}

fn told(error: &Error) -> String {
    std::iter::once(&error.message).chain(&error.causes).cloned().collect::<Vec<_>>().join(": ")
}

fn listed(run: &Run) -> Listed {
    Listed {
        id: run.id.clone(),
        began: run.began,
        script: run.script.clone(),
        target: run.target.clone(),
        changes: run.intents(),
        state: state(&run.state),
        fleet: run.origin.as_ref().and_then(|origin| origin.fleet.clone()),
    }
}

fn state(state: &State) -> &'static str {
    match state {
        State::Done => "done",
        State::Failed => "failed",
        State::Unfinished => "unfinished",
    }
}

fn listed_fleet(fleet: &FleetRun, runs: &[Listed]) -> ListedFleet {
    let of_it = runs.iter().filter(|run| fleet.runs().any(|id| *id == run.id));
    ListedFleet {
        id: fleet.id.clone(),
        began: fleet.began,
        script: fleet.script.clone(),
        file: fleet.file.clone(),
        target: fleet.target.clone(),
        clusters: fleet.clusters.len(),
        done: fleet.clusters.iter().filter(|part| part.is_done()).count(),
        changes: of_it.map(|run| run.changes).sum(),
        state: state(&fleet.state),
    }
}

fn shown(run: &Run) -> Shown {
    let changes = run.lines.iter().filter_map(|line| change(run, line)).collect();
    Shown { run: listed(run), torn: run.torn, changes }
}

fn change(run: &Run, line: &Line) -> Option<Change> {
    let answer = match run.answer(line.seq) {
        Some(crate::journal::Answer::Done { id, arn }) => Answered::Done(id.clone().or_else(|| arn.clone())),
        Some(crate::journal::Answer::Failed { code, message }) => Answered::Failed(format!("{code}: {message}")),
        None => Answered::Unknown,
    };
    matches!(line.entry, Entry::Intent { .. }).then(|| Change {
        at: line.at,
        request: line.entry.request().unwrap_or_default(),
        answer,
    })
}
