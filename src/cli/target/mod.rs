//! Wires a target's adapters to a host.

mod aws;
mod control;
mod sandbox;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use super::console::Terminal;
use super::{Global, TargetKind};
use crate::adapters::terminal::{Consent, Manner, Terminal as Log};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::{Cancel, Console, FilePolicy, Host, Options, Target};
use crate::ports::Clock;
use crate::sandbox::Sandbox;

/// A host for the target that the flags name. Nothing is opened until it is needed.
///
/// # Errors
/// `SPOT-0801` when there is no working directory.
pub fn host(global: &Global, allow_write: &[PathBuf]) -> Result<Host> {
    host_stopped_by(global, allow_write, Cancel::default())
}

/// The same, on a cancel that is there already.
///
/// # Errors
/// As [`host`].
pub fn host_stopped_by(global: &Global, allow_write: &[PathBuf], cancel: Cancel) -> Result<Host> {
    let working = std::env::current_dir()
        .map_err(|error| Error::new(Code::File, "the working directory is gone").because(error.to_string()))?;
    let target: Arc<dyn Target> = match global.target() {
        TargetKind::Sandbox => Arc::new(sandbox::SandboxTarget::new(global)),
        TargetKind::Aws => Arc::new(aws::AwsTarget::new(global)),
    };
    let options = Options {
        target,
        console: Arc::new(Terminal::new(global)),
        files: FilePolicy::new(working, allow_write),
        timeout: global.timeout,
    };
    Ok(Host::stopped_by(options, cancel))
}

/// A host on a sandbox that is there already: for tests and for programs that embed the library.
pub fn sandbox_host(sandbox: Sandbox, console: Arc<dyn Console>, files: FilePolicy) -> Host {
    sandbox_host_stopped_by(sandbox, console, files, Cancel::default())
}

/// The same, on a cancel that is there already.
pub fn sandbox_host_stopped_by(sandbox: Sandbox, console: Arc<dyn Console>, files: FilePolicy, cancel: Cancel) -> Host {
    let target = Arc::new(sandbox::SandboxTarget::given(sandbox, None));
    Host::stopped_by(Options { target, console, files, timeout: None }, cancel)
}

/// A sandbox that is there already as a target whose log goes to `console`: for tests of scripts.
pub fn sandbox_target(sandbox: Sandbox, console: Arc<dyn Console>) -> Arc<dyn Target> {
    Arc::new(sandbox::SandboxTarget::given(sandbox, Some(console)))
}

/// The log on stderr, coloured as the flags want it.
fn log(clock: &Arc<dyn Clock>, consent: Consent, colour: bool, quiet: bool) -> Log {
    // A dumb terminal cannot draw in one place.
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    let manner = match std::io::stderr().is_terminal() && !dumb {
        _ if quiet => Manner::Quiet,
        true => Manner::Live,
        false => Manner::Lines,
    };
    Log::to(Box::new(std::io::stderr()), Arc::clone(clock), consent, manner, colour)
}

/// Tells each request on stderr: what `-v` asks for twice.
fn trace() -> crate::adapters::aws::TraceHook {
    Arc::new(|trace| {
        let status = trace.status.map_or_else(|| "no answer".to_owned(), |status| status.to_string());
        let poll = if trace.poll { " (poll)" } else { "" };
        let took = trace.duration.as_millis();
        super::console::say(&format!("  {} {}{poll}: {status} in {took} ms", trace.service, trace.operation));
    })
}
