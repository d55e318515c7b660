//! `print` for lists and maps: tables where a person would want one.

use rhai::plugin::*;
use rhai::{Dynamic, Map};

/// Printing.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{plain, row};
    use crate::view::{Style, value};
    use rhai::{Array, Dynamic};

    /// Prints a list, as a table when it is a list of maps.
    ///
    /// ```rhai
    /// print([#{ zone: "a", nodes: 1 }, #{ zone: "c", nodes: 1 }]);
    /// ```
    #[rhai_fn(name = "print", name = "printed")]
    pub fn print_list(ctx: NativeCallContext, list: Array) -> String {
        let rows: Option<Vec<_>> = list.iter().map(|item| row(&ctx, item)).collect();
        let table = rows.and_then(|rows| value::table(&rows.into(), Style::plain()));
        table.unwrap_or_else(|| plain(&ctx, Dynamic::from_array(list)))
    }
}

/// A map as a row of a table; cells are what its values print as, numbers stay numbers.
fn row(ctx: &NativeCallContext, item: &Dynamic) -> Option<serde_json::Value> {
    let map = item.read_lock::<Map>()?;
    let cell = |value: &Dynamic| match value.as_int() {
        Ok(number) => number.into(),
        Err(_) if value.is_unit() => serde_json::Value::Null,
        Err(_) => plain(ctx, value.clone()).into(),
    };
    Some(map.iter().map(|(key, value)| (key.to_string(), cell(value))).collect())
}

fn plain(ctx: &NativeCallContext, mut value: Dynamic) -> String {
    let text = ctx.call_native_fn_raw("to_string", true, &mut [&mut value]);
    text.map_or_else(|_| value.to_string(), |text| text.to_string())
}
