//! From an engine error to what a person reads: code, message, place with its text, every caller, next action.
//!
//! Owns positions and call frames; never prints. In an error inside a call, the engine's position is in the caller's
//! text while its source names the callee's: so frames are walked from the outside in, carrying the current source.

use std::ops::Range;
use std::sync::Arc;

use rhai::{Dynamic, Engine, EvalAltResult, ParseError, ParseErrorType, Position};

use super::source::{self, SourceMap};
use super::{check, header, suggest, suggest_syntax};
use crate::bindings::{self, Failure, Stopped};
use crate::domain::Code;
use crate::domain::error::Error;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Name of the text.
    pub name: String,
    /// The text.
    pub text: Arc<str>,
    /// Bytes.
    pub span: Range<usize>,
}

/// A call or import that led to the failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Frame {
    /// ``in call to `check` ``.
    pub what: String,
    /// Where.
    pub place: Option<Place>,
}

/// A failure of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScriptError {
    /// What happened.
    pub error: Box<Error>,
    /// Where.
    pub place: Option<Place>,
    /// How the script got there, nearest first.
    pub frames: Vec<Frame>,
}

impl From<Error> for ScriptError {
    fn from(error: Error) -> Self {
        ScriptError { error: error.into(), place: None, frames: Vec::new() }
    }
}

/// Explains a failure of a running script whose outermost text is called `main`.
pub fn explain(failure: EvalAltResult, engine: &Engine, sources: &SourceMap, main: &str) -> ScriptError {
    let mut current = main.to_owned();
    let mut frames = Vec::new();
    let mut item = None;
    let mut failure = failure;
    loop {
        failure = match failure {
            EvalAltResult::ErrorInFunctionCall(name, callee, inner, position) => {
                let found = bindings::item_of(&name);
                let what = if let Some(item) = &found {
                    format!("in `parallel`, {item}")
                } else if name.starts_with("anon$") {
                    "in call of a closure".into()
                } else {
                    format!("in call to `{name}`")
                };
                item = item.or(found);
                frames.push(Frame { what, place: place(sources, &current, position) });
                if !callee.is_empty() {
                    current = callee;
                }
                *inner
            }
            EvalAltResult::ErrorInModule(module, inner, position) => {
                frames.push(Frame {
                    what: format!("in import of `{module}`"),
                    place: place(sources, &current, position),
                });
                current = module;
                *inner
            }
            innermost => {
                frames.reverse();
                let innermost = match rethrown(&innermost) {
                    Some((source, again)) => {
                        current = source.unwrap_or(current);
                        again
                    }
                    None => innermost,
                };
                let mut position = position_of(&innermost);
                if let EvalAltResult::ErrorTerminated(value, _) = &innermost
                    && let Some(stopped) = value.read_lock::<Stopped>()
                {
                    (current, position) = (stopped.source.clone().unwrap_or(current), stopped.at);
                }
                let place = place(sources, &current, position);
                if let EvalAltResult::ErrorParsing(kind, position) = innermost {
                    return ScriptError { frames, ..parse_failure(&kind, position, sources, &current) };
                }
                let error = describe(innermost, engine, place.as_ref());
                let error = item.map_or(error.clone(), |item| error.on(item));
                let place = place.map(|place| at_value(&error, position, at_option(&error, place)));
                return ScriptError { error: error.into(), place, frames };
            }
        };
    }
}

/// A failure of the engine that a script caught and threw again: the engine hands it over as a map. With it the text that
/// it happened in, if that is told.
fn rethrown(failure: &EvalAltResult) -> Option<(Option<String>, EvalAltResult)> {
    let EvalAltResult::ErrorRuntime(value, _) = failure else { return None };
    let map = value.read_lock::<rhai::Map>()?;
    let text = |key: &str| map.get(key).and_then(|value| value.clone().into_string().ok());
    let number = |key: &str| map.get(key).and_then(|value| u16::try_from(value.as_int().ok()?).ok());
    let position = number("line").map_or(Position::NONE, |line| Position::new(line, number("position").unwrap_or(1)));
    let again = match text("error")?.as_str() {
        "ErrorFunctionNotFound" => EvalAltResult::ErrorFunctionNotFound(text("function")?, position),
        "ErrorVariableNotFound" => EvalAltResult::ErrorVariableNotFound(text("variable")?, position),
        "ErrorPropertyNotFound" => EvalAltResult::ErrorPropertyNotFound(text("variable")?, position),
        "ErrorDotExpr" => EvalAltResult::ErrorDotExpr(text("property")?, position),
        "ErrorModuleNotFound" => EvalAltResult::ErrorModuleNotFound(text("module")?, position),
        kind if kind.starts_with("Error") => EvalAltResult::ErrorRuntime(text("message")?.into(), position),
        _ => return None,
    };
    Some((text("source"), again))
}

