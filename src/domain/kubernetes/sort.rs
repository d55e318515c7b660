//! `--sort-by`: the order of objects by a field.

use std::cmp::Ordering;

use serde_json::Value;

use super::jsonpath::{Template, relaxed};
use super::{go_sort, quantity};

/// The order of `objects` by the field that `path` names: places of the objects. Those without the field come first, and
/// those of one value as kubectl's library leaves them.
///
/// # Errors
/// kubectl's sentence about a path that cannot be used.
pub fn order(objects: &[&Value], path: &str) -> Result<Vec<usize>, String> {
    let field = relaxed(path)?;
    let template = Template::parse(&field).map_err(|error| format!("sorting error: {error}"))?;
    let key =
        |object: &&Value| Ok(template.find(object)?.into_iter().next().and_then(|found| found.into_iter().next()));
    let keys = objects.iter().map(key).collect::<Result<Vec<Option<Value>>, String>>()?;
    if !keys.is_empty() && keys.iter().all(Option::is_none) {
        return Err(format!("couldn't find any field with path \"{field}\" in the list of objects"));
    }
    // What lacks the field is less than anything, its own kind included, to kubectl: its order of those comes of that.
    Ok(go_sort::sorted(objects.len(), &|one, other| less(keys[one].as_ref(), keys[other].as_ref())))
}

fn less(one: Option<&Value>, other: Option<&Value>) -> bool {
    one.is_none() || compare(one, other).is_lt()
}

fn compare(one: Option<&Value>, other: Option<&Value>) -> Ordering {
    match (one, other) {
        (Some(Value::String(one)), Some(Value::String(other))) => {
            match (quantity::parse_milli(one), quantity::parse_milli(other)) {
                (Some(one), Some(other)) => one.cmp(&other),
                // By bytes since kubectl 1.31; up to 1.30 by the numbers in them.
                _ => one.cmp(other),
            }
        }
        (Some(one), Some(other)) => match (one.as_f64(), other.as_f64(), one.as_bool(), other.as_bool()) {
            (Some(one), Some(other), ..) => one.total_cmp(&other),
            (_, _, Some(one), Some(other)) => one.cmp(&other),
            _ => Ordering::Equal,
        },
        (one, other) => one.is_some().cmp(&other.is_some()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn quantities_numbers_and_texts_each_in_their_way() {
        let objects = [json!({"m": "1Gi", "n": 10, "t": "a10"}), json!({"m": "900Mi", "n": 9, "t": "a9"}), json!({})];
        let objects: Vec<&Value> = objects.iter().collect();
        for path in [".m", "{.n}"] {
            assert_eq!(order(&objects, path), Ok(vec![2, 1, 0]), "{path}");
        }
        assert_eq!(order(&objects, "t"), Ok(vec![2, 0, 1]), "`a10` is before `a9`");
        assert_eq!(
            order(&objects, ".x"),
            Err("couldn't find any field with path \"{.x}\" in the list of objects".to_owned())
        );
    }
}
