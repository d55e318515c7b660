//! Builds the tree from the parser's events, within limits that no document of use comes near.

use std::collections::HashMap;
use std::rc::Rc;

use granit_parser::{Event, Marker, Options, Parser, ScalarStyle, StructureStyle, Tag};

use super::scalar::{Kind, kind};
use super::{Entry, Mark, Node, Span, Value};
use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result};

/// Longest document, in bytes.
const MAX_BYTES: usize = 4 << 20;
/// Most nodes once every alias is written out: stops documents that multiply themselves.
const MAX_NODES: usize = 200_000;
/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// A list or map that is being filled.
struct Frame {
    at: Mark,
    span: Span,
    anchor: usize,
    content: Content,
}

enum Content {
    List(Vec<Rc<Node>>),
    Map(Vec<(Rc<Node>, Rc<Node>)>, Option<Rc<Node>>),
}

struct Builder<'a> {
    file: &'a str,
    frames: Vec<Frame>,
    anchors: HashMap<usize, Rc<Node>>,
    root: Option<Rc<Node>>,
    nodes: usize,
}

/// Parses one document. `None` is an empty one.
pub(crate) fn parse(text: &str, file: &str) -> Result<Option<Rc<Node>>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut builder = Builder { file, frames: Vec::new(), anchors: HashMap::new(), root: None, nodes: 0 };
    if text.len() > MAX_BYTES {
        let message = format!("the document has {} bytes, at most {MAX_BYTES} are read", text.len());
        return Err(builder.error(Mark { line: 1, column: 1 }, Code::DocumentSyntax, message));
    }
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut first = None;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = event.map_err(|error| {
            let at = mark(*error.marker());
            let fault = builder.error(at, Code::DocumentSyntax, format!("not YAML: {}", error.info()));
            let line = text.lines().nth(at.line.saturating_sub(1)).unwrap_or_default();
            if line.trim_start_matches(' ').starts_with('\t') {
                fault.help("indent with spaces, not tabs")
            } else {
                fault
            }
        })?;
        let at = mark(span.start);
        let bytes = |flow: bool| Span {
            start: span.start.byte_offset().unwrap_or_default(),
            end: span.end.byte_offset().unwrap_or_default(),
            flow,
        };
        match event {
            Event::DocumentEnd => first = first.or(builder.root.take()),
            Event::Scalar(text, style, anchor, tag) => {
                if first.is_some() && kind(&text) != Kind::Null {
                    return Err(builder.second(at));
                }
                let plain = builder.is_plain(style, tag.as_deref(), at)?;
                let value = Value::Scalar { text: text.into_owned(), plain };
                builder.complete(Node { at, span: bytes(false), value, size: 1 }, anchor)?;
            }
            Event::SequenceStart(style, anchor, tag) => {
                builder.is_plain(ScalarStyle::Plain, tag.as_deref(), at)?;
                builder.open(
                    (at, bytes(style == StructureStyle::Flow)),
                    anchor,
                    Content::List(Vec::new()),
                    first.is_some(),
                )?;
            }
            Event::MappingStart(style, anchor, tag) => {
                builder.is_plain(ScalarStyle::Plain, tag.as_deref(), at)?;
                builder.open(
                    (at, bytes(style == StructureStyle::Flow)),
                    anchor,
                    Content::Map(Vec::new(), None),
                    first.is_some(),
                )?;
            }
            Event::SequenceEnd | Event::MappingEnd => builder.close(bytes(false).end)?,
            Event::Alias(anchor) => builder.alias(anchor, at)?,
            _ => {}
        }
    }
    Ok(first.or(builder.root))
}

pub(super) fn mark(marker: Marker) -> Mark {
    Mark { line: marker.line(), column: marker.col() + 1 }
}

