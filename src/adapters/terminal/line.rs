//! One event as one line of the log, in the words that users of eksctl know.

use crate::domain::cloud::{ActivityStatus, ScalingActivity};
use crate::ports::{Event, Verdict};

/// The mark before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// `[ℹ]`
    Info,
    /// `[✔]`
    Done,
    /// `[!]`
    Warning,
    /// `[✖]`
    Failure,
}

impl Level {
    /// The mark.
    pub const fn mark(self) -> &'static str {
        match self {
            Level::Info => "ℹ",
            Level::Done => "✔",
            Level::Warning => "!",
            Level::Failure => "✖",
        }
    }

    /// Its colour as an ANSI code.
    pub(super) const fn colour(self) -> u8 {
        match self {
            Level::Info => 36,
            Level::Done => 32,
            Level::Warning => 33,
            Level::Failure => 31,
        }
    }
}

/// Level and text of an event.
pub fn line(event: &Event) -> (Level, String) {
    match event {
        Event::Note { message } => (Level::Info, message.clone()),
        Event::Warning { message } => (Level::Warning, message.clone()),
        Event::Resource { kind, name, verdict } => match verdict {
            Verdict::Unchanged => (Level::Info, format!("{} \"{name}\" is unchanged", kind.as_str())),
            _ => (Level::Done, format!("{} {} \"{name}\"", verdict.as_str(), kind.as_str())),
        },
        Event::Activity { activity } => activity_line(activity),
        Event::Progress { what, done, wanted, .. } if done == wanted => {
            (Level::Done, format!("waited for {what}: {done} of {wanted}"))
        }
        Event::Progress { what, done, wanted, .. } => (Level::Info, format!("waiting for {what}: {done} of {wanted}")),
        Event::Waiting { what, .. } => (Level::Info, format!("waiting for {what}")),
        Event::Retry { error } => {
            let why = error.causes.first().map(|cause| format!(": {cause}")).unwrap_or_default();
            (Level::Info, format!("trying again: {}{why}", error.message))
        }
    }
}

fn activity_line(activity: &ScalingActivity) -> (Level, String) {
    let text = activity.description.trim_end_matches('.');
    match activity.status {
        ActivityStatus::InProgress => (Level::Info, format!("{text} ({})", activity.status_code)),
        ActivityStatus::Successful => (Level::Info, format!("{text}: done")),
        ActivityStatus::Failed | ActivityStatus::Cancelled => {
            let why = activity.status_message.as_deref().unwrap_or("no reason given");
            (Level::Warning, format!("{text}: {}: {why}", activity.status_code))
        }
    }
}
