//! `spotscript undo`: takes back what a run changed.

use std::process::ExitCode;
use std::time::Duration;

use super::consent::go_on;
use super::journal::store;
use super::reach::Reach;
use super::{Failed, Global, TargetKind, console, journal, target};
use crate::domain::error::Result;
use crate::host::listen_for_interrupts;
use crate::journal::Run;
use crate::ops::{self, UndoOptions, Undone};
use crate::view::{json, plan as view};

/// How long an undo may take when nothing else is said.
const USUAL: Duration = Duration::from_secs(30 * 60);

/// Take back what a run changed: what it made goes, what it changed or removed is as it was
///
/// Shows what it would do and asks. What was changed again since, by someone else, is not touched: it is named.
/// Evicted pods run elsewhere and are not brought back, nor are machines that a roll has replaced; where the run had changed
/// what the group starts, its nodes are replaced again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript undo last
  spotscript undo 0199c2 --plan
  spotscript undo 0199c2 --yes --no-drain")]
pub struct Args {
    /// The start or the end of its id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    /// Change nothing: show what would be done; exit code 4 when there is something
    #[arg(long)]
    plan: bool,
    /// Restore also what someone else has changed since
    #[arg(long)]
    force: bool,
    /// Do not evict pods from nodes that go
    #[arg(long)]
    no_drain: bool,
}

impl Args {
    /// A plain undo of a run.
    pub fn of(run: &str) -> Self {
        Args { run: run.to_owned(), plan: false, force: false, no_drain: false }
    }
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let store = store();
    let found = store.find(&args.run)?;
    let chain = store.chain(&found)?;
    let changes = changes(&chain)?;
    let mut global = global.clone();
    global.target = global.target.or(match found.target.as_str() {
        "aws" => Some(TargetKind::Aws),
        _ => Some(TargetKind::Sandbox),
    });
    global.world = global.world.or_else(|| found.origin.as_ref().and_then(|origin| origin.world.clone()));
    let options = UndoOptions { force: args.force, drain: !args.no_drain, timeout: global.timeout.unwrap_or(USUAL) };
    let host = target::host(&global, &Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    journal::keep(&host, &global.start.words.join(" "), &rhai::Map::new(), &global, None, &[]);
    let hide = |secrets| host.hide(secrets);
    let read = crate::sandbox::world::kubelet::boot_data;
    let (_, plan) = host.plan_ahead(read, async |session| ops::undo(session, &changes, &options, &hide).await)?;
    if plan.is_empty() {
        let nothing = "nothing is left of what the run changed";
        match global.json() {
            true => console::print(&json::render("undo", &plan)?),
            false => console::say(nothing),
        }
        return Ok(ExitCode::SUCCESS);
    }
    match global.json() {
        true => console::print(&json::render("undo", &plan)?),
        false => console::print(&view::render(&plan, console::data_style(&global))),
    }
    if args.plan {
        return Ok(ExitCode::from(4));
    }
    go_on("take this back", "nothing was taken back", &global)?;
    let result = host.ask(async |session| ops::undo(session, &changes, &options, &hide).await);
    let closed = host.close();
    let code = result.as_ref().err().map_or(0, |error| error.kind().exit_code());
    let noted = journal::end(&host, code);
    let sent = result?;
    closed.and(noted)?;
    console::say(&format!("taken back with {}", crate::view::words::count(sent, "request")));
    Ok(ExitCode::SUCCESS)
}

/// The changes of a run and of those that took it up, oldest first. Whether one was made is seen in the world.
fn changes(chain: &[Run]) -> Result<Vec<Undone>> {
    let mut all = vec![];
    for run in chain {
        all.extend(run.changes()?.into_iter().map(|change| Undone {
            mutation: change.mutation,
            cluster: change.cluster,
            before: change.before,
            masked: change.masked,
        }));
    }
    Ok(all)
}
