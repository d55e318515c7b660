//! What the editor may offer: kept up to date after each input, never by running anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crate::script::catalog::{self, Entry, OptionKey};

/// Names by what they name.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Functions, methods and properties.
    pub(super) entries: Arc<[Entry]>,
    /// Variables with their types.
    pub(super) variables: Vec<(String, String)>,
    /// Names of nodes, groups and clusters in values that were printed: name → what it names.
    pub(super) seen: BTreeMap<String, &'static str>,
    /// What `:target` takes.
    pub(super) targets: Vec<String>,
    /// Where relative paths begin.
    pub(super) folder: PathBuf,
}

/// The names, shared by the session and the editor.
pub(super) type SharedNames = Arc<Mutex<Names>>;

impl Names {
    /// Reads or changes shared names.
    pub(super) fn with<T>(shared: &SharedNames, use_it: impl FnOnce(&mut Names) -> T) -> T {
        use_it(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The type of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|(known, _)| known == name).map(|(_, kind)| kind.as_str())
    }

    /// What can be called by this path, properties aside.
    pub(super) fn called<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a Entry> {
        let (namespace, name) = path.rsplit_once("::").unwrap_or(("", path));
        self.entries.iter().filter(move |entry| entry.name == name && entry.namespace == namespace)
    }

    /// The options of a function that stand right below `keys`, each with its own name.
    pub(super) fn options<'a>(
        &self,
        function: &str,
        keys: &'a [&'a str],
    ) -> impl Iterator<Item = (&'static str, &'static OptionKey)> + 'a {
        catalog::options_of(function).iter().filter_map(move |option| {
            let mut path = option.path.split('.');
            let below = keys.iter().all(|key| path.next() == Some(*key));
            let name = path.next().filter(|_| below)?;
            path.next().is_none().then_some((name, option))
        })
    }

    /// The namespaces.
    pub(super) fn namespaces(&self) -> BTreeSet<&str> {
        self.entries.iter().map(|entry| entry.namespace.as_str()).filter(|name| !name.is_empty()).collect()
    }
}
