//! What stays between inputs: variables, functions, imports, and `it`, the last value.
//!
//! Functions and imported modules are registered with the engine under the name of the input they come from, so that
//! an error inside one of them is shown in the text where it was written.

use std::sync::{Arc, Mutex, PoisonError};

use rhai::{AST, Dynamic, ImmutableString, Map, Module, Scope, Stmt};

use crate::domain::error::Result;
use crate::host::Host;
use crate::script::catalog::{self, Entry};
use crate::script::session::Ending;
use crate::script::{ScriptError, Session};
use crate::view::words;

/// The variable that holds the last value.
const LAST: &str = "it";

/// What Tab may offer: kept up to date after each input, never by running anything.
#[derive(Debug, Default)]
pub(super) struct Names {
    /// Functions, methods and properties.
    pub(super) entries: Vec<Entry>,
    /// Variables with their types.
    pub(super) variables: Vec<(String, String)>,
}

/// A running session.
pub(super) struct Repl {
    host: Host,
    session: Session,
    scope: Scope<'static>,
    inputs: usize,
    names: Arc<Mutex<Names>>,
}

impl Repl {
    /// A session with nothing in it.
    pub(super) fn new(host: &Host) -> Result<Self> {
        let session = Session::new(host)?;
        Ok(Repl { host: host.clone(), session, scope: Scope::new(), inputs: 0, names: Arc::default() })
    }

    /// What it runs on.
    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    /// The names it knows.
    pub(super) fn names(&self) -> Arc<Mutex<Names>> {
        Arc::clone(&self.names)
    }

    /// Everything that can be called.
    pub(super) fn entries(&self) -> Vec<Entry> {
        catalog::entries(self.session.engine())
    }

    /// Runs statements and prints their value. Gives the exit code if they ask to leave.
    pub(super) fn enter(&mut self, text: &str) -> Result<Option<u8>, ScriptError> {
        self.inputs += 1;
        let name = format!("repl#{}", self.inputs);
        let ast = self.session.parse(&name, text)?;
        self.run(&name, &ast)
    }

    /// Runs a runbook with what it declares for its parameters; its variables, functions and imports stay.
    pub(super) fn load(&mut self, file: &str) -> Result<Option<u8>, ScriptError> {
        let text = self.host.files().read(file)?;
        let program = self.session.compile(file, &text)?;
        self.session.set_parameters(program.header.values(&Map::new())?);
        self.run(file, program.ast())
    }

    /// The variables: name, type, and value as text in one line. The newest of a name counts.
    pub(super) fn variables(&self) -> Vec<(String, String, String)> {
        let mut seen: Vec<(String, String, String)> = Vec::new();
        let all: Vec<_> = self.scope.iter_raw().collect();
        for (name, _, value) in all.into_iter().rev() {
            if !seen.iter().any(|(known, ..)| known == name) {
                // A variable that a closure shares is shown like any other.
                let value = value.flatten_clone();
                let kind = catalog::type_name(self.session.engine(), value.type_name());
                let text = if value.is_fnptr() { String::new() } else { value.to_string() };
                seen.push((name.to_owned(), kind, text));
            }
        }
        seen.sort();
        seen
    }

    /// Ends the record of an input: its steps are told, and whether one of its checks failed is given back.
    pub(super) fn settle(&mut self) -> bool {
        let record = std::mem::take(&mut *self.host.record());
        for step in &record.steps {
            let took = words::duration_ms(step.elapsed_ms.unwrap_or_default());
            let (mark, indent) = (if step.ok { "✔" } else { "✘" }, "  ".repeat(step.depth));
            self.host.console().talk(&format!("{indent}{mark} {}  {took}", step.name));
        }
        record.failed_checks() > 0
    }

    /// Reads the names that Tab offers anew.
    pub(super) fn refresh_names(&self) {
        let variables = self.variables().into_iter().map(|(name, kind, _)| (name, kind)).collect();
        let names = Names { entries: self.entries(), variables };
        *self.names.lock().unwrap_or_else(PoisonError::into_inner) = names;
    }

    fn run(&mut self, name: &str, ast: &AST) -> Result<Option<u8>, ScriptError> {
        if ast.has_functions() {
            self.session.define(ast.shared_lib().clone());
        }
        let value = match self.session.evaluate(name, ast, &mut self.scope)? {
            Ending::Value(value) => value,
            Ending::Exit(code) => return Ok(Some(code)),
        };
        self.keep_imports(name, ast)?;
        if !value.is_unit() {
            self.scope.set_or_push(LAST, value.clone());
            self.print(value)?;
        }
        Ok(None)
    }

    /// Keeps what was imported at top level. The modules are loaded by now: nothing runs a second time.
    fn keep_imports(&mut self, name: &str, ast: &AST) -> Result<(), ScriptError> {
        for statement in ast.statements() {
            let Stmt::Import(import, position) = statement else { continue };
            let (path, alias) = (&import.0, &import.1);
            if alias.name.is_empty() {
                continue;
            }
            let path = AST::new_with_source([Stmt::Expr(Box::new(path.clone()))], Module::new(), name);
            let Ending::Value(path) = self.session.evaluate(name, &path, &mut self.scope)? else { continue };
            let Some(path) = path.try_cast::<ImmutableString>() else { continue };
            self.session.import(name, &alias.name, &path, *position)?;
        }
        Ok(())
    }

    /// Prints a value as a script's `print` does.
    fn print(&mut self, value: Dynamic) -> Result<(), ScriptError> {
        let ast = self.session.parse("print", "print(it)")?;
        let mut scope = Scope::new();
        scope.push_dynamic(LAST, value);
        self.session.evaluate("print", &ast, &mut scope).map(drop)
    }
}
