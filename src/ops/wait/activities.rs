//! Streams scaling activities to the operator and remembers the failures.

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;

use crate::domain::cloud::{ActivityStatus, ScalingActivity};
use crate::ops::Session;
use crate::ops::diagnose::{Explained, explain_activity};
use crate::ports::Event;

/// The activities of one wait.
pub(super) struct Activities {
    since: Timestamp,
    told: HashMap<String, String>,
    explained: HashSet<&'static str>,
    /// Failed launches since the wait began, oldest first, without those that a later success has answered.
    failures: Vec<ScalingActivity>,
}

impl Activities {
    /// Begins; activities older than `since` are neither told nor counted.
    pub(super) fn new(since: Timestamp) -> Self {
        Activities { since, told: HashMap::new(), explained: HashSet::new(), failures: vec![] }
    }

    /// Takes what AWS says now, newest first; tells what is new. Whether there was anything new.
    pub(super) fn update(&mut self, session: &Session, newest_first: &[ScalingActivity]) -> bool {
        let mut news = false;
        let ours = newest_first.iter().rev().filter(|activity| activity.started >= self.since);
        self.failures.clear();
        for activity in ours {
            match activity.status {
                ActivityStatus::Successful if is_launch(activity) => self.failures.clear(),
                ActivityStatus::Failed => self.failures.push(activity.clone()),
                _ => {}
            }
            if self.told.get(&activity.id) != Some(&activity.status_code) {
                self.told.insert(activity.id.clone(), activity.status_code.clone());
                session.operator.tell(&Event::Activity { activity: activity.clone() });
                news = true;
            }
        }
        if let Some(last) = self.failures.last() {
            let explained = explain_activity(message(last));
            if self.explained.insert(explained.sentence) {
                session.warn(format!("{}; {}", explained.sentence, explained.help));
            }
        }
        news
    }

    /// The newest failure that nothing has answered, with its meaning, how often it came, and when first.
    pub(super) fn failure(&self) -> Option<Failure<'_>> {
        let last = self.failures.last()?;
        let explained = explain_activity(message(last));
        let alike: Vec<_> =
            self.failures.iter().filter(|one| explain_activity(message(one)).sentence == explained.sentence).collect();
        Some(Failure { first: alike.first()?.started, count: alike.len(), message: message(last), explained })
    }
}

/// Why launches fail.
pub(super) struct Failure<'a> {
    /// What it means.
    pub(super) explained: Explained,
    /// AWS's words.
    pub(super) message: &'a str,
    /// How often it came in this wait.
    pub(super) count: usize,
    /// When it came first.
    pub(super) first: Timestamp,
}

fn message(activity: &ScalingActivity) -> &str {
    activity.status_message.as_deref().unwrap_or(&activity.description)
}

fn is_launch(activity: &ScalingActivity) -> bool {
    activity.description.starts_with("Launching")
}
