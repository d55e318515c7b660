//! Asks at the terminal before something is done that is not easily taken back.

use std::io::{BufRead, IsTerminal, stdin};

use super::{Global, console};
use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Refuses to go on when nobody can be asked `whether` and no `--yes` was given.
///
/// # Errors
/// `SPOT-0101` then.
pub fn somebody_to_ask(whether: &str, global: &Global) -> Result<()> {
    if global.yes || stdin().is_terminal() {
        return Ok(());
    }
    Err(Error::new(Code::InvalidArgument, format!("nobody can be asked whether to {whether}"))
        .because("standard input is not a terminal")
        .help("add `--yes`"))
}

/// The answer to a question, without the blanks around it; empty at the end of input.
///
/// # Errors
/// `SPOT-0801` when the terminal cannot be read.
pub fn answer(question: &str) -> Result<String> {
    console::ask(question);
    let mut line = String::new();
    stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Error::new(Code::File, "the terminal cannot be read").because(error.to_string()))?;
    Ok(line.trim().to_owned())
}

/// Whether an answer is a yes.
pub fn is_yes(answer: &str) -> bool {
    matches!(answer, "y" | "Y" | "yes")
}

/// Asks whether to go on, unless `--yes` was given: `act` is what would be done (`remove this`), `undone` what was not done
/// after another answer (`nothing was removed`).
///
/// # Errors
/// `SPOT-0606` when nobody can be asked, `SPOT-0902` after another answer than yes.
pub fn go_on(act: &str, undone: &str, global: &Global) -> Result<()> {
    if global.yes {
        return Ok(());
    }
    somebody_to_ask(act, global)?;
    let question = act[..1].to_uppercase() + &act[1..];
    if is_yes(&answer(&format!("{question}? [y/N]"))?) {
        return Ok(());
    }
    Err(Error::new(Code::Interrupted, format!("{undone}: not confirmed")).help("answer `y`, or run with `--yes`"))
}
