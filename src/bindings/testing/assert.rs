//! `assert`, `assert_eq`, `assert_ne`, `assert_contains`.

use rhai::plugin::*;
use rhai::{Dynamic, Map};

use super::compare::{diff, equal};
use super::pretty::pretty;
use crate::bindings::call::{Outcome, pure};
use crate::domain::Code;
use crate::domain::error::Error;

/// Assertions.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Outcome, contains, equals, holds, unequal};
    use rhai::Dynamic;

    /// Fails the test unless a condition holds.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(kube::nodes().len > 0);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert(ctx: NativeCallContext, condition: bool) -> Outcome<()> {
        holds(&ctx, condition, "the assertion does not hold")
    }

    /// Fails the test with a message of its own unless a condition holds.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(kube::nodes().len > 0, "the cluster has no nodes");
    /// ```
    #[rhai_fn(return_raw, name = "assert")]
    pub fn assert_saying(ctx: NativeCallContext, condition: bool, message: &str) -> Outcome<()> {
        holds(&ctx, condition, message)
    }

    /// Fails the test unless two values are equal, and shows how they differ.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(spot::types(["m5.xlarge"]).len, 1);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_eq(ctx: NativeCallContext, actual: Dynamic, expected: Dynamic) -> Outcome<()> {
        equals(&ctx, &actual, &expected, "the values are not equal")
    }

    /// Fails the test with a message of its own unless two values are equal, and shows how they differ.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(spot::types(["m5.xlarge"]).len, 1, "one type was given");
    /// ```
    #[rhai_fn(return_raw, name = "assert_eq")]
    pub fn assert_eq_saying(ctx: NativeCallContext, actual: Dynamic, expected: Dynamic, message: &str) -> Outcome<()> {
        equals(&ctx, &actual, &expected, message)
    }

    /// Fails the test if two values are equal.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_ne(kube::nodes()[0].name, kube::nodes()[1].name);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_ne(ctx: NativeCallContext, actual: Dynamic, unexpected: Dynamic) -> Outcome<()> {
        unequal(&ctx, &actual, &unexpected)
    }

    /// Fails the test unless a text contains a text, a list an element, or a map a key.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_contains("two nodes Ready", "Ready");
    /// assert_contains(["a", "c"], "c");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn assert_contains(ctx: NativeCallContext, whole: Dynamic, part: Dynamic) -> Outcome<()> {
        contains(&ctx, &whole, &part)
    }
}

fn failed(message: &str) -> Error {
    Error::new(Code::AssertionFailed, message)
}

fn holds(ctx: &NativeCallContext, condition: bool, message: &str) -> Outcome<()> {
    pure(ctx, || if condition { Ok(()) } else { Err(failed(message)) })
}

fn equals(ctx: &NativeCallContext, actual: &Dynamic, expected: &Dynamic, message: &str) -> Outcome<()> {
    pure(ctx, || {
        if equal(ctx, actual, expected) {
            return Ok(());
        }
        let [actual_text, expected_text] = [actual, expected].map(|value| pretty(ctx, value));
        let error = failed(message);
        if actual_text == expected_text {
            // Nothing that prints tells them apart.
            let kinds = [expected, actual].map(|value| ctx.engine().map_type_name(value.type_name()).to_owned());
            return Err(error.detail(format!("both print as {actual_text}; types: {} and {}", kinds[0], kinds[1])));
        }
        Err(error.detail(diff(&expected_text, &actual_text)))
    })
}

fn unequal(ctx: &NativeCallContext, actual: &Dynamic, unexpected: &Dynamic) -> Outcome<()> {
    pure(ctx, || {
        if !equal(ctx, actual, unexpected) {
            return Ok(());
        }
        Err(failed("the values are equal").detail(format!("both are\n{}", pretty(ctx, actual))))
    })
}

fn contains(ctx: &NativeCallContext, whole: &Dynamic, part: &Dynamic) -> Outcome<()> {
    pure(ctx, || {
        let text = || Some((whole.clone().into_immutable_string().ok()?, part.clone().into_immutable_string().ok()?));
        let inside = if let Some((whole, part)) = text() {
            whole.contains(part.as_str())
        } else if let Some(list) = whole.read_lock::<rhai::Array>() {
            list.iter().any(|item| equal(ctx, item, part))
        } else if let Some(map) = whole.read_lock::<Map>() {
            part.read_lock::<rhai::ImmutableString>().is_some_and(|key| map.contains_key(key.as_str()))
        } else {
            let (mut whole, mut part) = (whole.clone(), part.clone());
            let own = ctx.call_native_fn_raw("contains", true, &mut [&mut whole, &mut part]);
            own.ok().and_then(|answer| answer.as_bool().ok()).unwrap_or(false)
        };
        if inside {
            return Ok(());
        }
        let detail = format!("looked for\n{}\nin\n{}", pretty(ctx, part), pretty(ctx, whole));
        Err(failed("what was looked for is not there").detail(detail))
    })
}
