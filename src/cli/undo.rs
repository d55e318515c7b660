//! `spotscript undo`: takes back what a run changed.

use std::process::ExitCode;
use std::time::Duration;

use super::consent::go_on;
use super::journal::store;
use super::plan::HAS_CHANGES;
use super::reach::Reach;
use super::{Failed, Global, console, fleet, journal, target};
use crate::domain::change::Plan;
use crate::domain::error::Result;
use crate::host::{Cancel, Host, listen_for_interrupts};
use crate::journal::{Found, Run, Store};
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
    /// The start or the end of its id, or `last`; of a fleet's id, to take back what was done to all of its clusters
    #[arg(value_name = "RUN")]
    run: String,
    /// Change nothing: show what would be done; exit code 4 when there is something
    #[arg(long)]
    pub(super) plan: bool,
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
    let found = match store.find_any(&args.run)? {
        Found::Run(run) => run,
        Found::Fleet(fleet) => return fleet::undo(&fleet, &args, global),
    };
    let undoing = Undoing::of(&store, &found, &args, global)?;
    let global = &undoing.global;
    let host = undoing.host(Cancel::default())?;
    listen_for_interrupts(host.cancel().clone());
    let plan = undoing.plan_on(&host)?;
    match global.json() {
        true => console::print(&json::render("undo", &plan)?),
        false if plan.is_empty() => console::say("nothing is left of what the run changed"),
        false => console::print(&view::render(&plan, console::data_style(global))),
    }
    if plan.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if args.plan {
        return Ok(ExitCode::from(HAS_CHANGES));
    }
    go_on("take this back", "nothing was taken back", global)?;
    let sent = undoing.carry_out_on(&host)?;
    console::say(&format!("taken back with {}", crate::view::words::count(sent, "request")));
    Ok(ExitCode::SUCCESS)
}

/// What is to be taken back, and where.
pub(super) struct Undoing {
    changes: Vec<Undone>,
    /// The flags that lead to where the run was.
    global: Global,
    options: UndoOptions,
}

impl Undoing {
    /// The undoing of a run and of those that took it up.
    ///
    /// # Errors
    /// `SPOT-0805` when one of them cannot be read; when flags lead elsewhere than where the run was.
    pub(super) fn of(store: &Store, run: &Run, args: &Args, global: &Global) -> Result<Self> {
        let timeout = global.timeout.unwrap_or(USUAL);
        Ok(Undoing {
            changes: changes(&store.chain(run)?)?,
            global: journal::back_to(run, global)?,
            options: UndoOptions { force: args.force, drain: !args.no_drain, timeout },
        })
    }

    fn host(&self, cancel: Cancel) -> Result<Host> {
        let host = target::host_stopped_by(&self.global, &Reach::default(), cancel)?;
        journal::keep(&host, &self.global.start.words.join(" "), &rhai::Map::new(), &self.global, None, &[]);
        Ok(host)
    }

    fn plan_on(&self, host: &Host) -> Result<Plan> {
        let hide = |secrets| host.hide(secrets);
        let read = crate::sandbox::world::kubelet::boot_data;
        let plan = host.plan_ahead(read, async |session| ops::undo(session, &self.changes, &self.options, &hide).await);
        plan.map(|(_, plan)| plan)
    }

    fn carry_out_on(&self, host: &Host) -> Result<usize> {
        let hide = |secrets| host.hide(secrets);
        let result = host.ask(async |session| ops::undo(session, &self.changes, &self.options, &hide).await);
        let closed = host.close();
        let code = result.as_ref().err().map_or(0, |error| error.kind().exit_code());
        let noted = journal::end(host, code);
        let sent = result?;
        closed.and(noted)?;
        Ok(sent)
    }

    /// What it would take, on a host of its own.
    ///
    /// # Errors
    /// As [`ops::undo`], and what opening the target fails with.
    pub(super) fn plan(&self, cancel: Cancel) -> Result<Plan> {
        self.plan_on(&self.host(cancel)?)
    }

    /// Does it, on a host of its own. Gives how many requests that took.
    ///
    /// # Errors
    /// As [`Undoing::plan`], and what the requests fail with.
    pub(super) fn carry_out(&self, cancel: Cancel) -> Result<usize> {
        self.carry_out_on(&self.host(cancel)?)
    }
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
