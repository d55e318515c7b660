//! Texts of scripts by name, and from the engine's positions to byte spans in them.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, PoisonError, RwLock};

use super::coverage::Coverage;

/// The text of every script, module and REPL line that was read. Cheap to clone; all clones are one map.
#[derive(Debug, Clone, Default)]
pub struct SourceMap {
    texts: Arc<RwLock<HashMap<String, Arc<str>>>>,
    coverage: Option<Arc<Coverage>>,
}

impl SourceMap {
    /// A map whose texts are measured, if there is something to measure with.
    pub fn measured(coverage: Option<Arc<Coverage>>) -> Self {
        SourceMap { texts: Arc::default(), coverage }
    }

    /// What its texts are measured with.
    pub(super) fn coverage(&self) -> Option<&Arc<Coverage>> {
        self.coverage.as_ref()
    }

    /// The text called `name`, which is kept here, as the engine is to compile it.
    pub(super) fn to_compile(&self, name: &str, text: &Arc<str>) -> Arc<str> {
        self.coverage.as_ref().map_or_else(|| Arc::clone(text), |coverage| coverage.measured(name, text))
    }

    /// Keeps `text` under `name` and gives it back as the engine should read it: without a byte order mark, and with a
    /// `#!` line as a comment of the same length, so that positions hold.
    pub fn insert(&self, name: &str, text: &str) -> Arc<str> {
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let text: Arc<str> = match text.strip_prefix("#!") {
            // A third slash would make it a doc comment.
            Some(rest) => format!("// {}", rest.strip_prefix(['/', ' ']).unwrap_or(rest)).into(),
            None => text.into(),
        };
        self.texts.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), Arc::clone(&text));
        text
    }

    /// The text kept under `name`.
    pub fn get(&self, name: &str) -> Option<Arc<str>> {
        self.texts.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }
}

/// The bytes of the word, literal or operator at a 1-based line and a 1-based column in characters.
///
/// Positions past the end of a line or of the text give an empty span there.
pub fn span(text: &str, line: usize, column: usize) -> Range<usize> {
    let start = offset(text, line, column);
    start..start + token_length(&text[start..])
}

/// The byte offset of a 1-based line and a 1-based column in characters.
fn offset(text: &str, line: usize, column: usize) -> usize {
    let mut begin = 0;
    for _ in 1..line {
        match text[begin..].find('\n') {
            Some(at) => begin += at + 1,
            None => return text.len(),
        }
    }
    let content = text[begin..].split(['\n', '\r']).next().unwrap_or_default();
    let within = content.char_indices().nth(column.saturating_sub(1)).map_or(content.len(), |(at, _)| at);
    begin + within
}

/// Length in bytes of the token that `text` begins with.
fn token_length(text: &str) -> usize {
    let Some(first) = text.chars().next() else { return 0 };
    let run = |accept: &dyn Fn(char) -> bool| text.find(|c: char| !accept(c)).unwrap_or(text.len());
    match first {
        '\n' | '\r' => 0,
        '"' | '`' | '\'' => literal_length(text, first),
        c if c.is_alphanumeric() || c == '_' => run(&|c| c.is_alphanumeric() || c == '_'),
        c if c.is_ascii_punctuation() && !"()[]{};,.#".contains(c) => {
            run(&|c| c.is_ascii_punctuation() && !"()[]{};,.#\"'`_".contains(c))
        }
        c => c.len_utf8(),
    }
}

/// Length of a quoted literal, its line's rest if it is not closed there.
fn literal_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '\n' | '\r' => return at,
            _ if escaped => escaped = false,
            '\\' if quote != '`' => escaped = true,
            c if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    text.len()
}

/// The 1-based line and 1-based column in characters of a byte offset.
pub fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str, line: usize, column: usize) -> &str {
        &text[span(text, line, column)]
    }

    #[test]
    fn columns_count_characters_not_bytes() {
        let text = "let 名 = 节点(1);\n\tfoo(\"节点\", 2)";
        assert_eq!(at(text, 1, 5), "名");
        assert_eq!(at(text, 1, 9), "节点");
        assert_eq!(at(text, 2, 2), "foo");
        assert_eq!(at(text, 2, 6), "\"节点\"");
        assert_eq!(at(text, 2, 12), "2");
    }

    #[test]
    fn carriage_returns_are_not_part_of_a_line() {
        assert_eq!(at("a\r\nbb\r\n", 2, 1), "bb");
        assert_eq!(span("a\r\nb", 1, 9), 1..1);
        assert_eq!(span("a", 7, 1), 1..1);
    }

    #[test]
    fn a_hash_bang_keeps_positions() {
        let sources = SourceMap::default();
        assert_eq!(&*sources.insert("x", "#!/usr/bin/env spotscript\nfoo()"), "// usr/bin/env spotscript\nfoo()");
        assert_eq!(&*sources.insert("x", "\u{feff}#!/bin/x\nfoo()"), "// bin/x\nfoo()");
    }

    #[test]
    fn a_byte_order_mark_is_no_column() {
        let sources = SourceMap::default();
        let text = sources.insert("x", "\u{feff}let a = b;");
        assert_eq!(&text[span(&text, 1, 9)], "b");
    }

    proptest! {
        #[test]
        fn every_position_gives_a_span_inside(text in "[a-z节\"`\\\\\t\r\n(=]{0,40}", line in 0usize..8, column in 0usize..20) {
            let span = span(&text, line, column);
            prop_assert!(text.get(span).is_some());
        }

        #[test]
        fn positions_and_offsets_agree(text in "[a-z节\t\n]{1,40}", pick in 0usize..40) {
            let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
            let offset = starts[pick % starts.len()];
            let (line, column) = line_and_column(&text, offset);
            prop_assert_eq!(super::offset(&text, line, column), offset);
        }
    }
}
