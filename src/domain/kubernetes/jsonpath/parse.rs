//! From text to steps.

use regex_lite::Regex;

use super::{Bound, Node};

type Parsed<T> = Result<T, String>;

/// How deep actions may be put into filters and unions.
const DEEPEST: usize = 32;

/// Parses a template.
pub(super) fn parse(text: &str) -> Parsed<Vec<Node>> {
    Parser { input: text.chars().collect(), at: 0, depth: 0 }.template()
}

/// Parses what stands in braces.
fn action(text: &str, depth: usize) -> Parsed<Vec<Node>> {
    if depth > DEEPEST {
        return Err("nested too deeply".to_owned());
    }
    let mut nodes = Parser { input: format!("{{{text}}}").chars().collect(), at: 0, depth }.template()?.into_iter();
    match nodes.next() {
        Some(Node::Action(nodes)) => Ok(nodes),
        _ => Ok(vec![]),
    }
}

struct Parser {
    input: Vec<char>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn peek(&self) -> Option<char> {
        self.input.get(self.at).copied()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek();
        self.at += 1;
        next
    }

    fn begins(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(offset, wanted)| self.input.get(self.at + offset) == Some(&wanted))
    }

    fn since(&self, start: usize) -> String {
        self.input.get(start..self.at.min(self.input.len())).unwrap_or_default().iter().collect()
    }

    fn template(mut self) -> Parsed<Vec<Node>> {
        let mut nodes = vec![];
        let mut start = 0;
        loop {
            match self.peek() {
                Some('{') => {
                    if self.at > start {
                        nodes.push(Node::Text(self.since(start)));
                    }
                    self.at += 1;
                    nodes.push(Node::Action(self.action()?));
                    start = self.at;
                }
                Some(_) => self.at += 1,
                None => {
                    if self.at > start {
                        nodes.push(Node::Text(self.since(start)));
                    }
                    return Ok(nodes);
                }
            }
        }
    }

    /// Everything up to the closing brace.
    fn action(&mut self) -> Parsed<Vec<Node>> {
        let mut nodes = vec![];
        loop {
            if self.begins("[?(") {
                nodes.push(self.filter()?);
                continue;
            }
            if self.begins("..") {
                if nodes.last() == Some(&Node::Recursive) {
                    return Err("invalid multiple recursive descent".to_owned());
                }
                self.at += 2;
                nodes.push(Node::Recursive);
                if self.peek().is_some_and(is_word) {
                    nodes.push(self.field());
                }
                continue;
            }
            match self.next() {
                Some('}') => return Ok(nodes),
                None | Some('\n' | '\r') => return Err("unclosed action".to_owned()),
                Some(' ' | '@' | '$') => {}
                Some('[') => self.array(&mut nodes)?,
                Some(quote @ ('"' | '\'')) => nodes.push(self.quoted(quote)?),
                Some('.') => nodes.push(self.field()),
                Some(character) if matches!(character, '+' | '-') || character.is_numeric() => {
                    self.at -= 1;
                    nodes.push(self.number()?);
                }
                Some(character) if is_word(character) => {
                    self.at -= 1;
                    nodes.push(self.identifier());
                }
                Some(other) => {
                    return Err(format!("unrecognized character in action: U+{:04X} '{other}'", u32::from(other)));
                }
            }
        }
    }

    fn identifier(&mut self) -> Node {
        let start = self.at;
        while !ends_word(self.peek()) {
            self.at += 1;
        }
        match self.since(start).as_str() {
            "true" => Node::Bool(true),
            "false" => Node::Bool(false),
            word => Node::Identifier(word.to_owned()),
        }
    }

    fn number(&mut self) -> Parsed<Node> {
        let start = self.at;
        if matches!(self.peek(), Some('+' | '-')) {
            self.at += 1;
        }
        while self.peek().is_some_and(|character| character == '.' || character.is_ascii_digit()) {
            self.at += 1;
        }
        let text = self.since(start);
        if let Ok(whole) = text.parse() {
            return Ok(Node::Int(whole));
        }
        text.parse().map(Node::Float).map_err(|_| format!("cannot parse number {text}"))
    }

    fn field(&mut self) -> Node {
        let start = self.at;
        loop {
            match self.peek() {
                Some('\\') => self.at += 2,
                next if ends_word(next) => break,
                _ => self.at += 1,
            }
        }
        match self.since(start).as_str() {
            "*" => Node::Wildcard,
            name => Node::Field(name.replace('\\', "")),
        }
    }

    fn quoted(&mut self, quote: char) -> Parsed<Node> {
        let start = self.at - 1;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated quoted string".to_owned()),
                Some(character) if character == quote && self.input[self.at - 2] != '\\' => break,
                Some(_) => {}
            }
        }
        let text = self.since(start);
        let inner = &text[1..text.len() - 1];
        match unquote(inner) {
            Some(text) => Ok(Node::Text(text)),
            None => Err(format!("unquote string {text} error invalid syntax")),
        }
    }

    fn array(&mut self, nodes: &mut Vec<Node>) -> Parsed<()> {
        let start = self.at;
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated array".to_owned()),
                Some(']') => break,
                Some(_) => {}
            }
        }
        let mut text: String = self.input[start..self.at - 1].iter().collect();
        if text == "*" {
            text = ":".to_owned();
        }
        if text.contains(',') {
            let parts = text.split(',').map(|part| action(&format!("[{}]", part.trim_matches(' ')), self.depth + 1));
            nodes.push(Node::Union(parts.collect::<Parsed<_>>()?));
            return Ok(());
        }
        let key = text.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\'')).filter(|key| !key.contains('\''));
        if let Some(key) = key {
            nodes.extend(action(&format!(".{key}"), self.depth + 1)?);
            return Ok(());
        }
        nodes.push(Node::Array(bounds(&text)?));
        Ok(())
    }

    fn filter(&mut self) -> Parsed<Node> {
        self.at += 3;
        let start = self.at;
        let (mut begun, mut ended, mut pair) = (false, false, ' ');
        loop {
            match self.next() {
                None | Some('\n') => return Err("unterminated filter".to_owned()),
                Some(quote @ ('"' | '\'')) if !begun => (begun, pair) = (true, quote),
                Some(quote @ ('"' | '\'')) => {
                    if self.input[self.at - 2] != '\\' && quote == pair {
                        ended = true;
                    }
                }
                Some(')') if begun == ended => break,
                Some(_) => {}
            }
        }
        let text: String = self.input[start..self.at - 1].iter().collect();
        if self.next() != Some(']') {
            return Err("unclosed array expect ]".to_owned());
        }
        let (operator, left, right) = match compared(&text) {
            None => ("exists", text.as_str(), ""),
            Some((left, operator, right)) => (operator, left, right),
        };
        Ok(Node::Filter {
            left: action(left, self.depth + 1)?,
            operator: operator.to_owned(),
            right: if operator == "exists" { vec![] } else { action(right, self.depth + 1)? },
        })
    }
}

