//! Splits a text into tokens as far as an editor needs them, also while it is unfinished: what is a literal, a comment,
//! a word; what is open at the end; where the code ends. The engine's own lexer drops comments and loses its way
//! behind `${…}`.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Space,
    Comment,
    /// A string, a character, or a piece of a string between `${…}`.
    Text,
    Number,
    Word,
    /// An operator or a bracket; `#{`, `${` and `::` are one.
    Sign,
}

/// A stretch of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    /// Its text.
    pub(super) fn of(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

/// What a text is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// Nothing.
    Nothing,
    /// `"…`, which a line's end does not go on unless it is escaped.
    Quotes { escaped: bool },
    /// `` `… `` or `#"…`.
    Backtick,
    /// `/* …`
    Comment,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Scan {
    pub(super) tokens: Vec<Token>,
    /// What is open at the end.
    pub(super) open: Open,
    /// Whether the text ends inside of a literal's own text, not in code embedded there.
    pub(super) in_text: bool,
    /// Where code ends: spaces and comments behind are left out.
    pub(super) code_end: usize,
}

/// Scans a text.
pub(super) fn scan(text: &str) -> Scan {
    let mut scanner = Scanner { text, at: 0, tokens: Vec::new(), embedded: Vec::new(), open: Open::Nothing };
    while scanner.at < text.len() {
        scanner.token();
    }
    let Scanner { tokens, embedded, mut open, .. } = scanner;
    let code = tokens.iter().rev().find(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
    let code_end = code.map_or(0, |token| token.end);
    let in_text = matches!(open, Open::Quotes { .. } | Open::Backtick);
    if open == Open::Nothing && !embedded.is_empty() {
        open = Open::Backtick;
    }
    Scan { tokens, open, in_text, code_end }
}

struct Scanner<'a> {
    text: &'a str,
    at: usize,
    tokens: Vec<Token>,
    /// Braces inside of each open `${`.
    embedded: Vec<usize>,
    open: Open,
}

impl Scanner<'_> {
    fn push(&mut self, kind: Kind, length: usize) {
        let end = self.at + length;
        self.tokens.push(Token { kind, start: self.at, end });
        self.at = end;
    }

    fn token(&mut self) {
        let rest = &self.text[self.at..];
        let Some(first) = rest.chars().next() else { return };
        let run = |accept: &dyn Fn(char) -> bool| rest.find(|c: char| !accept(c)).unwrap_or(rest.len());
        match first {
            c if c.is_whitespace() => self.push(Kind::Space, run(&char::is_whitespace)),
            '/' if rest.starts_with("//") => self.push(Kind::Comment, rest.find('\n').unwrap_or(rest.len())),
            '/' if rest.starts_with("/*") => self.comment(rest),
            '"' => self.quoted(rest),
            '`' => self.backtick(rest, 1),
            '\'' if character(rest).is_some() => self.push(Kind::Text, character(rest).unwrap_or(1)),
            '#' if raw_signs(rest).is_some() => self.raw(rest),
            c if c.is_ascii_digit() => self.push(Kind::Number, number(rest)),
            c if is_word(c) => self.push(Kind::Word, run(&is_word)),
            '{' => {
                self.embedded.iter_mut().last().into_iter().for_each(|depth| *depth += 1);
                self.push(Kind::Sign, 1);
            }
            '}' => self.brace(),
            _ => {
                let pair = ["#{", "::", "?.", "..", "=>", "&&", "||"].iter().find(|pair| rest.starts_with(*pair));
                if rest.starts_with("#{") {
                    self.embedded.iter_mut().last().into_iter().for_each(|depth| *depth += 1);
                }
                self.push(Kind::Sign, pair.map_or(first.len_utf8(), |pair| pair.len()));
            }
        }
    }

    /// `}`: ends a block, or the code in a string, which goes on then.
    fn brace(&mut self) {
        self.push(Kind::Sign, 1);
        match self.embedded.last_mut() {
            Some(0) => {
                self.embedded.pop();
                let rest = &self.text[self.at..];
                self.backtick(rest, 0);
            }
            Some(depth) => *depth -= 1,
            None => {}
        }
    }

    /// The text of a string in back ticks from here on; `opening` bytes belong to it in any case.
    fn backtick(&mut self, rest: &str, opening: usize) {
        let body = &rest[opening..];
        let (tick, code) = (body.find('`'), body.find("${"));
        match (tick, code) {
            (tick, Some(code)) if tick.is_none_or(|tick| code < tick) => {
                if opening + code > 0 {
                    self.push(Kind::Text, opening + code);
                }
                self.push(Kind::Sign, 2);
                self.embedded.push(0);
            }
            (Some(tick), _) => self.push(Kind::Text, opening + tick + 1),
            (None, _) => {
                if !rest.is_empty() {
                    self.push(Kind::Text, rest.len());
                }
                self.open = Open::Backtick;
            }
        }
    }

    fn comment(&mut self, rest: &str) {
        let bytes = rest.as_bytes();
        let (mut depth, mut at) = (0, 0);
        while at < bytes.len() {
            match &bytes[at..] {
                [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
                [b'*', b'/', ..] => {
                    (depth, at) = (depth - 1, at + 2);
                    if depth == 0 {
                        return self.push(Kind::Comment, at);
                    }
                }
                _ => at += 1,
            }
        }
        self.push(Kind::Comment, rest.len());
        self.open = Open::Comment;
    }

    fn quoted(&mut self, rest: &str) {
        let mut escaped = false;
        for (at, c) in rest.char_indices().skip(1) {
            match c {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return self.push(Kind::Text, at + 1),
                // The engine says so better.
                '\n' => return self.push(Kind::Text, at),
                _ => {}
            }
        }
        self.push(Kind::Text, rest.len());
        self.open = Open::Quotes { escaped: escaped || rest.ends_with("\\\n") };
    }

    fn raw(&mut self, rest: &str) {
        let signs = raw_signs(rest).unwrap_or(1);
        let end = format!("\"{}", "#".repeat(signs));
        match rest[signs + 1..].find(&end) {
            Some(at) => self.push(Kind::Text, signs + 1 + at + end.len()),
            None => {
                self.push(Kind::Text, rest.len());
                self.open = Open::Backtick;
            }
        }
    }
}

/// Whether a character can stand in a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// How many `#` open a raw string here.
fn raw_signs(text: &str) -> Option<usize> {
    let signs = text.find(|c| c != '#')?;
    text[signs..].starts_with('"').then_some(signs)
}

/// Length of `'c'`.
fn character(text: &str) -> Option<usize> {
    let mut characters = text.char_indices().skip(1);
    if characters.next()?.1 == '\\' {
        characters.next()?;
    }
    characters.next().filter(|(_, c)| *c == '\'').map(|(at, _)| at + 1)
}

/// Length of a number. A point belongs to it if a digit follows: `1.5`, but `1..5` and `1.to_string()`.
fn number(text: &str) -> usize {
    let mut end = 0;
    for (at, c) in text.char_indices() {
        let point = c == '.' && text[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        if !(is_word(c) || point) {
            break;
        }
        end = at + c.len_utf8();
    }
    end
}

#[cfg(test)]
#[path = "scan_tests.rs"]
mod tests;
