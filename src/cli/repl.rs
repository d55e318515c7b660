//! `spotscript repl`.

use std::io::IsTerminal;
use std::process::ExitCode;

use super::{Failed, Global, console, target};
use crate::host::listen_for_interrupts;
use crate::repl::{self, Options};
use crate::sandbox::store;

/// Try things statement by statement
///
/// At a terminal: with history and multi-line input. From a pipe: the same statements without prompts; the exit code is
/// 1 if one of them failed.
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let host = target::host(global, &[])?;
    listen_for_interrupts(host.cancel().clone());
    let report = |failed: &Failed| console::report(failed, global);
    let history = store::state_folder().ok().map(|folder| folder.join("history"));
    let options = Options { report: &report, history, interactive: std::io::stdin().is_terminal() };
    let code = repl::run(&host, &options);
    host.close()?;
    Ok(ExitCode::from(code?))
}
