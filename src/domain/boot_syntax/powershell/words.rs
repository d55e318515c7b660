//! A statement cut into the words of a command.

use std::fmt;

use super::Variables;
use super::value::{Reader, Value, is_name, unscoped};

/// A word of a command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Argument {
    /// `&` or `.`, which call what follows.
    Operator,
    /// `-Name`.
    Name(String),
    /// Anything else.
    Value(Value),
    /// `@table`: its keys are names.
    Splat(Vec<(String, String)>),
}

/// What a script is called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// A parameter's name, without its dash.
    Name(String),
    /// A value.
    Text(String),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Bound::Name(name) => write!(f, "-{name}"),
            Bound::Text(text) => f.write_str(text),
        }
    }
}

/// Words as a called script gets them.
pub(super) fn bound(words: &[Argument]) -> Vec<Bound> {
    let mut all = vec![];
    for word in words {
        match word {
            Argument::Operator => {}
            Argument::Name(name) => all.push(Bound::Name(name.clone())),
            Argument::Value(value) => all.push(Bound::Text(value.text())),
            Argument::Splat(table) => {
                all.extend(table.iter().flat_map(|(key, value)| [Bound::Name(key.clone()), Bound::Text(value.clone())]))
            }
        }
    }
    all
}

/// The words of a statement, up to a pipe.
pub(super) fn arguments(statement: &str, variables: &Variables) -> Vec<Argument> {
    Reader::new(statement, variables, 0).arguments()
}

impl Reader<'_> {
    fn arguments(&mut self) -> Vec<Argument> {
        let mut all = vec![];
        loop {
            self.skip_blanks();
            let (Some(c), next) = (self.peek(0), self.peek(1)) else { return all };
            let blank = next.is_none_or(char::is_whitespace);
            if all.is_empty() && (c == '&' || (c == '.' && blank)) {
                self.at += 1;
                all.push(Argument::Operator);
            } else if matches!(c, '|' | ';') {
                return all;
            } else if self.redirection() {
                // Where the output goes is nothing to the node.
            } else if c == '-' && next.is_some_and(|next| next.is_alphabetic()) {
                self.at += 1;
                let length = self.chars[self.at..].iter().take_while(|c| is_name(**c) || **c == '-').count();
                all.push(Argument::Name(self.take_to(self.at + length).into_iter().collect()));
                if self.peek(0) == Some(':') {
                    self.at += 1;
                }
            } else if c == '@' && next.is_some_and(is_name) {
                self.at += 1;
                let length = self.chars[self.at..].iter().take_while(|c| is_name(**c)).count();
                let name: String = self.take_to(self.at + length).into_iter().collect();
                if let Some(Value::Table(table)) = self.variables.get(&unscoped(&name)) {
                    all.push(Argument::Splat(table.clone()));
                }
            } else {
                let before = self.at;
                all.push(Argument::Value(self.word()));
                if self.at == before {
                    self.at += 1;
                }
            }
        }
    }

    /// Skips `3>&1`, `*> file` and the like.
    fn redirection(&mut self) -> bool {
        let digit = usize::from(self.peek(0).is_some_and(|c| c.is_ascii_digit() || c == '*'));
        if self.peek(digit) != Some('>') {
            return false;
        }
        self.at += digit + 1;
        if self.peek(0) == Some('>') {
            self.at += 1;
        }
        if self.peek(0) == Some('&') {
            self.at += 2;
        } else {
            self.skip_blanks();
            self.word();
        }
        true
    }

    /// One word: texts, variables and bare characters that stand together.
    fn word(&mut self) -> Value {
        let mut text = String::new();
        let mut first = true;
        while let Some(c) = self.peek(0) {
            if c.is_whitespace() || matches!(c, '|' | ';') {
                break;
            }
            let piece = match self.quoted().or_else(|| self.reference(true)) {
                Some(value) => value,
                None if matches!(c, '(' | '{') => self.bracket(c),
                None => {
                    self.at += 1;
                    let escaped = (c == '`').then(|| self.peek(0)).flatten();
                    self.at += usize::from(escaped.is_some());
                    Value::Text(escaped.unwrap_or(c).to_string())
                }
            };
            let alone = first && self.peek(0).is_none_or(|c| c.is_whitespace() || matches!(c, '|' | ';'));
            if alone {
                return piece;
            }
            first = false;
            text.push_str(&piece.text());
        }
        Value::Text(text)
    }
}
