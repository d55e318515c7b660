//! Values written out in a script, judged by the domain before anything runs.

use std::time::Duration;

use rhai::{Expr, Position};

use crate::bindings::{at_once, exit_code, not_a_text, span, time_limit};
use crate::domain::error::Error;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::kubernetes::Selector;
use crate::domain::label;
use crate::domain::nodegroup::{SpotAllocationStrategy, validate_name};
use crate::domain::taint::{Taint, TaintEffect};

/// A fault and where it stands.
pub(super) type Fault = (Error, Position);

/// The text of a literal.
pub(super) fn text(expression: &Expr) -> Option<(&str, Position)> {
    match expression {
        Expr::StringConstant(text, at) => Some((text.as_str(), *at)),
        _ => None,
    }
}

/// The number of a literal.
pub(super) fn number(expression: &Expr) -> Option<i64> {
    match expression {
        Expr::IntegerConstant(number, _) => Some(*number),
        _ => None,
    }
}

/// The texts of a list literal.
pub(super) fn texts(expression: &Expr) -> Vec<(&str, Position)> {
    match expression {
        Expr::Array(items, _) => items.iter().filter_map(text).collect(),
        _ => Vec::new(),
    }
}

fn judge(found: Option<(&str, Position)>, rule: impl Fn(&str) -> Result<(), Error>) -> Vec<Fault> {
    found.into_iter().filter_map(|(text, at)| Some((rule(text).err()?, at))).collect()
}

fn judge_all(expression: &Expr, rule: impl Fn(&str) -> Result<(), Error>) -> Vec<Fault> {
    texts(expression).into_iter().flat_map(|one| judge(Some(one), &rule)).collect()
}

fn taint(text: &str) -> Result<(), Error> {
    Taint::parse(text).map(drop)
}

fn types(text: &str) -> Result<(), Error> {
    InstanceTypes::parse([text]).map(drop)
}

fn selector(text: &str) -> Result<(), Error> {
    Selector::parse(text).map(drop)
}

fn time(text: &str) -> Result<(), Error> {
    time_limit(Some(text), Duration::ZERO).map(drop)
}

/// Faults of an argument, by the function's path and the argument's place.
pub(super) fn argument(function: &str, place: usize, value: &Expr) -> Vec<Fault> {
    match (function, place) {
        ("spot::types", 0) => [judge_all(value, types), no_texts(function, value)].concat(),
        ("without", 0) => no_texts(function, value),
        ("taint::make", 0) => judge(text(value), |key| Taint::new(key, "", TaintEffect::NoSchedule).map(drop)),
        ("taint::make", 2) => judge(text(value), |effect| TaintEffect::parse(effect).map(drop)),
        ("sleep", 0) => judge_number(value, |seconds| span(seconds).map(drop)),
        ("exit", 0) => judge_whole(value, |code| exit_code(code).map(drop)),
        ("taint::parse", 0) | ("has_taint", 0) => judge(text(value), taint),
        ("kube::nodes", 0) => judge(text(value), selector),
        ("wait_until", 0) => judge(text(value), time),
        ("eks::nodegroup", 0) => judge(text(value), validate_name),
        ("exhaust" | "restore", 0) => judge(text(value).filter(|(text, _)| *text != "*"), types),
        ("with_taints", 0) => judge_all(value, taint),
        _ => Vec::new(),
    }
}

/// Faults of a call that only all of its arguments together show.
pub(super) fn call(function: &str, written: &[Expr]) -> Vec<Fault> {
    match (function, written) {
        ("taint::make", [key, value, _]) => {
            match text(key).filter(|(key, _)| Taint::new(key, "", TaintEffect::NoSchedule).is_ok()) {
                Some((key, _)) => judge(text(value), |value| Taint::new(key, value, TaintEffect::NoSchedule).map(drop)),
                None => Vec::new(),
            }
        }
        // As a function it takes the list first, as a method it does not.
        ("parallel", [.., number, _]) => judge_whole(number, |number| at_once(number).map(drop)),
        _ => Vec::new(),
    }
}

/// The elements of a list literal that are evidently no texts.
fn no_texts(function: &str, list: &Expr) -> Vec<Fault> {
    let Expr::Array(items, _) = list else { return Vec::new() };
    let kind = |item: &Expr| match item {
        Expr::IntegerConstant(..) => Some("int"),
        Expr::FloatConstant(..) => Some("float"),
        Expr::BoolConstant(..) => Some("bool"),
        Expr::CharConstant(..) => Some("char"),
        Expr::Array(..) => Some("list"),
        Expr::Map(..) => Some("map"),
        _ => None,
    };
    let faults = items.iter().enumerate().filter_map(|(index, item)| Some((index, item.position(), kind(item)?)));
    faults.map(|(index, at, kind)| (not_a_text(function, index, kind), at)).collect()
}

fn judge_whole(value: &Expr, rule: impl Fn(i64) -> Result<(), Error>) -> Vec<Fault> {
    number(value).and_then(|number| rule(number).err()).map(|error| (error, value.position())).into_iter().collect()
}

fn judge_number(value: &Expr, rule: impl Fn(f64) -> Result<(), Error>) -> Vec<Fault> {
    let number = match value {
        Expr::IntegerConstant(number, _) => *number as f64,
        Expr::FloatConstant(number, _) => **number,
        _ => return Vec::new(),
    };
    rule(number).err().map(|error| (error, value.position())).into_iter().collect()
}

/// Faults of an option's value, by the function's path and the option's.
pub(super) fn option(function: &str, path: &str, value: &Expr) -> Vec<Fault> {
    match (function, path) {
        ("eks::nodegroup", "types") => judge_all(value, types),
        ("eks::nodegroup", "taints") => judge_all(value, taint),
        ("eks::nodegroup", "labels") => labels(value),
        ("eks::nodegroup", "spot.strategy") | ("with_spot", "strategy") => {
            judge(text(value), |text| SpotAllocationStrategy::parse(text).map(drop))
        }
        ("kube::nodes" | "kube::pods", "selector") => judge(text(value), selector),
        (_, "timeout") => judge(text(value), time),
        _ => Vec::new(),
    }
}

fn labels(value: &Expr) -> Vec<Fault> {
    let Expr::Map(entries, _) = value else { return Vec::new() };
    let mut faults = Vec::new();
    for (key, value) in &entries.0 {
        faults.extend(label::validate_key(&key.name).err().map(|error| (error, key.pos)));
        faults.extend(judge(text(value), label::validate_value));
    }
    faults
}
