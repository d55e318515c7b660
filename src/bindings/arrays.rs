//! Sorting and merging of lists by a closure. The engine's own swallow what goes wrong in it: a failed request, a failed
//! assertion, a time limit and Ctrl-C among them.

use std::cmp::Ordering;

use rhai::plugin::*;
use rhai::{Array, FnPtr};

use super::call::{Outcome, raise};
use crate::domain::Code;
use crate::domain::error::Error;

/// Lists, by a closure.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::Outcome;
    use rhai::{Array, FnPtr, NativeCallContext};

    /// Sorts the list in place. The closure gives a number below zero when the first is to come first, zero when it does not
    /// matter; or `true` when they are in order. What fails in it fails the call, and leaves the list as it was.
    ///
    /// ```rhai
    /// let sizes = [3, 1, 2];
    /// sizes.sort(|a, b| b - a);
    /// check("largest first", sizes == [3, 2, 1]);
    /// ```
    #[rhai_fn(name = "sort", name = "sort_by", return_raw)]
    pub fn sort(ctx: NativeCallContext, list: &mut Array, comparer: FnPtr) -> Outcome<()> {
        *list = super::sorted(list.clone(), &mut |a, b| super::compare(&ctx, &comparer, a, b))?;
        Ok(())
    }

    /// The list sorted, as a new one; see `sort`.
    ///
    /// ```rhai
    /// let names = ["bb", "a"].order_by(|a, b| a.len - b.len);
    /// check("shortest first", names == ["a", "bb"]);
    /// ```
    #[rhai_fn(name = "order", name = "order_by", return_raw, pure)]
    pub fn order_by(ctx: NativeCallContext, list: &mut Array, comparer: FnPtr) -> Outcome<Array> {
        super::sorted(list.clone(), &mut |a, b| super::compare(&ctx, &comparer, a, b))
    }

    /// Leaves of neighbours for which the closure says yes only the first.
    ///
    /// ```rhai
    /// let zones = ["1a", "1a", "1c"];
    /// zones.dedup(|a, b| a == b);
    /// check("each once", zones == ["1a", "1c"]);
    /// ```
    #[rhai_fn(name = "dedup", return_raw)]
    pub fn dedup(ctx: NativeCallContext, list: &mut Array, same: FnPtr) -> Outcome<()> {
        let mut kept = Array::with_capacity(list.len());
        for item in list.iter() {
            let repeats = match kept.last() {
                Some(last) => same.call_within_context::<bool>(&ctx, (Clone::clone(last), item.clone()))?,
                None => false,
            };
            if !repeats {
                kept.push(item.clone());
            }
        }
        *list = kept;
        Ok(())
    }
}

/// What a comparer says of two elements.
fn compare(ctx: &NativeCallContext, comparer: &FnPtr, a: &Dynamic, b: &Dynamic) -> Outcome<Ordering> {
    let said = comparer.call_within_context::<Dynamic>(ctx, (a.clone(), b.clone()))?;
    if let Ok(number) = said.as_int() {
        return Ok(number.cmp(&0));
    }
    if let Ok(number) = said.as_float() {
        return Ok(number.partial_cmp(&0.0).unwrap_or(Ordering::Equal));
    }
    match said.as_bool() {
        Ok(in_order) => Ok(if in_order { Ordering::Less } else { Ordering::Greater }),
        Err(kind) => {
            let error = Error::new(Code::ScriptFailed, format!("a comparer gives a number, not `{kind}`"))
                .help("below zero when the first is to come first, zero when it does not matter");
            Err(raise(error, ctx.call_position()))
        }
    }
}

/// Merges: elements that are equal keep their order, and a comparer that contradicts itself does no harm.
fn sorted(mut list: Array, compare: &mut dyn FnMut(&Dynamic, &Dynamic) -> Outcome<Ordering>) -> Outcome<Array> {
    if list.len() < 2 {
        return Ok(list);
    }
    let right = list.split_off(list.len() / 2);
    let (left, right) = (sorted(list, compare)?, sorted(right, compare)?);
    let mut merged = Array::with_capacity(left.len() + right.len());
    let (mut left, mut right) = (left.into_iter().peekable(), right.into_iter().peekable());
    while let (Some(a), Some(b)) = (left.peek(), right.peek()) {
        let from = if compare(a, b)? == Ordering::Greater { &mut right } else { &mut left };
        merged.extend(from.next());
    }
    merged.extend(left);
    merged.extend(right);
    Ok(merged)
}
