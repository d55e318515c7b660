//! Texts in quotes, and what variables in them come to.

use super::scan::{DOUBLE, SINGLE, bracket_end, double_end, here_end, single_end};
use super::value::{Reader, Value, is_name, unscoped};

/// Where programs are on every Windows image of EKS.
const PROGRAM_FILES: &str = r"C:\Program Files";

impl Reader<'_> {
    /// A text in quotes, if one begins here.
    pub(super) fn quoted(&mut self) -> Option<Value> {
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
    pub(super) fn reference(&mut self, indexed: bool) -> Option<Value> {
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
