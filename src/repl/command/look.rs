//! Commands that only look: help, documentation, types, variables, inputs.

use super::{COMMANDS, needed, needed_code};
use crate::repl::names::Names;
use crate::repl::session::Repl;
use crate::script::ScriptError;
use crate::script::catalog::Catalog;
use crate::script::render::Look;
use crate::script::{docs, explain};
use crate::view::Style;
use crate::view::table::Table;

type Answer = Result<Option<u8>, ScriptError>;

/// Columns of documentation where the terminal does not tell.
const READABLE: u16 = 100;
/// How much of a variable's value `:vars` shows, in characters.
const SHOWN_VALUE: usize = 60;

pub(super) fn help(repl: &mut Repl<'_>, _: &str, _: bool) -> Answer {
    let mut text = String::from(
        "Statements run when they are whole; an empty line ends any input.\n\
         `it` is the last value, `err` the last error.\n\n",
    );
    for known in COMMANDS {
        text.push_str(&format!("  {:<22}{}\n", format!("{} {}", known.name, known.argument), known.purpose));
    }
    text.push_str(
        "\nTab     completes names, options, paths and instance types\n\
         →       takes what is shown behind the cursor\n\
         Ctrl-R  searches what was entered before\n\
         Ctrl-C  stops what runs",
    );
    repl.host().console().data(&text);
    Ok(None)
}

pub(super) fn doc(repl: &mut Repl<'_>, argument: &str, _: bool) -> Answer {
    let name = needed(":doc", "NAME", argument)?;
    repl.refresh_names();
    let catalog = Catalog::of(repl.engine());
    // `nodes.ready` of a variable is the `ready` of its type.
    let of_type = name.split_once('.').and_then(|(owner, member)| {
        Names::with(&repl.names(), |names| Some(format!("{}.{member}", names.variable(owner)?)))
    });
    let topic = catalog.find(of_type.as_deref().unwrap_or(name))?;
    let console = repl.host().console();
    let look = Look { colour: console.colour(), width: console.width().unwrap_or(READABLE).into() };
    console.data(docs::text::topic(&topic, look).trim_end());
    Ok(None)
}

pub(super) fn type_of(repl: &mut Repl<'_>, argument: &str, _: bool) -> Answer {
    let text = needed_code(":type", "EXPR", argument)?;
    // What does not parse is an error with its place, as when it is run.
    repl.look_at(text)?;
    repl.refresh_names();
    let kind = Names::with(&repl.names(), |names| names.kind_of(repl.engine(), text));
    match kind {
        Some(kind) => repl.host().console().data(&kind),
        None => repl.host().console().data("any (not evident without running it)"),
    }
    Ok(None)
}

pub(super) fn vars(repl: &mut Repl<'_>, _: &str, _: bool) -> Answer {
    let variables = repl.variables();
    if variables.is_empty() {
        repl.host().console().data("no variables yet: `let name = …`");
        return Ok(None);
    }
    let mut table = Table::new(["name", "type", "value"]);
    for (name, kind, value) in variables {
        let whole = value.split_whitespace().collect::<Vec<_>>().join(" ");
        let line: String = whole.chars().take(SHOWN_VALUE).collect();
        let more = if line.len() < whole.len() { "…" } else { "" };
        table.row([name, kind, format!("{line}{more}")]);
    }
    repl.host().console().data(&table.render(Style::plain()));
    Ok(None)
}

pub(super) fn expand(repl: &mut Repl<'_>, _: &str, _: bool) -> Answer {
    repl.expanded = !repl.expanded;
    let how = if repl.expanded { "values are shown line by line" } else { "values are shown in tables" };
    repl.host().console().talk(how);
    Ok(None)
}

pub(super) fn json(repl: &mut Repl<'_>, argument: &str, _: bool) -> Answer {
    let expression = if argument.is_empty() { "it" } else { argument };
    repl.json(expression)
}

pub(super) fn history(repl: &mut Repl<'_>, _: &str, _: bool) -> Answer {
    let mut table = Table::headless().numeric(&[0]);
    for input in repl.inputs() {
        let mark = if input.ok { "" } else { "✘" };
        table.row([input.number.to_string(), mark.to_owned(), input.text.trim().replace('\n', "\n  ")]);
    }
    if table.is_empty() {
        repl.host().console().data("nothing was entered yet");
    } else {
        repl.host().console().data(&table.render(Style::plain()));
    }
    Ok(None)
}

pub(super) fn explain(repl: &mut Repl<'_>, argument: &str, _: bool) -> Answer {
    let asked = match (argument, repl.last_code()) {
        ("", Some(code)) => code.to_string(),
        (argument, _) => needed(":explain", "CODE", argument)?.to_uppercase(),
    };
    let code = explain::find(&asked)?;
    let text = repl.targets().explain(code);
    repl.host().console().data(&text);
    Ok(None)
}
