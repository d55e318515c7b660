//! What stands behind the cursor, pale: the rest of an earlier input, else what the call still wants.

use rhai::Engine;
use rustyline::Context as Editing;
use rustyline::hint::Hint;
use rustyline::history::SearchDirection;

use super::context::Context;
use super::names::Names;

/// Pale text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ghost {
    /// What is shown.
    pub(super) text: String,
    /// Whether the right arrow enters it.
    pub(super) entered: bool,
}

impl Hint for Ghost {
    fn display(&self) -> &str {
        &self.text
    }

    fn completion(&self) -> Option<&str> {
        self.entered.then_some(&self.text)
    }
}

/// The rest of the newest input that begins like this.
pub(super) fn from_history(line: &str, editing: &Editing<'_>) -> Option<Ghost> {
    let (history, at) = (editing.history(), editing.history_index());
    let start = if at == history.len() { at.checked_sub(1)? } else { at };
    let found = history.starts_with(line, start, SearchDirection::Reverse).ok()??;
    let rest = found.entry.get(line.len()..)?;
    // A hint of several lines would push the screen about.
    (!rest.is_empty() && !rest.contains('\n')).then(|| Ghost { text: rest.to_owned(), entered: true })
}

/// What the innermost call still wants: `name: string, options: map)`; in an option map, what the key takes, or which
/// keys are needed.
pub(super) fn signature(engine: &Engine, line: &str, names: &Names) -> Option<Ghost> {
    let context = Context::of(line);
    if context.text.is_some() || context.comment {
        return None;
    }
    let text = option(&context, line, names).or_else(|| parameters(engine, &context, line, names))?;
    Some(Ghost { text, entered: false })
}

fn parameters(engine: &Engine, context: &Context, line: &str, names: &Names) -> Option<String> {
    let (path, method, start, bracket) = context.call()?;
    // Only right inside of the call, not in a list or a map within.
    if !std::ptr::eq(context.open.last()?, bracket) {
        return None;
    }
    let receiver = method.then(|| names.kind_of(engine, super::complete::chain(line.get(..start - 1)?))).flatten();
    let skipped = usize::from(method);
    let given = bracket.commas + usize::from(bracket.begun);
    let entry = names
        .called(path)
        .filter(|entry| !method || receiver.is_none() || entry.receiver() == receiver.as_deref())
        .filter(|entry| entry.own || receiver.is_some() || !method)
        .filter(|entry| entry.parameters.len() >= skipped + given.max(1))
        .max_by_key(|entry| entry.parameters.len())?;
    let rest = entry.parameters.get(skipped + given..)?.join(", ");
    let joint = if bracket.begun && !rest.is_empty() { ", " } else { "" };
    let space = if !bracket.begun && line.ends_with(',') { " " } else { "" };
    Some(format!("{space}{joint}{rest})"))
}

fn option(context: &Context, line: &str, names: &Names) -> Option<String> {
    let (function, keys) = context.option()?;
    let map = context.open.last().filter(|map| map.kind == super::context::BracketKind::Map)?;
    if map.key.is_none() && !map.begun {
        let needed: Vec<String> = names
            .options(function, &keys)
            .filter(|(_, option)| option.required)
            .map(|(name, option)| format!("{name}: {}", option.kind))
            .collect();
        let space = if line.ends_with(['{', ',']) { " " } else { "" };
        return (map.commas == 0 && !needed.is_empty()).then(|| format!("{space}{} … }}", needed.join(", ")));
    }
    let behind = line.trim_end();
    let (outer, key) = keys.split_at(keys.len().checked_sub(1)?);
    let (_, option) = names.options(function, outer).find(|(name, _)| key == [*name])?;
    let space = if line.ends_with(':') { " " } else { "" };
    let choices = option.kind.choices().join(" | ");
    let wanted = if choices.is_empty() { option.kind.to_string() } else { choices };
    behind.ends_with(':').then(|| format!("{space}{wanted}"))
}
