//! The grammar of label selectors: tokens and a recursive descent over them.

use std::collections::BTreeSet;

use super::names;
use super::selector::{Operator, Requirement};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    End,
    Identifier,
    In,
    NotIn,
    Open,
    Close,
    Comma,
    Not,
    Compare(Operator),
}

#[derive(Debug, Clone, Copy)]
struct Token<'a> {
    kind: Kind,
    text: &'a str,
}

const SYMBOLS: [(&str, Kind); 9] = [
    ("==", Kind::Compare(Operator::DoubleEquals)),
    ("!=", Kind::Compare(Operator::NotEquals)),
    ("=", Kind::Compare(Operator::Equals)),
    (">", Kind::Compare(Operator::GreaterThan)),
    ("<", Kind::Compare(Operator::LessThan)),
    ("(", Kind::Open),
    (")", Kind::Close),
    (",", Kind::Comma),
    ("!", Kind::Not),
];

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start_matches([' ', '\t', '\r', '\n']);
    while !rest.is_empty() {
        let symbol = SYMBOLS.iter().find(|(symbol, _)| rest.starts_with(symbol));
        let (length, kind) = match symbol {
            Some((symbol, kind)) => (symbol.len(), *kind),
            None => {
                let length = rest.find(['=', '!', '(', ')', ',', '>', '<', ' ', '\t', '\r', '\n']);
                let length = length.unwrap_or(rest.len());
                let kind = match &rest[..length] {
                    "in" => Kind::In,
                    "notin" => Kind::NotIn,
                    _ => Kind::Identifier,
                };
                (length, kind)
            }
        };
        tokens.push(Token { kind, text: &rest[..length] });
        rest = rest[length..].trim_start_matches([' ', '\t', '\r', '\n']);
    }
    tokens
}

struct Parser<'a> {
    tokens: Vec<Token<'a>>,
    position: usize,
}

impl<'a> Parser<'a> {
    /// The next token where `in` and `notin` are words like others.
    fn peek(&self) -> Token<'a> {
        let token = self.peek_operator();
        match token.kind {
            Kind::In | Kind::NotIn => Token { kind: Kind::Identifier, ..token },
            _ => token,
        }
    }

    /// The next token where `in` and `notin` are operators.
    fn peek_operator(&self) -> Token<'a> {
        self.tokens.get(self.position).copied().unwrap_or(Token { kind: Kind::End, text: "" })
    }

    fn take(&mut self) -> Token<'a> {
        let token = self.peek();
        self.position += 1;
        token
    }

    fn selector(&mut self) -> Result<Vec<Requirement>, String> {
        let mut requirements = Vec::new();
        loop {
            let next = self.peek();
            match next.kind {
                Kind::Identifier | Kind::Not => {}
                Kind::End => return Ok(requirements),
                _ => return Err(format!("found '{}', expected: !, identifier, or 'end of string'", next.text)),
            }
            let requirement = self.requirement();
            requirements.push(requirement.map_err(|why| format!("unable to parse requirement: {why}"))?);
            let separator = self.take();
            match separator.kind {
                Kind::End => return Ok(requirements),
                Kind::Comma => {
                    let next = self.peek();
                    if !matches!(next.kind, Kind::Identifier | Kind::Not) {
                        return Err(format!("found '{}', expected: identifier after ','", next.text));
                    }
                }
                _ => return Err(format!("found '{}', expected: ',' or 'end of string'", separator.text)),
            }
        }
    }

    fn requirement(&mut self) -> Result<Requirement, String> {
        let mut key = self.take();
        let negated = key.kind == Kind::Not;
        if negated {
            key = self.take();
        }
        if key.kind != Kind::Identifier {
            return Err(format!("found '{}', expected: identifier", key.text));
        }
        let rules = names::qualified_name(key.text);
        if !rules.is_empty() {
            return Err(format!("<nil>: Invalid value: \"{}\": {}", key.text, rules.join("; ")));
        }
        let key = key.text.to_string();
        if negated {
            return Requirement::new(key, Operator::DoesNotExist, BTreeSet::new());
        }
        if matches!(self.peek().kind, Kind::End | Kind::Comma) {
            return Requirement::new(key, Operator::Exists, BTreeSet::new());
        }
        let operator = self.peek_operator();
        self.position += 1;
        let operator = match operator.kind {
            Kind::In => Operator::In,
            Kind::NotIn => Operator::NotIn,
            Kind::Compare(operator) => operator,
            _ => return Err(format!("found '{}', expected: in, notin, =, ==, !=, gt, lt", operator.text)),
        };
        let values = match operator {
            Operator::In | Operator::NotIn => self.values()?,
            _ => self.exact_value()?,
        };
        Requirement::new(key, operator, values)
    }

    fn exact_value(&mut self) -> Result<BTreeSet<String>, String> {
        if matches!(self.peek().kind, Kind::End | Kind::Comma) {
            return Ok(BTreeSet::from([String::new()]));
        }
        let value = self.take();
        match value.kind {
            Kind::Identifier => Ok(BTreeSet::from([value.text.to_string()])),
            _ => Err(format!("found '{}', expected: identifier", value.text)),
        }
    }

    fn values(&mut self) -> Result<BTreeSet<String>, String> {
        let open = self.take();
        if open.kind != Kind::Open {
            return Err(format!("found '{}' expected: '('", open.text));
        }
        let first = self.peek();
        match first.kind {
            Kind::Close => {
                self.position += 1;
                Ok(BTreeSet::new())
            }
            Kind::Identifier | Kind::Comma => {
                let values = self.value_list()?;
                match self.take().kind {
                    Kind::Close => Ok(values),
                    _ => Err(format!("found '{}', expected: ')'", first.text)),
                }
            }
            _ => Err(format!("found '{}', expected: ',', ')' or identifier", first.text)),
        }
    }

    /// Values up to the closing parenthesis. Between commas with nothing between them is the empty value.
    fn value_list(&mut self) -> Result<BTreeSet<String>, String> {
        let mut values = BTreeSet::new();
        loop {
            let token = self.take();
            let next = self.peek();
            match token.kind {
                Kind::Identifier => {
                    values.insert(token.text.to_string());
                    match next.kind {
                        Kind::Comma => {}
                        Kind::Close => return Ok(values),
                        _ => return Err(format!("found '{}', expected: ',' or ')'", next.text)),
                    }
                }
                Kind::Comma => {
                    if values.is_empty() || matches!(next.kind, Kind::Close | Kind::Comma) {
                        values.insert(String::new());
                    }
                    match next.kind {
                        Kind::Close => return Ok(values),
                        Kind::Comma => self.position += 1,
                        _ => {}
                    }
                }
                _ => return Err(format!("found '{}', expected: ',', or identifier", token.text)),
            }
        }
    }
}

/// The requirements of a selector, or the API server's sentence about what is wrong with it.
pub(super) fn parse(text: &str) -> Result<Vec<Requirement>, String> {
    Parser { tokens: tokens(text), position: 0 }.selector()
}
