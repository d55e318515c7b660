//! From steps and data to values.

use std::cmp::Ordering;

use serde_json::Value;

use super::{Bound, Node};

type Found<T> = Result<T, String>;

/// What one pass over a template found, and where it ended.
struct Walk {
    /// Loops that are open.
    open: usize,
    /// Where the `{end}` that closed the innermost loop stands, counted from the root.
    closed_at: usize,
}

/// Walks a template over data.
pub(super) fn find(nodes: &[Node], data: &Value) -> Found<Vec<Vec<Value>>> {
    let mut walk = Walk { open: 0, closed_at: 0 };
    walk.block(nodes, 0, Some(data))
}

/// Something that a step asks for besides its values.
#[derive(Default)]
struct Asked {
    begin: bool,
    end: bool,
}

impl Walk {
    /// The nodes from `from` up to the end of the block; `None` as data walks for its end alone.
    fn block(&mut self, nodes: &[Node], from: usize, data: Option<&Value>) -> Found<Vec<Vec<Value>>> {
        let mut all = vec![];
        let mut at = from;
        while at < nodes.len() {
            let mut asked = Asked::default();
            let input: Vec<Value> = data.cloned().into_iter().collect();
            let results = self.step(input, &nodes[at], &mut asked)?;
            if asked.end {
                self.closed_at = at;
                break;
            }
            if !asked.begin {
                all.push(results);
                at += 1;
                continue;
            }
            self.open += 1;
            if results.is_empty() {
                self.block(nodes, at + 1, None)?;
            }
            for value in &results {
                all.extend(self.block(nodes, at + 1, Some(value))?);
            }
            self.open -= 1;
            // Without an end the loop took all that was left.
            at = if self.closed_at > at { self.closed_at + 1 } else { at + 1 };
        }
        Ok(all)
    }

    fn chain(&self, mut values: Vec<Value>, nodes: &[Node], asked: &mut Asked) -> Found<Vec<Value>> {
        for node in nodes {
            values = self.step(values, node, asked)?;
        }
        Ok(values)
    }

    fn step(&self, input: Vec<Value>, node: &Node, asked: &mut Asked) -> Found<Vec<Value>> {
        Ok(match node {
            Node::Action(nodes) => self.chain(input, nodes, asked)?,
            Node::Text(text) => vec![Value::String(text.clone())],
            Node::Int(whole) => vec![(*whole).into()],
            Node::Float(number) => vec![(*number).into()],
            Node::Bool(truth) => vec![(*truth).into()],
            Node::Identifier(word) if word == "range" => {
                asked.begin = true;
                input
            }
            Node::Identifier(word) if word == "end" => {
                if self.open == 0 {
                    return Err("not in range, nothing to end".to_owned());
                }
                asked.end = true;
                input
            }
            Node::Identifier(word) => return Err(format!("unrecognized identifier {word}")),
            Node::Field(name) => input.into_iter().filter_map(|value| value.get(name.as_str()).cloned()).collect(),
            Node::Wildcard => input.into_iter().flat_map(children).collect(),
            Node::Recursive => {
                let mut all = vec![];
                input.iter().for_each(|value| descend(value, &mut all));
                all
            }
            Node::Array(bounds) => {
                let mut some = vec![];
                for value in input.iter().filter(|value| !value.is_null()) {
                    let Value::Array(items) = value else {
                        return Err(format!("{} is not array or slice", go_type(value)));
                    };
                    some.extend(slice(items, bounds)?);
                }
                some
            }
            Node::Filter { left, operator, right } => {
                let mut some = vec![];
                for value in &input {
                    let Value::Array(items) = value else {
                        let text = super::super::go_value::print(value);
                        return Err(format!("{text} is not array or slice and cannot be filtered"));
                    };
                    for item in items {
                        if self.passes(item, left, operator, right)? {
                            some.push(item.clone());
                        }
                    }
                }
                some
            }
            Node::Union(parts) => {
                let mut all = vec![];
                for part in parts {
                    all.extend(self.chain(input.clone(), part, asked)?);
                }
                all
            }
        })
    }

