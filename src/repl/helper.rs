//! What the line editor asks while someone types: is this whole, how can it go on, how does it look.

use std::borrow::Cow;

use rhai::Engine;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::hint::{self, Ghost};
use super::names::{Names, SharedNames};
use super::validate::{Input, ends_empty, examine};
use super::{command, complete, paint};

/// The helper. Its engine only compiles.
pub(super) struct Assistant {
    engine: Engine,
    names: SharedNames,
    colour: bool,
}

impl Assistant {
    pub(super) fn new(engine: Engine, names: SharedNames, colour: bool) -> Self {
        Assistant { engine, names, colour }
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let whole = text.trim().is_empty()
            || command::parse(text).is_some()
            || command::word(text).is_some()
            || ends_empty(text)
            || examine(&self.engine, text) == Input::Whole;
        Ok(if whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let before = line.get(..at).unwrap_or(line);
        let (start, found) = Names::with(&self.names, |names| complete::complete(&self.engine, before, names));
        let pairs = found.into_iter().map(|one| Pair { display: one.display, replacement: one.replacement });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = Ghost;

    fn hint(&self, line: &str, at: usize, context: &Context<'_>) -> Option<Ghost> {
        if at < line.len() || line.trim().is_empty() {
            return None;
        }
        hint::from_history(line, context).or_else(|| {
            let code = command::code(line)?;
            Names::with(&self.names, |names| hint::signature(&self.engine, code, names))
        })
    }
}

impl Highlighter for Assistant {
    fn highlight<'l>(&self, line: &'l str, _: usize) -> Cow<'l, str> {
        if self.colour { paint::paint(line).into() } else { line.into() }
    }

    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        if self.colour { paint::quiet(hint).into() } else { hint.into() }
    }

    fn highlight_char(&self, _: &str, _: usize, kind: CmdKind) -> bool {
        self.colour && kind == CmdKind::Other
    }
}

impl Helper for Assistant {}
