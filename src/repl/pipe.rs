//! The session fed from a pipe or a file: the same statements, no prompts, and an exit code that tells of failures.
//!
//! A statement ends with the line that makes it whole, as at the terminal; empty lines are left to the language, so
//! that a script with empty lines in its functions can be piped in.

use std::io::BufRead;

use super::session::Repl;
use super::validate::{Input, examine};
use super::{Next, Options, command, handle, unreadable};
use crate::domain::Kind;
use crate::domain::error::Result;
use crate::script::engine;

/// Reads until the input ends.
pub(super) fn run(repl: &mut Repl<'_>, options: &Options<'_>) -> Result<u8> {
    let compiler = engine::syntax()?;
    let mut lines = std::io::stdin().lock().split(b'\n');
    let mut any_failed = false;
    let mut text = String::new();
    loop {
        let line = lines.next().transpose().map_err(unreadable)?.map(String::from_utf8);
        let ended = line.is_none();
        if let Some(line) = line {
            let Ok(line) = line else {
                any_failed = true;
                (options.report)(&unreadable("a line is not UTF-8").into());
                continue;
            };
            let line = line.trim_end_matches('\r');
            text.push_str(line);
            text.push('\n');
            if command::parse(&text).is_none() && examine(&compiler, &text) == Input::Unfinished {
                continue;
            }
        }
        match handle(repl, &text, options) {
            Next::Leave(code) => return Ok(code),
            Next::Read { interrupted: true, .. } => return Ok(Kind::Interrupted.exit_code()),
            Next::Read { failed, .. } => any_failed |= failed,
        }
        text.clear();
        if ended {
            return Ok(if any_failed { Kind::Script.exit_code() } else { 0 });
        }
    }
}
