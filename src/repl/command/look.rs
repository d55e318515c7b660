//! Commands that only look: help, documentation, types, variables, inputs.

use super::{COMMANDS, needed};
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::repl::names::Names;
use crate::repl::session::Repl;
use crate::repl::types;
use crate::script::ScriptError;
use crate::script::catalog::{self, Entry};
use crate::script::explain;
use crate::view::Style;
use crate::view::table::Table;

type Answer = Result<Option<u8>, ScriptError>;

/// How much of a variable's value `:vars` shows, in characters.
const SHOWN_VALUE: usize = 60;

pub(super) fn help(repl: &mut Repl<'_>, _: &str, _: bool) -> Answer {
    let mut text = String::from(
        "Statements run when they are whole; an empty line ends any input. `it` is the last value, `err` the last \
         error.\n\n",
    );
    for known in COMMANDS {
        text.push_str(&format!("  {:<20}{}\n", format!("{} {}", known.name, known.argument), known.purpose));
    }
    text.push_str(
        "\nTab completes names, options, paths and instance types; → takes what is shown behind the cursor; Ctrl-R \
         searches what was entered before; Ctrl-C stops what runs.",
    );
    repl.host().console().data(&text);
    Ok(None)
}

pub(super) fn doc(repl: &mut Repl<'_>, argument: &str, _: bool) -> Answer {
    let name = needed(":doc", "NAME", argument)?;
    repl.refresh_names();
    let text = Names::with(&repl.names(), |names| documentation(names, name))?;
    repl.host().console().data(&text);
    Ok(None)
}

fn documentation(names: &Names, name: &str) -> Result<String, Error> {
    let mut parts: Vec<String> = Vec::new();
    // `Nodes.ready` is the `ready` of `Nodes`.
    let (owner, wanted) = name.split_once('.').map_or((None, name), |(owner, wanted)| (Some(owner), wanted));
    let owner = owner.map(|owner| names.variable(owner).unwrap_or(owner));
    let entries = names.entries.iter().filter(|entry| entry.path() == wanted && !entry.name.starts_with("set$"));
    for entry in entries.filter(|entry| owner.is_none() || entry.receiver() == owner) {
        let head = match entry.property() {
            Some(property) => format!("{}.{property} → {}", entry.receiver().unwrap_or_default(), entry.returns),
            None => format!("{} → {}", entry.signature(), entry.returns),
        };
        parts.push(format!("{head}\n\n{}", entry.documentation.trim()).trim().to_owned());
    }
    parts.dedup();
    if !parts.is_empty() {
        // One map, however many forms take it.
        parts.extend(Some(options(wanted)).filter(|table| !table.is_empty()));
    }
    if parts.is_empty() {
        parts.extend(namespace(names, name));
    }
    if !parts.is_empty() {
        return Ok(parts.join("\n\n"));
    }
    let error = Error::new(Code::UnknownFunction, format!("there is no function `{name}`"));
    let paths: Vec<String> = names.entries.iter().map(Entry::path).collect();
    Err(match nearest(name, paths.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("Tab lists what begins with what you typed"),
    })
}

/// The options of a function, as a table.
fn options(path: &str) -> String {
    let options = catalog::options_of(path);
    if options.is_empty() {
        return String::new();
    }
    let mut table = Table::new(["option", "type", "meaning"]);
    for option in options {
        let needed = if option.required { " (needed)" } else { "" };
        table.row([option.path.clone(), format!("{}{needed}", option.kind), option.documentation.clone()]);
    }
    table.render(Style::plain())
}

/// The functions of a namespace with the first lines of their documentation.
fn namespace(names: &Names, name: &str) -> Option<String> {
    let mut rows: Vec<(String, String)> = names
        .entries
        .iter()
        .filter(|entry| entry.namespace == name.trim_end_matches(':'))
        .map(|entry| (entry.signature(), entry.documentation.lines().next().unwrap_or_default().to_owned()))
        .collect();
    rows.sort();
    rows.dedup();
    let mut table = Table::headless();
    for (signature, summary) in &rows {
        table.row([signature.as_str(), summary.as_str()]);
    }
    (!rows.is_empty()).then(|| table.render(Style::plain()))
}

pub(super) fn type_of(repl: &mut Repl<'_>, argument: &str, _: bool) -> Answer {
    let text = needed(":type", "EXPR", argument)?;
    // What does not parse is an error with its place, as when it is run.
    repl.look_at(text)?;
    repl.refresh_names();
    let kind = Names::with(&repl.names(), |names| types::of_text(repl.engine(), text, names));
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
        let line: String = value.lines().next().unwrap_or_default().chars().take(SHOWN_VALUE).collect();
        let more = if line.len() < value.len() { "…" } else { "" };
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
