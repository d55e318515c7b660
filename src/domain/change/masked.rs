//! What a journal does not keep: secrets, and boot data of what was not removed.

use serde_json::Value;

use super::fields::{fields, is_digest};
use super::resource::State;
use crate::domain::mutation::{AwsMutation as A, Mutation};
use crate::domain::secret::MASK;

/// Whether a text, with its secrets masked, could be `real`.
pub fn could_be(recorded: &str, real: &str) -> bool {
    let mut parts = recorded.split(MASK);
    let Some(mut rest) = parts.next().and_then(|first| real.strip_prefix(first)) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// The secrets that stand in `now` where `recorded` has their mask: whoever reads the one with the other knows them again.
pub fn learnt(recorded: &State, now: &State) -> Vec<String> {
    let (recorded, now) = (fields(recorded), fields(now));
    let masked = recorded.iter().filter(|(_, text)| text.contains(MASK));
    let both = masked.filter_map(|(key, recorded)| Some((recorded, now.get(key)?)));
    both.filter(|(recorded, real)| recorded != real && could_be(recorded, real))
        .map(|(recorded, real)| match recorded.split(MASK).collect::<Vec<_>>().as_slice() {
            [before, after] => real[before.len()..real.len() - after.len()].to_owned(),
            _ => real.clone(),
        })
        .collect()
}

/// What of `request`, which restores `before`, cannot be restored: `masked` are the places in `before` where a secret
/// stood. Tags that can are left in the request, which is `None` when nothing is.
pub fn unrestorable(request: Mutation, before: Option<&State>, masked: &[String]) -> (Option<Mutation>, Vec<String>) {
    let state = before.and_then(|before| serde_json::to_value(before).ok()).unwrap_or_default();
    let lost: Vec<(&str, &str)> =
        masked.iter().filter_map(|place| Some((place.as_str(), state.pointer(place)?.as_str()?))).collect();
    if let Mutation::Aws(A::CreateOrUpdateTags { group, tags }) = &request {
        let (gone, kept): (Vec<_>, Vec<_>) =
            tags.clone().into_iter().partition(|(_, value)| lost.iter().any(|(_, text)| text == value));
        let fields = gone.into_iter().map(|(key, _)| format!("tag {key}")).collect();
        let tags = kept.into_iter().collect::<crate::domain::cloud::TagMap>();
        let rest = (!tags.is_empty()).then(|| Mutation::Aws(A::CreateOrUpdateTags { group: group.clone(), tags }));
        return (rest, fields);
    }
    let mut fields = vec![];
    search(&serde_json::to_value(&request).unwrap_or_default(), &mut |key, text| {
        if key == "user_data" && is_digest(text) {
            fields.push("user data".to_owned());
        }
        for (place, _) in lost.iter().filter(|(_, lost)| *lost == text) {
            let name = place.trim_start_matches('/').replace('/', " ").replace("~1", "/").replace("~0", "~");
            if !fields.contains(&name) {
                fields.push(name);
            }
        }
    });
    (fields.is_empty().then_some(request), fields)
}

fn search(value: &Value, tell: &mut impl FnMut(&str, &str)) {
    search_in("", value, tell);
}

fn search_in(key: &str, value: &Value, tell: &mut impl FnMut(&str, &str)) {
    match value {
        Value::String(text) => tell(key, text),
        Value::Object(map) => map.iter().for_each(|(key, value)| search_in(key, value, tell)),
        Value::Array(items) => items.iter().for_each(|item| search_in(key, item, tell)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_text_could_be_any_that_agrees_around_the_mask() {
        for (recorded, real, could) in [
            ("plain", "plain", true),
            ("plain", "other", false),
            ("***", "anything", true),
            ("a-***-b", "a-secret-b", true),
            ("a-***-b", "a-secret-c", false),
            ("***/***", "one/two", true),
            ("***/***", "one", false),
            ("a***a", "a", false),
        ] {
            assert_eq!(could_be(recorded, real), could, "{recorded} {real}");
        }
    }
}
