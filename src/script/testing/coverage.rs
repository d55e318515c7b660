//! Which lines of scripts ran.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

/// Lines that ran, by the name of their text. Clones are one.
#[derive(Debug, Clone, Default)]
pub struct Lines(Arc<Mutex<BTreeMap<String, BTreeSet<usize>>>>);

impl Lines {
    /// Notes that a line ran.
    pub fn note(&self, name: &str, line: usize) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match all.get_mut(name) {
            Some(lines) => {
                lines.insert(line);
            }
            None => {
                all.insert(name.to_owned(), BTreeSet::from([line]));
            }
        }
    }
}
