//! Gives a run its journal.

use rhai::Map;
use serde_json::Value;

use super::{Global, TargetKind};
use crate::domain::error::Result;
use crate::host::Host;
use crate::journal::Store;
use crate::sandbox::store::state_folder;

/// Where runs are kept.
///
/// # Errors
/// `SPOT-0801` without a home directory.
pub(super) fn store() -> Result<Store> {
    Ok(Store::new(state_folder()?.join("runs")))
}

/// Makes `host` write down every change of the run of `script`, or of a command.
///
/// # Errors
/// What [`store`] says.
pub(super) fn keep(host: &Host, script: &str, params: &Map, global: &Global) -> Result<()> {
    let target = match global.target() {
        TargetKind::Sandbox => "sandbox",
        TargetKind::Aws => "aws",
    };
    host.keep_journal(store()?.begin(script, target, as_json(params)));
    Ok(())
}

/// Parameters as JSON.
pub(super) fn as_json(params: &Map) -> Value {
    Value::Object(params.iter().map(|(name, value)| (name.to_string(), value_of(value))).collect())
}

/// A parameter as JSON: parameters are texts, numbers and truth values.
fn value_of(value: &rhai::Dynamic) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| Value::from(value.to_string()))
}
