//! One change on the text.

use serde_json::Value as Json;

use super::Change;
use super::path::{Path, Step};
use super::scalar;
use crate::domain::yaml::{Entry, Node, Value};

/// The text with the change, or `None` where there is no place for it.
pub(super) fn apply(text: &str, root: &Node, path: &Path, change: &Change) -> Option<String> {
    match change {
        Change::Set(_, value) => set(text, root, path, value),
        Change::Remove(_) => remove(text, root, path),
        Change::Rename(_, name) => {
            let (parent, entry) = (node(root, &path[..path.len() - 1])?, last_entry(root, path)?);
            let Value::Map(_) = parent.value else { return None };
            let end = entry.start + written_key(text, entry)?.len();
            Some(format!("{}{}{}", &text[..entry.start], scalar::text(name), &text[end..]))
        }
    }
}

/// The node that a path leads to.
fn node<'n>(root: &'n Node, path: &[Step]) -> Option<&'n Node> {
    path.iter().try_fold(root, |at, step| match (step, &at.value) {
        (Step::Key(key), Value::Map(entries)) => {
            entries.iter().find(|entry| entry.key == *key).map(|entry| &*entry.value)
        }
        (Step::Index(index), Value::List(items)) => items.get(*index).map(|item| &**item),
        _ => None,
    })
}

fn last_entry<'n>(root: &'n Node, path: &Path) -> Option<&'n Entry> {
    let (last, way) = path.split_last()?;
    match (last, &node(root, way)?.value) {
        (Step::Key(key), Value::Map(entries)) => entries.iter().find(|entry| entry.key == *key),
        _ => None,
    }
}

/// A key as it is written, quotes included.
fn written_key<'t>(text: &'t str, entry: &Entry) -> Option<&'t str> {
    let rest = text.get(entry.start..)?;
    let candidates = [entry.key.clone(), format!("\"{}\"", entry.key), format!("'{}'", entry.key)];
    candidates.iter().find(|key| rest.starts_with(key.as_str())).and_then(|key| rest.get(..key.len()))
}

/// Where the value of a key begins on the key's line.
fn value_start(text: &str, entry: &Entry) -> Option<usize> {
    let key_end = entry.start + written_key(text, entry)?.len();
    let colon = key_end + text.get(key_end..)?.find(':')? + 1;
    Some(text.len() - text.get(colon..)?.trim_start_matches(' ').len())
}

fn set(text: &str, root: &Node, path: &Path, value: &Json) -> Option<String> {
    // As far as the path leads, and what must be made of the rest.
    let there = (0..=path.len()).rev().find(|length| node(root, &path[..*length]).is_some())?;
    let at = node(root, &path[..there])?;
    let mut made = value.clone();
    for step in path.get(there + 1..).unwrap_or_default().iter().rev() {
        let Step::Key(key) = step else { return None };
        made = Json::Object([(key.clone(), made)].into_iter().collect());
    }
    match path.get(there) {
        None => replace(text, root, path, at, value),
        Some(_) if at.is_null() => {
            let Some(Step::Key(key)) = path.get(there) else { return None };
            replace(text, root, &path[..there].to_vec(), at, &Json::Object([(key.clone(), made)].into_iter().collect()))
        }
        Some(Step::Key(key)) => add_key(text, at, key, &made),
        Some(Step::Index(_)) => add_item(text, at, &made),
    }
}

/// Puts a value where another one is.
fn replace(text: &str, root: &Node, path: &Path, at: &Node, value: &Json) -> Option<String> {
    let (mut start, mut end) = (at.span.start, at.span.end);
    let one_line = scalar::scalar(value);
    let is_block = matches!(at.value, Value::Map(_) | Value::List(_)) && !at.span.flow;
    if !is_block {
        if at.is_null() && end <= start {
            // Nothing is written: the value goes behind the colon.
            let entry = last_entry(root, path)?;
            start = entry.start + written_key(text, entry)?.len();
            start += text.get(start..)?.find(':')? + 1;
            return Some(format!("{} {}{}", &text[..start], flat(value), &text[start..]));
        }
        let written = text.get(start..end)?;
        end -= written.len() - written.trim_end().len();
        // The parser begins a block text behind its `|`, which goes too.
        let header = last_entry(root, path).and_then(|entry| value_start(text, entry));
        let header = header.filter(|header| *header < start && text[*header..].starts_with(['|', '>']));
        start = header.unwrap_or(start);
        let line_break = if header.is_some() && text[end..].is_empty() { "\n" } else { "" };
        let value = if is_json(text) { value.to_string() } else { flat(value) };
        return Some(format!("{}{value}{line_break}{}", &text[..start], &text[end..]));
    }
    // A block of lines: they go, and the value takes their place.
    let (first, last) = block_lines(text, at)?;
    let indent = column(text, at.span.start);
    let inline_start = text[line_start(text, at.span.start)..at.span.start].trim().is_empty();
    if !inline_start {
        return None;
    }
    match one_line {
        None => Some(format!("{}{}{}", &text[..first], scalar::block(value, indent), &text[last..])),
        Some(line) => {
            // The key stands on a line before.
            let head = text[..first].trim_end_matches('\n');
            let colon = head.rfind(':')?;
            if !head[colon + 1..].trim().is_empty() {
                return None;
            }
            Some(format!("{} {line}\n{}", &head[..=colon], &text[last..]))
        }
    }
}

/// Whether the document is written as JSON, which wants all its texts in quotes.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with('{')
}

fn flat(value: &Json) -> String {
    scalar::flow(value)
}

