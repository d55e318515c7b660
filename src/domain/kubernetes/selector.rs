//! Label selectors: `lifecycle=Ec2Spot,intent in (apps, ml),!gpu,cores>3`.
//!
//! The grammar, and the sentences about what does not follow it, are the API server's.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{names, selector_parser};
use crate::domain::{Code, Error, Result};

/// How a requirement compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    /// `in (…)`
    In,
    /// `notin (…)`
    NotIn,
    /// `=`
    Equals,
    /// `==`
    DoubleEquals,
    /// `!=`
    NotEquals,
    /// `>`
    GreaterThan,
    /// `<`
    LessThan,
    /// The bare key.
    Exists,
    /// `!` and the key.
    DoesNotExist,
}

/// One condition on one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Requirement {
    key: String,
    operator: Operator,
    values: BTreeSet<String>,
}

impl Requirement {
    /// A checked requirement; the error is the API server's sentence.
    pub(super) fn new(key: String, operator: Operator, values: BTreeSet<String>) -> Result<Self, String> {
        let mut broken = Vec::new();
        let list = || values.iter().map(|value| format!("\"{value}\"")).collect::<Vec<_>>().join(",");
        match operator {
            Operator::In | Operator::NotIn if values.is_empty() => broken.push(format!(
                "values: Invalid value: [{}]: for 'in', 'notin' operators, values set can't be empty",
                list()
            )),
            Operator::GreaterThan | Operator::LessThan => {
                for (index, value) in values.iter().enumerate() {
                    if value.parse::<i64>().is_err() {
                        broken.push(format!(
                            "values[{index}]: Invalid value: \"{value}\": for 'Gt', 'Lt' operators, the value must \
                             be an integer"
                        ));
                    }
                }
            }
            _ => {}
        }
        for (index, value) in values.iter().enumerate() {
            let rules = names::label_value(value);
            if !rules.is_empty() {
                broken.push(format!("values[{index}][{key}]: Invalid value: \"{value}\": {}", rules.join("; ")));
            }
        }
        match broken.as_slice() {
            [] => Ok(Requirement { key, operator, values }),
            [one] => Err(one.clone()),
            many => Err(format!("[{}]", many.join(", "))),
        }
    }

    fn matches<'a>(&self, get: &impl Fn(&str) -> Option<&'a str>) -> bool {
        let value = get(&self.key);
        match self.operator {
            Operator::Exists => value.is_some(),
            Operator::DoesNotExist => value.is_none(),
            Operator::In | Operator::Equals | Operator::DoubleEquals => {
                value.is_some_and(|value| self.values.contains(value))
            }
            Operator::NotIn | Operator::NotEquals => value.is_none_or(|value| !self.values.contains(value)),
            Operator::GreaterThan | Operator::LessThan => {
                let bound = self.values.first().and_then(|bound| bound.parse::<i64>().ok());
                match (value.and_then(|value| value.parse::<i64>().ok()), bound) {
                    (Some(value), Some(bound)) if self.operator == Operator::GreaterThan => value > bound,
                    (Some(value), Some(bound)) => value < bound,
                    _ => false,
                }
            }
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let values = self.values.iter().map(String::as_str).collect::<Vec<_>>().join(",");
        let key = &self.key;
        match self.operator {
            Operator::Exists => write!(f, "{key}"),
            Operator::DoesNotExist => write!(f, "!{key}"),
            Operator::In => write!(f, "{key} in ({values})"),
            Operator::NotIn => write!(f, "{key} notin ({values})"),
            Operator::Equals => write!(f, "{key}={values}"),
            Operator::DoubleEquals => write!(f, "{key}=={values}"),
            Operator::NotEquals => write!(f, "{key}!={values}"),
            Operator::GreaterThan => write!(f, "{key}>{values}"),
            Operator::LessThan => write!(f, "{key}<{values}"),
        }
    }
}

/// A label selector: all its requirements must hold. The empty one matches everything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selector {
    requirements: Vec<Requirement>,
}

impl Selector {
    /// Parses a selector.
    ///
    /// # Errors
    /// [`Code::InvalidSelector`], with the API server's own sentence as the cause.
    pub fn parse(text: &str) -> Result<Self> {
        Selector::parse_as_server(text).map_err(|sentence| {
            Error::new(Code::InvalidSelector, format!("label selector `{text}` does not parse"))
                .because(sentence)
                .help("write requirements joined by commas: `key=value`, `key!=value`, `key in (a,b)`, `key notin (a,b)`, `key`, `!key`, `key>1`")
        })
    }

    /// Parses a selector; the error is the API server's sentence alone.
    pub fn parse_as_server(text: &str) -> Result<Self, String> {
        Ok(Selector { requirements: selector_parser::parse(text)? })
    }

    /// Whether labels satisfy all requirements.
    pub fn matches(&self, labels: &BTreeMap<String, String>) -> bool {
        self.matches_with(|key| labels.get(key).map(String::as_str))
    }

    /// Whether labels that are kept elsewhere satisfy all requirements.
    pub fn matches_with<'a>(&self, get: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.requirements.iter().all(|requirement| requirement.matches(&get))
    }

    /// Whether it matches everything because it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.requirements.is_empty()
    }
}

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, requirement) in self.requirements.iter().enumerate() {
            write!(f, "{}{requirement}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "selector_tests.rs"]
mod tests;
