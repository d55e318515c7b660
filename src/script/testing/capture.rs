//! A console that keeps what a test says, in order.

use std::sync::{Mutex, PoisonError};

use crate::host::Console;

/// Everything said and printed, and what was printed alone.
#[derive(Debug, Default)]
pub(super) struct Capture(Mutex<Texts>);

#[derive(Debug, Default)]
struct Texts {
    all: String,
    data: String,
    talk: String,
}

impl Capture {
    /// Everything, in order.
    pub(super) fn all(&self) -> String {
        self.texts(|texts| texts.all.clone())
    }

    /// What was printed.
    pub(super) fn data(&self) -> String {
        self.texts(|texts| texts.data.clone())
    }

    /// What was said.
    pub(super) fn said(&self) -> String {
        self.texts(|texts| texts.talk.clone())
    }

    fn texts<T>(&self, use_it: impl FnOnce(&mut Texts) -> T) -> T {
        use_it(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Console for Capture {
    fn data(&self, text: &str) {
        self.texts(|texts| {
            append(&mut texts.all, text);
            append(&mut texts.data, text);
        });
    }

    fn talk(&self, text: &str) {
        self.texts(|texts| {
            append(&mut texts.all, text);
            append(&mut texts.talk, text);
        });
    }
}

fn append(to: &mut String, text: &str) {
    to.push_str(text);
    if !text.ends_with('\n') {
        to.push('\n');
    }
}
