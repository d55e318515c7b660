//! Files as the objects in them: JSON or YAML, lists or single objects, several documents.

use std::sync::OnceLock;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result};
use crate::domain::kubernetes::given::{self, Given};
use crate::domain::yaml::Mark;
use crate::domain::yaml::places::{DEEPEST, Document, Fault, places};

/// What to give.
pub(super) fn give() -> String {
    format!("give what `{}` printed", given::COMMAND)
}

/// How many faults are told.
const MOST: usize = 20;

/// A text that was read.
struct Text<'t> {
    file: &'t str,
    text: &'t str,
    /// Where its documents and their items stand. Of JSON that is found out when it is asked for.
    places: OnceLock<Vec<Document>>,
    /// The byte at which each document of a JSON text begins.
    starts: Vec<usize>,
}

/// An object of a text.
struct Read {
    object: Value,
    text: usize,
    document: usize,
    /// Which of the document's items it is, if it is one of a list.
    item: Option<usize>,
}

/// The objects of files, given by name and text.
///
/// # Errors
/// `SPOT-0201` when a text is neither JSON nor YAML, or nests too deeply; `SPOT-0707`, all at once, for what no cluster
/// could hold: objects without a name, with fields of a wrong type, or there twice.
pub fn objects(files: &[(String, String)]) -> Result<Vec<Value>> {
    let mut texts = vec![];
    let mut all = vec![];
    let mut faults = vec![];
    for (number, (file, text)) in files.iter().enumerate() {
        let (text, documents) = documents(file, text)?;
        // A list without items is an answer, too; nothing at all is what a command that failed leaves behind.
        if documents.iter().all(Value::is_null) {
            let message = format!("`{file}` holds no Kubernetes objects: it is empty");
            let help = format!("see whether the command that wrote it failed, and {}", give());
            faults.push(
                Error::new(Code::ObjectsUnusable, message).help(help).at(text.place(Mark { line: 1, column: 1 })),
            );
        }
        texts.push(text);
        for (document, value) in documents.into_iter().enumerate() {
            take(value, (number, document), &mut all).unwrap_or_else(|why| {
                let text = &texts[number];
                let what = if document == 0 { "it".to_owned() } else { format!("document {}", document + 1) };
                let message = format!("`{file}` holds no Kubernetes objects: {what} {why}");
                let error = Error::new(Code::ObjectsUnusable, message).help(give());
                faults.push(text.at(document, None).into_iter().fold(error, Error::at));
            });
        }
    }
    let words: Vec<String> = all.iter().map(Read::place).collect();
    let whole: Vec<Given<'_>> = all
        .iter()
        .zip(&words)
        .map(|(read, place)| Given { object: &read.object, file: texts[read.text].file, place })
        .collect();
    faults.extend(given::faults(&whole, |number| {
        let read = all.get(number)?;
        texts[read.text].at(read.document, read.item)
    }));
    let more = faults.len().saturating_sub(MOST);
    faults.truncate(MOST);
    match Error::together(faults) {
        Some(error) if more > 0 => Err(error.because(format!("{more} more are not shown"))),
        Some(error) => Err(error),
        None => Ok(all.into_iter().map(|read| read.object).collect()),
    }
}

/// The documents of a text; those of YAML that are empty are null.
fn documents<'t>(file: &'t str, text: &'t str) -> Result<(Text<'t>, Vec<Value>)> {
    let text = text.trim_start_matches('\u{feff}');
    let mut read = Text { file, text, places: OnceLock::new(), starts: vec![] };
    let mut documents = vec![];
    // A list at the top is as little an object in YAML as in JSON, and this reader has a bound.
    if text.trim_start().starts_with(['{', '[']) {
        let mut stream = serde_json::Deserializer::from_str(text).into_iter::<Value>();
        loop {
            read.starts.push(stream.byte_offset());
            match stream.next() {
                None => return Ok((read, documents)),
                Some(Ok(document)) => documents.push(document),
                Some(Err(error)) => {
                    let at = Mark { line: error.line(), column: error.column() };
                    let why = error.to_string();
                    let deep = why.starts_with("recursion limit exceeded");
                    return Err(if deep { read.deep(at) } else { read.broken(at, why) });
                }
            }
        }
    }
    let (found, fault) = places(text);
    match fault {
        Some(Fault::Deep(at)) => return Err(read.deep(at)),
        Some(Fault::Syntax(at, why)) => return Err(read.broken(at, why)),
        None => {}
    }
    let _ = read.places.set(found);
    for document in serde_yaml::Deserializer::from_str(text) {
        let document = Value::deserialize(document).map_err(|error| {
            let place = error.location();
            let at = place.map_or(Mark { line: 1, column: 1 }, |it| Mark { line: it.line(), column: it.column() });
            read.broken(at, error.to_string())
        })?;
        documents.push(document);
    }
    Ok((read, documents))
}

