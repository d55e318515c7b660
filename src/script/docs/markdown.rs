//! Documentation as Markdown.

use super::data::options;
use super::text::kind;
use super::{overview, parts};
use crate::script::catalog::{Catalog, Entry, Topic};

/// What there is.
pub fn all(catalog: &Catalog) -> String {
    let mut text = String::from("# What scripts can use\n");
    for (title, rows) in overview(catalog) {
        text.push_str(&format!("\n## {title}\n\n"));
        for (name, about) in rows {
            text.push_str(&format!("- `{name}`: {about}\n"));
        }
    }
    text
}

/// One topic: everything that belongs to it in full.
pub fn topic(topic: &Topic<'_>) -> String {
    let mut text = format!("# `{}`\n", topic.title);
    if !topic.about.is_empty() {
        text.push_str(&format!("\n{}\n", topic.about));
    }
    if !topic.collection {
        topic.entries.iter().for_each(|entry| text.push_str(&self::entry(entry, 2)));
        return text;
    }
    for (title, entries) in parts(&topic.entries) {
        text.push_str(&format!("\n## {title}\n"));
        entries.iter().for_each(|entry| text.push_str(&self::entry(entry, 3)));
    }
    text
}

/// Every page of ours: file name and text.
pub fn pages(catalog: &Catalog) -> Vec<(String, String)> {
    let mut pages = vec![("index.md".to_owned(), all(catalog))];
    let globals = Topic {
        title: "global".into(),
        about: "What needs no namespace.".into(),
        entries: catalog.globals(),
        collection: true,
    };
    pages.push(("global.md".to_owned(), topic(&globals)));
    let names = catalog.namespaces().into_iter().filter(|name| catalog.own().any(|entry| entry.namespace == **name));
    let libraries = catalog.libraries().iter().map(|library| library.name);
    for name in names.chain(catalog.types()).chain(libraries) {
        if let Ok(found) = catalog.find(name) {
            pages.push((format!("{}.md", name.replace('/', "-")), topic(&found)));
        }
    }
    pages
}

fn entry(entry: &Entry, level: usize) -> String {
    let mut text = format!("\n{} `{}`\n\n{}\n", "#".repeat(level), entry.head(), entry.description());
    let keys = options(entry);
    if !keys.is_empty() {
        text.push_str("\n| option | type | meaning |\n|---|---|---|\n");
        for key in keys {
            let meaning = key.documentation.replace('|', "\\|");
            text.push_str(&format!("| `{}` | {} | {meaning} |\n", key.path, kind(key)));
        }
    }
    for example in entry.examples() {
        text.push_str(&format!("\n```rhai\n{example}```\n"));
    }
    if entry.own {
        text.push_str(&format!("\nSince {}.\n", entry.since()));
    }
    text
}