    fn passes(&self, item: &Value, left: &[Node], operator: &str, right: &[Node]) -> Found<bool> {
        let mut asked = Asked::default();
        let lefts = self.chain(vec![item.clone()], left, &mut asked);
        if operator == "exists" {
            return Ok(lefts.is_ok_and(|lefts| !lefts.is_empty()));
        }
        let rights = self.chain(vec![item.clone()], right, &mut asked);
        match (lefts?.as_slice(), rights?.as_slice()) {
            ([], _) | (_, []) => Ok(false),
            ([left], [right]) => compare(left, operator, right),
            _ => Err("can only compare one element at a time".to_owned()),
        }
    }
}

fn children(value: Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items,
        Value::Object(map) => {
            let mut pairs: Vec<(String, Value)> = map.into_iter().collect();
            pairs.sort_by(|one, other| one.0.cmp(&other.0));
            pairs.into_iter().map(|(_, value)| value).collect()
        }
        _ => vec![],
    }
}

/// The value and everything below it that has something below it.
fn descend(value: &Value, into: &mut Vec<Value>) {
    let below = children(value.clone());
    if !below.is_empty() {
        into.push(value.clone());
        below.iter().for_each(|child| descend(child, into));
    }
}

fn slice(items: &[Value], bounds: &[Bound; 3]) -> Found<Vec<Value>> {
    let length = i64::try_from(items.len()).unwrap_or(i64::MAX);
    let [first, end, step] = bounds;
    let mut from = if first.known { first.value } else { 0 };
    if from < 0 {
        from += length;
    }
    let mut to = if end.known { end.value } else { length };
    if to < 0 || (to == 0 && end.derived) {
        to += length;
    }
    if from == to {
        return Ok(vec![]);
    }
    let outside = |index: i64| format!("array index out of bounds: index {index}, length {length}");
    if from >= length || from < 0 {
        return Err(outside(from));
    }
    if to > length || to < 0 {
        return Err(outside(to - 1));
    }
    if from > to {
        return Err(format!("starting index {from} is greater than ending index {to}"));
    }
    let step = match usize::try_from(step.value) {
        _ if !step.known => 1,
        Ok(step) if step > 0 => step,
        _ => return Err("step must be > 0".to_owned()),
    };
    let (Ok(from), Ok(to)) = (usize::try_from(from), usize::try_from(to)) else { return Ok(vec![]) };
    Ok(items[from..to].iter().step_by(step).cloned().collect())
}

fn compare(left: &Value, operator: &str, right: &Value) -> Found<bool> {
    let order = match (left, right) {
        (Value::String(left), Value::String(right)) => left.cmp(right),
        (Value::Number(left), Value::Number(right)) if left.is_f64() == right.is_f64() => {
            match (left.as_i64(), right.as_i64()) {
                (Some(left), Some(right)) => left.cmp(&right),
                _ => left.as_f64().partial_cmp(&right.as_f64()).unwrap_or(Ordering::Equal),
            }
        }
        (Value::Bool(left), Value::Bool(right)) if matches!(operator, "==" | "!=") => left.cmp(right),
        (Value::Array(_) | Value::Object(_) | Value::Null, _)
        | (_, Value::Array(_) | Value::Object(_) | Value::Null)
        | (Value::Bool(_), Value::Bool(_)) => return Err("invalid type for comparison".to_owned()),
        _ => return Err("incompatible types for comparison".to_owned()),
    };
    Ok(match operator {
        "==" => order.is_eq(),
        "!=" => order.is_ne(),
        "<" => order.is_lt(),
        "<=" => order.is_le(),
        ">" => order.is_gt(),
        ">=" => order.is_ge(),
        other => return Err(format!("unrecognized filter operator {other}")),
    })
}

/// What Go calls the type of a value.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}
