//! `kubectl taint`'s arguments, and what they make of a node's taints.

use serde_json::{Value, json};

use super::names;
use crate::domain::node_change::NodeVerdict;

/// Taints to add and to remove.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaintChange {
    /// To add.
    pub add: Vec<Spec>,
    /// To remove; without an effect, all of the key.
    pub remove: Vec<Spec>,
    /// Whether a taint of the same key and effect may be replaced.
    pub overwrite: bool,
    /// Whether what is not there need not be removed.
    pub lenient: bool,
}

/// A taint as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spec {
    /// Key.
    pub key: String,
    /// Value; may be empty.
    pub value: String,
    /// Effect; empty in a removal of all.
    pub effect: String,
}

impl Spec {
    fn parse(text: &str) -> Result<Spec, String> {
        let wrong = |more: &str| format!("invalid taint spec: {text}{more}");
        let (name, effect) = match text.split(':').collect::<Vec<_>>()[..] {
            [key] => (key, ""),
            [name, effect] => (name, effect),
            _ => return Err(wrong("")),
        };
        let (mut key, mut value) = (name, "");
        if text.contains(':') {
            if !matches!(effect, "NoSchedule" | "PreferNoSchedule" | "NoExecute") {
                return Err(format!("invalid taint effect: {effect}, unsupported taint effect"));
            }
            (key, value) = match name.split('=').collect::<Vec<_>>()[..] {
                [key] => (key, ""),
                [key, value] => (key, value),
                _ => return Err(wrong("")),
            };
            let rules = names::label_value(value);
            if !rules.is_empty() {
                return Err(wrong(&format!(", {}", rules.join("; "))));
            }
        }
        let rules = names::qualified_name(key);
        if !rules.is_empty() {
            return Err(wrong(&format!(", {}", rules.join("; "))));
        }
        Ok(Spec { key: key.to_owned(), value: value.to_owned(), effect: effect.to_owned() })
    }

    fn to_value(&self) -> Value {
        let mut taint = json!({"effect": self.effect, "key": self.key});
        if !self.value.is_empty() {
            taint["value"] = self.value.clone().into();
        }
        taint
    }

    fn is_of(&self, taint: &Value) -> bool {
        taint["key"] == self.key.as_str() && taint["effect"] == self.effect.as_str()
    }
}

impl std::fmt::Display for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.value.is_empty(), self.effect.is_empty()) {
            (true, true) => write!(f, "{}", self.key),
            (false, true) => write!(f, "{}={}:", self.key, self.value),
            (true, false) => write!(f, "{}:{}", self.key, self.effect),
            (false, false) => write!(f, "{}={}:{}", self.key, self.value, self.effect),
        }
    }
}

/// Whether an argument is about a taint rather than a resource or a name.
pub fn is_change(argument: &str) -> bool {
    argument.contains(['=', ':']) || argument.ends_with('-')
}

