//! `parallel`: one closure on many items, several at once.
//!
//! The items' closures share nothing: each gets its own copy of what the closure captures, so that what an item sees
//! does not depend on how far another has come.

use rhai::plugin::*;
use rhai::{Array, Dynamic, FnPtr, INT, Map, NativeCallContext};

use super::call::{Failure, Outcome, call};
use super::values::Nodegroup;
use crate::domain::Code;
use crate::domain::error::{Error, Item, Result};
use crate::host::MOST_AT_ONCE;

/// Fan-out.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::run;
    use crate::bindings::call::Outcome;
    use crate::bindings::values::Nodes;
    use rhai::{Array, Dynamic, FnPtr, INT};

    /// Calls a closure with each element of a list, at most `at_once` (1 to 64) at a time, and gives the values in the
    /// list's order. What the closures wait for overlaps. After the first failure no more are begun, those in work are
    /// finished, and the failure is thrown with its `item`. Each call has its own copy of what the closure captures:
    /// give back what is to be kept. What an item prints comes whole and in the list's order.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let lengths = parallel(["blue", "green"], 2, |name| { sleep(60); name.len });
    /// check("in the list's order", lengths == [4, 5]);
    /// ```
    #[rhai_fn(return_raw, volatile)]
    pub fn parallel(ctx: NativeCallContext, list: Array, at_once: INT, action: FnPtr) -> Outcome<Array> {
        run(&ctx, list, at_once, action)
    }

    /// Calls a closure with each node, at most `at_once` at a time, and gives the values in the nodes' order.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// check("all are Ready", parallel(kube::nodes(), 8, |node| node.ready).all(|ready| ready));
    /// ```
    #[rhai_fn(return_raw, volatile, name = "parallel")]
    pub fn parallel_nodes(ctx: NativeCallContext, nodes: Nodes, at_once: INT, action: FnPtr) -> Outcome<Array> {
        let list = nodes.nodes.iter().cloned().map(Dynamic::from).collect();
        run(&ctx, list, at_once, action)
    }
}

/// How many items are worked on at once.
///
/// # Errors
/// `SPOT-0101` for a number that is not from 1 to 64.
pub(crate) fn at_once(number: INT) -> Result<usize> {
    usize::try_from(number).ok().filter(|number| (1..=MOST_AT_ONCE).contains(number)).ok_or_else(|| {
        Error::new(Code::InvalidValue, format!("`parallel` cannot work on {number} items at once"))
            .help(format!("give a number from 1 to {MOST_AT_ONCE}"))
    })
}

fn run(ctx: &NativeCallContext, list: Array, number: INT, action: FnPtr) -> Outcome<Array> {
    let lanes = call(ctx, |host| {
        let lanes = at_once(number)?;
        takes_one(ctx, &action)?;
        if host.is_of_an_item() {
            return Err(Error::new(Code::InvalidValue, "`parallel` inside of `parallel`")
                .help("make one list of all that is to be done, or use a `for` loop inside"));
        }
        Ok(lanes)
    })?;
    if list.is_empty() {
        return Ok(list);
    }
    let names: Vec<String> = list.iter().map(|item| name(ctx, item)).collect();
    let shown: Vec<String> = names.iter().enumerate().map(|(index, name)| shown(index, name)).collect();
    #[expect(deprecated, reason = "means volatile here; the only way to call a closure from another thread")]
    let (store, engine) = (ctx.store_data(), ctx.engine());
    let work = |index: usize| {
        #[expect(deprecated, reason = "as above")]
        let ctx = store.create_context(engine);
        let item = list.get(index).map(own).unwrap_or_default();
        own_closure(&action).call_within_context::<Dynamic>(&ctx, (item,))
    };
    let mut fan = call(ctx, |host| host.fan_out(&shown, lanes, &work))?;
    if let Some(stops) = fan.results.iter_mut().flatten().find(|result| result.as_ref().is_err_and(|it| ends(it))) {
        return std::mem::replace(stops, Ok(Dynamic::UNIT)).map(|_| Array::new());
    }
    if let Some(failed) = fan.first_failure {
        told_too(ctx, &fan.results, failed, &names)?;
        let failure = fan.results.get_mut(failed).and_then(Option::take);
        if let Some(Err(failure)) = failure {
            let item = Item { index: failed, name: names[failed].clone() };
            return Err(of_item(*failure, item, ctx.call_position()).into());
        }
    }
    // Not all were begun although none failed: the run was stopped in between.
    call(ctx, |host| host.stop_reason().map_or(Ok(()), Err))?;
    fan.results.into_iter().flatten().collect()
}

/// Whether a failure ends the run rather than the item: `exit`, Ctrl-C, the time limit.
fn ends(failure: &EvalAltResult) -> bool {
    matches!(failure.unwrap_inner(), EvalAltResult::Exit(..) | EvalAltResult::ErrorTerminated(..))
}

