//! `:plan`: what an input would change, told by running it in a copy of the sandbox; and what the session changed so far.

use std::sync::Arc;

use crate::domain::inventory::Settled;
use crate::host::Recorder;
use crate::repl::session::Repl;
use crate::script::ScriptError;
use crate::view::Style;
use crate::view::table::Table;
use crate::view::words;

pub(super) fn plan(repl: &mut Repl<'_>, argument: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    if argument.is_empty() {
        let text = so_far(repl);
        repl.host().console().data(&text);
        return Ok(None);
    }
    let copy = repl.targets().copy(Arc::new(Recorder::default()))?;
    let mut rehearsal = repl.onto(copy)?;
    let result = rehearsal.enter(argument);
    let resources = std::mem::take(&mut rehearsal.host().record().resources);
    let requests = rehearsal.host().requests().map_or(0, |requests| requests.mutating);
    let text = foreseen(&resources, requests);
    repl.host().console().data(&text);
    result.map(|_| None)
}

fn foreseen(resources: &[Settled], requests: u64) -> String {
    let changes: Vec<_> = resources.iter().filter(|settled| settled.verdict != "unchanged").collect();
    let mut table = Table::headless();
    for settled in &changes {
        table.row([&settled.verdict, &settled.kind, &settled.name]);
    }
    let made = words::count(usize::try_from(requests).unwrap_or(usize::MAX), "mutating request");
    let unchanged = resources.len() - changes.len();
    if changes.is_empty() && requests == 0 {
        return "nothing would change".into();
    }
    format!("{}would take {made}; {unchanged} unchanged; nothing was changed yet", table.render(Style::plain()))
}

fn so_far(repl: &Repl<'_>) -> String {
    let changes = repl.changes();
    if changes.is_empty() {
        return "this session changed nothing yet; `:plan EXPR` tells what an input would change".into();
    }
    let mut table = Table::new(["input", "verdict", "kind", "name"]);
    for (input, settled) in changes {
        table.row([format!("repl#{input}"), settled.verdict.clone(), settled.kind.clone(), settled.name.clone()]);
    }
    table.render(Style::plain())
}
