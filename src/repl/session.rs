//! What stays between inputs: variables, functions, imports, and `it`, the last value.
//!
//! Functions and imported modules are registered with the engine under the name of the input they come from, so that
//! an error inside one of them is shown in the text where it was written.

use std::sync::Arc;

use rhai::{AST, Dynamic, Engine, ImmutableString, Map, Module, Position, Scope, Shared, Stmt};

use super::names::{Names, SharedNames};
use super::{Targets, seen, show};
use crate::bindings::Failure;
use crate::domain::Code;
use crate::domain::error::Result;
use crate::domain::inventory::Settled;
use crate::host::Host;
use crate::script::catalog;
use crate::script::session::Ending;
use crate::script::{ScriptError, Session};
use crate::view::words;

/// The variable that holds the last value.
const LAST: &str = "it";
/// The variable that holds the last error.
const FAILED: &str = "err";

/// An input that was run.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    /// `repl#3` is 3.
    pub(super) number: usize,
    pub(super) text: String,
    /// Whether it worked.
    pub(super) ok: bool,
    /// Whether it gave a value.
    pub(super) value: bool,
    /// The folder of the file it was loaded from.
    pub(super) folder: Option<String>,
}

/// What was imported: the input's name, the alias, the path, the place.
type Import = (String, String, ImmutableString, Position);

/// A running session.
pub(super) struct Repl<'a> {
    host: Host,
    targets: &'a dyn Targets,
    session: Session,
    scope: Scope<'static>,
    functions: Vec<Shared<Module>>,
    imports: Vec<Import>,
    number: usize,
    inputs: Vec<Kept>,
    changes: Vec<(usize, Settled)>,
    names: SharedNames,
    /// Whether functions or imports came since the names were read.
    stale: bool,
    last_code: Option<Code>,
    /// Whether values are shown line by line.
    pub(super) expanded: bool,
    /// Whether someone sits at a terminal.
    pub(super) interactive: bool,
}

impl<'a> Repl<'a> {
    /// A session with nothing in it.
    pub(super) fn new(host: Host, targets: &'a dyn Targets, interactive: bool) -> Result<Self> {
        let session = Session::new(&host)?;
        Ok(Repl {
            host,
            targets,
            session,
            scope: Scope::new(),
            functions: Vec::new(),
            imports: Vec::new(),
            number: 0,
            inputs: Vec::new(),
            changes: Vec::new(),
            names: SharedNames::default(),
            stale: true,
            last_code: None,
            expanded: false,
            interactive,
        })
    }

    /// Forgets everything but the numbers of inputs; goes on with another host if one is given.
    pub(super) fn reset(&mut self, host: Option<Host>) -> Result<()> {
        if let Some(host) = host {
            self.host.close()?;
            self.host = host;
        }
        let names = Arc::clone(&self.names);
        let fresh = Repl::new(self.host.clone(), self.targets, self.interactive)?;
        *self = Repl { number: self.number, expanded: self.expanded, names, ..fresh };
        Ok(())
    }

