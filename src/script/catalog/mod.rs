//! Everything scripts can use, in one place: names, parameters, types, documentation, examples, option keys.
//!
//! It is read off the engine's own metadata, off the modules of the standard library and off the structs of the option
//! maps. Completion, `:doc`, did-you-mean, `check`, `spotscript docs`, definition files and the snapshot of the API
//! are views of it.

mod entry;
mod find;
mod functions;
mod library;
pub mod names;
mod options;
mod words;

use std::collections::HashSet;

use rhai::Engine;

pub use entry::{Entry, EntryKind};
pub use find::Topic;
pub use functions::entries;
pub(crate) use functions::type_name;
pub use library::Library;
pub use options::{OptionKey, OptionKind, options_of};

/// Everything scripts can use.
#[derive(Debug, Clone)]
pub struct Catalog {
    entries: Vec<Entry>,
    libraries: Vec<Library>,
    /// Signatures.
    test_only: HashSet<String>,
}

impl Catalog {
    /// What an engine offers, with the standard library.
    pub fn of(engine: &Engine) -> Self {
        let mut entries = functions::entries(engine);
        entries.extend(words::entries());
        // The engine's order changes from build to build.
        let order = |entry: &Entry| (!entry.own, entry.namespace.clone(), entry.name.clone(), entry.parameters.len());
        entries.sort_by(|one, other| order(one).cmp(&order(other)).then_with(|| one.parameters.cmp(&other.parameters)));
        Catalog { entries, libraries: library::modules(engine), test_only: HashSet::new() }
    }

    /// What the engine of tests offers; what `plain`, the engine of runbooks, lacks is for tests only.
    pub fn with_tests(plain: &Engine, testing: &Engine) -> Self {
        let here: HashSet<String> = functions::entries(plain).iter().map(Entry::signature).collect();
        let mut catalog = Catalog::of(testing);
        let word = |entry: &&Entry| matches!(entry.kind, EntryKind::Syntax | EntryKind::Constant);
        let own = catalog.entries.iter().filter(|entry| entry.own && !word(entry));
        catalog.test_only = own.map(Entry::signature).filter(|signature| !here.contains(signature)).collect();
        catalog
    }

    /// Whether only tests can use it.
    pub fn is_test_only(&self, entry: &Entry) -> bool {
        entry.own && self.test_only.contains(&entry.signature())
    }

    /// What needs no import: ours first, by namespace and name, overloads with few parameters first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The modules of the standard library.
    pub fn libraries(&self) -> &[Library] {
        &self.libraries
    }

    /// Everything of ours: what needs no import and the standard library.
    pub fn own(&self) -> impl Iterator<Item = &Entry> {
        let here = self.entries.iter().filter(|entry| entry.own);
        here.chain(self.libraries.iter().flat_map(|library| &library.functions))
    }

    /// The namespaces, in the order of the alphabet.
    pub fn namespaces(&self) -> Vec<&str> {
        let names = self.entries.iter().map(|entry| entry.namespace.as_str()).filter(|name| !name.is_empty());
        sorted(names)
    }

    /// The types of ours that have methods or properties, in the order of the alphabet.
    pub fn types(&self) -> Vec<&str> {
        sorted(self.entries.iter().filter(|entry| entry.own && belongs_to_type(entry)).filter_map(Entry::receiver))
    }

    /// Our functions that need neither a namespace nor a value of one of our types.
    pub fn globals(&self) -> Vec<&Entry> {
        let plain = |entry: &&Entry| entry.own && entry.namespace.is_empty() && !belongs_to_type(entry);
        self.entries.iter().filter(plain).collect()
    }
}

fn belongs_to_type(entry: &Entry) -> bool {
    entry.namespace.is_empty()
        && !matches!(entry.kind, EntryKind::Syntax | EntryKind::Constant)
        && entry.receiver().is_some_and(|receiver| receiver.starts_with(char::is_uppercase))
}

fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// Whether a type is one of the numbers that scripts have no literals of: `i16`, `u128`, …
pub(crate) fn is_exotic(kind: &str) -> bool {
    kind.len() <= 4 && kind.starts_with(['i', 'u', 'f']) && kind.ends_with(|c: char| c.is_ascii_digit())
}

/// Whether a type is one of the language itself.
pub(crate) fn is_plain(kind: &str) -> bool {
    names::plain(kind).is_some()
}
