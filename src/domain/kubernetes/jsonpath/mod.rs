//! JSONPath in kubectl's dialect: `{range .items[*]}{.metadata.name}{"\n"}{end}`.
//!
//! Grammar, results and sentences about faults are those of Kubernetes' client library. A template is text with actions
//! in braces; an action is a chain of steps, each of which maps a list of values to another.

mod parse;
mod walk;

#[cfg(test)]
mod tests;

use serde_json::Value;

use super::go_value;

/// A parsed template.
#[derive(Debug, Clone, PartialEq)]
pub struct Template {
    nodes: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Text(String),
    Field(String),
    /// First, end and step of a slice.
    Array([Bound; 3]),
    Filter {
        left: Vec<Node>,
        operator: String,
        right: Vec<Node>,
    },
    Union(Vec<Vec<Node>>),
    Action(Vec<Node>),
    Identifier(String),
    Int(i64),
    Float(f64),
    Bool(bool),
    Wildcard,
    Recursive,
}

/// A bound of a slice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Bound {
    value: i64,
    known: bool,
    /// Whether it follows from the first bound: `[3]` is `[3:4]`.
    derived: bool,
}

impl Template {
    /// Parses a template. The error is a sentence.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        Ok(Template { nodes: parse::parse(text)? })
    }

    /// The values that each action finds, one list for each time that it is looked at. What is missing is no fault.
    ///
    /// # Errors
    /// A sentence about what cannot be walked.
    pub fn find(&self, data: &Value) -> Result<Vec<Vec<Value>>, String> {
        walk::find(&self.nodes, data)
    }

    /// The text that the template makes of `data`.
    ///
    /// # Errors
    /// A sentence about what cannot be walked.
    pub fn print(&self, data: &Value) -> Result<String, String> {
        let mut text = String::new();
        for results in self.find(data)? {
            let words: Vec<String> = results.iter().map(word).collect();
            text.push_str(&words.join(" "));
        }
        Ok(text)
    }
}

/// A value as a template prints it: maps and lists as JSON.
fn word(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::Object(_) => go_value::json(value),
        other => go_value::print(other),
    }
}

/// A path as people write it where only a path is meant: braces and the first dot may be left out.
///
/// # Errors
/// The sentence about a text that is no path.
pub fn relaxed(path: &str) -> Result<String, String> {
    if path.is_empty() {
        return Ok(String::new());
    }
    let inner = path.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).unwrap_or(path);
    let field = inner.strip_prefix('.').unwrap_or(inner);
    if field.is_empty() || field.contains(['{', '}']) {
        return Err("unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or \
                    '{.name1.name2}'"
            .to_owned());
    }
    Ok(format!("{{.{field}}}"))
}
