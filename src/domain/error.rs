//! The one error type of the library: a code, what happened, why, and what to do next.

use std::fmt;

use super::code::{Code, Kind};

/// Shorthand for results of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A place in a file: 1-based line and 1-based column counted in characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Location {
    /// The file as the user named it.
    pub file: String,
    /// 1-based line.
    pub line: usize,
    /// 1-based column, in characters.
    pub column: usize,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One of several things that were worked on.
#[derive(Debug, Clone, PartialEq, Eq, Hash, serde::Serialize)]
pub struct Item {
    /// Its place among them, from 0.
    pub index: usize,
    /// What people call it; empty when it has no short name.
    pub name: String,
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => write!(f, "item [{}]", self.index),
            name => write!(f, "item [{}] `{name}`", self.index),
        }
    }
}

/// A failure that a user can act on.
///
/// `message` is one sentence fragment without a final period; `causes` go from the nearest to the
/// root; `help` is the next action.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Error {
    /// Stable code.
    pub code: Code,
    /// What happened, with names in backticks.
    pub message: String,
    /// Why, nearest cause first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub causes: Vec<String>,
    /// What to do next.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// Where in a document, when the fault is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
    /// On which of several things that were worked on it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// More to look at, in lines: a diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

impl Error {
    /// A new error with nothing but its code and message.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error {
            code,
            message: message.into(),
            causes: Vec::new(),
            help: None,
            location: None,
            item: None,
            detail: None,
        }
    }

    /// Several findings as one failure: the first, with the others to look at beside it. `None` when there are none.
    pub fn together(mut found: Vec<Error>) -> Option<Error> {
        if found.is_empty() {
            return None;
        }
        let mut first = found.remove(0);
        let count = found.len();
        if count == 0 {
            return Some(first);
        }
        let mut lines = vec![format!("{count} more {} found:", if count == 1 { "thing was" } else { "things were" })];
        for other in found {
            let place = other.location.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
            lines.push(format!("  {}: {place}{}", other.code, other.message));
            lines.extend(other.causes.iter().map(|cause| format!("      because {cause}")));
            lines.extend(other.help.iter().map(|help| format!("      help: {help}")));
        }
        first.detail = Some(match first.detail.take() {
            Some(detail) => format!("{detail}\n{}", lines.join("\n")),
            None => lines.join("\n"),
        });
        Some(first)
    }

    /// Says which of several node groups it is about.
    #[must_use]
    pub fn of_group(mut self, name: &str) -> Self {
        self.message = format!("node group `{name}`: {}", self.message);
        self
    }

    /// Adds a cause, further from the surface than those already there.
    #[must_use]
    pub fn because(mut self, cause: impl Into<String>) -> Self {
        self.causes.push(cause.into());
        self
    }

    /// Sets the next action.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Sets the place in a document.
    #[must_use]
    pub fn at(mut self, location: Location) -> Self {
        self.location = Some(location);
        self
    }

    /// Sets the thing that it happened on; one that is known already stays.
    #[must_use]
    pub fn on(mut self, item: Item) -> Self {
        self.item.get_or_insert(item);
        self
    }

    /// Sets what there is more to look at.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Whether one of the causes is AWS's (or Kubernetes') refusal with this code.
    pub fn has_cause(&self, code: &str) -> bool {
        self.causes
            .iter()
            .any(|cause| cause.strip_prefix(code).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
    }

    /// Whether the message or a cause contains `text`.
    pub fn mentions(&self, text: &str) -> bool {
        self.message.contains(text) || self.causes.iter().any(|cause| cause.contains(text))
    }

    /// What this failure means for the caller.
    pub fn kind(&self) -> Kind {
        self.code.kind()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

/// Finds the name in `known` that is nearest to `given`, if it is near enough to be a slip of the hand.
pub fn nearest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(given, name), name))
        .filter(|(distance, name)| *distance <= (name.chars().count() / 3).clamp(1, 4))
        // A name of one letter is one slip away from every other.
        .filter(|(distance, _)| *distance < given.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_finds_a_slip_and_nothing_else() {
        assert_eq!(nearest("lables", ["labels", "taints"]), Some("labels"));
        assert_eq!(nearest("eks-spot-eksctl", ["eks-spot-eksct", "prod"]), Some("eks-spot-eksct"));
        assert_eq!(nearest("zebra", ["labels", "taints"]), None);
        assert_eq!(nearest("f", ["E", "PI"]), None);
    }
}
