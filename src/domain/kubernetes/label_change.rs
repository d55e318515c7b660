//! `kubectl label`'s arguments, and what they make of an object's labels.

use std::collections::BTreeMap;

use indexmap::IndexMap;

use super::names;
use crate::domain::node_change::NodeVerdict;

/// Labels to set and to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LabelChange {
    /// To set.
    pub set: IndexMap<String, String>,
    /// To remove.
    pub remove: Vec<String>,
    /// Whether a label that has another value may be replaced.
    pub overwrite: bool,
}

/// Whether an argument is about a label rather than a resource or a name.
pub fn is_change(argument: &str) -> bool {
    (argument.contains('=') && !argument.starts_with('=')) || (argument.ends_with('-') && argument != "-")
}

impl LabelChange {
    /// Reads `key=value` and `key-`.
    ///
    /// # Errors
    /// kubectl's sentence about what is wrong.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>, overwrite: bool) -> Result<Self, String> {
        let mut change = LabelChange { overwrite, ..LabelChange::default() };
        for text in texts {
            match text.split('=').collect::<Vec<_>>()[..] {
                [key, value] => {
                    let rules = names::label_value(value);
                    if !rules.is_empty() {
                        return Err(format!("invalid label value: {text:?}: {}", rules.join(";")));
                    }
                    change.set.insert(key.to_owned(), value.to_owned());
                }
                [_] => match text.strip_suffix('-') {
                    Some(key) => change.remove.push(key.to_owned()),
                    None => return Err(format!("unknown label spec: {text}")),
                },
                _ => return Err(format!("invalid label spec: {text}")),
            }
        }
        if change.remove.iter().any(|key| change.set.contains_key(key)) {
            return Err("can not both modify and remove a label in the same command".to_owned());
        }
        Ok(change)
    }

    /// The labels that an object gets, with kubectl's word for the change.
    ///
    /// # Errors
    /// Sentences about labels that have another value.
    pub fn apply(
        &self,
        labels: &BTreeMap<String, String>,
    ) -> Result<(NodeVerdict, BTreeMap<String, String>), Vec<String>> {
        let differs = |(key, value): (&String, &String)| {
            let there = labels.get(key).filter(|there| *there != value)?;
            Some(format!("'{key}' already has a value ({there}), and --overwrite is false"))
        };
        let differing: Vec<String> = self.set.iter().filter_map(differs).collect();
        if !self.overwrite && !differing.is_empty() {
            return Err(differing);
        }
        let mut after = labels.clone();
        after.extend(self.set.iter().map(|(key, value)| (key.clone(), value.clone())));
        after.retain(|key, _| !self.remove.contains(key));
        // kubectl tells the two apart by which text is longer.
        let size = |labels: &BTreeMap<String, String>| {
            labels.iter().map(|(key, value)| key.len() + value.len() + 6).sum::<usize>()
        };
        let verdict = if after == *labels {
            NodeVerdict::NotLabeled
        } else if !self.overwrite && size(&after) < size(labels) {
            NodeVerdict::Unlabeled
        } else {
            NodeVerdict::Labeled
        };
        Ok((verdict, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(texts: &[&str], overwrite: bool) -> String {
        let labels = BTreeMap::from([("a".to_owned(), "1".to_owned())]);
        match LabelChange::parse(texts.iter().copied(), overwrite) {
            Err(error) => error,
            Ok(change) => match change.apply(&labels) {
                Ok((verdict, after)) => format!("{} {after:?}", verdict.as_str()),
                Err(errors) => errors.join(" / "),
            },
        }
    }

    #[test]
    fn changes_are_kubectls() {
        for (texts, overwrite, expected) in [
            (&["b=2"][..], false, r#"labeled {"a": "1", "b": "2"}"#),
            (&["a=1"], false, r#"not labeled {"a": "1"}"#),
            (&["a=2"], false, "'a' already has a value (1), and --overwrite is false"),
            (&["a=2"], true, r#"labeled {"a": "2"}"#),
            (&["a-"], false, "unlabeled {}"),
            (&["a-"], true, "labeled {}"),
            (&["c-"], false, r#"not labeled {"a": "1"}"#),
            (&["a=1", "a-"], false, "can not both modify and remove a label in the same command"),
            (&["a=b=c"], false, "invalid label spec: a=b=c"),
            (&["x"], false, "unknown label spec: x"),
        ] {
            assert_eq!(applied(texts, overwrite), expected, "{texts:?}");
        }
        assert!(applied(&["a=-"], false).starts_with(r#"invalid label value: "a=-": a valid label must be"#));
    }
}
