//! An operator that keeps what it is told.

use std::sync::{Mutex, PoisonError};

use super::line::line;
use crate::ports::{Answer, Event, Operator};

/// Keeps all events, for tests and for JSON reports; answers every question in one way.
#[derive(Debug)]
pub struct RecordingOperator {
    events: Mutex<Vec<Event>>,
    answer: bool,
}

impl Default for RecordingOperator {
    /// Says yes to everything.
    fn default() -> Self {
        RecordingOperator::answering(true)
    }
}

impl RecordingOperator {
    /// One that answers every question with `answer`.
    pub fn answering(answer: bool) -> Self {
        RecordingOperator { events: Mutex::default(), answer }
    }

    /// What has been told so far, in order.
    pub fn events(&self) -> Vec<Event> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The same as lines of a log, without times.
    pub fn lines(&self) -> Vec<String> {
        let line = |event: &Event| {
            let (level, text) = line(event);
            format!("[{}]  {text}", level.mark())
        };
        self.events().iter().map(line).collect()
    }
}

impl Operator for RecordingOperator {
    fn tell(&self, event: &Event) {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).push(event.clone());
    }

    fn confirm(&self, _question: &str) -> Answer {
        if self.answer { Answer::Yes } else { Answer::No }
    }
}
