//! `spotscript repl`.

use std::process::ExitCode;

use super::{Failed, Global, target};
use crate::host::listen_for_interrupts;

/// Try things line by line
#[derive(Debug, clap::Args)]
pub struct Args {}

/// Runs the command.
pub fn run(_args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let host = target::host(global, &[])?;
    listen_for_interrupts(host.cancel().clone());
    let result = crate::repl::run(&host);
    host.close()?;
    result?;
    Ok(ExitCode::SUCCESS)
}
