//! Wires a target's adapters to a host.

mod aws;
mod control;
mod sandbox;

use std::io::{IsTerminal, LineWriter, Write};
use std::sync::Arc;

use super::console::Terminal;
use super::reach::Reach;
use super::{Global, TargetKind};
use crate::adapters::terminal::{Consent, Manner, Terminal as Log};
use crate::domain::error::Result;
use crate::host::{Cancel, Choice, Console, FilePolicy, Hidden, Host, Options, Target};
use crate::ports::Clock;
use crate::sandbox::Sandbox;

/// A host for the target that the flags name. Nothing is opened until it is needed.
///
/// # Errors
/// `SPOT-0801` when there is no working directory.
pub fn host(global: &Global, reach: &Reach) -> Result<Host> {
    host_stopped_by(global, reach, Cancel::default())
}

/// A host that only plans: what scripts print goes beside the plan, to stderr, and only with `-v`.
///
/// # Errors
/// As [`host`].
pub fn planning_host(global: &Global, reach: &Reach) -> Result<Host> {
    let console = Arc::new(Terminal::planning(global));
    let host = host_with(global, reach.files()?.planning(), Cancel::default(), console);
    only_plan(&host);
    Ok(host)
}

/// Makes a host one that only plans.
pub fn only_plan(host: &Host) {
    host.only_plan(crate::sandbox::world::kubelet::boot_data);
}

/// Lets only chosen steps of the host's run change something.
pub fn choose(host: &Host, choice: Choice) {
    host.choose(choice, crate::sandbox::world::kubelet::boot_data);
}

/// The same, on a cancel that is there already.
///
/// # Errors
/// As [`host`].
pub fn host_stopped_by(global: &Global, reach: &Reach, cancel: Cancel) -> Result<Host> {
    Ok(host_with(global, reach.files()?, cancel, Arc::new(Terminal::new(global))))
}

/// A host for the target that the flags name, with files, cancel and console of one's own.
pub fn host_with(global: &Global, files: FilePolicy, cancel: Cancel, console: Arc<dyn Console>) -> Host {
    let hidden = Hidden::default();
    let target: Arc<dyn Target> = match global.target() {
        TargetKind::Sandbox => Arc::new(sandbox::SandboxTarget::new(global, hidden.clone())),
        TargetKind::Aws => Arc::new(aws::AwsTarget::new(global, hidden.clone())),
    };
    Host::stopped_by(Options { target, console, files, hidden, timeout: global.timeout }, cancel)
}

/// A host on a sandbox that is there already: for tests and for programs that embed the library.
pub fn sandbox_host(sandbox: Sandbox, console: Arc<dyn Console>, files: FilePolicy) -> Host {
    sandbox_host_stopped_by(sandbox, console, files, Cancel::default())
}

/// The same, on a cancel that is there already.
pub fn sandbox_host_stopped_by(sandbox: Sandbox, console: Arc<dyn Console>, files: FilePolicy, cancel: Cancel) -> Host {
    sandbox_host_until(sandbox, console, files, cancel, None)
}

/// The same, with a time limit.
pub fn sandbox_host_until(
    sandbox: Sandbox,
    console: Arc<dyn Console>,
    files: FilePolicy,
    cancel: Cancel,
    timeout: Option<std::time::Duration>,
) -> Host {
    let target = Arc::new(sandbox::SandboxTarget::given(sandbox, None));
    Host::stopped_by(Options { target, console, files, hidden: Hidden::default(), timeout }, cancel)
}

/// A sandbox that is there already as a target whose log goes to `console`: for tests of scripts.
pub fn sandbox_target(sandbox: Sandbox, console: Arc<dyn Console>) -> Arc<dyn Target> {
    Arc::new(sandbox::SandboxTarget::given(sandbox, Some(console)))
}

/// The log on stderr, coloured as the flags want it, without what is hidden.
fn log(clock: &Arc<dyn Clock>, consent: Consent, colour: bool, talk: Talk, hidden: &Hidden) -> Log {
    // A dumb terminal cannot draw in one place.
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    let manner = match std::io::stderr().is_terminal() && !dumb {
        _ if talk == Talk::Little => Manner::Quiet,
        true if talk == Talk::InLines => Manner::Lines,
        true => Manner::Live,
        false => Manner::Lines,
    };
    // By the line: a secret that comes in two pieces would not be known.
    let to = LineWriter::new(Masking(hidden.clone()));
    Log::to(Box::new(to), Arc::clone(clock), consent, manner, colour)
}

/// How a log talks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Talk {
    /// As the terminal allows.
    Usual,
    /// In lines: others talk at the same terminal at the same time.
    InLines,
    /// Of warnings and failures only.
    Little,
}

impl Talk {
    fn of(global: &Global) -> Self {
        match &global.start.part {
            _ if global.quiet => Talk::Little,
            Some(_) => Talk::InLines,
            None => Talk::Usual,
        }
    }
}

/// Stderr without what is hidden.
struct Masking(Hidden);

impl Write for Masking {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        std::io::stderr().write_all(self.0.mask(&String::from_utf8_lossy(bytes)).as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
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
