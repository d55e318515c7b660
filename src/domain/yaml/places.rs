//! Where the documents of a text begin and the items in them, for texts that are too large to be kept as a tree.
//!
//! Works through the parser's events one by one and stops at what nests too deeply: other parsers need time that grows
//! with the square of the depth, or have no bound at all.

use granit_parser::{Event, Options, Parser};

use super::Mark;
use super::build::mark;

/// Deepest nesting of objects that are given.
pub(crate) const DEEPEST: usize = 128;

/// A document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Document {
    /// Where it begins.
    pub(crate) at: Mark,
    /// Where each of its `items` does.
    pub(crate) items: Vec<Mark>,
}

/// Why a text was not read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It nests more than [`DEEPEST`] levels.
    Deep(Mark),
    /// It is not YAML.
    Syntax(Mark, String),
}

/// What a node at the top level of a document stands for.
enum Expected {
    Key,
    Value { of_items: bool },
}

/// The places of a text, as far as it can be read, and what ended that.
pub(crate) fn places(text: &str) -> (Vec<Document>, Option<Fault>) {
    let mut options = Options::default();
    options.set_emit_comments(false);
    let mut documents: Vec<Document> = vec![];
    let (mut depth, mut in_map, mut in_items) = (0_usize, false, false);
    let mut expected = Expected::Key;
    for event in Parser::new_from_str_with_options(text, options) {
        let (event, span) = match event {
            Ok(event) => event,
            Err(error) => {
                let (at, why) = (mark(*error.marker()), error.info());
                // The parser looks ahead and has a bound of its own, beyond ours.
                let deep = why.contains("recursion limit exceeded");
                return (documents, Some(if deep { Fault::Deep(at) } else { Fault::Syntax(at, why.to_owned()) }));
            }
        };
        let at = mark(span.start);
        let opens = matches!(event, Event::SequenceStart(..) | Event::MappingStart(..));
        if opens || matches!(event, Event::Scalar(..) | Event::Alias(_)) {
            match depth {
                0 => {
                    documents.push(Document { at, items: vec![] });
                    in_map = matches!(event, Event::MappingStart(..));
                    expected = Expected::Key;
                }
                1 if in_map => {
                    expected = match expected {
                        Expected::Key => {
                            Expected::Value { of_items: matches!(&event, Event::Scalar(text, ..) if text == "items") }
                        }
                        Expected::Value { of_items } => {
                            in_items = of_items && matches!(event, Event::SequenceStart(..));
                            Expected::Key
                        }
                    };
                }
                2 if in_items => documents.iter_mut().last().into_iter().for_each(|document| document.items.push(at)),
                _ => {}
            }
        }
        match event {
            _ if opens => {
                depth += 1;
                if depth > DEEPEST {
                    return (documents, Some(Fault::Deep(at)));
                }
            }
            Event::SequenceEnd | Event::MappingEnd => {
                depth = depth.saturating_sub(1);
                in_items = in_items && depth > 1;
            }
            _ => {}
        }
    }
    (documents, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_and_items_have_lines() {
        let text = "kind: List\nmetadata: {items: [1]}\nitems:\n- a: [1, 2]\n  b: 1\n- c\n---\n---\n[a]\n";
        let (documents, fault) = places(text);
        let lines: Vec<(usize, Vec<usize>)> =
            documents.iter().map(|one| (one.at.line, one.items.iter().map(|item| item.line).collect())).collect();
        assert_eq!((lines[0].clone(), fault), ((1, vec![4, 6]), None));
        assert_eq!(lines.last(), Some(&(9, vec![])));
        let (documents, _) = places("{\"kind\": \"List\",\n\"items\": [\n{},\n{}]}");
        assert_eq!(documents[0].items.iter().map(|item| item.line).collect::<Vec<_>>(), [3, 4]);
    }

    #[test]
    fn what_nests_too_deeply_ends_it_at_once() {
        for text in ["[".repeat(200_000), "- ".repeat(200_000), "{a: ".repeat(200_000)] {
            let Some(Fault::Deep(at)) = places(&text).1 else { panic!("{}", &text[..10]) };
            assert!(at.column < 20 * DEEPEST, "it was read as far as column {}", at.column);
        }
        assert!(matches!(places("a: [1\nb").1, Some(Fault::Syntax(..))));
        assert_eq!(places(&format!("{}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST))).1, None);
    }
}
