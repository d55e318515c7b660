//! Names in code: functions, namespaces, variables, members, option keys.

use rhai::Engine;

use super::Candidate;
use crate::repl::names::Names;
use crate::repl::paint::KEYWORDS;
use crate::repl::scan;
use crate::script::catalog::{Entry, EntryKind};

/// Functions, namespaces, variables and keywords.
pub(super) fn free(engine: &Engine, word: &str, before: &str, names: &Names) -> Vec<Candidate> {
    let locals = super::locals::locals(engine, before, names);
    let mut found = Vec::new();
    for entry in names.entries.iter().filter(|entry| is_name(&entry.name)) {
        let path = entry.path();
        if !path.starts_with(word) {
            continue;
        }
        let namespace = path.rfind("::").map(|at| at + "::".len()).filter(|end| *end > word.len());
        match namespace {
            // All functions of all namespaces would be too many.
            Some(end) => found.push(Candidate::plain(&path[..end])),
            // Methods are offered behind a dot.
            None if entry.kind == EntryKind::Method || word.is_empty() && entry.namespace.is_empty() && !entry.own => {}
            None => {
                let call = if entry.parameters.is_empty() { "()" } else { "(" };
                found.push(Candidate::shown(format!("{path}{call}"), signature(entry, &entry.parameters)));
            }
        }
    }
    let variables = names.variables.iter().map(|(name, _)| name.as_str());
    let words = variables.chain(locals.iter().map(|(name, _)| name.as_str())).chain(KEYWORDS.iter().copied());
    found.extend(words.filter(|name| !word.is_empty() && name.starts_with(word)).map(Candidate::plain));
    found
}

/// Methods and properties: of the type of what stands before the dot if that is evident, else of every type of ours.
pub(super) fn members(engine: &Engine, left: &str, word: &str, names: &Names) -> Vec<Candidate> {
    let kind = names.kind_among(engine, super::chain(left), &super::locals::locals(engine, left, names));
    let kind = kind.told();
    let mut found = Vec::new();
    for entry in names.entries.iter().filter(|entry| entry.namespace.is_empty()) {
        let Some(receiver) = entry.receiver() else { continue };
        let fits = match kind {
            Some(kind) => receiver == kind,
            None => entry.own,
        };
        let name = entry.property().unwrap_or(&entry.name);
        if !fits || !is_name(name) || !name.starts_with(word) {
            continue;
        }
        let parameters = entry.parameters.get(1..).unwrap_or_default();
        found.push(match entry.property() {
            Some(name) => Candidate::shown(name, format!("{name}: {}", entry.returns)),
            None => {
                let call = if parameters.is_empty() { "()" } else { "(" };
                Candidate::shown(format!("{name}{call}"), signature(entry, parameters))
            }
        });
    }
    found
}

/// Keys of an option map that are not there yet.
pub(super) fn options(function: &str, keys: &[&str], word: &str, before: &str, names: &Names) -> Vec<Candidate> {
    let map = before.rfind("#{").map_or("", |at| &before[at..]);
    let fitting = names.options(function, keys).filter(|(name, _)| {
        name.starts_with(word)
            && !map.split([',', '{']).any(|part| part.trim().strip_prefix(*name).is_some_and(is_value))
    });
    let shown = fitting.map(|(name, option)| {
        let needed = if option.required { " (needed)" } else { "" };
        Candidate::shown(format!("{name}: "), format!("{name}: {}{needed}", option.kind))
    });
    shown.collect()
}

fn is_value(rest: &str) -> bool {
    rest.trim_start().starts_with(':')
}

/// What `:doc` knows.
pub(super) fn documented(word: &str, names: &Names) -> Vec<Candidate> {
    let paths = names.entries.iter().filter(|entry| is_name(entry.property().unwrap_or(&entry.name))).map(Entry::path);
    let namespaces = names.namespaces().into_iter().map(str::to_owned).collect::<Vec<_>>();
    paths.chain(namespaces).filter(|path| path.starts_with(word)).map(|path| Candidate::plain(&path)).collect()
}

fn signature(entry: &Entry, parameters: &[String]) -> String {
    let returns = if entry.returns == "nothing" { String::new() } else { format!(" → {}", entry.returns) };
    let path = if parameters.len() < entry.parameters.len() { entry.name.clone() } else { entry.path() };
    format!("{path}({}){returns}", parameters.join(", "))
}

/// Whether people can write it: operators, setters and closures are functions too.
fn is_name(name: &str) -> bool {
    name.chars().all(scan::is_word) && name != "to_debug" && !name.starts_with("anon")
}
