//! The interactive face: reads statements from a terminal or a pipe, runs them, prints what they give.
//!
//! One session lives as long as the input: variables, functions and imports stay, an error ends its statement only.
//! Reports and streams belong to the caller; the line editor is used nowhere else.

mod command;
mod complete;
mod editor;
mod helper;
mod pipe;
mod scan;
mod session;
mod validate;

use std::path::PathBuf;

use crate::domain::error::{Error, Result};
use crate::domain::{Code, Kind};
use crate::host::Host;
use crate::script::ScriptError;
use session::Repl;

/// What the face needs of its surroundings.
pub struct Options<'a> {
    /// Shows a failure to the user.
    pub report: &'a dyn Fn(&ScriptError),
    /// Where entered lines are kept, if anywhere.
    pub history: Option<PathBuf>,
    /// Whether someone sits at a terminal; otherwise statements come from a pipe.
    pub interactive: bool,
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
pub fn run(host: &Host, options: &Options<'_>) -> Result<u8> {
    let mut repl = Repl::new(host)?;
    if options.interactive { editor::run(&mut repl, options) } else { pipe::run(&mut repl, options) }
}

/// Runs one whole input, shows what comes of it, and saves what it changed.
fn handle(repl: &mut Repl, text: &str, options: &Options<'_>) -> Next {
    if text.trim().is_empty() {
        return Next::Read { failed: false, interrupted: false };
    }
    repl.host().cancel().reset();
    let result = match command::parse(text) {
        Some(command) => command::run(repl, command),
        None => repl.enter(text),
    };
    let mut failed = repl.settle();
    let mut interrupted = false;
    let mut leave = None;
    match result {
        Ok(code) => leave = code,
        Err(error) => {
            failed = true;
            interrupted = error.error.kind() == Kind::Interrupted;
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
