//! The parser's failures in better words.

use std::ops::Range;

use rhai::{LexError, ParseErrorType};

use super::before;
use crate::domain::Code;
use crate::domain::error::Error;

/// Characters that look like one of the language's, as an input method or a word processor writes them.
const LOOKALIKES: &[(char, &str)] = &[
    ('，', ","),
    ('、', ","),
    ('；', ";"),
    ('：', ":"),
    ('。', "."),
    ('（', "("),
    ('）', ")"),
    ('【', "["),
    ('】', "]"),
    ('｛', "{"),
    ('｝', "}"),
    ('！', "!"),
    ('＝', "="),
    ('｜', "|"),
    ('“', "\""),
    ('”', "\""),
    ('‘', "'"),
    ('’', "'"),
    ('–', "-"),
    ('—', "-"),
    ('\u{a0}', " "),
    ('\u{3000}', " "),
];

/// Reserved words that are functions.
const CALLED: &[&str] = &["print", "debug", "type_of"];

/// Words of other languages, and how they are written here.
const WORDS: &[(&str, &str)] = &[
    ("and", "&&"),
    ("or", "||"),
    ("not", "!"),
    ("elif", "else if"),
    ("elsif", "else if"),
    ("elseif", "else if"),
    ("then", "{"),
];

/// Reserved words of other languages, and what does the same here.
const INSTEAD: &[(&str, &str)] = &[
    ("null", "()"),
    ("nil", "()"),
    ("void", "()"),
    ("var", "let"),
    ("static", "const"),
    ("match", "switch"),
    ("case", "=>"),
    ("default", "_"),
    ("new", "#{ … }"),
    ("use", "import"),
    ("await", "wait_until(…)"),
];

/// Words for a text that does not parse, and where the fault is if that is not where the parser stumbled: at byte `at`.
pub(super) fn syntax(kind: &ParseErrorType, text: &str, at: usize) -> (Error, Option<Range<usize>>) {
    let (before, rest) = text.split_at(at);
    let ends = before::last(before).map_or(0, |(_, end)| end);
    match kind {
        ParseErrorType::MissingToken(token, _) if token == ";" || token == "{" => {
            if let Some((theirs, ours, span)) = foreign(text, ends, at) {
                let error = Error::new(Code::ScriptSyntax, format!("`{theirs}` means nothing here"));
                return (error.help(format!("write `{ours}`")), Some(span));
            }
            if let Some((key, brace)) = opened_map(&before[..ends]).filter(|_| rest.starts_with(':')) {
                let error = Error::new(Code::ScriptSyntax, "a map begins with `#{`");
                return (error.help(format!("write `#{{ {key}: … }}`")), Some(brace..brace + 1));
            }
        }
        _ => {}
    }
    // The parser points at the next word; what is missing belongs behind the one before.
    let last = before[..ends].chars().next_back().map_or(0, char::len_utf8);
    let moved = matches!(kind, ParseErrorType::MissingToken(token, _) if token == ";").then_some(ends - last..ends);
    (words(kind), moved)
}

/// A word of another language around byte `at` of `text`, where code ends at byte `ends` before: the word, how it is
/// written here, and where it stands.
fn foreign(text: &str, ends: usize, at: usize) -> Option<(&'static str, &'static str, Range<usize>)> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    let next = text[at..].split(|c| !part_of_word(c)).next().unwrap_or_default();
    let last = text[..ends].rsplit(|c| !part_of_word(c)).next().unwrap_or_default();
    [(next, at), (last, ends - last.len())].into_iter().find_map(|(word, start)| {
        let (theirs, ours) = WORDS.iter().find(|(theirs, _)| *theirs == word)?;
        Some((*theirs, *ours, start..start + word.len()))
    })
}

/// If `before` ends with a brace and a key: the key, and the byte of the brace.
fn opened_map(before: &str) -> Option<(&str, usize)> {
    let in_key = |c: char| c.is_alphanumeric() || "_\"".contains(c);
    let rest = before.trim_end_matches(in_key);
    let brace = rest.trim_end().strip_suffix('{')?.len();
    Some((&before[rest.len()..], brace))
}

