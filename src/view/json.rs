//! `-o json`: data with the name and version of its schema, so that readers can tell what they read.

use serde::Serialize;

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// The version of every schema printed here; it grows when a field changes its meaning or goes away.
pub const VERSION: u32 = 1;

#[derive(Serialize)]
struct Envelope<'a, T: ?Sized> {
    schema: String,
    data: &'a T,
}

/// `data` under `{"schema": "spotscript.KIND/v1", "data": …}`, indented, with a final line break.
///
/// # Errors
/// `SPOT-0901` when `data` is not representable as JSON.
pub fn render<T: Serialize + ?Sized>(kind: &str, data: &T) -> Result<String> {
    let envelope = Envelope { schema: format!("spotscript.{kind}/v{VERSION}"), data };
    let mut text = serde_json::to_string_pretty(&envelope)
        .map_err(|error| Error::new(Code::Internal, format!("`{kind}` is not JSON")).because(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_carries_its_schema() {
        insta::assert_snapshot!(render("nodegroups", &["a"]).unwrap_or_default(), @r#"
        {
          "schema": "spotscript.nodegroups/v1",
          "data": [
            "a"
          ]
        }
        "#);
    }
}
