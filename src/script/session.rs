//! One run of scripts on one host: compile, read the head, run, explain failures.

use rhai::{AST, Dynamic, Engine, EvalAltResult, Map, Module, Position, Scope, Shared};

use super::diagnostic::{ScriptError, explain, explain_parse};
use super::engine;
use super::header::Header;
use super::source::SourceMap;
use crate::bindings;
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::host::Host;

/// A script that parses, with its head.
pub struct Program {
    /// What the user calls it.
    pub name: String,
    /// Its head.
    pub header: Header,
    ast: AST,
}

impl Program {
    /// The compiled text.
    pub(crate) fn ast(&self) -> &AST {
        &self.ast
    }
}

/// How a script ended that did not fail.
#[derive(Debug)]
pub enum Ending {
    /// With the value of its last statement.
    Value(Dynamic),
    /// By `exit(code)`.
    Exit(u8),
}

/// An engine with what it has read so far.
pub struct Session {
    host: Host,
    engine: Engine,
    sources: SourceMap,
}

impl Session {
    /// A session whose scripts run on `host`.
    ///
    /// # Errors
    /// `SPOT-0901` when the engine cannot be built.
    pub fn new(host: &Host) -> Result<Self> {
        Self::reading_into(host, SourceMap::default())
    }

    /// A session for tests: what only tests can call is there too. What it reads is kept in `sources`.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub fn for_tests(host: &Host, sources: SourceMap) -> Result<Self> {
        let mut session = Self::reading_into(host, sources)?;
        bindings::testing::register(&mut session.engine);
        Ok(session)
    }

    /// A session that keeps what it reads in `sources`.
    ///
    /// # Errors
    /// As [`Session::new`].
    pub(crate) fn reading_into(host: &Host, sources: SourceMap) -> Result<Self> {
        let mut session = Session { host: host.clone(), engine: engine::build(host, &sources)?, sources };
        if let Some(coverage) = session.sources.coverage() {
            coverage.register(&mut session.engine);
        }
        session.resolve(None);
        Ok(session)
    }

    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine alone: for who only compiles.
    pub(crate) fn into_engine(self) -> Engine {
        self.engine
    }

    /// The texts read so far.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    /// Compiles a text and reads its head. Nothing runs.
    ///
    /// # Errors
    /// `SPOT-0601` when it does not parse, `SPOT-0605` when its parameters are declared wrongly.
    pub fn compile(&self, name: &str, text: &str) -> Result<Program, ScriptError> {
        let ast = self.parse(name, text)?;
        let header = Header::read(&ast, text).map_err(|error| self.at_params(error, name))?;
        Ok(Program { name: name.to_owned(), header, ast })
    }

    /// Compiles a text without looking for a head.
    pub(crate) fn parse(&self, name: &str, text: &str) -> Result<AST, ScriptError> {
        let text = self.sources.insert(name, text);
        let mut ast = self
            .engine
            .compile(&*self.sources.to_compile(name, &text))
            .map_err(|error| explain_parse(&error, &self.sources, name))?;
        ast.set_source(name);
        Ok(ast)
    }

    /// Runs a program with the parameters given; the others take what is declared.
    ///
    /// # Errors
    /// Whatever made the script fail, explained.
    pub fn run(&mut self, program: &Program, given: &Map) -> Result<Ending, ScriptError> {
        let values = program.header.values(given)?;
        self.set_parameters(values);
        self.evaluate(&program.name, &program.ast, &mut Scope::new())
    }

    /// Makes `values` what everything that runs from now on reads as `PARAM`.
    pub(crate) fn set_parameters(&mut self, values: Map) {
        self.resolve(Some(Dynamic::from_map(values)));
    }

    /// Makes `PARAM` and `sandbox` known. A script's own variable of that name goes first.
    fn resolve(&mut self, parameters: Option<Dynamic>) {
        #[expect(deprecated, reason = "means volatile here; it alone reaches functions, modules and closures alike")]
        self.engine.on_var(move |name, _, context| {
            Ok(match name {
                "PARAM" if !context.scope().contains(name) => parameters.clone(),
                "sandbox" if !context.scope().contains(name) => Some(Dynamic::from(bindings::SandboxValue)),
                _ => None,
            })
        });
    }

    /// Runs a compiled text in a scope that outlives it.
    pub(crate) fn evaluate(&self, name: &str, ast: &AST, scope: &mut Scope<'_>) -> Result<Ending, ScriptError> {
        self.host.begin_script();
        let result = self.engine.eval_ast_with_scope::<Dynamic>(scope, ast);
        let value = result.map_err(|failure| {
            let help = unknown_variable(&failure, scope);
            let mut explained = explain(*failure, &self.engine, &self.sources, name);
            if let (Some(help), None) = (help, &explained.error.help) {
                explained.error = explained.error.help(help).into();
            }
            explained
        })?;
        Ok(self.host.take_exit_code().map_or(Ending::Value(value), Ending::Exit))
    }

    /// Makes functions and constants known to everything that runs from now on.
    pub(crate) fn define(&mut self, module: Shared<Module>) {
        self.engine.register_global_module(module);
    }

    /// Makes the module that the text called `name` means by `path` known as `alias` from now on.
    ///
    /// # Errors
    /// What finding or loading it fails with, explained.
    pub(crate) fn import(&mut self, name: &str, alias: &str, path: &str, at: Position) -> Result<(), ScriptError> {
        let module = self.engine.module_resolver().resolve(&self.engine, Some(name), path, at);
        let module = module.map_err(|failure| explain(*failure, &self.engine, &self.sources, name))?;
        self.engine.register_static_module(alias, module);
        Ok(())
    }

    fn at_params(&self, error: Error, name: &str) -> ScriptError {
        debug_assert_eq!(error.code, Code::InvalidParams);
        ScriptError { place: super::diagnostic::at_params(&self.sources, name, &error), ..error.into() }
    }
}

/// What helps who names a variable that is not there, judged by those that are. Functions do not see them.
fn unknown_variable(failure: &EvalAltResult, scope: &Scope<'_>) -> Option<String> {
    let EvalAltResult::ErrorVariableNotFound(name, _) = failure else { return None };
    if let Some((namespace, name)) = name.split_once("::") {
        return Some(format!(
            "namespaces have functions, no values: `spotscript docs {namespace}` shows them; `{namespace}::{name}(…)` would call one"
        ));
    }
    Some(match nearest(name, scope.iter_raw().map(|(known, ..)| known)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("declare it first: `let {name} = …;`"),
    })
}
