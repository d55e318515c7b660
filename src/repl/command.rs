//! Commands of the session itself: `:help` and its like. They are not part of the language.

use super::session::Repl;
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::script::ScriptError;
use crate::script::catalog::Entry;
use crate::view::Style;
use crate::view::table::Table;

/// Name, argument and purpose of every command.
pub(super) const COMMANDS: &[(&str, &str, &str)] = &[
    (":help", "", "Show this"),
    (":doc", "NAME", "Show what a function, method or property does: `:doc eks::ensure`"),
    (":vars", "", "List the variables with their types"),
    (":load", "FILE", "Run a runbook here; its variables and functions stay"),
    (":quit", "", "Leave; Ctrl-D does the same"),
];

/// How much of a variable's value `:vars` shows, in characters.
const SHOWN_VALUE: usize = 60;

/// A command with its argument, if the input is one.
pub(super) fn parse(text: &str) -> Option<(&str, &str)> {
    let text = text.trim();
    if !text.starts_with(':') {
        return None;
    }
    let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    Some((name, argument.trim()))
}

/// Runs a command. Gives the exit code if it asks to leave.
pub(super) fn run(repl: &mut Repl, (name, argument): (&str, &str)) -> Result<Option<u8>, ScriptError> {
    match name {
        ":quit" | ":q" | ":exit" => return Ok(Some(0)),
        ":help" | ":h" | ":?" => repl.host().console().data(&help()),
        ":vars" => {
            let text = variables(repl);
            repl.host().console().data(&text);
        }
        ":load" => return repl.load(needed(name, "FILE", argument)?),
        ":doc" => {
            let text = documentation(repl, needed(name, "NAME", argument)?)?;
            repl.host().console().data(&text);
        }
        unknown => {
            let error = Error::new(Code::InvalidArgument, format!("there is no command `{unknown}`"));
            let near = nearest(unknown, COMMANDS.iter().map(|(name, ..)| *name));
            return Err(match near {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`:help` lists the commands"),
            }
            .into());
        }
    }
    Ok(None)
}

fn needed<'a>(name: &str, what: &str, argument: &'a str) -> Result<&'a str, Error> {
    let argument = argument.trim_matches('"');
    if argument.is_empty() {
        return Err(Error::new(Code::InvalidArgument, format!("`{name}` needs an argument"))
            .help(format!("write `{name} {what}`")));
    }
    Ok(argument)
}

fn help() -> String {
    let mut text =
        String::from("Statements run when they are whole; an empty line ends any input. `it` is the last value.\n\n");
    for (name, argument, purpose) in COMMANDS {
        text.push_str(&format!("  {:<12}{purpose}\n", format!("{name} {argument}")));
    }
    text.push_str("\nTab completes names; Ctrl-R searches what was entered before; Ctrl-C stops what runs.");
    text
}

fn variables(repl: &Repl) -> String {
    let variables = repl.variables();
    if variables.is_empty() {
        return "no variables yet: `let name = …`".into();
    }
    let mut table = Table::new(["name", "type", "value"]);
    for (name, kind, value) in variables {
        let line: String = value.lines().next().unwrap_or_default().chars().take(SHOWN_VALUE).collect();
        let more = if line.len() < value.len() { "…" } else { "" };
        table.row([name, kind, format!("{line}{more}")]);
    }
    table.render(Style::plain())
}

fn documentation(repl: &Repl, name: &str) -> Result<String, Error> {
    let entries = repl.entries();
    let mut parts: Vec<String> = Vec::new();
    for entry in entries.iter().filter(|entry| entry.path() == name && !entry.name.starts_with("set$")) {
        let head = match entry.property() {
            Some(property) => format!("{}.{property} → {}", entry.receiver().unwrap_or_default(), entry.returns),
            None => format!("{} → {}", entry.signature(), entry.returns),
        };
        parts.push(format!("{head}\n\n{}", entry.documentation.trim()).trim().to_owned());
    }
    parts.dedup();
    if !parts.is_empty() {
        return Ok(parts.join("\n\n"));
    }
    let error = Error::new(Code::UnknownFunction, format!("there is no function `{name}`"));
    let paths: Vec<String> = entries.iter().map(Entry::path).collect();
    Err(match nearest(name, paths.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("Tab lists what begins with what you typed"),
    })
}