impl TaintChange {
    /// Reads `key=value:Effect`, `key:Effect`, `key:Effect-` and `key-`.
    ///
    /// # Errors
    /// kubectl's sentence about what is wrong.
    pub fn parse<'a>(texts: impl IntoIterator<Item = &'a str>, overwrite: bool) -> Result<Self, String> {
        let mut change = TaintChange { overwrite, ..TaintChange::default() };
        for text in texts {
            if let Some(removed) = text.strip_suffix('-') {
                change.remove.push(Spec { value: String::new(), ..Spec::parse(removed)? });
                continue;
            }
            let taint = Spec::parse(text)?;
            if taint.effect.is_empty() {
                return Err(format!("invalid taint spec: {text}"));
            }
            if change.add.iter().any(|other| other.key == taint.key && other.effect == taint.effect) {
                let Spec { key, value, effect } = taint;
                return Err(format!(
                    "duplicated taints with the same key and effect: {{{key} {value} {effect} <nil>}}"
                ));
            }
            change.add.push(taint);
        }
        Ok(change)
    }

    /// Whether something is both added and removed.
    ///
    /// # Errors
    /// kubectl's sentence about it.
    pub fn check(&self) -> Result<(), String> {
        let removed = |taint: &Spec| {
            let same = |gone: &&Spec| gone.key == taint.key && (gone.effect.is_empty() || gone.effect == taint.effect);
            self.remove.iter().filter(same).map(|gone| format!("{}={}", gone.key, gone.effect)).collect::<Vec<_>>()
        };
        let both: Vec<String> = self.add.iter().flat_map(removed).collect();
        if both.is_empty() {
            return Ok(());
        }
        Err(format!("can not both modify and remove the following taint(s) in the same command: {}", both.join(", ")))
    }

    /// The taints that a node gets in place of those it has, with kubectl's word for the change.
    ///
    /// # Errors
    /// Sentences about what stands against it.
    pub fn apply(&self, node: &str, taints: &[Value]) -> Result<(NodeVerdict, Vec<Value>), Vec<String>> {
        if !self.overwrite {
            let there = taints.iter().flat_map(|old| self.add.iter().filter(|it| it.is_of(old)));
            let there: Vec<&str> = there.map(|taint| taint.key.as_str()).collect();
            if !there.is_empty() {
                let there = there.join(",");
                return Err(vec![format!(
                    "node {node} already has {there} taint(s) with same effect(s) and --overwrite is false"
                )]);
            }
        }
        let mut after: Vec<Value> = self.add.iter().map(Spec::to_value).collect();
        let kept = taints.iter().filter(|old| !self.add.iter().any(|taint| taint.is_of(old)));
        after.extend(kept.cloned());
        let added = after.len() != taints.len();
        let mut missing = vec![];
        let mut removed = false;
        for gone in &self.remove {
            let before = after.len();
            after.retain(|taint| {
                let same = if gone.effect.is_empty() { taint["key"] == gone.key.as_str() } else { gone.is_of(taint) };
                !same
            });
            removed = after.len() != before;
            if !removed && !self.lenient {
                missing.push(format!("taint \"{gone}\" not found"));
            }
        }
        if !missing.is_empty() {
            return Err(missing);
        }
        let verdict = match (added, removed) {
            (true, true) => NodeVerdict::Modified,
            _ if self.overwrite => NodeVerdict::Modified,
            (true, false) => NodeVerdict::Tainted,
            (false, _) => NodeVerdict::Untainted,
        };
        Ok((verdict, after))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn applied(texts: &[&str], overwrite: bool) -> String {
        let before = [json!({"key": "a", "value": "1", "effect": "NoSchedule", "timeAdded": "t"})];
        let change = match TaintChange::parse(texts.iter().copied(), overwrite) {
            Ok(change) => change,
            Err(error) => return error,
        };
        match change.check().map_err(|error| vec![error]).and_then(|()| change.apply("n", &before)) {
            Ok((verdict, after)) => format!("{} {}", verdict.as_str(), Value::from(after)),
            Err(errors) => errors.join(" / "),
        }
    }

    #[test]
    fn changes_are_kubectls() {
        for (texts, overwrite, expected) in [
            (
                &["b=2:NoExecute"][..],
                false,
                r#"tainted [{"effect":"NoExecute","key":"b","value":"2"},{"key":"a","value":"1","effect":"NoSchedule","timeAdded":"t"}]"#,
            ),
            (&["a-"], false, "untainted []"),
            (&["a:NoSchedule-"], false, "untainted []"),
            (&["a:NoExecute-"], false, "taint \"a:NoExecute\" not found"),
            (&["a=2:NoSchedule"], false, "node n already has a taint(s) with same effect(s) and --overwrite is false"),
            (&["a=2:NoSchedule"], true, r#"modified [{"effect":"NoSchedule","key":"a","value":"2"}]"#),
            (&["b:NoExecute", "a-"], false, r#"modified [{"effect":"NoExecute","key":"b"}]"#),
            (
                &["b:NoExecute", "b-"],
                false,
                "can not both modify and remove the following taint(s) in the same command: b=",
            ),
            (&["b"], false, "invalid taint spec: b"),
            (&["b:Nope"], false, "invalid taint effect: Nope, unsupported taint effect"),
            (&["a=b=c:NoSchedule"], false, "invalid taint spec: a=b=c:NoSchedule"),
            (
                &["c=1:NoSchedule", "c=2:NoSchedule"],
                false,
                "duplicated taints with the same key and effect: {c 2 NoSchedule <nil>}",
            ),
        ] {
            assert_eq!(applied(texts, overwrite), expected, "{texts:?}");
        }
        assert!(
            applied(&["a b:NoSchedule"], false)
                .starts_with("invalid taint spec: a b:NoSchedule, name part must consist")
        );
    }
}
