//! The patch formats: JSON merge, strategic merge, JSON patch.

use serde_json::{Map, Value};

/// RFC 7386: objects merge, null removes, everything else replaces.
pub fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    let target = as_object(target);
    for (key, value) in patch {
        match value {
            Value::Null => {
                target.shift_remove(key);
            }
            value => merge(target.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

/// Kubernetes' strategic merge: as [`merge`], but lists whose elements have a merge key are merged by it, and
/// `$patch` directives are followed. Ordering hints are ignored.
pub fn strategic(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *target = patch.clone();
        return;
    };
    if patch.get("$patch").and_then(Value::as_str) == Some("replace") {
        *target = Value::Object(patch.iter().filter(|(key, _)| *key != "$patch").map(clone_pair).collect());
        return;
    }
    let target = as_object(target);
    for (key, value) in patch {
        if let Some(list) = key.strip_prefix("$deleteFromPrimitiveList/") {
            let gone = value.as_array().map(Vec::as_slice).unwrap_or_default();
            if let Some(items) = target.get_mut(list).and_then(Value::as_array_mut) {
                items.retain(|item| !gone.contains(item));
            }
            continue;
        }
        if key.starts_with('$') {
            continue;
        }
        match (value, merge_key(key)) {
            (Value::Null, _) => {
                target.shift_remove(key);
            }
            (Value::Array(elements), Some(merge_key)) => {
                let slot = target.entry(key.clone()).or_insert(Value::Null);
                strategic_list(slot, elements, merge_key);
            }
            (value, _) => strategic(target.entry(key.clone()).or_insert(Value::Null), value),
        }
    }
}

/// The key by which elements of a list are told apart; `None` for lists that are replaced as a whole.
fn merge_key(list: &str) -> Option<&'static str> {
    Some(match list {
        "conditions" | "addresses" => "type",
        "containers" | "initContainers" | "ephemeralContainers" | "env" | "volumes" | "imagePullSecrets" => "name",
        "ports" => "containerPort",
        "volumeMounts" => "mountPath",
        "ownerReferences" => "uid",
        "finalizers" => "",
        _ => return None,
    })
}

fn strategic_list(target: &mut Value, elements: &[Value], key: &str) {
    if !target.is_array() {
        *target = Value::Array(Vec::new());
    }
    let Value::Array(items) = target else { return };
    for element in elements {
        let same = |item: &Value| if key.is_empty() { item == element } else { item[key] == element[key] };
        let at = items.iter().position(same);
        match (element["$patch"].as_str(), at) {
            (Some("delete"), Some(at)) => {
                items.remove(at);
            }
            (Some("replace"), _) => items.clear(),
            (Some(_), _) => {}
            (None, Some(at)) => strategic(&mut items[at], element),
            (None, None) => items.push(element.clone()),
        }
    }
}

/// RFC 6902. The error is a sentence.
pub fn json(target: &mut Value, operations: &Value) -> Result<(), String> {
    let Value::Array(operations) = operations else { return Err("json patch is not a list".to_string()) };
    for operation in operations {
        let path = operation["path"].as_str().ok_or("json patch operation without path")?;
        match operation["op"].as_str().unwrap_or_default() {
            "add" => add(target, path, operation["value"].clone())?,
            "remove" => drop(remove(target, path)?),
            "replace" => *target.pointer_mut(path).ok_or_else(|| missing(path))? = operation["value"].clone(),
            "test" if target.pointer(path) == Some(&operation["value"]) => {}
            "test" => return Err(format!("testing path {path} failed")),
            "copy" | "move" => {
                let from = operation["from"].as_str().unwrap_or_default();
                let value = match operation["op"].as_str() {
                    Some("move") => remove(target, from)?,
                    _ => target.pointer(from).cloned().ok_or_else(|| missing(from))?,
                };
                add(target, path, value)?;
            }
            other => return Err(format!("unexpected json patch operation {other:?}")),
        }
    }
    Ok(())
}

fn missing(path: &str) -> String {
    format!("json patch: there is nothing at {path}")
}

/// The parent of a path and the unescaped last step.
fn parent<'a>(target: &'a mut Value, path: &str) -> Result<(&'a mut Value, String), String> {
    let (parent, last) = path.rsplit_once('/').ok_or_else(|| missing(path))?;
    let last = last.replace("~1", "/").replace("~0", "~");
    Ok((target.pointer_mut(parent).ok_or_else(|| missing(path))?, last))
}

fn add(target: &mut Value, path: &str, value: Value) -> Result<(), String> {
    if path.is_empty() {
        *target = value;
        return Ok(());
    }
    match parent(target, path)? {
        (Value::Object(map), key) => {
            map.insert(key, value);
        }
        (Value::Array(items), key) => {
            let at = if key == "-" { Some(items.len()) } else { key.parse().ok() };
            let at = at.filter(|at| *at <= items.len()).ok_or_else(|| missing(path))?;
            items.insert(at, value);
        }
        _ => return Err(missing(path)),
    }
    Ok(())
}

fn remove(target: &mut Value, path: &str) -> Result<Value, String> {
    match parent(target, path)? {
        (Value::Object(map), key) => map.shift_remove(&key).ok_or_else(|| missing(path)),
        (Value::Array(items), key) => match key.parse::<usize>() {
            Ok(at) if at < items.len() => Ok(items.remove(at)),
            _ => Err(missing(path)),
        },
        _ => Err(missing(path)),
    }
}

fn as_object(value: &mut Value) -> &mut Map<String, Value> {
    if !value.is_object() {
        *value = Value::Object(Map::new());
    }
    match value {
        Value::Object(map) => map,
        _ => unreachable!("made an object above"),
    }
}

fn clone_pair((key, value): (&String, &Value)) -> (String, Value) {
    (key.clone(), value.clone())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn merge_replaces_lists_and_removes_nulls() {
        let mut node = json!({"spec": {"taints": [{"key": "a"}], "unschedulable": true}});
        merge(&mut node, &json!({"spec": {"taints": [{"key": "b"}], "unschedulable": null}}));
        assert_eq!(node, json!({"spec": {"taints": [{"key": "b"}]}}));
    }

    #[test]
    fn strategic_merges_conditions_by_type_and_replaces_taints() {
        let mut node = json!({
            "spec": {"taints": [{"key": "a"}]},
            "status": {"conditions": [{"type": "Ready", "status": "True", "reason": "x"}, {"type": "Odd"}]},
        });
        let patch = json!({
            "spec": {"taints": [{"key": "b"}]},
            "status": {"conditions": [{"type": "Ready", "status": "False"}, {"type": "Odd", "$patch": "delete"}]},
        });
        strategic(&mut node, &patch);
        assert_eq!(node["spec"]["taints"], json!([{"key": "b"}]));
        assert_eq!(node["status"]["conditions"], json!([{"type": "Ready", "status": "False", "reason": "x"}]));
    }

    #[test]
    fn json_patch_walks_paths() {
        let mut value = json!({"metadata": {"labels": {"a/b": "1"}}, "list": [1, 3]});
        let operations = json!([
            {"op": "test", "path": "/metadata/labels/a~1b", "value": "1"},
            {"op": "remove", "path": "/metadata/labels/a~1b"},
            {"op": "add", "path": "/list/1", "value": 2},
            {"op": "add", "path": "/list/-", "value": 4},
        ]);
        json(&mut value, &operations).unwrap();
        assert_eq!(value, json!({"metadata": {"labels": {}}, "list": [1, 2, 3, 4]}));
        assert!(json(&mut value, &json!([{"op": "remove", "path": "/nowhere/at/all"}])).is_err());
    }
}
