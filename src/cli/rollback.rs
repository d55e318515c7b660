//! A run that failed is taken back where that was asked for, or where somebody at the terminal says so.
//!
//! Elsewhere what was done is kept and told: `resume` goes on from it, and nothing is removed that nobody asked to remove.

use super::consent::{answer, is_yes};
use super::given::can_ask;
use super::{Failed, Global, console, undo};
use crate::domain::Kind;

/// Takes back what the run changed, if it failed, changed something, and that is wanted. What is told of the failure has
/// been told by now, and nothing holds the world any more.
///
/// # Errors
/// What the undo fails with: it is a run of its own, which can be taken up.
pub fn offer(run: Option<&str>, code: u8, wanted: bool, global: &Global) -> Result<(), Failed> {
    let Some(run) = run else { return Ok(()) };
    // Whoever interrupts a run wants the terminal back, not a question.
    let failed = code != 0 && code != Kind::Interrupted.exit_code();
    if !failed || !(wanted || asked(global)?) {
        return Ok(());
    }
    let global = Global { yes: true, output: None, ..global.clone() };
    undo::run(undo::Args::of(run), &global).map(drop)
}

fn asked(global: &Global) -> Result<bool, Failed> {
    if global.yes || global.json() || !can_ask() {
        return Ok(false);
    }
    let yes = is_yes(&answer("Take back what it did, now? [y/N]")?);
    if !yes {
        console::say("it is kept");
    }
    Ok(yes)
}
