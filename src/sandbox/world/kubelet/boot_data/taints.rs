//! `--register-with-taints` as the kubelet reads it.

use super::labels::{name_faults, value_faults};
use crate::domain::taint::{Taint, TaintEffect};

/// Reads `key=value:Effect,…`.
pub(super) fn parse(text: &str) -> Result<Vec<Taint>, String> {
    let mut taints: Vec<Taint> = Vec::new();
    if text.is_empty() {
        return Ok(taints);
    }
    for spec in text.split(',') {
        // The grammar is kubectl's: a trailing `-` removes a taint, of which a new node has none.
        if let Some(gone) = spec.strip_suffix('-') {
            one(gone)?;
            continue;
        }
        let (key, value, effect) = one(spec)?;
        let Some(effect) = effect else { return Err(format!("invalid taint spec: {spec}")) };
        if taints.iter().any(|taint| taint.key == key && taint.effect == effect) {
            return Err(format!("duplicated taints with the same key and effect: {{{key} {value} {effect} <nil>}}"));
        }
        taints.push(Taint { key, value, effect });
    }
    Ok(taints)
}

fn one(spec: &str) -> Result<(String, String, Option<TaintEffect>), String> {
    let parts: Vec<&str> = spec.split(':').collect();
    let (pair, effect) = match parts.as_slice() {
        [key] => (vec![*key], None),
        [pair, effect] => {
            let known = TaintEffect::ALL.into_iter().find(|known| known.as_str() == *effect);
            let known = known.ok_or_else(|| format!("invalid taint effect: {effect}, unsupported taint effect"))?;
            (pair.split('=').collect(), Some(known))
        }
        _ => return Err(format!("invalid taint spec: {spec}")),
    };
    let (key, value) = match pair.as_slice() {
        [key] => (*key, ""),
        [key, value] => (*key, *value),
        _ => return Err(format!("invalid taint spec: {spec}")),
    };
    for faults in [value_faults(value), name_faults(key)] {
        if !faults.is_empty() {
            return Err(format!("invalid taint spec: {spec}, {}", faults.join("; ")));
        }
    }
    Ok((key.to_owned(), value.to_owned(), effect))
}
