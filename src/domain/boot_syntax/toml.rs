//! TOML, as much of it as settings need: tables, dotted and quoted keys, strings, numbers, booleans, arrays.

use serde_json::{Map, Value};

/// Deepest nesting of arrays and tables in one value.
const MAX_DEPTH: usize = 32;

struct Parser<'t> {
    rest: &'t str,
    line: usize,
}

/// Reads a document.
///
/// # Errors
/// The line and what is wrong there.
pub fn parse(text: &str) -> Result<Value, String> {
    let mut root = Map::new();
    let mut table: Vec<String> = Vec::new();
    let mut parser = Parser { rest: text, line: 1 };
    loop {
        parser.skip(true);
        if parser.rest.is_empty() {
            return Ok(Value::Object(root));
        }
        if parser.take("[") {
            table = parser.path()?;
            parser.expect("]")?;
            slot(&mut root, &table).ok_or_else(|| parser.fault("a table where a value is"))?;
        } else {
            let mut path = table.clone();
            path.extend(parser.path()?);
            parser.expect("=")?;
            let value = parser.value(0)?;
            let (name, owner) = path.split_last().ok_or_else(|| parser.fault("a key is missing"))?;
            let owner = slot(&mut root, owner).ok_or_else(|| parser.fault("a key of a value that is no table"))?;
            if owner.insert(name.clone(), value).is_some() {
                return Err(parser.fault(&format!("the key `{name}` is there twice")));
            }
        }
        parser.skip(false);
        if !parser.rest.is_empty() && !parser.rest.starts_with(['\n', '\r']) {
            return Err(parser.fault("something behind a value"));
        }
    }
}

/// The table at a path, made where it is not there.
fn slot<'m>(root: &'m mut Map<String, Value>, path: &[String]) -> Option<&'m mut Map<String, Value>> {
    path.iter().try_fold(root, |table, key| {
        table.entry(key.clone()).or_insert_with(|| Value::Object(Map::new())).as_object_mut()
    })
}

impl Parser<'_> {
    fn fault(&self, what: &str) -> String {
        format!("TOML parse error at line {}: {what}", self.line)
    }

    /// Skips blanks and comments; with `lines`, line ends too.
    fn skip(&mut self, lines: bool) {
        loop {
            let blank = |c: char| c == ' ' || c == '\t' || (lines && (c == '\n' || c == '\r'));
            let after = self.rest.trim_start_matches(blank);
            self.line += self.rest[..self.rest.len() - after.len()].matches('\n').count();
            self.rest = after;
            if !self.rest.starts_with('#') {
                return;
            }
            self.rest = &self.rest[self.rest.find('\n').unwrap_or(self.rest.len())..];
        }
    }

    fn take(&mut self, what: &str) -> bool {
        match self.rest.strip_prefix(what) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn expect(&mut self, what: &str) -> Result<(), String> {
        self.skip(false);
        if self.take(what) { Ok(()) } else { Err(self.fault(&format!("`{what}` is missing"))) }
    }

    fn path(&mut self) -> Result<Vec<String>, String> {
        let mut path = Vec::new();
        loop {
            self.skip(false);
            path.push(match self.rest.chars().next() {
                Some('"' | '\'') => self.string()?,
                _ => {
                    let bare = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
                    let end = self.rest.find(|c| !bare(c)).unwrap_or(self.rest.len());
                    if end == 0 {
                        return Err(self.fault("a key is missing"));
                    }
                    let (key, rest) = self.rest.split_at(end);
                    self.rest = rest;
                    key.to_owned()
                }
            });
            self.skip(false);
            if !self.take(".") {
                return Ok(path);
            }
        }
    }

    fn string(&mut self) -> Result<String, String> {
        if self.take("'") {
            let end = self.rest.find(['\'', '\n']).unwrap_or(self.rest.len());
            let text = self.rest[..end].to_owned();
            self.rest = &self.rest[end..];
            return if self.take("'") { Ok(text) } else { Err(self.fault("a string has no end")) };
        }
        self.take("\"");
        let mut text = String::new();
        let mut chars = self.rest.chars();
        loop {
            match chars.next() {
                Some('"') => break,
                Some('\\') => match chars.next() {
                    Some('n') => text.push('\n'),
                    Some('t') => text.push('\t'),
                    Some('r') => text.push('\r'),
                    Some('b') => text.push('\u{8}'),
                    Some('f') => text.push('\u{c}'),
                    Some(c @ ('"' | '\\')) => text.push(c),
                    Some('u') => {
                        let digits: String = chars.by_ref().take(4).collect();
                        let code = u32::from_str_radix(&digits, 16).ok().and_then(char::from_u32);
                        text.push(code.ok_or_else(|| self.fault("an unknown character"))?);
                    }
                    _ => return Err(self.fault("an unknown escape")),
                },
                Some('\n') | None => return Err(self.fault("a string has no end")),
                Some(c) => text.push(c),
            }
        }
        self.rest = chars.as_str();
        Ok(text)
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > MAX_DEPTH {
            return Err(self.fault("nested too deep"));
        }
        self.skip(false);
        if self.rest.starts_with(['"', '\'']) {
            return self.string().map(Value::String);
        }
        if self.take("[") {
            let mut items = Vec::new();
            loop {
                self.skip(true);
                if self.take("]") {
                    return Ok(Value::Array(items));
                }
                items.push(self.value(depth + 1)?);
                self.skip(true);
                if !self.take(",") && !self.rest.starts_with(']') {
                    return Err(self.fault("`,` or `]` is missing"));
                }
            }
        }
        if self.take("{") {
            let mut map = Map::new();
            loop {
                self.skip(false);
                if self.take("}") {
                    return Ok(Value::Object(map));
                }
                let key = self.path()?.join(".");
                self.expect("=")?;
                let value = self.value(depth + 1)?;
                map.insert(key, value);
                self.skip(false);
                if !self.take(",") && !self.rest.starts_with('}') {
                    return Err(self.fault("`,` or `}` is missing"));
                }
            }
        }
        let end = self.rest.find(|c: char| c.is_whitespace() || ",]}#".contains(c)).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        let value = match word {
            "true" => Value::Bool(true),
            "false" => Value::Bool(false),
            word => {
                let bare = word.replace('_', "");
                match (bare.parse::<i64>(), bare.parse::<f64>()) {
                    (Ok(int), _) => int.into(),
                    (Err(_), Ok(float)) => float.into(),
                    _ => return Err(self.fault(&format!("`{word}` is no value"))),
                }
            }
        };
        self.rest = rest;
        Ok(value)
    }
}
