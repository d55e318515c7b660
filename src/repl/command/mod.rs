//! Commands of the session itself: `:help` and its like. They are not part of the language.

mod edit;
mod look;
mod plan;
mod save;
mod target;
mod timing;

use super::session::Repl;
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::script::ScriptError;

/// What a command takes: decides what Tab offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Takes {
    Nothing,
    Path,
    Name,
    Code,
    Target,
    ErrorCode,
}

/// A command.
#[derive(Debug)]
pub(super) struct Command {
    pub(super) name: &'static str,
    pub(super) argument: &'static str,
    pub(super) takes: Takes,
    purpose: &'static str,
    run: Run,
}

/// Runs a command with its argument; `forced` is a `!` behind its name. Gives the exit code if it asks to leave.
type Run = fn(&mut Repl<'_>, argument: &str, forced: bool) -> Result<Option<u8>, ScriptError>;

const fn command(name: &'static str, argument: &'static str, takes: Takes, purpose: &'static str, run: Run) -> Command {
    Command { name, argument, takes, purpose, run }
}

/// Every command, in the order of `:help`.
pub(super) const COMMANDS: &[Command] = &[
    command(":help", "", Takes::Nothing, "Show this", look::help),
    command(":doc", "NAME", Takes::Name, "Show what a name does; `NAME?` does the same", look::doc),
    command(":type", "EXPR", Takes::Code, "Tell the type of an expression without running it", look::type_of),
    command(":vars", "", Takes::Nothing, "List the variables with their types", look::vars),
    command(":x", "", Takes::Nothing, "Show values line by line instead of in tables, or no longer", look::expand),
    command(":json", "EXPR", Takes::Code, "Show a value as JSON", look::json),
    command(":time", "EXPR", Takes::Code, "Run something and tell how long it took", timing::time),
    command(":watch", "SECONDS EXPR", Takes::Code, "Run something again and again, until Ctrl-C", timing::watch),
    command(":plan", "EXPR", Takes::Code, "Tell what something would change, and change nothing", plan::plan),
    command(":load", "FILE", Takes::Path, "Run a runbook here; its variables and functions stay", load),
    command(":save", "FILE", Takes::Path, "Write what worked so far as a runbook; `:save!` overwrites", save::save),
    command(":edit", "FILE", Takes::Path, "Edit a file, or the last input, in $EDITOR and run it", edit::edit),
    command(":history", "", Takes::Nothing, "List the inputs of this session", look::history),
    command(
        ":target",
        "NAME",
        Takes::Target,
        "Show what answers, or change it: `sandbox [WORLD]`, `aws`",
        target::target,
    ),
    command(
        ":explain",
        "CODE",
        Takes::ErrorCode,
        "Tell what an error's code means; without one, the last error's",
        look::explain,
    ),
    command(":reset", "", Takes::Nothing, "Forget all variables, functions and imports", reset),
    command(":quit", "", Takes::Nothing, "Leave; Ctrl-D does the same", quit),
];

/// Other names of commands.
const ALIASES: &[(&str, &str)] = &[(":q", ":quit"), (":exit", ":quit"), (":h", ":help"), (":?", ":help")];

/// The command of this name, a `!` behind it aside.
pub(super) fn find(name: &str) -> Option<&'static Command> {
    let name = name.strip_suffix('!').unwrap_or(name);
    let name = ALIASES.iter().find(|(alias, _)| *alias == name).map_or(name, |(_, name)| name);
    COMMANDS.iter().find(|known| known.name == name)
}

/// The name of a command that is being typed, and its argument once that has begun.
pub(super) fn split(text: &str) -> Option<(&str, Option<&str>)> {
    let text = text.trim_start();
    if !text.starts_with(':') {
        return None;
    }
    match text.split_once(char::is_whitespace) {
        Some((name, argument)) => Some((name, Some(argument.trim_start()))),
        None => Some((text, None)),
    }
}

/// A command with its argument, if the input is one. `NAME?` is `:doc NAME`.
pub(super) fn parse(text: &str) -> Option<(&str, &str)> {
    let is_path = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '.');
    if let Some(name) = text.trim().strip_suffix('?')
        && !name.is_empty()
        && !name.starts_with(':')
        && name.chars().all(is_path)
    {
        return Some((":doc", name));
    }
    split(text).map(|(name, argument)| (name, argument.unwrap_or_default().trim()))
}

/// The command that a word means to who comes from elsewhere: `help`, `exit`.
pub(super) fn word(text: &str) -> Option<(&'static str, &'static str)> {
    match text.trim() {
        "help" | "help()" | "?" => Some((":help", "")),
        "exit" | "quit" | "quit()" => Some((":quit", "")),
        _ => None,
    }
}

/// The code in an input: all of it, or what stands behind a command that takes code.
pub(super) fn code(text: &str) -> Option<&str> {
    match split(text) {
        None => Some(text),
        Some((name, argument)) => argument.filter(|_| find(name).is_some_and(|known| known.takes == Takes::Code)),
    }
}

/// Runs a command. Gives the exit code if it asks to leave.
pub(super) fn run(repl: &mut Repl<'_>, (name, argument): (&str, &str)) -> Result<Option<u8>, ScriptError> {
    if let Some(known) = find(name) {
        return (known.run)(repl, argument, name.ends_with('!'));
    }
    let error = Error::new(Code::InvalidArgument, format!("there is no command `{name}`"));
    let near = nearest(name, COMMANDS.iter().map(|known| known.name));
    Err(match near {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`:help` lists the commands"),
    }
    .into())
}

/// The file or name that a command needs; quotes around it do not belong to it.
fn needed<'a>(command: &str, what: &str, argument: &'a str) -> Result<&'a str, Error> {
    needed_code(command, what, argument.trim_matches('"'))
}

/// The code that a command needs, as it was written.
fn needed_code<'a>(command: &str, what: &str, argument: &'a str) -> Result<&'a str, Error> {
    if argument.is_empty() {
        return Err(Error::new(Code::InvalidArgument, format!("`{command}` needs an argument"))
            .help(format!("write `{command} {what}`")));
    }
    Ok(argument)
}

fn load(repl: &mut Repl<'_>, argument: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    repl.load(needed(":load", "FILE", argument)?)
}

fn quit(_: &mut Repl<'_>, _: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    Ok(Some(0))
}

fn reset(repl: &mut Repl<'_>, _: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    repl.reset(None)?;
    repl.host().console().talk("all variables, functions and imports are gone; the world is as it was");
    Ok(None)
}
