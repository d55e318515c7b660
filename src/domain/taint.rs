//! Kubernetes taints in the spellings people use for them.

use std::fmt;

use super::code::Code;
use super::error::{Error, Result, nearest};
use super::label;

/// What a taint does to pods that do not tolerate it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum TaintEffect {
    /// New pods are not scheduled here.
    NoSchedule,
    /// New pods are scheduled here only when nothing else fits.
    PreferNoSchedule,
    /// New pods are not scheduled here and running ones are evicted.
    NoExecute,
}

impl TaintEffect {
    /// Every effect.
    pub const ALL: [TaintEffect; 3] = [TaintEffect::NoSchedule, TaintEffect::PreferNoSchedule, TaintEffect::NoExecute];

    /// Reads Kubernetes' spelling, which is case-sensitive.
    ///
    /// # Errors
    /// `SPOT-0120` with the three effects and the nearest one.
    pub fn parse(text: &str) -> Result<Self> {
        if let Some(effect) = TaintEffect::ALL.into_iter().find(|effect| effect.as_str() == text) {
            return Ok(effect);
        }
        // EKS writes NO_SCHEDULE; people write noschedule.
        let bare = |text: &str| text.replace('_', "").to_ascii_lowercase();
        let near = TaintEffect::ALL
            .into_iter()
            .map(TaintEffect::as_str)
            .find(|effect| bare(effect) == bare(text))
            .or_else(|| nearest(text, TaintEffect::ALL.map(TaintEffect::as_str)));
        let message = if text.is_empty() {
            "a taint needs an effect".to_owned()
        } else {
            format!("`{text}` is not a taint effect")
        };
        let rule = "the effects are `NoSchedule`, `PreferNoSchedule` and `NoExecute`";
        Err(Error::new(Code::InvalidTaint, message).help(match near {
            Some(near) => format!("did you mean `{near}`? {rule}"),
            None => rule.to_owned(),
        }))
    }

    /// Kubernetes' spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            TaintEffect::NoSchedule => "NoSchedule",
            TaintEffect::PreferNoSchedule => "PreferNoSchedule",
            TaintEffect::NoExecute => "NoExecute",
        }
    }
}

impl fmt::Display for TaintEffect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A valid taint. Printed as kubectl does: `spotInstance=true:PreferNoSchedule`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub struct Taint {
    /// Qualified name.
    pub key: String,
    /// Label value; may be empty.
    pub value: String,
    /// Effect.
    pub effect: TaintEffect,
}

impl Taint {
    /// A taint from its three parts.
    ///
    /// # Errors
    /// `SPOT-0120` with the rule that key or value breaks.
    pub fn new(key: &str, value: &str, effect: TaintEffect) -> Result<Self> {
        if let Some(rule) = label::key_fault(key) {
            return Err(Error::new(Code::InvalidTaint, format!("taint key `{key}`: {rule}")));
        }
        if let Some(rule) = label::value_fault(value) {
            return Err(Error::new(Code::InvalidTaint, format!("taint `{key}` has the value `{value}`: {rule}")));
        }
        Ok(Taint { key: key.to_owned(), value: value.to_owned(), effect })
    }

    /// Reads `key=value:Effect` or `key:Effect`, as `kubectl taint` takes them.
    ///
    /// # Errors
    /// `SPOT-0120` with the rule that is broken.
    pub fn parse(text: &str) -> Result<Self> {
        let in_text = |error: Error| Error { message: format!("taint `{text}`: {}", error.message), ..error };
        let form = || {
            Error::new(
                Code::InvalidTaint,
                format!("taint `{text}` is not of the form `key=value:Effect` or `key:Effect`"),
            )
            .help("for example `spotInstance=true:PreferNoSchedule`")
        };
        let (name, effect) = text.rsplit_once(':').ok_or_else(form)?;
        if name.contains(':') {
            return Err(form());
        }
        let effect = TaintEffect::parse(effect).map_err(in_text)?;
        let (key, value) = name.split_once('=').unwrap_or((name, ""));
        Taint::new(key, value, effect)
    }

    /// Reads an entry of eksctl's map form: `key` with `value:Effect`, `:Effect` or `Effect`.
    ///
    /// # Errors
    /// `SPOT-0120` with the rule that is broken.
    pub fn from_map_entry(key: &str, entry: &str) -> Result<Self> {
        let in_entry =
            |error: Error| Error { message: format!("taint `{key}: \"{entry}\"`: {}", error.message), ..error };
        let (value, effect) = entry.split_once(':').unwrap_or(("", entry));
        if effect.contains(':') {
            return Err(Error::new(Code::InvalidTaint, format!("taint `{key}: \"{entry}\"`: more than one `:`"))
                .help("the form is `value:Effect`"));
        }
        Taint::new(key, value, TaintEffect::parse(effect).map_err(in_entry)?)
    }

    /// Whether an agent takes the taint away once the node is ready for pods: such a taint is right only while it boots.
    /// Cilium, the AWS CSI drivers and others call theirs so; the prefix is what the Cluster Autoscaler knows them by.
    pub fn is_startup(&self) -> bool {
        const PREFIXES: [&str; 2] =
            ["startup-taint.cluster-autoscaler.kubernetes.io/", "ignore-taint.cluster-autoscaler.kubernetes.io/"];
        self.key.ends_with("agent-not-ready") || PREFIXES.iter().any(|prefix| self.key.starts_with(prefix))
    }

