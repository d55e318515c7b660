//! Which functions of a file are tests.

use rhai::AST;

use super::super::diagnostic::{Place, ScriptError};
use super::super::source::SourceMap;
use crate::domain::Code;
use crate::domain::error::Error;

/// What functions that are tests begin with.
const PREFIX: &str = "test_";
/// The function that runs before each test.
const SETUP: &str = "setup";

/// What a file has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Functions {
    /// Names of tests with their lines, in the order of the file.
    pub(super) tests: Vec<(String, usize)>,
    /// Whether something runs before each.
    pub(super) setup: bool,
}

/// Reads them off a compiled file.
///
/// # Errors
/// `SPOT-0663` for a test or `setup` that takes parameters.
pub(super) fn read(ast: &AST, sources: &SourceMap, name: &str) -> Result<Functions, ScriptError> {
    let text = sources.get(name).unwrap_or_default();
    let mut found = Functions::default();
    for function in ast.iter_functions() {
        let is_setup = function.name == SETUP;
        if !is_setup && !function.name.starts_with(PREFIX) {
            continue;
        }
        let at = declared(&text, function.name);
        if !function.params.is_empty() {
            let error = Error::new(Code::InvalidTest, format!("`{}` takes parameters", function.name))
                .help("nobody gives a test or `setup` any: call it from a test, or give it another name");
            let place = at.map(|(_, span)| Place { name: name.to_owned(), text: text.clone(), span });
            return Err(ScriptError { place, ..error.into() });
        }
        if is_setup {
            found.setup = true;
        } else {
            found.tests.push((function.name.to_owned(), at.map_or(0, |(line, _)| line)));
        }
    }
    found.tests.sort_by_key(|(_, line)| *line);
    Ok(found)
}

/// The line of a function's declaration, and where its name is.
fn declared(text: &str, name: &str) -> Option<(usize, std::ops::Range<usize>)> {
    let mut begin = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let after = line.trim_start().trim_start_matches("private ").strip_prefix("fn ").map(str::trim_start);
        if let Some(rest) = after
            && rest.strip_prefix(name).is_some_and(|rest| rest.trim_start().starts_with('('))
        {
            let start = begin + line.len() - rest.len();
            return Some((index + 1, start..start + name.len()));
        }
        begin += line.len();
    }
    None
}
