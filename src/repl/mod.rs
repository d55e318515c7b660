//! The interactive face: reads statements from a terminal or a pipe, runs them, prints what they give.
//!
//! One session lives as long as the input: variables, functions and imports stay, an error ends its statement only.
//! Reports and streams belong to the caller; the line editor is used nowhere else.

mod command;
mod complete;
mod context;
mod editor;
mod helper;
mod hint;
mod history;
mod names;
mod offers;
mod paint;
mod pipe;
mod runbook;
mod scan;
mod seen;
mod session;
mod show;
mod validate;

use std::path::PathBuf;
use std::sync::Arc;

use crate::domain::error::{Error, Result};
use crate::domain::{Code, Kind};
use crate::host::{Console, Host};
use crate::script::ScriptError;
pub use offers::Offers;
use session::Repl;

/// What answers the session, and what else could. The caller knows how hosts are made.
pub trait Targets {
    /// What answers now, for people.
    fn current(&self) -> String;
    /// What [`Targets::switch`] takes.
    fn names(&self) -> Vec<String>;
    /// Whether real things change with this target.
    fn is_real(&self, name: &str) -> bool;
    /// Makes another target the current one.
    ///
    /// # Errors
    /// `SPOT-0606` for a name that is none.
    fn switch(&self, name: &str) -> Result<Host>;
    /// A host on the current target that only plans: what it would change it records.
    ///
    /// # Errors
    /// What reading the target's state fails with.
    fn planning(&self, console: Arc<dyn Console>) -> Result<Host>;
    /// What an error's code means.
    fn explain(&self, code: Code) -> String;
}

/// What the face needs of its surroundings.
pub struct Options<'a> {
    /// Shows a failure to the user.
    pub report: &'a dyn Fn(&ScriptError),
    /// What answers.
    pub targets: &'a dyn Targets,
    /// Where entered lines are kept, if anywhere.
    pub history: Option<PathBuf>,
    /// A runbook to run before the first input.
    pub init: Option<PathBuf>,
    /// Whether someone sits at a terminal; otherwise statements come from a pipe.
    pub interactive: bool,
    /// Whether what is typed may be coloured.
    pub colour: bool,
}

/// What to do after an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Next {
    /// Read on; whether the input failed.
    Read { failed: bool, interrupted: bool },
    /// Leave with this exit code.
    Leave(u8),
}

/// Reads, runs and prints until the input ends. Gives the exit code: at a terminal 0, from a pipe 1 if anything
/// failed; in both what `exit(code)` says.
///
/// # Errors
/// When the engine or the line editor cannot be built, or the input cannot be read.
pub fn run(host: Host, options: &Options<'_>) -> Result<u8> {
    let mut repl = Repl::new(host, options.targets, options.interactive)?;
    if let Some(file) = &options.init {
        let next = start_up(&mut repl, &file.to_string_lossy(), options);
        if let Next::Leave(code) = next {
            return Ok(code);
        }
    }
    if options.interactive { editor::run(&mut repl, options) } else { pipe::run(&mut repl, options) }
}

/// Runs the startup file. What is wrong with it is told and does not keep anyone out.
fn start_up(repl: &mut Repl<'_>, file: &str, options: &Options<'_>) -> Next {
    let result = repl.load(file);
    let next = concluded(repl, result, options);
    if matches!(next, Next::Read { failed: true, .. }) {
        let told = format!("warning: the startup file `{file}` failed; the session begins without what follows there");
        repl.host().console().talk(&told);
    }
    repl.forget_inputs();
    next
}

/// Runs one whole input, shows what comes of it, and saves what it changed.
fn handle(repl: &mut Repl<'_>, text: &str, options: &Options<'_>) -> Next {
    if text.trim().is_empty() {
        return Next::Read { failed: false, interrupted: false };
    }
    repl.host().cancel().reset();
    // A variable of that name goes first.
    let word = command::word(text).filter(|_| !repl.has_variable(text.trim()));
    let result = match word.or_else(|| command::parse(text)) {
        Some(command) => command::run(repl, command),
        None => repl.enter(text),
    };
    concluded(repl, result, options)
}

fn concluded(repl: &mut Repl<'_>, result: Result<Option<u8>, ScriptError>, options: &Options<'_>) -> Next {
    let mut failed = repl.settle();
    let mut interrupted = false;
    let mut leave = None;
    match result {
        Ok(code) => leave = code,
        Err(error) => {
            failed = true;
            interrupted = error.error.kind() == Kind::Interrupted;
            repl.failed(&error);
            (options.report)(&error);
        }
    }
    if let Err(error) = repl.host().close() {
        failed = true;
        (options.report)(&error.into());
    }
    match leave {
        Some(code) => Next::Leave(code),
        None => Next::Read { failed, interrupted },
    }
}

/// The input itself failed.
fn unreadable(cause: impl ToString) -> Error {
    Error::new(Code::File, "the input cannot be read").because(cause.to_string())
}