/// Explains why the text called `name` does not parse.
pub fn explain_parse(error: &ParseError, sources: &SourceMap, name: &str) -> ScriptError {
    parse_failure(&error.0, error.1, sources, name)
}

fn parse_failure(kind: &ParseErrorType, position: Position, sources: &SourceMap, name: &str) -> ScriptError {
    let mut at = place(sources, name, position);
    let (text, byte) = at.as_ref().map_or(("", 0), |place| (&*place.text, place.span.start));
    let (error, moved) = suggest_syntax::syntax(kind, text, byte);
    if let (Some(span), Some(place)) = (moved, &mut at) {
        place.span = span;
    }
    ScriptError { error: error.into(), place: at, frames: Vec::new() }
}

/// The place of a position, if the text is known and the position is one.
pub(super) fn place(sources: &SourceMap, name: &str, position: Position) -> Option<Place> {
    let text = sources.get(name)?;
    let line = position.line()?;
    // Column 0 is the engine's "before the line's first character".
    let span = source::span(&text, line, position.position().unwrap_or(1));
    Some(Place { name: name.to_owned(), text, span })
}

/// The word `PARAMS` in the text called `name`, which an error in the declarations is about.
pub(super) fn at_params(sources: &SourceMap, name: &str, error: &Error) -> Option<Place> {
    let text = sources.get(name)?;
    let span = header::fault_at(&text, error)?;
    Some(Place { name: name.to_owned(), span, text })
}

fn position_of(failure: &EvalAltResult) -> Position {
    failure.position()
}

fn describe(failure: EvalAltResult, engine: &Engine, place: Option<&Place>) -> Error {
    match failure {
        EvalAltResult::ErrorRuntime(value, _) => thrown(&value),
        EvalAltResult::ErrorTerminated(value, _) => {
            bindings::ended(&value).unwrap_or_else(|| Error::new(Code::Interrupted, "the run was interrupted"))
        }
        other => suggest::runtime(&other, engine, place),
    }
}

/// What a script threw: a failure of the host goes on as it is, everything else is the script's own.
fn thrown(value: &Dynamic) -> Error {
    if let Some(failure) = value.read_lock::<Failure>() {
        return (*failure.0).clone();
    }
    let said = value.read_lock::<rhai::Map>().and_then(|map| map.get("message").map(ToString::to_string));
    let text = said.unwrap_or_else(|| value.to_string());
    let text = text.strip_prefix("Runtime error: ").unwrap_or(&text);
    Error::new(Code::ScriptThrew, if text.is_empty() { "the script threw without a message" } else { text })
}

/// The value that the domain refused, if it is written out in the call; else the place given.
fn at_value(error: &Error, call: Position, place: Place) -> Place {
    // The hundreds digit of what is wrong with a value is 1.
    let value = (error.code.number() / 100 == 1).then(|| check::refused(error, &place.text, call)).flatten();
    let Some((line, column)) = value.and_then(|at| Some((at.line()?, at.position()?))) else { return place };
    Place { span: source::span(&place.text, line, column), ..place }
}

/// The key of the option that an error is about, if it stands behind the call; else the call.
fn at_option(error: &Error, place: Place) -> Place {
    let quoted = |nth| error.message.split('`').nth(nth);
    let path = match error.code {
        Code::UnknownOption => quoted(3),
        Code::WrongOptionType => quoted(1),
        _ => None,
    };
    let key = path.map(|path| path.split('[').next().unwrap_or(path)).and_then(|path| path.rsplit('.').next());
    let Some(key) = key.filter(|key| !key.is_empty()) else { return place };
    let behind = &place.text[place.span.end..];
    let call_ends = behind.find(';').unwrap_or(behind.len());
    for (at, _) in behind[..call_ends].match_indices(key) {
        let (before, after) = (&behind[..at], behind[at + key.len()..].trim_start_matches('"').trim_start());
        if before.trim_end_matches('"').trim_end().ends_with(['{', ',']) && after.starts_with(':') {
            let start = place.span.end + at;
            return Place { span: start..start + key.len(), ..place };
        }
    }
    place
}