    /// A session that knows the same, on another host.
    pub(super) fn onto(&self, host: Host) -> Result<Repl<'a>, ScriptError> {
        let mut copy = Repl::new(host, self.targets, false)?;
        copy.number = self.number;
        for functions in &self.functions {
            copy.session.define(functions.clone());
        }
        for (name, alias, path, at) in &self.imports {
            copy.session.import(name, alias, path, *at)?;
        }
        for (name, constant, value) in self.scope.iter_raw() {
            let value = value.flatten_clone();
            if constant {
                copy.scope.push_constant_dynamic(name.to_owned(), value);
            } else {
                copy.scope.push_dynamic(name.to_owned(), value);
            }
        }
        Ok(copy)
    }

    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    pub(super) fn targets(&self) -> &'a dyn Targets {
        self.targets
    }

    pub(super) fn engine(&self) -> &Engine {
        self.session.engine()
    }

    pub(super) fn names(&self) -> SharedNames {
        Arc::clone(&self.names)
    }

    /// Every input since the last `:reset`.
    pub(super) fn inputs(&self) -> &[Kept] {
        &self.inputs
    }

    /// Forgets what was entered so far, not what it did: the startup file's own text.
    pub(super) fn forget_inputs(&mut self) {
        (self.number, self.last_code) = (0, None);
        self.inputs.clear();
    }

    /// What idempotent verbs did, with the number of the input.
    pub(super) fn changes(&self) -> &[(usize, Settled)] {
        &self.changes
    }

    /// The code of the last error.
    pub(super) fn last_code(&self) -> Option<Code> {
        self.last_code
    }

    /// Runs statements and prints their value. Gives the exit code if they ask to leave.
    pub(super) fn enter(&mut self, text: &str) -> Result<Option<u8>, ScriptError> {
        let name = self.begin(text);
        let ast = self.session.parse(&name, text)?;
        let known = self.scope.len();
        let ended = self.run(&name, &ast);
        if ended.is_err() {
            // What an input that failed had declared by then is in no file that `:save` writes.
            self.scope.rewind(known);
        }
        ended
    }

    /// Runs a runbook with what it declares for its parameters; its variables, functions and imports stay.
    pub(super) fn load(&mut self, file: &str) -> Result<Option<u8>, ScriptError> {
        let text = self.host.files().read_named(file).map_err(|error| match error.help {
            None => error.help("name a runbook as from the folder you are in; Tab completes paths"),
            Some(_) => error,
        })?;
        let program = self.session.compile(file, &text)?;
        self.session.set_parameters(program.header.values(&Map::new())?);
        self.begin(&text);
        if let Some(input) = self.inputs.last_mut() {
            input.folder = file.rsplit_once('/').map(|(folder, _)| folder.to_owned());
        }
        self.run(file, program.ast())
    }

    /// Numbers an input. It counts as failed until it has run.
    pub(super) fn begin(&mut self, text: &str) -> String {
        self.number += 1;
        let number = self.number;
        self.inputs.push(Kept { number, text: text.to_owned(), ok: false, value: false, folder: None });
        format!("repl#{number}")
    }

    /// Compiles a text.
    pub(super) fn parse(&self, name: &str, text: &str) -> Result<AST, ScriptError> {
        self.session.parse(name, text)
    }

    /// Compiles a text that is not to be run here.
    pub(super) fn look_at(&self, text: &str) -> Result<(), ScriptError> {
        self.session.parse("expression", text).map(drop)
    }

    /// Whether a text would be a runbook.
    pub(super) fn check(&self, file: &str, text: &str) -> Result<(), ScriptError> {
        self.session.compile(file, text).map(drop)
    }

    /// Runs a compiled input and prints its value.
    pub(super) fn run(&mut self, name: &str, ast: &AST) -> Result<Option<u8>, ScriptError> {
        if ast.has_functions() {
            self.functions.push(ast.shared_lib().clone());
            self.session.define(ast.shared_lib().clone());
            self.stale = true;
        }
        let value = match self.session.evaluate(name, ast, &mut self.scope)? {
            Ending::Value(value) => value,
            Ending::Exit(code) => return Ok(Some(code)),
        };
        self.keep_imports(name, ast)?;
        if let Some(input) = self.inputs.last_mut() {
            (input.ok, input.value) = (true, !value.is_unit());
        }
        if !value.is_unit() {
            self.scope.set_or_push(LAST, value.clone());
            let text = show::text(&self.session, &value, self.expanded)?;
            self.host.console().data(&text);
            self.see(&value);
        }
        Ok(None)
    }

    /// Prints the value of an expression as JSON.
    pub(super) fn json(&mut self, text: &str) -> Result<Option<u8>, ScriptError> {
        let name = self.begin(text);
        let ast = self.session.parse(&name, text)?;
        if let Ending::Value(value) = self.session.evaluate(&name, &ast, &mut self.scope)? {
            let text = show::json(&self.session, &value)?;
            self.host.console().data(&text);
            self.scope.set_or_push(LAST, value);
        }
        Ok(None)
    }

    /// Takes note of a failure.
    pub(super) fn failed(&mut self, failure: &ScriptError) {
        self.last_code = Some(failure.error.code);
        let error = Dynamic::from(Failure(Arc::new((*failure.error).clone())));
        self.scope.set_or_push(FAILED, error);
    }

    /// Whether there is a variable of this name.
    pub(super) fn has_variable(&self, name: &str) -> bool {
        self.scope.contains(name)
    }

    /// The variables: name, type, and value as text in one line. The newest of a name counts.
    pub(super) fn variables(&self) -> Vec<(String, String, String)> {
        let text = |value: &Dynamic| if value.is_fnptr() { String::new() } else { show::plain(&self.session, value) };
        self.visible(text)
    }

    fn visible<T: Ord>(&self, shown: impl Fn(&Dynamic) -> T) -> Vec<(String, String, T)> {
        let mut seen: Vec<(String, String, T)> = Vec::new();
        let all: Vec<_> = self.scope.iter_raw().collect();
        for (name, _, value) in all.into_iter().rev() {
            if !seen.iter().any(|(known, ..)| known == name) {
                // A variable that a closure shares is shown like any other.
                let value = value.flatten_clone();
                let kind = catalog::type_name(self.session.engine(), value.type_name());
                seen.push((name.to_owned(), kind, shown(&value)));
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
        let failed = record.failed_checks() > 0;
        let changed = record.resources.into_iter().filter(|settled| settled.verdict != "unchanged");
        self.changes.extend(changed.map(|settled| (self.number, settled)));
        failed
    }

    /// Brings the names that Tab offers up to date: variables always, functions if any came.
    pub(super) fn refresh_names(&mut self) {
        let variables = self.visible(|_| ()).into_iter().map(|(name, kind, ())| (name, kind)).collect();
        for (_, _, value) in self.scope.iter_raw() {
            self.see(value);
        }
        let entries = self.stale.then(|| catalog::entries(self.session.engine()));
        self.stale = false;
        Names::with(&self.names, |names| {
            names.variables = variables;
            if let Some(entries) = entries {
                names.set_entries(entries);
                names.targets = self.targets.names();
                names.folder = self.host.files().locate("");
            }
        });
    }

    /// Begins a screen of `:watch`: a clear one at a terminal, else only its title.
    pub(super) fn clear_screen(&self, title: &str) {
        if self.interactive && self.host.console().width().is_some() {
            self.host.console().data(&format!("\u{1b}[2J\u{1b}[H{title}\n"));
        } else {
            self.host.console().talk(title);
        }
    }

    fn see(&self, value: &Dynamic) {
        Names::with(&self.names, |names| {
            seen::gather(value, &mut |name, what| {
                names.seen.insert(name.to_owned(), what);
            });
        });
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
            self.imports.push((name.to_owned(), alias.name.to_string(), path, *position));
            self.stale = true;
        }
        Ok(())
    }
}