fn words(kind: &ParseErrorType) -> Error {
    let error = |message: String| Error::new(Code::ScriptSyntax, message);
    match kind {
        ParseErrorType::MissingToken(token, _) if token == ";" => {
            error("a `;` is missing here".into()).help("statements end with `;`")
        }
        ParseErrorType::MissingToken(token, why) if token == "{" => {
            error(format!("`{token}` is missing {why}")).help("what `if`, `while`, `for` and `fn` do stands in braces")
        }
        ParseErrorType::MissingToken(token, why) => error(format!("`{token}` is missing {why}")),
        ParseErrorType::UnexpectedEOF => error("the text ends in the middle of a statement".into()),
        ParseErrorType::Reserved(word) if CALLED.contains(&word.as_str()) => {
            error(format!("`{word}` is a function and is called with brackets")).help(format!("write `{word}(…)`"))
        }
        ParseErrorType::Reserved(word) if INSTEAD.iter().any(|(theirs, _)| theirs == word) => {
            let ours = INSTEAD.iter().find(|(theirs, _)| theirs == word).map_or("", |(_, ours)| ours);
            error(format!("`{word}` is a word of another language")).help(format!("write `{ours}`"))
        }
        ParseErrorType::Reserved(word) => error(format!("`{word}` is reserved by the language"))
            .help("choose another name, or write it in quotes as a key of a map"),
        ParseErrorType::ForbiddenVariable(name) => error(format!("`{name}` cannot be the name of a variable")),
        ParseErrorType::BadInput(fault) => character(fault),
        ParseErrorType::UnknownOperator(symbol) => {
            let error = error(format!("there is no operator `{symbol}`"));
            match symbol.as_str() {
                "++" | "--" => error.help(format!("write `{0}= 1` behind the name", &symbol[..1])),
                "?" => error.help("write `if a { b } else { c }`: it has a value"),
                "===" | "!==" => error.help(format!("write `{}`", &symbol[..2])),
                _ => error,
            }
        }
        ParseErrorType::AssignmentToConstant(name) if !name.is_empty() => {
            error(format!("`{name}` is a constant")).help("declare it with `let` if it is to change")
        }
        ParseErrorType::AssignmentToConstant(_) => {
            error("nothing can be assigned to a value".into()).help("write `==` to compare")
        }
        ParseErrorType::FnDuplicatedParam(function, name) if function.is_empty() => {
            error(format!("the closure has two parameters `{name}`")).help("give one another name")
        }
        ParseErrorType::FnDuplicatedParam(function, name) => {
            error(format!("the function `{function}` has two parameters `{name}`")).help("give one another name")
        }
        ParseErrorType::FnDuplicatedDefinition(name, count) => {
            error(format!("there are two functions `{name}` of {count} parameters")).help("give one another name")
        }
        ParseErrorType::DuplicatedProperty(name) => {
            error(format!("the map has the key `{name}` twice")).help("keep one of them")
        }
        ParseErrorType::LoopBreak => error("`break` and `continue` work inside of a loop".into())
            .help("`return` leaves a function, `exit(0)` the script"),
        other => error(lower_first(&other.to_string())),
    }
}

fn character(fault: &LexError) -> Error {
    let error = |message: String| Error::new(Code::ScriptSyntax, message);
    match fault {
        LexError::UnexpectedInput(found) => {
            let error = error(format!("unexpected `{found}`"));
            let mut characters = found.chars();
            match (characters.next(), characters.next()) {
                (Some(c), None) if LOOKALIKES.iter().any(|(theirs, _)| *theirs == c) => {
                    let ours = LOOKALIKES.iter().find(|(theirs, _)| *theirs == c).map_or(" ", |(_, ours)| ours);
                    match ours {
                        " " => Error { message: format!("unexpected blank U+{:04X}", u32::from(c)), ..error }
                            .help("write an ordinary blank: this one only looks like it"),
                        ours => error.help(format!("write `{ours}`: this one only looks like it")),
                    }
                }
                (Some(c), None) if c.is_alphanumeric() => {
                    error.help("names are of ASCII letters, digits and `_`; a text stands in quotes")
                }
                _ => error,
            }
        }
        LexError::UnterminatedString => error("a text is not closed".into())
            .help("it ends with the sign it begins with, on the same line; one of several lines stands in backticks"),
        LexError::MalformedChar(text) => error(format!("`{text}` is not one character"))
            .help("single quotes hold one character, a text stands in double quotes"),
        LexError::MalformedEscapeSequence(text) => {
            error(format!("`{text}` means nothing in a text")).help("write `\\\\` for a backslash")
        }
        LexError::MalformedNumber(_) => error("this is no number".into()).help("write `12`, `1.5`, `1_000` or `0xff`"),
        LexError::ImproperSymbol(symbol, why) if symbol == "=" && why.contains("==") => {
            error("`=` assigns, and this is a condition".into()).help("write `==` to compare")
        }
        other => error(lower_first(&other.to_string())),
    }
}

/// A message with a small first letter, unless it begins with a name.
pub(super) fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => text.to_owned(),
    }
}
