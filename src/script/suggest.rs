//! The engine's own failures in better words: overloads and nearest names for what does not exist, and next actions.

use rhai::{Engine, EvalAltResult};

use super::catalog::{self, Catalog, Entry};
use super::diagnostic::Place;
use super::engine::MAX_CALLS;
use super::suggest_syntax::lower_first;
use crate::domain::Code;
use crate::domain::error::{Error, nearest};

/// How many overloads a message shows.
const SHOWN_OVERLOADS: usize = 6;

/// Words for a failure of a running script.
pub(super) fn runtime(failure: &EvalAltResult, engine: &Engine, place: Option<&Place>) -> Error {
    let failed = |message: String| Error::new(Code::ScriptFailed, message);
    match failure {
        EvalAltResult::ErrorFunctionNotFound(signature, _) => function(signature, engine, place),
        EvalAltResult::ErrorVariableNotFound(name, _) => variable(name, engine, place),
        EvalAltResult::ErrorDotExpr(message, _) => property(message, engine),
        EvalAltResult::ErrorPropertyNotFound(name, _) => failed(format!("the map has no key `{name}`"))
            .help(format!("ask first with `\"{name}\" in map`, or add the key")),
        EvalAltResult::ErrorModuleNotFound(name, _) => namespace(name, engine),
        EvalAltResult::ErrorMismatchDataType(wanted, given, _)
        | EvalAltResult::ErrorMismatchOutputType(wanted, given, _) => {
            let [wanted, given] = [wanted, given].map(|name| catalog::type_name(engine, name));
            failed(format!("a value of type `{wanted}` is needed here, not `{given}`"))
        }
        EvalAltResult::ErrorTooManyOperations(_)
        | EvalAltResult::ErrorTooManyVariables(_)
        | EvalAltResult::ErrorTooManyModules(_)
        | EvalAltResult::ErrorDataTooLarge(..) => Error::new(Code::ScriptLimit, words(failure)),
        EvalAltResult::ErrorStackOverflow(_) => {
            Error::new(Code::ScriptLimit, format!("calls are nested more than {MAX_CALLS} deep"))
                .help("a function that calls itself needs an end; a loop may do")
        }
        EvalAltResult::ErrorIndexNotFound(index, _) => failed(format!("there is no element `{index}`")),
        EvalAltResult::ErrorAssignmentToConstant(name, _) => failed(format!("`{name}` is a constant")),
        EvalAltResult::ErrorFor(_) => {
            failed("`for` needs a list, a range, or something else that can be walked through".into())
        }
        other => failed(words(other)),
    }
}

/// The engine's words without its position.
fn words(failure: &EvalAltResult) -> String {
    let text = failure.to_string();
    let text = text.rsplit_once(" (line ").map_or(text.as_str(), |(before, _)| before);
    lower_first(text.strip_prefix("Runtime error: ").unwrap_or(text))
}

/// `eks::scale (Nodegroup, &str | …)`: what was called, and with what.
struct Call {
    namespace: String,
    name: String,
    given: Vec<String>,
}

impl Call {
    fn parse(signature: &str, engine: &Engine) -> Self {
        let (path, arguments) = signature.split_once(" (").unwrap_or((signature, ""));
        let (namespace, name) = path.rsplit_once("::").unwrap_or(("", path));
        let arguments = arguments.strip_suffix(')').unwrap_or(arguments);
        let given = match arguments {
            "" => Vec::new(),
            arguments => arguments.split(", ").map(|raw| catalog::type_name(engine, raw)).collect(),
        };
        Call { namespace: namespace.to_owned(), name: name.to_owned(), given }
    }

    fn path(&self) -> String {
        if self.namespace.is_empty() { self.name.clone() } else { format!("{}::{}", self.namespace, self.name) }
    }
}

