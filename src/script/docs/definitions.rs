//! Definition files (`.d.rhai`) for editors, in the grammar that Rhai's language server reads.
//!
//! The engine's own writer is not used: it leaves out the standard library and writes Rust's names of types.

use crate::script::catalog::{Catalog, Entry, EntryKind, Topic, names};

/// A definition file for each namespace and module, and one for what needs none: file name and text.
pub fn files(catalog: &Catalog) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let here = catalog.own().filter(|entry| entry.namespace.is_empty()).collect::<Vec<_>>();
    files.push(("__static__.d.rhai".to_owned(), file("static", "", &here)));
    for name in catalog.namespaces() {
        let entries: Vec<&Entry> = catalog.own().filter(|entry| entry.namespace == name).collect();
        if !entries.is_empty() {
            files.push((format!("{name}.d.rhai"), file(name, names::namespace(name), &entries)));
        }
    }
    for library in catalog.libraries() {
        let entries: Vec<&Entry> = library.functions.iter().collect();
        // `std/spot` is not the namespace `spot`; importing scripts choose the name.
        let name = library.name.replace('/', "_");
        files.push((format!("{name}.d.rhai"), file(&name, &library.about, &entries)));
    }
    files
}

fn file(module: &str, about: &str, entries: &[&Entry]) -> String {
    let mut text: String = about.lines().map(|line| format!("//! {line}\n")).collect();
    text.push_str(&format!("module {module};\n"));
    let mut told: Vec<String> = entries.iter().filter_map(|entry| definition(entry)).collect();
    told.sort_by(|one, other| line(one).cmp(line(other)));
    told.dedup();
    for definition in told {
        text.push_str(&format!("\n{definition}\n"));
    }
    text
}

/// The line that defines, without the documentation before it.
fn line(definition: &str) -> &str {
    definition.lines().last().unwrap_or_default()
}

fn definition(entry: &Entry) -> Option<String> {
    let parameters: Vec<(String, &str)> = entry.parameters.iter().map(|parameter| typed(parameter)).collect();
    let named: Vec<String> = parameters.iter().map(|(name, kind)| format!("{name}: {kind}")).collect();
    let (named, returns) = (named.join(", "), type_of(&entry.returns));
    let code = match entry.kind {
        EntryKind::Function | EntryKind::Method => format!("fn {}({named}) -> {returns};", entry.name),
        EntryKind::Property => format!("fn get {}({named}) -> {returns};", entry.property()?),
        EntryKind::Operator => {
            let kinds: Vec<&str> = parameters.iter().map(|(_, kind)| *kind).collect();
            format!("op {}({}) -> {returns};", entry.name, kinds.join(", "))
        }
        EntryKind::Constant => format!("const {}: {returns};", entry.name),
        // The grammar has no form for these.
        EntryKind::Index | EntryKind::Syntax => return None,
    };
    let comments =
        entry.documentation.trim_end().lines().map(|line| format!("/// {line}").trim_end().to_owned() + "\n");
    Some(comments.collect::<String>() + code.as_str())
}

/// Name and type of a parameter.
fn typed(parameter: &str) -> (String, &str) {
    let (name, kind) = parameter.split_once(": ").unwrap_or((parameter, "any"));
    (name.to_owned(), type_of(kind))
}

/// The name that definitions know a type by.
fn type_of(kind: &str) -> &str {
    match kind {
        "any" => "?",
        "string" => "String",
        "list" => "Array",
        "map" => "Map",
        "closure" => "FnPtr",
        "nothing" => "()",
        other => other,
    }
}

/// The definitions of one topic.
pub fn of(topic: &Topic<'_>) -> String {
    let namespace = topic.entries.first().map(|entry| entry.namespace.replace('/', "_"));
    let module = namespace.filter(|name| !name.is_empty()).unwrap_or_else(|| "static".to_owned());
    file(&module, "", &topic.entries)
}