impl Text<'_> {
    fn error(&self, at: Mark, message: String) -> Error {
        Error::new(Code::DocumentSyntax, message).help(give()).at(self.place(at))
    }

    fn broken(&self, at: Mark, why: String) -> Error {
        self.error(at, format!("`{}` is neither JSON nor YAML", self.file)).because(why)
    }

    fn deep(&self, at: Mark) -> Error {
        self.error(at, format!("`{}` nests deeper than {DEEPEST} levels", self.file))
    }

    fn place(&self, at: Mark) -> Location {
        Location { file: self.file.to_owned(), line: at.line.max(1), column: at.column.max(1) }
    }

    /// Where a document begins, or one of its items.
    fn at(&self, document: usize, item: Option<usize>) -> Option<Location> {
        let of_json = || {
            let one = |start: &usize| {
                let before = self.text.get(..*start).unwrap_or_default();
                let lines = before.matches('\n').count();
                // A document that follows another in its line: columns of a line that is broken up mean nothing.
                let down = |mark: Mark| Mark { line: mark.line + lines, ..mark };
                let (mut found, _) = places(self.text.get(*start..).unwrap_or_default());
                let first = if found.is_empty() {
                    Document { at: Mark { line: 1, column: 1 }, items: vec![] }
                } else {
                    found.swap_remove(0)
                };
                Document { at: down(first.at), items: first.items.into_iter().map(down).collect() }
            };
            self.starts.iter().map(one).collect()
        };
        let document = self.places.get_or_init(of_json).get(document)?;
        let at = item.and_then(|item| document.items.get(item)).unwrap_or(&document.at);
        Some(self.place(*at))
    }
}

impl Read {
    fn place(&self) -> String {
        match (self.document, self.item) {
            (0, Some(item)) => format!("item {item}"),
            (document, Some(item)) => format!("item {item} of document {}", document + 1),
            (document, None) => format!("document {}", document + 1),
        }
    }
}

/// Takes the objects of a document; why there are none.
fn take(document: Value, (text, number): (usize, usize), into: &mut Vec<Read>) -> Result<(), String> {
    let mut map = match document {
        Value::Null => return Ok(()),
        Value::Object(map) => map,
        Value::Array(_) => return Err("is a list, not a map".to_owned()),
        _ => return Err("is no map".to_owned()),
    };
    let said = |key: &str| map.get(key).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (kind, version) = (said("kind"), said("apiVersion"));
    // The items of `NodeList` do not say what they are; those of `List` do.
    let Some(of) = kind.strip_suffix("List").filter(|_| map.contains_key("items")) else {
        if kind.is_empty() && map.contains_key("items") {
            return Err("has `items` and no `kind`".to_owned());
        }
        into.push(Read { object: Value::Object(map), text, document: number, item: None });
        return Ok(());
    };
    if version.is_empty() {
        return Err(format!("is a {kind} without an `apiVersion`"));
    }
    let items = match map.shift_remove("items") {
        Some(Value::Array(items)) => items,
        // Go writes an empty list so.
        Some(Value::Null) => vec![],
        _ => return Err(format!("is a {kind} whose `items` are no list")),
    };
    for (item, mut object) in items.into_iter().enumerate() {
        if let Value::Object(fields) = &mut object
            && !of.is_empty()
            && fields.get("kind").is_none_or(Value::is_null)
        {
            fields.insert("kind".to_owned(), of.into());
            fields.insert("apiVersion".to_owned(), version.clone().into());
        }
        into.push(Read { object, text, document: number, item: Some(item) });
    }
    Ok(())
}