fn function(signature: &str, engine: &Engine, place: Option<&Place>) -> Error {
    let call = Call::parse(signature, engine);
    let entries = catalog::entries(engine);
    if let Some(error) = operator(&call) {
        return error;
    }
    let path = call.path();
    let overloads: Vec<&Entry> =
        entries.iter().filter(|entry| entry.path() == path && entry.property().is_none()).collect();
    let methods = is_method_call(place);
    if !overloads.is_empty() {
        let given = call.given.join(", ");
        let mut error = Error::new(Code::UnknownFunction, format!("`{path}` cannot be called with ({given})"));
        let matching =
            overloads.iter().filter(|entry| !methods || entry.receiver() == call.given.first().map(String::as_str));
        let mut shown: Vec<String> = matching.map(|entry| format!("`{}`", entry.signature())).collect();
        if shown.is_empty() {
            shown = overloads.iter().map(|entry| format!("`{}`", entry.signature())).collect();
        }
        // Those of other widths of numbers say nothing to people who write scripts.
        let exotic = |text: &String| text.split([' ', ',', ')']).any(catalog::is_exotic);
        if shown.iter().any(|text| !exotic(text)) {
            shown.retain(|text| !exotic(text));
        }
        let count = |text: &String| text.matches(": ").count();
        shown.sort_by_key(|text| (count(text) != call.given.len(), text.clone()));
        shown.dedup();
        shown.truncate(SHOWN_OVERLOADS);
        error = error.help(format!("it takes {}", shown.join(" or ")));
        return error;
    }
    let receiver = call.given.first().map(String::as_str).unwrap_or_default();
    let message = if methods {
        format!("`{receiver}` has no method `{}`", call.name)
    } else {
        format!("there is no function `{path}`")
    };
    let error = Error::new(Code::UnknownFunction, message);
    let candidates = entries.iter().filter(|entry| entry.property().is_none()).filter(|entry| {
        if methods { entry.receiver() == Some(receiver) || entry.receiver() == Some("any") } else { true }
    });
    if let (false, Some(help)) = (methods, in_library(&call, engine)) {
        return error.help(help);
    }
    if let (false, Some(text)) = (methods, place.map(|place| &*place.text))
        && let Some(line) = definition(text, &call)
    {
        return Error::new(
            Code::UnknownFunction,
            format!("`{path}` cannot be called with {} arguments", call.given.len()),
        )
        .help(format!("it is `{line}`"));
    }
    let written = |path: &String| path.starts_with(char::is_alphabetic);
    let names: Vec<String> = candidates.map(Entry::path).chain(local_functions(place)).filter(written).collect();
    let named = |path: &str| names.iter().find(|name| name.rsplit("::").next() == Some(path)).cloned();
    let found = nearest(&path, names.iter().map(String::as_str)).map(str::to_owned).or_else(|| named(&call.name));
    match found {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None if methods => error.help(members(&entries, receiver)),
        None if !call.namespace.is_empty() => match imported(place, &call, engine) {
            Some((true, help)) => {
                let message = format!("`{path}` cannot be called with {} arguments", call.given.len());
                Error::new(Code::UnknownFunction, message).help(help)
            }
            Some((false, help)) => error.help(help),
            None => error.help(functions_of(&entries, &call.namespace)),
        },
        None => error,
    }
}

/// The module of the standard library that has a function of this name.
fn in_library(call: &Call, engine: &Engine) -> Option<String> {
    let catalog = Catalog::of(engine);
    let mut functions = catalog.libraries().iter().flat_map(|library| &library.functions);
    let found = functions.find(|entry| call.namespace.is_empty() && entry.name == call.name)?;
    let (module, parameters) = (&found.namespace, found.parameters.join(", "));
    Some(format!("`{module}` has it: `import \"{module}\" as helpers;`, then `helpers::{}({parameters})`", call.name))
}

/// Operators are functions too: `"a" - 1`.
fn operator(call: &Call) -> Option<Error> {
    let symbol = !call.name.is_empty() && call.name.chars().all(|c| c.is_ascii_punctuation() && c != '_');
    match call.given.as_slice() {
        [left, right] if symbol => Some(Error::new(
            Code::UnknownFunction,
            format!("`{}` does not work between `{left}` and `{right}`", call.name),
        )),
        [operand] if symbol => {
            Some(Error::new(Code::UnknownFunction, format!("`{}` does not work on `{operand}`", call.name)))
        }
        _ => None,
    }
}

/// Whether the text before the place says that a method is called: `value.name(…)`.
fn is_method_call(place: Option<&Place>) -> bool {
    place.is_some_and(|place| place.text[..place.span.start].trim_end().ends_with('.'))
}

/// Names of functions that the text defines.
fn local_functions(place: Option<&Place>) -> Vec<String> {
    place.map(|place| words_after(&place.text, "fn")).unwrap_or_default()
}

/// `fn name(a, b)` as the text has it, for a function that is called by its bare name.
fn definition(text: &str, call: &Call) -> Option<String> {
    if !call.namespace.is_empty() {
        return None;
    }
    let head = format!("fn {}(", call.name);
    let from = text.find(&head)?;
    let length = text[from..].find(')')?;
    Some(text[from..=from + length].split_whitespace().collect::<Vec<_>>().join(" "))
}

/// The words that follow `keyword` anywhere in `text`.
fn words_after(text: &str, keyword: &str) -> Vec<String> {
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '_')).filter(|word| !word.is_empty()).collect();
    words.windows(2).filter(|pair| pair[0] == keyword).map(|pair| pair[1].to_owned()).collect()
}

fn members(entries: &[Entry], receiver: &str) -> String {
    if catalog::is_plain(receiver) {
        return format!("`spotscript docs {receiver}` lists what its values have");
    }
    let mut names: Vec<String> = entries
        .iter()
        .filter(|entry| entry.own && entry.namespace.is_empty() && entry.receiver() == Some(receiver))
        .filter(|entry| !entry.name.starts_with(|c: char| c.is_ascii_punctuation()))
        .map(|entry| match entry.property() {
            Some(name) => format!("`{name}`"),
            None => format!("`{}()`", entry.name),
        })
        .filter(|name| !name.contains('$') && !name.contains("to_debug"))
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        format!("`{receiver}` has no methods of its own")
    } else {
        format!("it has {}", names.join(", "))
    }
}

