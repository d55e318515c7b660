//! What the line editor asks while someone types: is this whole, and how can this word go on.

use std::sync::{Arc, Mutex, PoisonError};

use rhai::Engine;
use rustyline::completion::{Completer, Pair};
use rustyline::highlight::Highlighter;
use rustyline::hint::Hinter;
use rustyline::validate::{ValidationContext, ValidationResult, Validator};
use rustyline::{Context, Helper};

use super::complete;
use super::session::Names;
use super::validate::{Input, ends_empty, examine};

/// The helper. Its engine only compiles.
pub(super) struct Assistant {
    engine: Engine,
    names: Arc<Mutex<Names>>,
}

impl Assistant {
    pub(super) fn new(engine: Engine, names: Arc<Mutex<Names>>) -> Self {
        Assistant { engine, names }
    }
}

impl Validator for Assistant {
    fn validate(&self, context: &mut ValidationContext<'_>) -> rustyline::Result<ValidationResult> {
        let text = context.input();
        let whole = text.trim().is_empty()
            || text.trim_start().starts_with(':')
            || ends_empty(text)
            || examine(&self.engine, text) == Input::Whole;
        Ok(if whole { ValidationResult::Valid(None) } else { ValidationResult::Incomplete })
    }
}

impl Completer for Assistant {
    type Candidate = Pair;

    fn complete(&self, line: &str, at: usize, _: &Context<'_>) -> rustyline::Result<(usize, Vec<Pair>)> {
        let names = self.names.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, found) = complete::complete(line.get(..at).unwrap_or(line), &names);
        let pairs = found.into_iter().map(|one| Pair { display: one.display, replacement: one.replacement });
        Ok((start, pairs.collect()))
    }
}

impl Hinter for Assistant {
    type Hint = String;
}

impl Highlighter for Assistant {}

impl Helper for Assistant {}
