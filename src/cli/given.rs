//! Where parameters come from: flags, then `--params FILE`, then the environment, then a question, then the default.

use std::io::{BufRead, IsTerminal, Read, stderr, stdin};
use std::path::Path;

use rhai::{Dynamic, Map};

use super::{console, unseen};
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::yaml::{self, Entry, Mark, Node, Value, scalar};
use crate::script::{Header, Param, ParamKind};

/// What stands before a parameter's name in the environment.
const PREFIX: &str = "SPOTSCRIPT_PARAM_";

/// The variable of the environment that gives a parameter.
pub(super) fn variable(param: &Param) -> String {
    format!("{PREFIX}{}", param.name.to_uppercase())
}

/// Adds to the flags that were given what a file, the environment and the user say. `ask` allows questions.
///
/// # Errors
/// `SPOT-0606` for a value that does not fit or a key that is no parameter, `SPOT-0801` for a file that cannot be read.
pub(super) fn complete(header: &Header, mut given: Map, file: Option<&Path>, ask: bool) -> Result<Map> {
    let from_file = file.map(|file| read(header, file)).transpose()?.unwrap_or_default();
    for param in &header.params {
        let name = param.name.as_str();
        if given.contains_key(name) {
            continue;
        }
        let value = match (from_file.get(name), std::env::var(variable(param)).ok()) {
            (Some(value), _) => Some(value.clone()),
            (None, Some(text)) => Some(
                param
                    .parse(&text)
                    .map_err(|error| error.because(format!("the environment's `{}` says so", variable(param))))?,
            ),
            (None, None) if param.init.is_none() && ask => question(param)?,
            (None, None) => None,
        };
        given.extend(value.map(|value| (name.into(), value)));
    }
    Ok(given)
}

/// Whether someone can be asked.
pub(super) fn can_ask() -> bool {
    stdin().is_terminal() && stderr().is_terminal()
}

/// Warnings about variables of the environment that look like parameters and are none of this script.
pub(super) fn strangers(header: &Header) -> Vec<String> {
    let own: Vec<String> = header.params.iter().map(variable).collect();
    let names = std::env::vars_os().filter_map(|(name, _)| name.into_string().ok());
    let mut strange: Vec<String> = names.filter(|name| name.starts_with(PREFIX) && !own.contains(name)).collect();
    strange.sort();
    let told = |name: &String| {
        // Only what is behind the prefix counts: with it, every name is near to every other.
        let bare = |name: &'_ str| name.strip_prefix(PREFIX).unwrap_or(name).to_owned();
        let names: Vec<String> = own.iter().map(|name| bare(name)).collect();
        let near = nearest(&bare(name).to_uppercase(), names.iter().map(String::as_str));
        let help = near.map(|near| format!("; did you mean `{PREFIX}{near}`?")).unwrap_or_default();
        format!("`{name}` of the environment is no parameter of this script{help}")
    };
    strange.iter().map(told).collect()
}

/// Bytes of the longest file that is looked at: one more than the reader takes.
const MAX_BYTES: u64 = (4 << 20) + 1;

/// Reads parameters from a file. Places are told and not drawn: a line next to a fault may hold a secret.
fn read(header: &Header, file: &Path) -> Result<Map> {
    let shown = file.display().to_string();
    let mut text = String::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(MAX_BYTES).read_to_string(&mut text))
        .map_err(|error| Error::new(Code::File, format!("`{shown}` cannot be read")).because(error.to_string()))?;
    // Every JSON document is a YAML document.
    let root = yaml::parse(&text, &shown).map_err(|mut error| {
        let place = error.location.take().map(|place| format!("`{place}` is where"));
        error.causes.splice(0..0, place);
        error
    })?;
    let Some(Value::Map(entries)) = root.as_deref().map(|root| &root.value) else {
        return Err(Error::new(Code::InvalidArgument, format!("`{shown}` holds no parameters"))
            .help("write a map: `cluster: eks-spot-eksct`"));
    };
    values(header, entries, &shown)
}

