//! What Tab offers: from the engine's own metadata and the names in the session. Nothing is evaluated.

mod locals;
mod strings;
mod words;

use rhai::Engine;

use super::command::{self, Takes};
use super::context::Context;
use super::names::Names;
use super::scan::is_word;

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

    fn shown(replacement: impl Into<String>, display: impl Into<String>) -> Self {
        Candidate { replacement: replacement.into(), display: display.into() }
    }
}

/// Where the word before the cursor begins, and how it can go on.
pub(super) fn complete(engine: &Engine, before: &str, names: &Names) -> (usize, Vec<Candidate>) {
    let (start, mut found) = match command::split(before) {
        Some((name, argument)) => of_command(engine, before, name, argument, names),
        None => of_code(engine, before, names),
    };
    found.sort();
    found.dedup();
    found.dedup_by(|later, earlier| later.display == earlier.display);
    (start, found)
}

fn of_command(
    engine: &Engine,
    before: &str,
    name: &str,
    argument: Option<&str>,
    names: &Names,
) -> (usize, Vec<Candidate>) {
    let Some(argument) = argument else {
        let known = command::COMMANDS.iter().filter(|known| known.name.starts_with(name));
        let shown = known.map(|known| {
            let space = if known.takes == Takes::Nothing { "" } else { " " };
            Candidate::shown(format!("{}{space}", known.name), format!("{} {}", known.name, known.argument).trim_end())
        });
        return (before.len() - name.len(), shown.collect());
    };
    let start = before.len() - argument.len();
    match command::find(name).map(|known| known.takes) {
        Some(Takes::Path) => {
            let (at, found) = strings::paths(argument, &names.folder, &[]);
            (start + at, found)
        }
        Some(Takes::Name) => (start, words::documented(argument, names)),
        Some(Takes::Target) => {
            let targets = names.targets.iter().filter(|target| target.starts_with(argument));
            (start, targets.map(|target| Candidate::plain(target)).collect())
        }
        Some(Takes::ErrorCode) => {
            let codes = crate::domain::Code::ALL.iter().map(ToString::to_string);
            let fitting = codes.filter(|code| code.starts_with(&argument.to_uppercase()));
            (start, fitting.map(|code| Candidate::plain(&code)).collect())
        }
        Some(Takes::Code) => {
            let (at, found) = of_code(engine, argument, names);
            (start + at, found)
        }
        _ => (before.len(), Vec::new()),
    }
}

fn of_code(engine: &Engine, before: &str, names: &Names) -> (usize, Vec<Candidate>) {
    let context = Context::of(before);
    if context.comment {
        return (before.len(), Vec::new());
    }
    if let Some(start) = context.text {
        return strings::complete(&context, start, before, names);
    }
    let start = word_start(before, |c| is_word(c) || c == ':');
    let word = &before[start..];
    let left = before[..start].trim_end();
    // `..` is a range.
    let receiver = left.strip_suffix('.').filter(|left| !left.ends_with('.'));
    if let Some(receiver) = receiver {
        return (start, words::members(engine, receiver.trim_end_matches('?'), word, names));
    }
    if context.at_key() {
        let start = word_start(before, is_word);
        if let Some((function, keys)) = context.option() {
            return (start, words::options(function, &keys, &before[start..], before, names));
        }
    }
    // `key:word` is no path.
    let start = start + word.find(|c| c != ':').unwrap_or(0);
    (start, words::free(engine, &before[start..], &before[..start], names))
}

fn word_start(before: &str, accept: impl Fn(char) -> bool) -> usize {
    let word = before.char_indices().rev().take_while(|(_, c)| accept(*c));
    word.last().map_or(before.len(), |(at, _)| at)
}

/// The chain of names, calls and indexes that a text ends with: `eks::get("a").nodes` of `let n = eks::get("a").nodes`.
pub(super) fn chain(text: &str) -> &str {
    use super::scan::{Kind, scan};
    let tokens: Vec<_> = scan(text).tokens.into_iter().filter(|token| token.kind != Kind::Space).collect();
    let (mut begin, mut depth) = (text.len(), 0usize);
    // Whether the next token to the left can only be a joint, as `.`, or an opening bracket's name.
    let mut complete = false;
    for (index, token) in tokens.iter().enumerate().rev() {
        let sign = if token.kind == Kind::Sign { token.of(text) } else { "" };
        let before = index.checked_sub(1).and_then(|index| tokens.get(index));
        match sign {
            ")" | "]" | "}" => {
                if depth == 0 && complete {
                    break;
                }
                depth += 1;
            }
            "(" | "[" | "#{" | "{" | "${" => {
                let Some(less) = depth.checked_sub(1) else { break };
                depth = less;
                // What stands right before a bracket is called or indexed.
                complete =
                    !before.is_some_and(|before| before.kind == Kind::Word || [")", "]"].contains(&before.of(text)));
            }
            _ if depth > 0 => {}
            "." | "::" | "?." => complete = false,
            "" if !complete && token.kind != Kind::Comment => complete = true,
            _ => break,
        }
        if depth == 0 {
            begin = token.start;
        }
    }
    text.get(begin..).unwrap_or_default().trim()
}

#[cfg(test)]
mod tests;