/// What an imported module offers instead, and whether that is the function itself, called in another way.
fn imported(place: Option<&Place>, call: &Call, engine: &Engine) -> Option<(bool, String)> {
    let text = &place?.text;
    let wanted = format!("as {}", call.namespace);
    let statement = text.split([';', '\n']).find(|part| {
        let part = part.trim();
        part.starts_with("import ") && part.ends_with(&wanted)
    })?;
    let path = statement.split('"').nth(1)?;
    let catalog = Catalog::of(engine);
    let Some(library) = catalog.libraries().iter().find(|library| library.name == path) else {
        let help = format!("look into `{path}`: it has no such function with {} arguments", call.given.len());
        return Some((false, help));
    };
    let written = |entry: &Entry| format!("{}({})", entry.name, entry.parameters.join(", "));
    let offered = library.functions.iter();
    let same: Vec<String> = offered.clone().filter(|entry| entry.name == call.name).map(written).collect();
    let offered = offered.map(written);
    let it_is = !same.is_empty();
    let shown = if same.is_empty() { offered.collect() } else { same };
    Some((it_is, format!("`{path}` has `{}`", shown.join("`, `"))))
}

fn functions_of(entries: &[Entry], namespace: &str) -> String {
    let mut names: Vec<String> = entries
        .iter()
        .filter(|entry| entry.namespace == namespace)
        .map(|entry| format!("`{}`", entry.path()))
        .collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        format!("there is no namespace `{namespace}`")
    } else {
        format!("there are {}", names.join(", "))
    }
}

fn variable(name: &str, engine: &Engine, place: Option<&Place>) -> Error {
    let error = Error::new(Code::ScriptFailed, format!("there is no variable `{name}`"));
    if let Some(help) = foreign(name) {
        return error.help(help);
    }
    let text = place.map(|place| &*place.text).unwrap_or_default();
    let known: Vec<String> =
        ["let", "const", "for", "as"].iter().flat_map(|keyword| words_after(text, keyword)).collect();
    if known.iter().any(|known| known == name) {
        return error.help(format!(
            "functions do not see variables of the script: pass `{name}` as a parameter (a `const` is `global::{name}`)"
        ));
    }
    let entries = catalog::entries(engine);
    if entries.iter().any(|entry| entry.namespace == name) {
        return error.help(format!("`{name}` is a namespace: write `{name}::…`"));
    }
    if entries.iter().any(|entry| entry.path() == name) {
        return error.help(format!("`{name}` is a function: write `{name}(…)`"));
    }
    match nearest(name, known.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error,
    }
}

/// Words of other languages for what scripts say in another way.
pub(super) fn foreign(name: &str) -> Option<&'static str> {
    Some(match name {
        "None" | "undefined" | "NULL" => "no value is written `()`",
        "True" | "False" | "TRUE" | "FALSE" => "it is written `true` or `false`",
        "self" => "a closure gets its value as a parameter: `|x| …`",
        "console" => "`print(…)` prints",
        _ => return None,
    })
}

/// `Unknown property 'naem' - a getter is not registered for type 'Nodes'`.
fn property(message: &str, engine: &Engine) -> Error {
    let quoted: Vec<&str> = message.split('\'').skip(1).step_by(2).collect();
    let [name, kind, ..] = quoted.as_slice() else {
        return Error::new(Code::ScriptFailed, lower_first(message));
    };
    let kind = catalog::type_name(engine, kind);
    if message.contains("setter") {
        return Error::new(Code::ScriptFailed, format!("`{name}` of `{kind}` cannot be set"))
            .help("values of the domain do not change: methods give changed copies");
    }
    let error = Error::new(Code::ScriptFailed, format!("`{kind}` has no property `{name}`"));
    let entries = catalog::entries(engine);
    let of_kind: Vec<&Entry> = entries.iter().filter(|entry| entry.own && entry.receiver() == Some(&kind)).collect();
    if of_kind.iter().any(|entry| entry.name == *name) {
        return error.help(format!("`{name}` is a method: write `.{name}(…)`"));
    }
    match nearest(name, of_kind.iter().map(|entry| entry.property().unwrap_or(&entry.name))) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(members(&entries, &kind)),
    }
}

fn namespace(name: &str, engine: &Engine) -> Error {
    let error = Error::new(Code::UnknownFunction, format!("there is no namespace `{name}`"));
    let entries = catalog::entries(engine);
    match nearest(name, entries.iter().map(|entry| entry.namespace.as_str()).filter(|known| !known.is_empty())) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!(
            "a module is brought in by `import \"…\" as {name};`, in a function by an `import` of its own"
        )),
    }
}