impl Builder<'_> {
    fn error(&self, at: Mark, code: Code, message: impl Into<String>) -> Error {
        Error::new(code, message).at(Location { file: self.file.to_owned(), line: at.line, column: at.column })
    }

    fn second(&self, at: Mark) -> Error {
        self.error(at, Code::DocumentUnsupported, "a second YAML document in one file")
            .because("eksctl, for one, reads the first and passes over the rest without a word")
            .help("put each into a file of its own")
    }

    /// Whether a scalar can be something else than text.
    fn is_plain(&self, style: ScalarStyle, tag: Option<&Tag>, at: Mark) -> Result<bool> {
        match tag {
            None => Ok(style == ScalarStyle::Plain),
            Some(tag) if tag.is_yaml_core_schema_tag("str") => Ok(false),
            Some(tag) if tag.is_yaml_core_schema() => Ok(style == ScalarStyle::Plain),
            Some(tag) => Err(self
                .error(at, Code::DocumentUnsupported, format!("the YAML tag `{}`", tag.original()))
                .help("leave it out")),
        }
    }

    fn open(&mut self, (at, span): (Mark, Span), anchor: usize, content: Content, second: bool) -> Result<()> {
        if second {
            return Err(self.second(at));
        }
        if self.frames.len() >= MAX_DEPTH {
            let message = format!("nested deeper than {MAX_DEPTH} levels");
            return Err(self.error(at, Code::DocumentSyntax, message));
        }
        self.frames.push(Frame { at, span, anchor, content });
        Ok(())
    }

    fn close(&mut self, end: usize) -> Result<()> {
        let Some(Frame { at, span, anchor, content }) = self.frames.pop() else { return Ok(()) };
        let (value, size) = match content {
            Content::List(items) => {
                let size = items.iter().map(|item| item.size).sum();
                (Value::List(items), size)
            }
            Content::Map(pairs, _) => {
                let entries = self.entries(pairs)?;
                let size = entries.iter().map(|entry| entry.value.size + 1).sum();
                (Value::Map(entries), size)
            }
        };
        self.complete(Node { at, span: Span { end, ..span }, value, size: 1usize.saturating_add(size) }, anchor)
    }

    fn alias(&mut self, anchor: usize, at: Mark) -> Result<()> {
        // An anchor is known once its node is complete: an alias inside of it would never end.
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(self.error(at, Code::DocumentSyntax, "an alias inside of what it stands for"));
        };
        self.count(node.size, at)?;
        self.place(node);
        Ok(())
    }

    fn complete(&mut self, node: Node, anchor: usize) -> Result<()> {
        self.count(1, node.at)?;
        let node = Rc::new(node);
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        self.place(node);
        Ok(())
    }

    fn count(&mut self, nodes: usize, at: Mark) -> Result<()> {
        self.nodes = self.nodes.saturating_add(nodes);
        if self.nodes > MAX_NODES {
            let message = format!("the document has more than {MAX_NODES} values, aliases written out");
            return Err(self.error(at, Code::DocumentSyntax, message));
        }
        Ok(())
    }

    fn place(&mut self, node: Rc<Node>) {
        match self.frames.last_mut().map(|frame| &mut frame.content) {
            None => self.root = Some(node),
            Some(Content::List(items)) => items.push(node),
            Some(Content::Map(pairs, key)) => match key.take() {
                None => *key = Some(node),
                Some(key) => pairs.push((key, node)),
            },
        }
    }

    /// Names the keys, refuses a key that is there twice, and writes merges (`<<`) out.
    fn entries(&mut self, pairs: Vec<(Rc<Node>, Rc<Node>)>) -> Result<Vec<Entry>> {
        let mut entries: Vec<Entry> = Vec::with_capacity(pairs.len());
        let mut places: HashMap<String, Mark> = HashMap::new();
        let mut merged = Vec::new();
        for (key, value) in pairs {
            let Value::Scalar { text, plain } = &key.value else {
                return Err(self.error(key.at, Code::DocumentValue, format!("a key is {}, not text", key.describe())));
            };
            if *plain && text == "<<" {
                merged.push(value);
                continue;
            }
            if let Some(earlier) = places.insert(text.clone(), key.at) {
                let message = format!("the key `{text}` is there twice, first in line {}", earlier.line);
                return Err(self.error(key.at, Code::DocumentValue, message).help("leave one of them out"));
            }
            entries.push(Entry { key: text.clone(), at: key.at, start: key.span.start, value });
        }
        for source in merged {
            let maps: &[Rc<Node>] = match &source.value {
                Value::List(maps) => maps,
                _ => std::slice::from_ref(&source),
            };
            for map in maps {
                let Value::Map(from) = &map.value else {
                    let message = format!("`<<` merges {}, not a map", map.describe());
                    return Err(self.error(map.at, Code::DocumentValue, message));
                };
                for entry in from {
                    if places.insert(entry.key.clone(), entry.at).is_none() {
                        self.count(entry.value.size, map.at)?;
                        entries.push(entry.clone());
                    }
                }
            }
        }
        Ok(entries)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault(text: &str) -> (Code, String) {
        let error = parse(text, "f.yml").unwrap_err();
        let place = error.location.as_ref().unwrap();
        (error.code, format!("{}:{}: {}", place.line, place.column, error.message))
    }

    #[test]
    fn keys_and_values_know_their_places() {
        let node = parse("---\na: 1\nö:\n  - \"x\" \n", "f.yml").unwrap().unwrap();
        let Value::Map(entries) = &node.value else { panic!("{node:?}") };
        let places: Vec<_> =
            entries.iter().map(|e| (e.key.as_str(), e.at.line, e.value.at.line, e.value.at.column)).collect();
        assert_eq!(places, [("a", 2, 2, 4), ("ö", 3, 4, 3)]);
    }

    #[test]
    fn merges_and_aliases_are_written_out() {
        let node = parse("x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n", "f.yml").unwrap().unwrap();
        let Value::Map(entries) = &node.value else { panic!("{node:?}") };
        let Value::Map(merged) = &entries[1].value.value else { panic!("{node:?}") };
        assert_eq!(merged.iter().map(|entry| entry.key.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    }

    #[test]
    fn faults_have_places() {
        assert_eq!(
            fault("a: 1\nb: 2\na: 3\n"),
            (Code::DocumentValue, "3:1: the key `a` is there twice, first in line 1".into())
        );
        assert_eq!(fault("a: [1\nb: 2").0, Code::DocumentSyntax);
        assert!(fault("a:\n\t- b").1.starts_with("2:"), "{}", fault("a:\n\t- b").1);
        assert_eq!(
            fault("a: 1\n---\nb: 2\n"),
            (Code::DocumentUnsupported, "3:1: a second YAML document in one file".into())
        );
        assert_eq!(fault("a: &a [*a]").0, Code::DocumentSyntax);
        assert_eq!(fault("a: *b").0, Code::DocumentSyntax);
        assert_eq!(fault("a: !secret x").0, Code::DocumentUnsupported);
        assert_eq!(fault("? [a]\n: b").0, Code::DocumentValue);
        assert!(parse("a: 1\n---\n", "f").unwrap().is_some());
        assert!(parse("", "f").unwrap().is_none_or(|node| node.is_null()));
        assert!(parse("\u{feff}a: 1", "f").unwrap().is_some());
    }

    #[test]
    fn documents_that_multiply_themselves_are_stopped() {
        let mut bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
        for level in 1..30 {
            let list = vec![format!("*a{}", level - 1); 10].join(",");
            bomb.push_str(&format!("a{level}: &a{level} [{list}]\n"));
        }
        assert!(fault(&bomb).1.contains("more than 200000 values"));
        assert_eq!(fault(&"[".repeat(100_000)).0, Code::DocumentSyntax);
        assert!(fault(&format!("{}{}", "[".repeat(100), "]".repeat(100))).1.contains("nested deeper"));
        assert!(fault(&"- ".repeat(1_000)).1.contains("nested deeper"));
        assert!(fault(&" ".repeat(MAX_BYTES + 1)).1.contains("at most"));
    }
}
