//! What can stand in a string: paths, modules, instance types, choices of an option, names seen before.

use std::path::Path;

use super::Candidate;
use crate::domain::catalogue;
use crate::repl::context::{BracketKind, Context};
use crate::repl::names::Names;
use crate::script::stdlib;

/// How many names of the file system are offered.
const MOST: usize = 200;

/// Continues the string whose content begins at `start`.
pub(super) fn complete(context: &Context, start: usize, before: &str, names: &Names) -> (usize, Vec<Candidate>) {
    let typed = before.get(start..).unwrap_or_default();
    if is_import(context, before) {
        if typed.starts_with('.') || typed.starts_with('/') {
            let (at, found) = paths(typed, &names.folder, &["rhai"]);
            return (start + at, found);
        }
        let modules = stdlib::names().map(|(full, _)| full).filter(|full| full.starts_with(typed));
        return (start, modules.map(Candidate::plain).collect());
    }
    let call = context.call();
    if matches!(call, Some((path, ..)) if takes_path(path)) {
        let (at, found) = paths(typed, &names.folder, &[]);
        return (start + at, found);
    }
    if let Some((function, keys)) = context.option()
        && let [outer @ .., key] = keys.as_slice()
    {
        if *key == "types" {
            return (start, instance_types(typed));
        }
        let option = names.options(function, outer).find(|(name, _)| name == key);
        let choices = option.map(|(_, option)| option.kind.choices()).unwrap_or_default();
        if !choices.is_empty() {
            let fitting = choices.iter().filter(|choice| choice.starts_with(typed));
            return (start, fitting.map(|choice| Candidate::plain(choice)).collect());
        }
    }
    let in_list = context.open.iter().any(|bracket| bracket.kind == BracketKind::List);
    if matches!(call, Some(("spot::types" | "spot::type", ..))) || (in_list && looks_like_a_type(typed)) {
        return (start, instance_types(typed));
    }
    let seen = names.seen.iter().filter(|(name, _)| name.starts_with(typed));
    (start, seen.map(|(name, what)| Candidate::shown(name, format!("{name} ({what})"))).collect())
}

/// `import "…`.
fn is_import(context: &Context, before: &str) -> bool {
    let word = context.tokens.len().checked_sub(2).and_then(|index| context.tokens.get(index));
    word.is_some_and(|word| word.of(before) == "import")
}

fn takes_path(function: &str) -> bool {
    matches!(function, "save" | "eks::load")
}

fn looks_like_a_type(typed: &str) -> bool {
    typed.contains('.') && typed.starts_with(|c: char| c.is_ascii_lowercase())
}

fn instance_types(typed: &str) -> Vec<Candidate> {
    let fitting = catalogue::all().iter().filter(|known| known.name.starts_with(typed));
    let shown = fitting.map(|known| {
        let gib = known.memory_mib / 1024;
        Candidate::shown(known.name.as_str(), format!("{} ({} vCPU, {gib} GiB)", known.name, known.vcpu))
    });
    shown.collect()
}

/// Files and folders: where the last part of the path begins, and how it can go on. With `extensions`, files with
/// another one are left out, and the extension is not written, as imports want it.
pub(super) fn paths(typed: &str, folder: &Path, extensions: &[&str]) -> (usize, Vec<Candidate>) {
    let at = typed.rfind('/').map_or(0, |slash| slash + 1);
    let (parent, part) = typed.split_at(at);
    let Ok(entries) = std::fs::read_dir(folder.join(if parent.is_empty() { "." } else { parent })) else {
        return (at, Vec::new());
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with(part) || (name.starts_with('.') && !part.starts_with('.')) {
            continue;
        }
        if entry.path().is_dir() {
            found.push(Candidate::plain(&format!("{name}/")));
        } else if name.ends_with("_test.rhai") {
            // Tests are run by `spotscript test`; nothing imports or loads them.
        } else if extensions.is_empty() {
            found.push(Candidate::plain(&name));
        } else if let Some((stem, extension)) = name.rsplit_once('.')
            && extensions.contains(&extension)
        {
            found.push(Candidate::plain(stem));
        }
        if found.len() == MOST {
            break;
        }
    }
    (at, found)
}
