//! The catalog as documentation: for a terminal, as Markdown, as data, and as definition files for editors.

mod data;
pub mod definitions;
pub mod markdown;
pub mod text;

pub use data::{Item, item, items};

use super::catalog::{Catalog, Entry, EntryKind};

/// Entries of a collection under headings, empty ones left out.
fn parts<'a>(entries: &[&'a Entry]) -> Vec<(&'static str, Vec<&'a Entry>)> {
    let of = |wanted: &[EntryKind]| -> Vec<&'a Entry> {
        let mut found: Vec<&Entry> = entries.iter().copied().filter(|entry| wanted.contains(&entry.kind)).collect();
        found.sort_by_key(|entry| entry.head());
        found
    };
    let parts = [
        ("Properties", of(&[EntryKind::Property])),
        ("Methods", of(&[EntryKind::Method])),
        ("Functions", of(&[EntryKind::Function, EntryKind::Syntax, EntryKind::Constant])),
        ("Operators", of(&[EntryKind::Index, EntryKind::Operator])),
    ];
    parts.into_iter().filter(|(_, entries)| !entries.is_empty()).collect()
}

/// What there is, under headings: name and purpose.
fn overview(catalog: &Catalog) -> Vec<(&'static str, Vec<(String, String)>)> {
    use super::catalog::names;
    let named = |names: Vec<&str>, about: fn(&str) -> &'static str| -> Vec<(String, String)> {
        names.into_iter().map(|name| (name.to_owned(), about(name).to_owned())).collect()
    };
    let namespaces = catalog.namespaces().into_iter().filter(|name| !names::namespace(name).is_empty()).collect();
    let (tests, globals): (Vec<&Entry>, Vec<&Entry>) =
        catalog.globals().into_iter().partition(|entry| catalog.is_test_only(entry));
    let about = |text: &str| {
        let text = text.replace('\n', " ");
        text.split_inclusive(". ").next().unwrap_or_default().trim_end().to_owned()
    };
    let libraries = catalog.libraries().iter().map(|library| (library.name.to_owned(), about(&library.about)));
    vec![
        ("Namespaces", named(namespaces, names::namespace)),
        ("Without a namespace", summaries(&globals)),
        ("In tests only, `*_test.rhai`", summaries(&tests)),
        ("Types", named(catalog.types(), names::kind)),
        ("Standard library: `import \"std/…\" as name;`", libraries.collect()),
    ]
}

/// A line for each path: overloads share the first one's.
fn summaries(entries: &[&Entry]) -> Vec<(String, String)> {
    let mut rows: Vec<(String, String)> = entries.iter().map(|entry| (entry.path(), entry.summary())).collect();
    rows.sort_by(|one, other| one.0.cmp(&other.0));
    rows.dedup_by(|one, other| one.0 == other.0);
    rows
}
