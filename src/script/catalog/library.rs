//! The functions of the standard library, from the doc comments of its modules.

use rhai::{Engine, FnAccess};

use super::entry::{Entry, EntryKind};
use super::functions::documentation;
use crate::script::stdlib;

/// A module of the standard library.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Library {
    /// `std/spot`.
    pub name: &'static str,
    /// What it is for.
    pub about: String,
    /// Its public functions; the namespace of each is the module's name.
    pub functions: Vec<Entry>,
}

/// Every module that the engine can parse: a test of each module shows that it is all of them.
pub(super) fn modules(engine: &Engine) -> Vec<Library> {
    stdlib::names().filter_map(|(name, short)| module(engine, name, stdlib::get(short)?)).collect()
}

fn module(engine: &Engine, name: &'static str, text: &str) -> Option<Library> {
    let ast = engine.compile(text).ok()?;
    let mut functions: Vec<Entry> = ast
        .iter_functions()
        .filter(|function| function.access == FnAccess::Public && !function.name.starts_with("anon$"))
        .map(|function| Entry {
            namespace: name.to_owned(),
            name: function.name.to_owned(),
            kind: EntryKind::Function,
            parameters: function.params.iter().map(|parameter| (*parameter).to_owned()).collect(),
            returns: "any".into(),
            documentation: documentation(&function.comments),
            own: true,
            scripted: false,
        })
        .collect();
    // The engine keeps them by hash; people read them as they stand in the file.
    functions.sort_by_key(|function| text.find(&format!("\nfn {}(", function.name)));
    let about: Vec<&str> = text
        .lines()
        .map_while(|line| line.strip_prefix("//!"))
        .map(|line| line.strip_prefix(' ').unwrap_or(line))
        .collect();
    Some(Library { name, about: about.join("\n"), functions })
}
