//! What commands on a target have in common: a session, and one answer on stdout.

use std::process::ExitCode;

use super::form::Form;
use super::{Failed, Global, console, journal, target};
use crate::domain::error::Result;
use crate::host::listen_for_interrupts;
use crate::ops::Session;

/// Runs `command` against the target and prints what it answers. An empty answer prints nothing.
pub fn answer(
    global: &Global,
    command: impl AsyncFnOnce(&Session, Form) -> Result<String>,
) -> Result<ExitCode, Failed> {
    let host = target::host(global, &super::reach::Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    journal::keep(&host, &global.start.words.join(" "), &rhai::Map::new(), global, None, &[]);
    let result = host.ask(async |session| command(session, Form::of(global)).await);
    let closed = host.close();
    let code = result.as_ref().err().map_or(0, |error| error.kind().exit_code());
    let noted = journal::end(&host, code);
    let text = result?;
    closed.and(noted)?;
    if !text.is_empty() {
        console::print(&text);
    }
    Ok(ExitCode::SUCCESS)
}
