//! Finds imported modules: `std/…` inside the program, `./…` and `../…` beside the importing file.
//!
//! The engine's own resolver looks beside the wrong file for imports of imports, and overflows the stack on a loop.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, ThreadId};

use rhai::{Engine, EvalAltResult, Module, ModuleResolver, Position, Scope, Shared};

use super::source::SourceMap;
use super::stdlib;
use crate::bindings::raise;
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::host::{FilePolicy, read_text};

type SharedModule = Shared<Module>;
type Resolved<T> = Result<T, Box<EvalAltResult>>;

/// The resolver. Modules are read, compiled and run once per engine.
pub struct Resolver {
    sources: SourceMap,
    files: FilePolicy,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Modules by canonical name.
    loaded: HashMap<String, SharedModule>,
    /// Canonical name and shown name of modules that are being loaded, outermost first, by the thread that loads them.
    loading: HashMap<ThreadId, Vec<(String, String)>>,
}

/// A module that was found.
struct Found {
    /// Tells modules apart.
    canonical: String,
    /// What people see.
    shown: String,
    text: Arc<str>,
}

impl Resolver {
    /// A resolver that keeps what it reads in `sources`, and reads what `files` allows.
    pub fn new(sources: SourceMap, files: FilePolicy) -> Self {
        Resolver { sources, files, state: Mutex::new(State::default()) }
    }

    fn state<T>(&self, use_it: impl FnOnce(&mut State) -> T) -> T {
        use_it(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The name and the text of the module that `importer` means by `path`, if `files` allows it. Nothing runs.
    ///
    /// # Errors
    /// `SPOT-0607` when there is none, `SPOT-0806` when it is outside of what may be read.
    pub(super) fn locate(
        &self,
        files: &FilePolicy,
        importer: Option<&str>,
        path: &str,
    ) -> Result<(String, Arc<str>), Error> {
        self.find(files, importer, path).map(|found| (found.shown, found.text))
    }

    fn find(&self, files: &FilePolicy, importer: Option<&str>, path: &str) -> Result<Found, Error> {
        if let Some(name) = path.strip_prefix("std/") {
            let Some(text) = stdlib::get(name) else { return Err(unknown_std(path, name)) };
            let shown = format!("std/{name}");
            return Ok(Found { text: self.sources.insert(&shown, text), canonical: shown.clone(), shown });
        }
        if !(path.starts_with("./") || path.starts_with("../") || Path::new(path).is_absolute()) {
            let error = Error::new(Code::ModuleNotFound, format!("there is no module `{path}`"));
            return Err(match nearest(&format!("std/{path}"), stdlib::names().map(|(full, _)| full)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help(format!(
                    "write `./{path}` for a file beside the script, or `std/…` for the standard library"
                )),
            });
        }
        let file = beside(importer, path);
        let shown = file.display().to_string();
        let real = files.readable(path, &file)?;
        let text = read_text(&real).map_err(|cause| {
            Error::new(Code::ModuleNotFound, format!("the module `{path}` cannot be read"))
                .because(format!("`{shown}`: {cause}"))
                .help("paths of modules are relative to the file that imports them; `.rhai` is added")
        })?;
        let canonical = real.display().to_string();
        Ok(Found { text: self.sources.insert(&shown, &text), canonical, shown })
    }

    fn load(&self, engine: &Engine, found: &Found, pos: Position) -> Resolved<SharedModule> {
        let in_module = |error: Box<EvalAltResult>| EvalAltResult::ErrorInModule(found.shown.clone(), error, pos);
        let mut ast = engine
            .compile(&*self.sources.to_compile(&found.shown, &found.text))
            .map_err(|error| in_module(EvalAltResult::ErrorParsing(*error.0, error.1).into()))?;
        ast.set_source(found.shown.as_str());
        Ok(Module::eval_ast_as_new(Scope::new(), &ast, engine).map_err(in_module)?.into())
    }
}

impl ModuleResolver for Resolver {
    fn resolve(&self, engine: &Engine, source: Option<&str>, path: &str, pos: Position) -> Resolved<SharedModule> {
        let found = self.find(&self.files, source, path).map_err(|error| raise(error, pos))?;
        if let Some(module) = self.state(|state| state.loaded.get(&found.canonical).cloned()) {
            return Ok(module);
        }
        let this = thread::current().id();
        if let Some(error) = self.state(|state| cycle(state.loading.entry(this).or_default(), &found)) {
            return Err(raise(error, pos));
        }
        let named = (found.canonical.clone(), found.shown.clone());
        self.state(|state| state.loading.entry(this).or_default().push(named));
        let module = self.load(engine, &found, pos);
        self.state(|state| state.loading.get_mut(&this).map(Vec::pop));
        let module = module?;
        self.state(|state| state.loaded.insert(found.canonical, Arc::clone(&module)));
        Ok(module)
    }
}

/// The file that `path` means in a script called `importer`.
fn beside(importer: Option<&str>, path: &str) -> PathBuf {
    let folder = importer.and_then(|importer| Path::new(importer).parent()).unwrap_or(Path::new(""));
    let relative = path.strip_prefix("./").unwrap_or(path);
    let mut file = folder.join(relative);
    if file.extension().is_none_or(|extension| extension != "rhai") {
        file.as_mut_os_string().push(".rhai");
    }
    file
}

fn unknown_std(path: &str, name: &str) -> Error {
    let names: Vec<&str> = stdlib::names().map(|(_, short)| short).collect();
    let error = Error::new(Code::ModuleNotFound, format!("the standard library has no module `{path}`"));
    match nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `std/{near}`?")),
        None => error.help(format!("it has {}", quoted(names.iter().map(|name| format!("std/{name}")), ", "))),
    }
}

fn cycle(loading: &[(String, String)], found: &Found) -> Option<Error> {
    let start = loading.iter().position(|(canonical, _)| *canonical == found.canonical)?;
    let names = loading[start..].iter().map(|(_, shown)| shown.as_str()).chain([found.shown.as_str()]);
    let way = quoted(names, " → ");
    Some(
        Error::new(Code::ImportCycle, format!("imports form a loop: {way}"))
            .help("move what both need into a third module, and import that from both"),
    )
}

fn quoted(names: impl Iterator<Item = impl std::fmt::Display>, separator: &str) -> String {
    names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(separator)
}
