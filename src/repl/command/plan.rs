//! `:plan`: what an input would change, told by planning it; and what the session changed so far.

use std::sync::Arc;

use crate::host::Recorder;
use crate::repl::session::Repl;
use crate::script::ScriptError;
use crate::view::table::Table;
use crate::view::{Style, plan as view};

pub(super) fn plan(repl: &mut Repl<'_>, argument: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    if argument.is_empty() {
        let text = so_far(repl);
        repl.host().console().data(&text);
        return Ok(None);
    }
    let planning = repl.targets().planning(Arc::new(Recorder::default()))?;
    let mut rehearsal = repl.onto(planning)?;
    let result = rehearsal.enter(argument);
    let plan = rehearsal.host().plan();
    let console = repl.host().console();
    match (plan.is_empty(), &result) {
        (false, _) => console.data(&view::render(&plan, Style { colour: console.colour(), ..Style::plain() })),
        (true, Ok(_)) => console.data("nothing would change"),
        (true, Err(_)) => {}
    }
    result.map(|_| None)
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
