//! What will happen, in order of time and, within one moment, of scheduling.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::clock::Millis;
use super::event::Event;

/// The future.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub struct Queue {
    events: BTreeMap<(Millis, u64), Event>,
    counter: u64,
}

/// JSON has no tuple keys.
#[derive(Serialize, Deserialize)]
struct Stored {
    counter: u64,
    events: Vec<(Millis, u64, Event)>,
}

impl From<Stored> for Queue {
    fn from(stored: Stored) -> Self {
        let events = stored.events.into_iter().map(|(at, n, event)| ((at, n), event)).collect();
        Queue { events, counter: stored.counter }
    }
}

impl From<Queue> for Stored {
    fn from(queue: Queue) -> Self {
        let events = queue.events.into_iter().map(|((at, n), event)| (at, n, event)).collect();
        Stored { counter: queue.counter, events }
    }
}

impl Queue {
    /// Schedules an event.
    pub fn push(&mut self, at: Millis, event: Event) {
        self.counter += 1;
        self.events.insert((at, self.counter), event);
    }

    /// Takes the first event that is due at `until` or before.
    pub fn pop_due(&mut self, until: Millis) -> Option<(Millis, Event)> {
        let entry = self.events.first_entry()?;
        if entry.key().0 > until {
            return None;
        }
        let ((at, _), event) = entry.remove_entry();
        Some((at, event))
    }

    /// When the next event is due.
    pub fn next_at(&self) -> Option<Millis> {
        self.events.keys().next().map(|(at, _)| *at)
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn earliest_first_then_in_order_of_scheduling_and_survives_json() {
        let mut queue = Queue::default();
        let reconcile = |name: &str| Event::Reconcile { group: name.into() };
        queue.push(20, reconcile("late"));
        queue.push(10, reconcile("b"));
        queue.push(10, reconcile("a"));
        let mut queue: Queue = serde_json::from_str(&serde_json::to_string(&queue).unwrap()).unwrap();
        assert_eq!(queue.next_at(), Some(10));
        assert_eq!(queue.pop_due(10), Some((10, reconcile("b"))));
        assert_eq!(queue.pop_due(10), Some((10, reconcile("a"))));
        assert_eq!(queue.pop_due(10), None);
        assert_eq!(queue.len(), 1);
    }
}
