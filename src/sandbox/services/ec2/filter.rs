//! `Filter.N`: names and values, where `*` and `?` are wildcards. Filters are ANDed, their values ORed.

use serde_json::Value;

use crate::domain::cloud::TagMap;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::ApiError;

/// A request's filters.
#[derive(Debug, Default)]
pub(super) struct Filters(Vec<(String, Vec<String>)>);

/// What a resource says under a filter's name.
pub(super) enum Field {
    /// No such filter for this resource.
    Unknown,
    /// Its values; none when it has nothing there.
    Values(Vec<String>),
}

impl Field {
    pub(super) fn one(value: impl Into<String>) -> Field {
        Field::Values(vec![value.into()])
    }

    pub(super) fn maybe(value: Option<impl Into<String>>) -> Field {
        Field::Values(value.into_iter().map(Into::into).collect())
    }

    /// The tag filters that every taggable resource has.
    pub(super) fn tag(name: &str, tags: &TagMap) -> Field {
        match name {
            "tag-key" => Field::Values(tags.keys().cloned().collect()),
            "tag-value" => Field::Values(tags.values().cloned().collect()),
            _ => match name.strip_prefix("tag:") {
                Some(key) => Field::maybe(tags.get(key).cloned()),
                None => Field::Unknown,
            },
        }
    }
}

impl Filters {
    pub(super) fn read(tree: &Value) -> Filters {
        let filters = read::list(tree, "Filter").iter();
        Filters(filters.map(|filter| (read::string(filter, "Name"), read::strings(filter, "Value"))).collect())
    }

    /// The values of a filter that has no wildcard: what an index can answer.
    pub(super) fn exact(&self, name: &str) -> Option<&[String]> {
        let (_, values) = self.0.iter().find(|(known, _)| known == name)?;
        values.iter().all(|value| !value.contains(['*', '?'])).then_some(values.as_slice())
    }

    /// A tag filter that an index can answer.
    pub(super) fn exact_tags(&self) -> impl Iterator<Item = (&str, &[String])> {
        self.0.iter().filter_map(|(name, values)| {
            let key = name.strip_prefix("tag:")?;
            values.iter().all(|value| !value.contains(['*', '?'])).then_some((key, values.as_slice()))
        })
    }

    /// Whether a resource passes all filters.
    pub(super) fn pass(&self, field: impl Fn(&str) -> Field) -> Result<bool, ApiError> {
        for (name, wanted) in &self.0 {
            match field(name) {
                Field::Unknown => {
                    let message = format!("The filter '{name}' is invalid");
                    return Err(ApiError::client("InvalidParameterValue", message));
                }
                Field::Values(values) => {
                    if !values.iter().any(|value| wanted.iter().any(|pattern| matches(pattern, value))) {
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    /// Refuses a filter name even when there is nothing to filter.
    pub(super) fn check(&self, field: impl Fn(&str) -> Field) -> Result<(), ApiError> {
        self.pass(|name| match field(name) {
            Field::Unknown => Field::Unknown,
            Field::Values(_) => Field::Values(self.0.iter().flat_map(|(_, values)| values.clone()).collect()),
        })
        .map(drop)
    }
}

/// Glob matching with `*` and `?`.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    if !pattern.contains(['*', '?']) {
        return pattern == text;
    }
    let (pattern, text): (Vec<char>, Vec<char>) = (pattern.chars().collect(), text.chars().collect());
    let (mut p, mut t, mut star) = (0, 0, None);
    while t < text.len() {
        match pattern.get(p) {
            Some('*') => {
                star = Some((p, t));
                p += 1;
            }
            Some(c) if *c == '?' || *c == text[t] => {
                p += 1;
                t += 1;
            }
            _ => match star {
                Some((at, from)) => {
                    p = at + 1;
                    t = from + 1;
                    star = Some((at, from + 1));
                }
                None => return false,
            },
        }
    }
    pattern[p..].iter().all(|c| *c == '*')
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn globs() {
        assert!(matches("t3*", "t3a.xlarge"));
        assert!(matches("*.x?arge", "m5.xlarge"));
        assert!(!matches("t3.*", "t3a.xlarge"));
        assert!(matches("a*b*c", "aXbbXc"));
        assert!(!matches("a*b*c", "aXbbX"));
    }
}