/// Adds a key behind the last one.
fn add_key(text: &str, at: &Node, key: &str, value: &Json) -> Option<String> {
    let Value::Map(entries) = &at.value else { return None };
    if at.span.flow {
        let pair = if is_json(text) {
            format!("{}: {value}", Json::from(key))
        } else {
            format!("{}: {}", scalar::text(key), flat(value))
        };
        return add_to_flow(text, at, &pair, entries.is_empty());
    }
    let last = entries.iter().max_by_key(|entry| entry.start)?;
    // A key that a merge brought stands elsewhere.
    if last.start < at.span.start {
        return None;
    }
    let indent = column(text, last.start);
    let end = content_end(text, last_end(&last.value).max(last.start + last.key.len()));
    let line = scalar::entry(key, value, indent);
    let gap = if text[..end].ends_with('\n') { "" } else { "\n" };
    Some(format!("{}{gap}{line}{}", &text[..end], &text[end..]))
}

/// Adds an item behind the last one.
fn add_item(text: &str, at: &Node, value: &Json) -> Option<String> {
    let Value::List(items) = &at.value else { return None };
    if at.span.flow {
        let item = if is_json(text) { value.to_string() } else { flat(value) };
        return add_to_flow(text, at, &item, items.is_empty());
    }
    let last = items.last()?;
    let line = line_start(text, last.span.start);
    let dash = text[line..last.span.start].find('-')?;
    let end = content_end(text, last_end(last));
    let lines = scalar::block(&Json::Array(vec![value.clone()]), dash);
    let gap = if text[..end].ends_with('\n') { "" } else { "\n" };
    Some(format!("{}{gap}{lines}{}", &text[..end], &text[end..]))
}

fn add_to_flow(text: &str, at: &Node, what: &str, empty: bool) -> Option<String> {
    let close = text[..at.span.end].rfind(['}', ']'])?;
    let head = text[..close].trim_end();
    let separator = if empty || head.ends_with(',') { "" } else { ", " };
    // A comment behind the last value would swallow what is added.
    let line = &head[line_start(head, head.len())..];
    if line.contains(" #") {
        return None;
    }
    Some(format!("{head}{separator}{what}{}", &text[head.len()..]))
}

fn remove(text: &str, root: &Node, path: &Path) -> Option<String> {
    let (last, way) = path.split_last()?;
    let Some(parent) = node(root, way) else { return Some(text.to_owned()) };
    let (start, end, alone) = match (last, &parent.value) {
        (Step::Key(key), Value::Map(entries)) => {
            let entry = entries.iter().find(|entry| entry.key == *key)?;
            (entry.start, last_end(&entry.value).max(entry.start + key.len()), entries.len() == 1)
        }
        (Step::Index(index), Value::List(items)) => {
            let item = items.get(*index)?;
            (item.span.start, last_end(item), items.len() == 1)
        }
        _ => return None,
    };
    if parent.span.flow {
        return remove_from_flow(text, start, end, alone);
    }
    if alone {
        // An empty block cannot be written: its key goes with it, or stands for an empty list or map.
        let empty = if last.is_key() { Json::Object(Default::default()) } else { Json::Array(Vec::new()) };
        return replace(text, root, &way.to_vec(), parent, &empty);
    }
    let line = line_start(text, start);
    let before = &text[line..start];
    let first_of_item = last.is_key() && before.trim_start().starts_with('-');
    if first_of_item {
        // `- key: value`: what follows takes the place behind the dash.
        let next = content_end(text, end);
        let rest = text[next..].trim_start_matches(' ');
        return Some(format!("{}{rest}", &text[..start]));
    }
    let blank = |c: char| c == ' ' || c == '-';
    if !before.chars().all(blank) {
        return None;
    }
    Some(format!("{}{}", &text[..line], &text[content_end(text, end)..]))
}

fn remove_from_flow(text: &str, start: usize, end: usize, alone: bool) -> Option<String> {
    if alone {
        return Some(format!("{}{}", &text[..start], &text[end..]));
    }
    let rest = &text[end..];
    if let Some(after) = rest.trim_start().strip_prefix(',') {
        return Some(format!("{}{}", &text[..start], after.trim_start_matches(' ')));
    }
    let head = text[..start].trim_end().strip_suffix(',')?;
    Some(format!("{head}{rest}"))
}

/// The lines of a block, from the first to the end of the last.
fn block_lines(text: &str, at: &Node) -> Option<(usize, usize)> {
    Some((line_start(text, at.span.start), content_end(text, last_end(at))))
}

/// Where what is written of a node ends: the parser's end of a block lies behind the comments that follow it.
fn last_end(at: &Node) -> usize {
    match &at.value {
        Value::Map(entries) if !at.span.flow => entries
            .iter()
            .map(|entry| last_end(&entry.value).max(entry.start + entry.key.len()))
            .max()
            .unwrap_or(at.span.start),
        Value::List(items) if !at.span.flow => items.iter().map(|item| last_end(item)).max().unwrap_or(at.span.start),
        _ => at.span.end.max(at.span.start),
    }
}

/// The end of the line in which the content that ends here ends; line breaks within a block text belong to it.
fn content_end(text: &str, end: usize) -> usize {
    let written = text[..end].trim_end().len();
    text[written..].find('\n').map_or(text.len(), |offset| written + offset + 1)
}

fn line_start(text: &str, at: usize) -> usize {
    text[..at].rfind('\n').map_or(0, |position| position + 1)
}

/// Characters from the beginning of the line.
fn column(text: &str, at: usize) -> usize {
    text[line_start(text, at)..at].chars().count()
}