/// The two sides of a comparison and its operator.
fn compared(text: &str) -> Option<(&str, &str, &str)> {
    let sign = |character: char| matches!(character, '!' | '<' | '=' | '>');
    let at = text.find(sign).filter(|at| *at > 0)?;
    let mut end = text[at..].find(|character| !sign(character)).map_or(text.len(), |length| at + length);
    if end == text.len() {
        // Something must be left to compare with: the last sign, if there is more than one.
        end = text.len() - 1;
        if end <= at {
            return None;
        }
    }
    Some((&text[..at], &text[at..end], &text[end..]))
}

fn bounds(text: &str) -> Parsed<[Bound; 3]> {
    let wrong = || format!("invalid array index {text}");
    let form = Regex::new(r"^(-?[0-9]*)(:-?[0-9]*)?(:-?[0-9]*)?$").map_err(|error| error.to_string())?;
    let groups = form.captures(text).ok_or_else(wrong)?;
    let mut bounds = [Bound::default(); 3];
    for index in 0..3 {
        let written = groups.get(index + 1).map_or("", |group| group.as_str());
        let digits = if index > 0 { written.strip_prefix(':').unwrap_or("") } else { written };
        if !digits.is_empty() {
            let value = digits.parse().map_err(|_| format!("array index {digits} is not a number"))?;
            bounds[index] = Bound { value, known: true, derived: false };
        } else if index == 1 && written.is_empty() {
            bounds[1] = Bound { value: bounds[0].value.saturating_add(1), known: true, derived: true };
        }
    }
    Ok(bounds)
}

/// Undoes Go's escapes.
fn unquote(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        let escaped = rest.next()?;
        let simple = match escaped {
            'a' => Some('\u{7}'),
            'b' => Some('\u{8}'),
            'f' => Some('\u{c}'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\u{b}'),
            '\\' | '\'' | '"' => Some(escaped),
            _ => None,
        };
        let digits = match escaped {
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => 0,
        };
        out.push(match simple {
            Some(character) => character,
            None if digits > 0 => {
                let code: String = rest.by_ref().take(digits).collect();
                char::from_u32(u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == digits)?)?
            }
            None => return None,
        });
    }
    Some(out)
}

fn is_word(character: char) -> bool {
    character == '_' || character.is_alphanumeric()
}

fn ends_word(character: Option<char>) -> bool {
    matches!(character, None | Some(' ' | '\t' | '\n' | '\r' | '.' | ',' | '[' | ']' | '$' | '@' | '{' | '}'))
}
