//! What expressions come to, as far as they are texts, tables and variables.

use super::Variables;
use super::scan::{bracket_end, statements};

/// Deepest nesting of expressions.
const MAX_DEPTH: usize = 16;

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

/// Whether a character is part of a name.
pub(super) fn is_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// A variable's name without its scope, in lower case.
pub(super) fn unscoped(name: &str) -> String {
    let lower = name.to_lowercase();
    let scopes = ["script:", "global:", "local:", "private:"];
    scopes.iter().find_map(|scope| lower.strip_prefix(scope)).map(str::to_owned).unwrap_or(lower)
}

/// A text that is read from left to right.
pub(super) struct Reader<'v> {
    pub(super) chars: Vec<char>,
    pub(super) at: usize,
    pub(super) variables: &'v Variables,
    pub(super) depth: usize,
}

impl<'v> Reader<'v> {
    pub(super) fn new(text: &str, variables: &'v Variables, depth: usize) -> Self {
        Reader { chars: text.chars().collect(), at: 0, variables, depth }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<char> {
        self.chars.get(self.at + ahead).copied()
    }

    pub(super) fn skip_blanks(&mut self) {
        while self.peek(0).is_some_and(char::is_whitespace) {
            self.at += 1;
        }
    }

    /// The characters up to `end`, which is where the reader goes on.
    pub(super) fn take_to(&mut self, end: usize) -> Vec<char> {
        let taken = self.chars.get(self.at..end).unwrap_or_default().to_vec();
        self.at = end;
        taken
    }

    /// `(…)` comes to what is in it, a block to nothing.
    pub(super) fn bracket(&mut self, c: char) -> Value {
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

    pub(super) fn inner(&self, text: &str) -> Option<Value> {
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

    pub(super) fn operand(&mut self) -> Option<Value> {
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
}
