//! The query protocol's form: `Filter.1.Value.2=x` to a tree.

use serde_json::{Map, Value};

use super::api::ApiError;

/// More nesting than any AWS request has.
const DEEPEST: usize = 24;

/// Decodes a form into a tree in which numbered members and `member.N` are arrays.
///
/// # Errors
/// `MalformedQueryString` for a name nested deeper than AWS's requests are.
pub fn decode(form: &[u8]) -> Result<Value, ApiError> {
    let mut root = Map::new();
    for (name, value) in form_urlencoded::parse(form) {
        if name.split('.').count() > DEEPEST {
            return Err(ApiError::client("MalformedQueryString", format!("{name} is nested too deeply")));
        }
        insert(&mut root, &name, value.into_owned());
    }
    Ok(collapse(Value::Object(root)))
}

/// Puts a value at a dotted path. A scalar in the way of a deeper member gives way to it.
fn insert(node: &mut Map<String, Value>, path: &str, value: String) {
    let Some((head, rest)) = path.split_once('.') else {
        if !node.get(path).is_some_and(Value::is_object) {
            node.insert(path.to_owned(), Value::String(value));
        }
        return;
    };
    if !node.get(head).is_some_and(Value::is_object) {
        node.insert(head.to_owned(), Value::Object(Map::new()));
    }
    if let Some(Value::Object(child)) = node.get_mut(head) {
        insert(child, rest, value);
    }
}

/// Turns objects whose only keys are numbers, or a single `member`, into arrays in the order of the numbers.
fn collapse(value: Value) -> Value {
    let Value::Object(mut object) = value else { return value };
    if object.len() == 1
        && let Some(member) = object.remove("member")
    {
        return match collapse(member) {
            list @ Value::Array(_) => list,
            // `X.member=` is how an empty list may be written.
            Value::String(text) if text.is_empty() => Value::Array(Vec::new()),
            other => Value::Array(vec![other]),
        };
    }
    let numbers: Option<Vec<u64>> = object.keys().map(|key| key.parse().ok()).collect();
    let Some(numbers) = numbers.filter(|numbers| !numbers.is_empty()) else {
        return Value::Object(object.into_iter().map(|(key, child)| (key, collapse(child))).collect());
    };
    let mut items: Vec<(u64, Value)> = numbers.into_iter().zip(object.into_iter().map(|(_, child)| child)).collect();
    items.sort_by_key(|(number, _)| *number);
    Value::Array(items.into_iter().map(|(_, child)| collapse(child)).collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::json;

    use super::decode;

    #[test]
    fn numbered_and_member_lists_become_arrays_in_numeric_order() {
        let form = b"Action=X&Filter.1.Name=vpc-id&Filter.1.Value.10=b&Filter.1.Value.9=a%2Bc+d\
            &Tags.member.1.Key=k&Tags.member.1.Value=&Plain.Deep.er=1&Empty.member=";
        assert_eq!(
            decode(form).unwrap(),
            json!({
                "Action": "X",
                "Filter": [{"Name": "vpc-id", "Value": ["a+c d", "b"]}],
                "Tags": [{"Key": "k", "Value": ""}],
                "Plain": {"Deep": {"er": "1"}},
                "Empty": [],
            })
        );
    }

    #[test]
    fn a_deeper_member_wins_over_a_scalar_in_its_way() {
        assert_eq!(decode(b"A=1&A.B=2").unwrap(), json!({"A": {"B": "2"}}));
        assert_eq!(decode(b"A.B=2&A=1").unwrap(), json!({"A": {"B": "2"}}));
    }

    #[test]
    fn endless_nesting_is_refused() {
        assert_eq!(decode("a.".repeat(5_000).as_bytes()).unwrap_err().code, "MalformedQueryString");
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_are_refused(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
        }
    }
}