/// Tells of those that failed while they were finished: the first alone is thrown.
fn told_too(
    ctx: &NativeCallContext,
    results: &[Option<Outcome<Dynamic>>],
    first: usize,
    names: &[String],
) -> Outcome<()> {
    call(ctx, |host| {
        for (index, result) in results.iter().enumerate().filter(|(index, _)| *index != first) {
            if let Some(Err(failure)) = result {
                let item = Item { index, name: names[index].clone() };
                host.console().talk(&format!("  ✘ {item} failed too: {}", super::attempts::words(failure)));
            }
        }
        Ok(())
    })
}

/// Whether a function that is called with one value is what it is.
fn takes_one(ctx: &NativeCallContext, action: &FnPtr) -> Result<()> {
    let given = action.curry().len() + 1;
    let known =
        |count: usize| ctx.iter_namespaces().any(|module| module.get_script_fn(action.fn_name(), count).is_some());
    if known(given) {
        return Ok(());
    }
    // One of the engine's or of ours is judged by the call.
    let Some(takes) = (0..=16).filter(|count| known(*count)).map(|count| count.saturating_sub(given - 1)).next() else {
        return Ok(());
    };
    Err(wrong_closure(takes))
}

/// What a closure is told that takes another number of values than one.
pub(crate) fn wrong_closure(takes: usize) -> Error {
    let takes = match takes {
        0 => "none".to_owned(),
        takes => takes.to_string(),
    };
    Error::new(Code::UnknownFunction, format!("`parallel` gives its closure one value, this one takes {takes}"))
        .help("write `|item| …`")
}

/// What people call an item; empty if that would be long.
fn name(ctx: &NativeCallContext, item: &Dynamic) -> String {
    if let Some(group) = item.read_lock::<Nodegroup>() {
        return group.0.name.clone();
    }
    let text = match item.read_lock::<Map>() {
        Some(map) => map.get("name").map(ToString::to_string),
        None if item.is_array() || item.is_fnptr() => None,
        None => {
            let mut value = item.clone();
            ctx.call_native_fn_raw("to_string", true, &mut [&mut value]).ok().map(|text| text.to_string())
        }
    };
    text.filter(|text| text.chars().count() <= 48 && !text.contains(char::is_control)).unwrap_or_default()
}

/// What stands before an item's lines.
fn shown(index: usize, name: &str) -> String {
    if name.is_empty() { index.to_string() } else { name.to_owned() }
}

/// A copy that shares nothing.
fn own(value: &Dynamic) -> Dynamic {
    if let Some(list) = value.read_lock::<Array>() {
        return Dynamic::from_array(list.iter().map(own).collect());
    }
    if let Some(map) = value.read_lock::<Map>() {
        return Dynamic::from_map(map.iter().map(|(key, value)| (key.clone(), own(value))).collect());
    }
    if let Some(closure) = value.read_lock::<FnPtr>() {
        return Dynamic::from(own_closure(&closure));
    }
    value.flatten_clone()
}

fn own_closure(closure: &FnPtr) -> FnPtr {
    let mut copy = closure.clone();
    for captured in copy.iter_curry_mut() {
        // What a closure changes it sees changed when it is called again.
        let (shared, value) = (captured.is_shared(), own(captured));
        *captured = if shared { value.into_shared() } else { value };
    }
    copy
}

/// Marks the call of an item among the frames of a failure.
const MARK: &str = "item$";

/// The item that a frame of a failure is the call of, by the frame's name.
pub fn item_of(frame: &str) -> Option<Item> {
    let (index, name) = frame.strip_prefix(MARK)?.split_once('$')?;
    Some(Item { index: index.parse().ok()?, name: name.to_owned() })
}

/// A failure with its item: in its innermost value, which scripts catch, and in the frame of the call.
fn of_item(mut failure: EvalAltResult, item: Item, at: rhai::Position) -> EvalAltResult {
    let frame = format!("{MARK}{}${}", item.index, item.name);
    let mut inner = &mut failure;
    loop {
        inner = match inner {
            EvalAltResult::ErrorInFunctionCall(_, _, next, _) | EvalAltResult::ErrorInModule(_, next, _) => next,
            EvalAltResult::ErrorRuntime(value, _) => {
                let error = value.read_lock::<Failure>().map(|failure| (*failure.0).clone());
                if let Some(error) = error {
                    *value = Dynamic::from(Failure(error.on(item).into()));
                }
                break;
            }
            _ => break,
        };
    }
    match failure {
        EvalAltResult::ErrorInFunctionCall(name, source, inner, position) if name.starts_with("anon$") => {
            EvalAltResult::ErrorInFunctionCall(frame, source, inner, position)
        }
        other => EvalAltResult::ErrorInFunctionCall(frame, String::new(), other.into(), at),
    }
}
