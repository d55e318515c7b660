//! What every value of the domain can do: print itself, and give itself as JSON or YAML.

use rhai::{FuncRegistration, Module, NativeCallContext};
use serde_json::Value;

use super::call::{Outcome, pure};
use super::values::*;
use crate::domain::Code;

use crate::domain::error::{Error, Result};
use crate::view::{self, Style};

/// The module with `to_string`, `to_json` and `to_yaml` of every value, and what can be walked through by `for`.
pub(super) fn module() -> Module {
    let mut module = Module::new();
    let m = &mut module;
    value::<Types>(m, "InstanceTypes", "spot::types([\"m5.xlarge\"])", text_of_types, |it| json(&*it.0));
    value::<Type>(m, "InstanceType", "spot::types([\"m5.xlarge\"])[0]", |it| it.0.name.clone(), |it| json(&*it.0));
    value::<ShapeValue>(m, "Shape", "spot::types([\"m5.xlarge\"]).shape", |it| it.0.to_string(), |it| json(&it.0));
    value::<Advice>(m, "Advice", "spot::advisor(#{ vcpu: 4, memory_gib: 16 })", text_of_advice, |it| json(&it.0.rows));
    module.set_iterable::<Types>();
    module
}

/// Registers what a value can do. `example` makes one, for the documentation.
fn value<T: Clone + Send + Sync + 'static>(
    module: &mut Module,
    kind: &str,
    example: &str,
    text: fn(&T) -> String,
    data: fn(&T) -> Result<Value>,
) {
    let describe = |what: &str, call: &str| {
        [
            format!("/// {what}"),
            "///".into(),
            "/// ```rhai".into(),
            format!("/// print({example}{call});"),
            "/// ```".into(),
        ]
    };
    let register = |name: &str, returns: &str, what: &str, call: &str| {
        let parameters = [format!("value: {kind}"), returns.to_owned()];
        FuncRegistration::new(name)
            .with_comments(describe(what, call))
            .with_params_info(parameters)
            .with_purity(true)
            .in_global_namespace()
    };
    register("to_string", "String", "The value as people read it.", "")
        .set_into_module(module, move |it: &mut T| text(it));
    register("to_debug", "String", "The value as people read it.", "")
        .set_into_module(module, move |it: &mut T| text(it));
    register("to_json", "String", "The value as JSON.", ".to_json()").set_into_module(
        module,
        move |ctx: NativeCallContext, it: &mut T| -> Outcome<String> {
            pure(&ctx, || serde_json::to_string_pretty(&data(it)?).map_err(|error| internal(&error)))
        },
    );
    register("to_yaml", "String", "The value as YAML.", ".to_yaml()").set_into_module(
        module,
        move |ctx: NativeCallContext, it: &mut T| -> Outcome<String> {
            pure(&ctx, || serde_yaml::to_string(&data(it)?).map_err(|error| internal(&error)))
        },
    );
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| internal(&error))
}

fn internal(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, "a value cannot be written").because(error.to_string())
}

fn text_of_types(types: &Types) -> String {
    let shapes = types.0.by_shape();
    let rows: Vec<Value> = types
        .0
        .iter()
        .map(|known| {
            serde_json::json!({
                "type": known.name, "vcpu": known.vcpu, "memory_gib": known.shape().memory_gib(),
                "architecture": known.architecture, "burstable": known.burstable, "max_pods": known.max_pods,
            })
        })
        .collect();
    let table = view::value::table(&rows.into(), Style::plain()).unwrap_or_else(|| "no instance types\n".into());
    match shapes.as_slice() {
        [(shape, _)] => format!("{table}{} of one shape: {shape}", view::words::count(types.0.len(), "type")),
        _ => table,
    }
}

fn text_of_advice(advice: &Advice) -> String {
    let data = &advice.0;
    view::advisor::render(&data.rows, &data.region, data.os, &data.source, data.now, Style::plain())
}
