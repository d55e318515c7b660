//! What Tab offers: from the engine's own metadata and the names in the session. Nothing is evaluated.

use super::command::COMMANDS;
use super::session::Names;

/// Words of the language that begin or join statements.
const KEYWORDS: &[&str] = &[
    "let", "const", "if", "else", "switch", "for", "in", "loop", "while", "do", "until", "break", "continue", "return",
    "throw", "try", "catch", "fn", "private", "import", "export", "as", "true", "false", "step",
];

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Candidate {
    /// What is put in the place of the word.
    pub(super) replacement: String,
    /// What is shown in the list.
    pub(super) display: String,
}

impl Candidate {
    fn plain(text: &str) -> Self {
        Candidate { replacement: text.to_owned(), display: text.to_owned() }
    }
}

/// Where the word before the cursor begins, and how it can go on.
pub(super) fn complete(before: &str, names: &Names) -> (usize, Vec<Candidate>) {
    if before.starts_with(':') {
        let commands = COMMANDS.iter().map(|(name, ..)| *name).filter(|name| name.starts_with(before));
        return (0, commands.map(Candidate::plain).collect());
    }
    let start = before
        .char_indices()
        .rev()
        .take_while(|(_, c)| c.is_alphanumeric() || matches!(c, '_' | ':'))
        .last()
        .map_or(before.len(), |(at, _)| at);
    let word = &before[start..];
    let mut found = match before[..start].strip_suffix('.') {
        Some(left) if !left.ends_with('.') => members(left, word, names),
        _ => free(word, names),
    };
    found.sort();
    found.dedup();
    found.dedup_by(|later, earlier| later.display == earlier.display);
    (start, found)
}

/// Functions, namespaces, variables and keywords.
fn free(word: &str, names: &Names) -> Vec<Candidate> {
    let mut found = Vec::new();
    for entry in names.entries.iter().filter(|entry| is_word(&entry.name)) {
        let path = entry.path();
        if !path.starts_with(word) {
            continue;
        }
        let namespace = path.rfind("::").map(|at| at + "::".len()).filter(|end| *end > word.len());
        match namespace {
            // All functions of all namespaces would be too many.
            Some(end) => found.push(Candidate::plain(&path[..end])),
            // Methods are offered behind a dot.
            None if word.is_empty() && entry.namespace.is_empty() && !entry.own => {}
            None => found.push(Candidate { replacement: format!("{path}("), display: entry.signature() }),
        }
    }
    let variables = names.variables.iter().map(|(name, _)| name.as_str());
    let words = variables.chain(KEYWORDS.iter().copied());
    found.extend(words.filter(|name| !word.is_empty() && name.starts_with(word)).map(Candidate::plain));
    found
}

/// Methods and properties: of the variable's type if a variable stands before the dot, else of every type of ours.
fn members(left: &str, word: &str, names: &Names) -> Vec<Candidate> {
    let name = left.rsplit(|c: char| !(c.is_alphanumeric() || c == '_')).next().unwrap_or_default();
    let before = &left[..left.len() - name.len()];
    let variable = names.variables.iter().find(|(known, _)| known == name && !before.ends_with(['.', ':']));
    let mut found = Vec::new();
    for entry in names.entries.iter().filter(|entry| entry.namespace.is_empty()) {
        let Some(receiver) = entry.receiver() else { continue };
        let fits = match variable {
            Some((_, kind)) => receiver == kind,
            None => entry.own,
        };
        let name = entry.property().unwrap_or(&entry.name);
        if !fits || !is_word(name) || !name.starts_with(word) {
            continue;
        }
        found.push(match entry.property() {
            Some(name) => Candidate::plain(name),
            None => {
                let call = if entry.parameters.len() > 1 { "(" } else { "()" };
                let rest = entry.parameters.get(1..).unwrap_or_default().join(", ");
                Candidate { replacement: format!("{name}{call}"), display: format!("{name}({rest})") }
            }
        });
    }
    found
}

/// Whether people can write it: operators, setters and closures are functions too.
fn is_word(name: &str) -> bool {
    name.chars().all(|c| c.is_alphanumeric() || c == '_') && name != "to_debug"
}
