//! The kubelet's flags that a specification has words for.

use super::BootRead;
use crate::domain::taint::Taint;

/// Takes what is known out of flags; gives the others back, as they are written.
pub(super) fn take<'w>(words: impl Iterator<Item = &'w str>, into: &mut BootRead) -> Vec<String> {
    let mut others = vec![];
    let mut words = words.peekable();
    while let Some(word) = words.next() {
        let (name, mut value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word, None),
        };
        let known = matches!(name, "--node-labels" | "--register-with-taints" | "--max-pods");
        if known && value.is_none() {
            value = words.next().map(str::to_owned);
        }
        match (name, value) {
            ("--node-labels", Some(text)) => labels(&text, into),
            ("--register-with-taints", Some(text)) => taints(&text, into),
            ("--max-pods", Some(text)) if text.parse::<u32>().is_ok() => into.max_pods = text.parse().ok(),
            _ => others.push(word.to_owned()),
        }
    }
    others
}

/// `a=b,c=d`.
pub(super) fn labels(text: &str, into: &mut BootRead) {
    for pair in text.split(',').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        // eksctl's helper fills these in on each machine: they are no labels of the group.
        if key == "alpha.eksctl.io/instance-id" || (key == "node-lifecycle" && value.is_empty()) || value.contains('$')
        {
            into.note(format!("label `{key}`: each machine gives it a value of its own"));
            continue;
        }
        into.labels.insert(key.trim().to_owned(), value.trim().to_owned());
    }
}

/// `key=value:Effect,…`.
pub(super) fn taints(text: &str, into: &mut BootRead) {
    for one in text.split(',').filter(|one| !one.is_empty()) {
        match Taint::parse(one) {
            Ok(taint) => into.taints.push(taint),
            Err(error) => into.note(format!("taint `{one}`: {error}")),
        }
    }
}
