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
