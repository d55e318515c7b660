//! Where a script's words go. The host decides what is data and what is talk; the face decides how it looks.

use std::sync::{Mutex, PoisonError};

/// The two streams of a run, and how text on them may look.
pub trait Console: Send + Sync {
    /// Data: what the script prints. Goes to stdout.
    fn data(&self, text: &str);
    /// Talk: what the host says about the run. Goes to stderr.
    fn talk(&self, text: &str);
    /// The data that was kept back for a document, if this console does so.
    fn kept(&self) -> String {
        String::new()
    }
    /// Whether data may carry ANSI colours.
    fn colour(&self) -> bool {
        false
    }
    /// Columns that data should keep within, when it goes to a terminal.
    fn width(&self) -> Option<u16> {
        None
    }
}

/// A console that keeps what it is given: for tests and for machine-readable output.
#[derive(Debug, Default)]
pub struct Recorder {
    data: Mutex<String>,
    talk: Mutex<String>,
}

impl Recorder {
    /// Everything printed so far.
    pub fn printed(&self) -> String {
        self.data.lock().map(|text| text.clone()).unwrap_or_default()
    }

    /// Everything said so far.
    pub fn said(&self) -> String {
        self.talk.lock().map(|text| text.clone()).unwrap_or_default()
    }
}

impl Console for Recorder {
    fn data(&self, text: &str) {
        append(&self.data, text);
    }

    fn talk(&self, text: &str) {
        append(&self.talk, text);
    }
}

/// Keeps text, as whole lines.
pub fn append(to: &Mutex<String>, text: &str) {
    let mut all = to.lock().unwrap_or_else(PoisonError::into_inner);
    all.push_str(text);
    if !text.ends_with('\n') {
        all.push('\n');
    }
}
