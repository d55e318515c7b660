//! Gives a run its journal.

use rhai::Map;
use serde_json::Value;

use super::{Global, TargetKind};
use crate::host::Host;
use crate::journal::Store;
use crate::sandbox::store::state_folder;

/// Where runs are kept. Without a home directory the first change fails, and nothing before it.
pub(super) fn store() -> Store {
    state_folder().map_or_else(Store::nowhere, |folder| Store::new(folder.join("runs")))
}

/// Makes `host` write down every change of the run of `script`, or of a command.
pub(super) fn keep(host: &Host, script: &str, params: &Map, global: &Global) {
    let target = match global.target() {
        TargetKind::Sandbox => "sandbox",
        TargetKind::Aws => "aws",
    };
    host.keep_journal(store().begin(script, target, as_json(params)).hiding(host.hidden().secrets()));
}

/// Parameters as JSON.
pub(super) fn as_json(params: &Map) -> Value {
    Value::Object(params.iter().map(|(name, value)| (name.to_string(), value_of(value))).collect())
}

/// A parameter as JSON: parameters are texts, numbers, truth values and lists of texts.
fn value_of(value: &rhai::Dynamic) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| Value::from(value.to_string()))
}
