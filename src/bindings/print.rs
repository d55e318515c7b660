//! `print` for lists and maps: tables where a person would want one.

use rhai::Dynamic;
use rhai::plugin::*;

/// Printing.
#[export_module]
#[allow(missing_docs, reason = "the functions are documented; the macro adds items of its own")]
pub(super) mod module {
    use super::plain;
    use crate::view::{Style, value};
    use rhai::{Array, Dynamic};

    /// Prints a list, as a table when it is a list of maps.
    ///
    /// ```rhai
    /// print([#{ zone: "a", nodes: 1 }, #{ zone: "c", nodes: 1 }]);
    /// ```
    #[rhai_fn(name = "print")]
    pub fn print_list(ctx: NativeCallContext, list: Array) -> String {
        let value = Dynamic::from_array(list);
        let json = serde_json::to_value(&value).ok();
        json.and_then(|json| value::table(&json, Style::plain())).unwrap_or_else(|| plain(&ctx, value))
    }
}

fn plain(ctx: &NativeCallContext, mut value: Dynamic) -> String {
    let text = ctx.call_native_fn_raw("to_string", true, &mut [&mut value]);
    text.map_or_else(|_| value.to_string(), |text| text.to_string())
}