    /// `value:Effect`: the Cluster Autoscaler's form in node-template tags, and eksctl's in maps.
    pub fn value_and_effect(&self) -> String {
        format!("{}:{}", self.value, self.effect)
    }
}

/// Finds two taints of the same key and effect, of which a node can have only one.
pub fn duplicate(taints: &[Taint]) -> Option<&Taint> {
    let mut seen = std::collections::HashSet::new();
    taints.iter().find(|taint| !seen.insert((&taint.key, taint.effect)))
}

impl fmt::Display for Taint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.value.is_empty() {
            write!(f, "{}:{}", self.key, self.effect)
        } else {
            write!(f, "{}={}:{}", self.key, self.value, self.effect)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn both_spellings_mean_the_same() {
        let taint = Taint::parse("spotInstance=true:PreferNoSchedule").unwrap();
        assert_eq!(taint, Taint::from_map_entry("spotInstance", "true:PreferNoSchedule").unwrap());
        assert_eq!(taint.value_and_effect(), "true:PreferNoSchedule");
        let empty = Taint::parse("gpu:NoExecute").unwrap();
        for entry in [":NoExecute", "NoExecute"] {
            assert_eq!(Taint::from_map_entry("gpu", entry).unwrap(), empty);
        }
        assert_eq!(Taint::parse("gpu=:NoExecute").unwrap(), empty);
    }

    #[test]
    fn what_kubernetes_would_refuse_is_refused_with_the_rule() {
        let refuse = |text: &str| {
            let error = Taint::parse(text).unwrap_err();
            assert_eq!(error.code, Code::InvalidTaint);
            format!("{} / {}", error.message, error.help.unwrap_or_default())
        };
        insta::assert_snapshot!(refuse("spotInstance=true"), @"taint `spotInstance=true` is not of the form `key=value:Effect` or `key:Effect` / for example `spotInstance=true:PreferNoSchedule`");
        insta::assert_snapshot!(refuse("a=b:NoShedule"), @"taint `a=b:NoShedule`: `NoShedule` is not a taint effect / did you mean `NoSchedule`? the effects are `NoSchedule`, `PreferNoSchedule` and `NoExecute`");
        insta::assert_snapshot!(refuse("a=b:PREFER_NO_SCHEDULE"), @"taint `a=b:PREFER_NO_SCHEDULE`: `PREFER_NO_SCHEDULE` is not a taint effect / did you mean `PreferNoSchedule`? the effects are `NoSchedule`, `PreferNoSchedule` and `NoExecute`");
        insta::assert_snapshot!(refuse("a=b:"), @"taint `a=b:`: a taint needs an effect / the effects are `NoSchedule`, `PreferNoSchedule` and `NoExecute`");
        insta::assert_snapshot!(refuse("=b:NoSchedule"), @"taint key ``: the name must not be empty / ");
        insta::assert_snapshot!(refuse("a=b=c:NoSchedule"), @"taint `a` has the value `b=c`: it contains '='; letters, digits, `-`, `_` and `.` are allowed / ");
        insta::assert_snapshot!(refuse("a:b:NoSchedule"), @"taint `a:b:NoSchedule` is not of the form `key=value:Effect` or `key:Effect` / for example `spotInstance=true:PreferNoSchedule`");
    }

    #[test]
    fn the_map_forms_traps_are_refused() {
        assert!(
            Taint::from_map_entry("spotInstance", "true").unwrap_err().message.contains("`true` is not a taint effect")
        );
        assert!(Taint::from_map_entry("a", "b:c:NoSchedule").unwrap_err().message.ends_with("more than one `:`"));
        assert!(Taint::from_map_entry("effect", "NoSchedule").is_ok());
    }

    #[test]
    fn a_key_may_have_two_effects_but_not_one_twice() {
        let taints = |texts: &[&str]| texts.iter().map(|text| Taint::parse(text).unwrap()).collect::<Vec<_>>();
        assert_eq!(duplicate(&taints(&["a=1:NoSchedule", "a=1:NoExecute"])), None);
        assert!(duplicate(&taints(&["a=1:NoSchedule", "a=2:NoSchedule"])).is_some());
    }

    proptest! {
        #[test]
        fn printing_and_parsing_are_inverse(
            key in "([a-z0-9]{1,8}\\.[a-z]{2,3}/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?",
            value in "([A-Za-z0-9]([-A-Za-z0-9_.]{0,20}[A-Za-z0-9])?)?",
            effect in prop::sample::select(TaintEffect::ALL.to_vec()),
        ) {
            let taint = Taint::new(&key, &value, effect).unwrap();
            prop_assert_eq!(&Taint::parse(&taint.to_string()).unwrap(), &taint);
            prop_assert_eq!(Taint::from_map_entry(&key, &taint.value_and_effect()).unwrap(), taint);
        }

        #[test]
        fn nothing_makes_the_parser_panic(text in ".{0,80}", key in ".{0,20}") {
            let _ = Taint::parse(&text);
            let _ = Taint::from_map_entry(&key, &text);
            let _ = label::validate_node_label(&key, &text);
        }
    }
}
