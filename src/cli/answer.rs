//! What commands on a target have in common: a session, and one answer on stdout.

use std::process::ExitCode;

use super::form::Form;
use super::plan::HAS_CHANGES;
use super::{Failed, Global, console, journal, rollback, target};
use crate::domain::error::Result;
use crate::host::listen_for_interrupts;
use crate::ops::Session;
use crate::sandbox::world::kubelet::boot_data;
use crate::view::{json, plan as view};

/// Runs `command` against the target and prints what it answers. An empty answer prints nothing.
pub fn answer(
    global: &Global,
    command: impl AsyncFnOnce(&Session, Form) -> Result<String>,
) -> Result<ExitCode, Failed> {
    Ok(answered(global, command)?.text?)
}

/// `--plan` of a command that changes something.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub struct OnlyPlan {
    /// Change nothing: show what would be done; exit code 4 when there is something
    #[arg(long)]
    pub plan: bool,
}

/// Shows what `command` would change, without changing it.
pub fn planned(global: &Global, command: impl AsyncFnOnce(&Session) -> Result<()>) -> Result<ExitCode, Failed> {
    let host = target::host(global, &super::reach::Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    let ((), plan) = host.plan_ahead(boot_data, command)?;
    host.close()?;
    console::print(&match global.json() {
        true => json::render("change-plan", &plan)?,
        false if plan.is_empty() => "No changes: everything is as it is asked for.\n".to_owned(),
        false => view::render(&plan, console::data_style(global)),
    });
    Ok(if plan.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(HAS_CHANGES) })
}

/// As [`answer`], for a command that makes something: when it fails, what it did may be taken back.
pub fn answer_or_take_back(
    global: &Global,
    wanted: bool,
    command: impl AsyncFnOnce(&Session, Form) -> Result<String>,
) -> Result<ExitCode, Failed> {
    let Answered { text, changed } = answered(global, command)?;
    let failed = match text {
        Ok(code) => return Ok(code),
        Err(error) => Failed::from(error),
    };
    let code = failed.error.kind().exit_code();
    let ended = super::fail(&failed, global, global.json());
    rollback::offer(changed.as_deref(), code, wanted, global)?;
    Ok(ended)
}

/// What came of a command, and its run if it changed something.
struct Answered {
    text: Result<ExitCode>,
    changed: Option<String>,
}

fn answered(global: &Global, command: impl AsyncFnOnce(&Session, Form) -> Result<String>) -> Result<Answered, Failed> {
    let host = target::host(global, &super::reach::Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    journal::keep(&host, &global.start.words.join(" "), &rhai::Map::new(), global, None, &[]);
    let result = host.ask(async |session| command(session, Form::of(global)).await);
    let closed = host.close();
    let code = result.as_ref().err().map_or(0, |error| error.kind().exit_code());
    let noted = journal::end(&host, code);
    let changed = host.changing_run();
    let text = result.and_then(|text| closed.and(noted).map(|()| text)).map(|text| {
        if !text.is_empty() {
            console::print(&text);
        }
        ExitCode::SUCCESS
    });
    Ok(Answered { text, changed })
}
