//! What words and expressions come to, as far as they are texts, tables and variables.

use std::fmt;

use super::Variables;
use super::scan::{DOUBLE, SINGLE, bracket_end, double_end, here_end, single_end, statements};

/// Deepest nesting of expressions.
const MAX_DEPTH: usize = 16;
/// What a script's own folder is called on every Windows image of EKS.
const PROGRAM_FILES: &str = r"C:\Program Files";

/// What a variable holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// A text.
    Text(String),
    /// A table of texts, in order.
    Table(Vec<(String, String)>),
}

impl Value {
    /// As PowerShell writes it into a text.
    pub fn text(&self) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Table(_) => "System.Collections.Hashtable".to_owned(),
        }
    }
}

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

/// The variable that a statement sets, whether it adds to it, and the expression.
pub(super) fn assignment(statement: &str) -> Option<(String, bool, &str)> {
    let mut rest = statement.trim_start();
    // `[string]$a = …`
    while rest.starts_with('[') {
        rest = rest.split_once(']')?.1.trim_start();
    }
    let rest = rest.strip_prefix('$')?;
    let (name, rest) = match rest.strip_prefix('{') {
        Some(inside) => inside.split_once('}')?,
        None => rest.split_at(rest.find(|c: char| !is_name(c) && c != ':').unwrap_or(rest.len())),
    };
    let rest = rest.trim_start();
    let (adds, rest) = match rest.strip_prefix("+=") {
        Some(rest) => (true, rest),
        None => (false, rest.strip_prefix('=')?),
    };
    (!name.is_empty()).then(|| (unscoped(name), adds, rest))
}

/// What an expression comes to; `None` when that is not known here.
pub(super) fn expression(text: &str, variables: &Variables) -> Option<Value> {
    Reader::new(text, variables, 0).expression()
}

/// The words of a statement, up to a pipe.
pub(super) fn arguments(statement: &str, variables: &Variables) -> Vec<Argument> {
    Reader::new(statement, variables, 0).arguments()
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A variable's name without its scope, in lower case.
fn unscoped(name: &str) -> String {
    let lower = name.to_lowercase();
    let scopes = ["script:", "global:", "local:", "private:"];
    scopes.iter().find_map(|scope| lower.strip_prefix(scope)).map(str::to_owned).unwrap_or(lower)
}

struct Reader<'v> {
    chars: Vec<char>,
    at: usize,
    variables: &'v Variables,
    depth: usize,
}

impl<'v> Reader<'v> {
    fn new(text: &str, variables: &'v Variables, depth: usize) -> Self {
        Reader { chars: text.chars().collect(), at: 0, variables, depth }
    }

    fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    fn skip_blanks(&mut self) {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// The characters up to `end`, which is where the reader goes on.
    fn take_to(&mut self, end: usize) -> Vec<char> {
        let taken = self.chars.get(self.at..end).unwrap_or_default().to_vec();
        self.at = end;
        taken
    }

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

    /// `(…)` comes to what is in it, a block to nothing.
    fn bracket(&mut self, c: char) -> Value {
        let nothing = Value::Text(String::new());
        let Some(end) = bracket_end(&self.chars, self.at, 0) else {
            self.at = self.chars.len();
            return nothing;
        };
        let inside: String = self.take_to(end).into_iter().collect();
        match inside.strip_prefix('(').and_then(|inside| inside.strip_suffix(')')) {
            Some(inside) if c == '(' => self.inner(inside).unwrap_or(nothing),
            _ => nothing,
        }
    }

    fn inner(&self, text: &str) -> Option<Value> {
        (self.depth < MAX_DEPTH).then(|| Reader::new(text, self.variables, self.depth + 1).expression()).flatten()
    }

    fn expression(&mut self) -> Option<Value> {
        self.skip_blanks();
        while self.peek(0) == Some('[') {
            self.at = bracket_end(&self.chars, self.at, 0)?;
            self.skip_blanks();
        }
        if (self.peek(0), self.peek(1)) == (Some('@'), Some('{')) {
            self.at += 1;
            let end = bracket_end(&self.chars, self.at, 0)?;
            let inside: String = self.take_to(end).into_iter().collect();
            let table = self.table(inside.strip_prefix('{')?.strip_suffix('}')?)?;
            self.skip_blanks();
            return (self.at == self.chars.len()).then_some(Value::Table(table));
        }
        let first = self.operand()?;
        let mut text = first.text();
        loop {
            self.skip_blanks();
            match self.peek(0) {
                None if matches!(first, Value::Table(_)) => return Some(first),
                None => return Some(Value::Text(text)),
                Some('+') => {
                    self.at += 1;
                    self.skip_blanks();
                    text.push_str(&self.operand()?.text());
                }
                Some(_) => return None,
            }
        }
    }

    fn operand(&mut self) -> Option<Value> {
        match self.quoted().or_else(|| self.reference(true)) {
            Some(value) => Some(value),
            None if self.peek(0) == Some('(') => {
                let end = bracket_end(&self.chars, self.at, 0)?;
                let inside: String = self.take_to(end).into_iter().collect();
                self.inner(inside.strip_prefix('(')?.strip_suffix(')')?)
            }
            None => None,
        }
    }

    /// `'key' = 'value'; other = "…"`.
    fn table(&self, text: &str) -> Option<Vec<(String, String)>> {
        let mut table = vec![];
        for entry in statements(text).ok()? {
            let mut reader = Reader::new(entry.trim(), self.variables, self.depth);
            let key = match reader.quoted() {
                Some(key) => key.text(),
                None => {
                    let length = reader.chars.iter().take_while(|c| is_name(**c) || **c == '-').count();
                    reader.take_to(length).into_iter().collect()
                }
            };
            reader.skip_blanks();
            if key.is_empty() || reader.peek(0) != Some('=') {
                return None;
            }
            let rest: String = reader.chars[reader.at + 1..].iter().collect();
            table.push((key, self.inner(&rest).map(|value| value.text()).unwrap_or_default()));
        }
        Some(table)
    }

    /// A text in quotes, if one begins here.
    fn quoted(&mut self) -> Option<Value> {
        let c = self.peek(0)?;
        let here = c == '@' && self.peek(1).is_some_and(|next| SINGLE.contains(&next) || DOUBLE.contains(&next));
        if here {
            let end = here_end(&self.chars, self.at).ok()?;
            let single = self.peek(1).is_some_and(|next| SINGLE.contains(&next));
            let whole: String = self.take_to(end).into_iter().collect();
            let (_, inside) = whole.split_once('\n')?;
            let inside = inside.get(..inside.len().checked_sub(2)?)?;
            let inside = inside.strip_suffix('\n').unwrap_or(inside);
            let inside = inside.strip_suffix('\r').unwrap_or(inside);
            return Some(Value::Text(if single { inside.to_owned() } else { self.expanded(inside) }));
        }
        if SINGLE.contains(&c) {
            let end = single_end(&self.chars, self.at + 1).ok()?;
            let inside = self.take_to(end);
            return Some(Value::Text(halved(inside.get(1..inside.len() - 1)?, &SINGLE)));
        }
        if DOUBLE.contains(&c) {
            let end = double_end(&self.chars, self.at + 1, 0).ok()?;
            let inside = self.take_to(end);
            let inside: String = inside.get(1..inside.len() - 1)?.iter().collect();
            return Some(Value::Text(self.expanded(&inside)));
        }
        None
    }

    /// A text in which variables and escapes count.
    fn expanded(&self, text: &str) -> String {
        let mut reader = Reader::new(text, self.variables, self.depth);
        let mut expanded = String::new();
        while let Some(c) = reader.peek(0) {
            if let Some(value) = reader.reference(false) {
                expanded.push_str(&value.text());
                continue;
            }
            reader.at += 1;
            let next = reader.peek(0);
            match (c, next) {
                ('`', Some(next)) => {
                    reader.at += 1;
                    expanded.push(match next {
                        'n' => '\n',
                        't' => '\t',
                        'r' => '\r',
                        '0' => '\0',
                        other => other,
                    });
                }
                (c, Some(next)) if DOUBLE.contains(&c) && DOUBLE.contains(&next) => {
                    reader.at += 1;
                    expanded.push(next);
                }
                (c, _) => expanded.push(c),
            }
        }
        expanded
    }

    /// A variable, or an expression behind a dollar. `indexed`: what is asked of a table counts too, which in a text it
    /// does not.
    fn reference(&mut self, indexed: bool) -> Option<Value> {
        if self.peek(0) != Some('$') {
            return None;
        }
        if self.peek(1) == Some('(') {
            self.at += 1;
            return Some(self.bracket('('));
        }
        let name: String = if self.peek(1) == Some('{') {
            let length = self.chars[self.at..].iter().position(|c| *c == '}')?;
            let whole = self.take_to(self.at + length + 1);
            whole[2..whole.len() - 1].iter().collect()
        } else {
            let rest = &self.chars[self.at + 1..];
            let is_part = |(at, c): (usize, &char)| {
                is_name(*c) || (*c == ':' && at > 0 && rest.get(at + 1).is_some_and(|next| is_name(*next)))
            };
            let length = rest.iter().enumerate().take_while(|(at, c)| is_part((*at, *c))).count();
            if length == 0 {
                return None;
            }
            self.take_to(self.at + 1 + length)[1..].iter().collect()
        };
        let name = unscoped(&name);
        let value = match self.variables.get(&name) {
            Some(value) => value.clone(),
            None if name == "env:programfiles" => Value::Text(PROGRAM_FILES.to_owned()),
            None => Value::Text(String::new()),
        };
        Some(if indexed { self.member(value) } else { value })
    }

    /// `['key']` or `.key` of a table.
    fn member(&mut self, value: Value) -> Value {
        let Value::Table(table) = &value else { return value };
        let key = match self.peek(0) {
            Some('[') => {
                let Some(end) = bracket_end(&self.chars, self.at, 0) else { return value };
                let inside: String = self.take_to(end).into_iter().collect();
                let inside = inside.strip_prefix('[').and_then(|inside| inside.strip_suffix(']')).unwrap_or_default();
                self.inner(inside).map(|key| key.text()).unwrap_or_default()
            }
            Some('.') => {
                self.at += 1;
                let length = self.chars[self.at..].iter().take_while(|c| is_name(**c)).count();
                self.take_to(self.at + length).into_iter().collect()
            }
            _ => return value,
        };
        let found = table.iter().find(|(known, _)| known.eq_ignore_ascii_case(&key));
        Value::Text(found.map(|(_, value)| value.clone()).unwrap_or_default())
    }
}

/// Doubled quotes are one.
fn halved(text: &[char], quotes: &[char]) -> String {
    let mut halved = String::new();
    let mut chars = text.iter().peekable();
    while let Some(c) = chars.next() {
        let twice = quotes.contains(c) && chars.peek().is_some_and(|next| quotes.contains(next));
        halved.push(if twice { *chars.next().unwrap_or(c) } else { *c });
    }
    halved
}
