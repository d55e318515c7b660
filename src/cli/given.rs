//! Where parameters come from: flags, then `--params FILE`, then the environment, then a question, then the default.

use std::io::{BufRead, IsTerminal, Write, stderr, stdin};
use std::path::Path;

use rhai::Map;
use serde_json::Value;

use super::console;
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
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
            // What is typed at a terminal is seen there: secrets come another way.
            (None, None) if param.init.is_none() && ask && !param.secret => question(param)?,
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

fn read(header: &Header, file: &Path) -> Result<Map> {
    let shown = file.display();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::new(Code::File, format!("`{shown}` cannot be read")).because(error.to_string()))?;
    // Every JSON document is a YAML document.
    let document: Value = serde_yaml::from_str(&text).map_err(|error| {
        Error::new(Code::InvalidArgument, format!("`{shown}` is neither YAML nor JSON")).because(error.to_string())
    })?;
    let Value::Object(entries) = document else {
        return Err(Error::new(Code::InvalidArgument, format!("`{shown}` holds no parameters"))
            .help("write a map: `cluster: eks-spot-eksct`"));
    };
    let mut values = Map::new();
    for (key, value) in entries {
        let Some(param) = header.params.iter().find(|param| param.name == key || param.flag() == key) else {
            let error = Error::new(Code::InvalidArgument, format!("the script has no parameter `{key}`"))
                .because(format!("`{shown}` gives it"));
            return Err(match nearest(&key, header.params.iter().map(|param| param.name.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`--help` lists the parameters"),
            });
        };
        let text = match &value {
            // `1.30` is the number 1.3 by now: what was written is lost.
            Value::Number(_) | Value::Bool(_) if param.kind == ParamKind::String => {
                return Err(Error::new(Code::InvalidArgument, format!("`{key}` in `{shown}` is no text"))
                    .help(format!("put it in quotes: `{key}: \"…\"`")));
            }
            Value::String(text) => text.clone(),
            Value::Number(_) | Value::Bool(_) => value.to_string(),
            _ => {
                return Err(Error::new(Code::InvalidArgument, format!("`{key}` in `{shown}` is no single value"))
                    .help(format!("it is of type `{}`", param.kind.name())));
            }
        };
        let value = param.parse(&text).map_err(|error| error.because(format!("`{shown}` says so")))?;
        values.insert(param.name.as_str().into(), value);
    }
    Ok(values)
}

/// Asks for a value until one fits; `None` at the end of input.
fn question(param: &Param) -> Result<Option<rhai::Dynamic>> {
    let choices: Vec<String> = param.choices.iter().map(ToString::to_string).collect();
    let among = if choices.is_empty() { param.kind.name().to_owned() } else { choices.join(", ") };
    let help = if param.help.is_empty() { String::new() } else { format!(": {}", param.help) };
    loop {
        drop(write!(stderr(), "{}{help} ({among})? ", param.name).and_then(|()| stderr().flush()));
        let mut line = String::new();
        let read = stdin().lock().read_line(&mut line).map_err(|error| {
            Error::new(Code::InvalidArgument, "the answer cannot be read").because(error.to_string())
        })?;
        if read == 0 {
            return Ok(None);
        }
        match param.parse(line.trim()) {
            Ok(value) => return Ok(Some(value)),
            Err(error) => {
                let help = error.help.map(|help| format!(": {help}")).unwrap_or_default();
                console::say(&format!("{}{help}", error.message));
            }
        }
    }
}