/// The values that the entries of a file, called `shown`, give to parameters.
///
/// # Errors
/// `SPOT-0606` for a value that does not fit, a key that is no parameter or is there twice.
pub(super) fn values(header: &Header, entries: &[Entry], shown: &str) -> Result<Map> {
    let place = |at: Mark| format!("`{shown}:{}:{}` says so", at.line, at.column);
    let mut values = Map::new();
    for Entry { key, at, value, .. } in entries {
        let Some(param) = header.params.iter().find(|param| param.name == *key || param.flag() == *key) else {
            let error =
                Error::new(Code::InvalidArgument, format!("the script has no parameter `{key}`")).because(place(*at));
            return Err(match nearest(key, header.params.iter().map(|param| param.name.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`--help` lists the parameters"),
            });
        };
        let read = value_of(param, key, value).map_err(|wrong| wrong.0.because(place(wrong.1)))?;
        if values.insert(param.name.as_str().into(), read).is_some() {
            return Err(Error::new(Code::InvalidArgument, format!("`{key}` is there twice"))
                .because(place(*at))
                .help("`-` and `_` are the same in names of parameters: leave one of them out"));
        }
    }
    Ok(values)
}

/// What is wrong, and where.
type Misplaced = Box<(Error, Mark)>;

/// The value that a node of a file gives a parameter.
fn value_of(param: &Param, key: &str, node: &Node) -> Result<Dynamic, Misplaced> {
    let here = |error: Error| Box::new((error, node.at));
    let wrong = |what: &str, help: String| {
        Err(here(Error::new(Code::InvalidArgument, format!("`{key}` is {what}")).help(help)))
    };
    match (&node.value, param.kind) {
        _ if node.is_null() => wrong("without a value", "leave it out to take the default".to_owned()),
        (Value::List(items), ParamKind::List) => {
            let texts = items.iter().map(|item| text_of(item, key, "- \"…\"").map(Dynamic::from));
            param.accept(texts.collect::<Result<Vec<_>, Misplaced>>()?.into()).map_err(here)
        }
        (_, ParamKind::List) => wrong("no list", format!("write `{key}: [one, two]`")),
        (Value::List(_) | Value::Map(_), kind) => wrong("no single value", kind.hint()),
        (Value::Scalar { .. }, ParamKind::String) => {
            param.parse(&text_of(node, key, &format!("{key}: \"…\""))?).map_err(here)
        }
        (Value::Scalar { text, plain }, kind) => {
            // As on the command line where that fits: `010` is ten there. Else as YAML has it: `yes`, `1_000`, `0x1f`.
            let as_written = param.kind.reads(text);
            let read = match scalar::kind(text) {
                scalar::Kind::Bool(value) if *plain && kind == ParamKind::Bool => param.parse(&value.to_string()),
                scalar::Kind::Int(value) if *plain && !as_written => param.parse(&value.to_string()),
                scalar::Kind::Float(value) if *plain && !as_written => param.parse(&value.to_string()),
                _ => param.parse(text),
            };
            read.map_err(here)
        }
    }
}

/// The text of a scalar. `1.30` is a number to YAML, and other readers would make `1.3` of it.
fn text_of(node: &Node, key: &str, quoted: &str) -> Result<String, Misplaced> {
    match &node.value {
        Value::Scalar { text, plain } if !*plain || scalar::kind(text) == scalar::Kind::Text => Ok(text.clone()),
        _ => {
            let error = Error::new(Code::InvalidArgument, format!("`{key}` is {}, no text", node.describe()));
            Err((error.help(format!("put it in quotes: `{quoted}`")), node.at).into())
        }
    }
}

/// Asks for a value until one fits; `None` at the end of input.
fn question(param: &Param) -> Result<Option<Dynamic>> {
    let choices: Vec<String> = param.choices.iter().map(ToString::to_string).collect();
    let among = if choices.is_empty() { param.kind.name().to_owned() } else { choices.join(", ") };
    let help = if param.help.is_empty() { String::new() } else { format!(": {}", param.help) };
    loop {
        let question = format!("{}{help} ({among})?", param.name);
        let line = if param.secret { unseen::line(&question)? } else { seen(&question)? };
        let Some(line) = line else { return Ok(None) };
        match param.parse(line.trim()) {
            Ok(value) => return Ok(Some(value)),
            Err(error) => {
                let help = error.help.map(|help| format!(": {help}")).unwrap_or_default();
                console::say(&format!("{}{help}", error.message));
            }
        }
    }
}

/// A line as it is typed; `None` at the end of input.
fn seen(question: &str) -> Result<Option<String>> {
    console::ask(question);
    let mut line = String::new();
    let read = stdin()
        .lock()
        .read_line(&mut line)
        .map_err(|error| Error::new(Code::InvalidArgument, "the answer cannot be read").because(error.to_string()))?;
    Ok((read > 0).then_some(line))
}
