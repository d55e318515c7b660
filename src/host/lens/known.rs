//! The lens of a run of which only some steps were chosen: no change passes that names what was only imagined.

use async_trait::async_trait;
use serde_json::Value;

use super::{Lens, Sending};
use crate::domain::Code;
use crate::domain::change::{UNKNOWN, comparable};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{Mutation, Outcome};

/// Refuses a change that is about something which only a step that was left out would have made.
pub(in crate::host) struct Known;

#[async_trait]
impl Lens for Known {
    async fn send(&self, mutation: Mutation, _: Option<&str>, sending: Sending<'_>) -> Result<Outcome> {
        let request = comparable(&mutation);
        if imagined(&request) {
            let operation = request.get("operation").and_then(Value::as_str).unwrap_or("a change");
            let message = format!("`{operation}` needs what a step that was left out would have made");
            return Err(Error::new(Code::NeedsLeftOut, message)
                .help("choose that step too: `--from` takes it and everything after it"));
        }
        sending.await
    }
}

/// Whether a text of the request stands for what is known only once it is made.
fn imagined(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains(UNKNOWN),
        Value::Array(items) => items.iter().any(imagined),
        Value::Object(map) => map.values().any(imagined),
        _ => false,
    }
}
