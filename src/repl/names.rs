//! What the editor may offer: kept up to date after each input, never by running anything.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rhai::Engine;

use crate::script::catalog::{self, Entry, OptionKey};
use crate::script::types::{Index, Kind, Types};

/// Names by what they name.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Functions, methods and properties.
    pub(super) entries: Arc<[Entry]>,
    /// The same, arranged for telling types; made when the first type is asked for.
    pub(super) index: OnceLock<Index>,
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

    /// These functions, methods and properties from now on.
    pub(super) fn set_entries(&mut self, entries: impl Into<Arc<[Entry]>>) {
        (self.entries, self.index) = (entries.into(), OnceLock::new());
    }

    /// Functions, methods and properties, arranged for telling types.
    pub(super) fn index(&self) -> &Index {
        self.index.get_or_init(|| Index::of(self.entries.iter().cloned()))
    }

    /// The type of an expression's text. `None` when it does not parse or its type is not evident.
    pub(super) fn kind_of(&self, engine: &Engine, text: &str) -> Option<String> {
        self.kind_among(engine, text, &[]).told().map(str::to_owned)
    }

    /// The type of an expression's text among variables that the session does not have yet; the last of a name counts.
    pub(super) fn kind_among(&self, engine: &Engine, text: &str, locals: &[(String, Kind)]) -> Kind {
        let Ok(ast) = engine.compile(text) else { return Kind::Any };
        let variable = |name: &str| {
            let local = locals.iter().rev().find(|(known, _)| known == name).map(|(_, kind)| kind.clone());
            local.unwrap_or_else(|| self.variable(name).map_or(Kind::Any, Kind::known))
        };
        Types { index: self.index(), variable: &variable }.last(ast.statements())
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
