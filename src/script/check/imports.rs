//! What an imported module offers, found without running it.

use std::cell::RefCell;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rhai::Engine;

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::FilePolicy;
use crate::script::resolver::Resolver;

/// Functions of a module: name and number of parameters.
pub(super) type Functions = Vec<(String, usize)>;

/// Reads modules: each once for the scripts of one folder, which may read the same.
pub(super) struct Imports {
    resolver: Resolver,
    /// By the folder of the script that is checked, the folder that the path is relative to, and the path.
    located: RefCell<HashMap<(PathBuf, PathBuf, String), Result<Located>>>,
    /// By the folder of the script that is checked and the module's name; `None` for what does not parse.
    known: RefCell<HashMap<(PathBuf, String), Option<Functions>>>,
}

/// Name and text of a module.
type Located = (String, Arc<str>);

/// How a script under check came to a module.
struct Way<'a> {
    files: &'a FilePolicy,
    /// The folder of the script.
    root: PathBuf,
    /// The script, and the modules that import each other, outermost first.
    names: Vec<String>,
}

impl Imports {
    pub(super) fn new(resolver: Resolver) -> Self {
        Imports { resolver, located: RefCell::default(), known: RefCell::default() }
    }

    /// The functions of the module that `importer` means by `path`; `None` if it does not parse, which its own check
    /// tells. `files` is what `importer` may read.
    ///
    /// # Errors
    /// `SPOT-0607` when it cannot be found, `SPOT-0608` when its imports lead back to it or to `importer`,
    /// `SPOT-0806` when it or one that it imports is outside of what may be read.
    pub(super) fn functions(
        &self,
        engine: &Engine,
        files: &FilePolicy,
        importer: &str,
        path: &str,
    ) -> Result<Option<Functions>> {
        let mut way = Way { files, root: folder(importer), names: vec![importer.to_owned()] };
        self.follow(engine, importer, path, &mut way)
    }

    fn locate(&self, importer: &str, path: &str, way: &Way<'_>) -> Result<Located> {
        let key = (way.root.clone(), folder(importer), path.to_owned());
        if let Some(located) = self.located.borrow().get(&key) {
            return located.clone();
        }
        let located = self.resolver.locate(way.files, Some(importer), path);
        self.located.borrow_mut().insert(key, located.clone());
        located
    }

    fn follow(&self, engine: &Engine, importer: &str, path: &str, way: &mut Way<'_>) -> Result<Option<Functions>> {
        let (name, text) = self.locate(importer, path, way)?;
        if let Some(start) = way.names.iter().position(|known| same_file(known, &name)) {
            let names: Vec<String> = way.names[start..].iter().chain([&name]).map(|name| format!("`{name}`")).collect();
            return Err(Error::new(Code::ImportCycle, format!("imports form a loop: {}", names.join(" → ")))
                .help("move what both need into a third module, and import that from both"));
        }
        let key = (way.root.clone(), name.clone());
        if let Some(known) = self.known.borrow().get(&key) {
            return Ok(known.clone());
        }
        let Ok(ast) = engine.compile(&*text) else {
            self.known.borrow_mut().insert(key, None);
            return Ok(None);
        };
        way.names.push(name.clone());
        for statement in ast.statements() {
            if let rhai::Stmt::Import(import, _) = statement
                && let rhai::Expr::StringConstant(inner, _) = &import.0
                && let Err(error) = self.follow(engine, &name, inner, way)
                && matches!(error.code, Code::ImportCycle | Code::FileOutside)
            {
                return Err(error);
            }
        }
        way.names.pop();
        let functions: Functions = ast
            .iter_functions()
            .filter(|function| function.access == rhai::FnAccess::Public && !function.name.starts_with("anon$"))
            .map(|function| (function.name.to_owned(), function.params.len()))
            .collect();
        self.known.borrow_mut().insert(key, Some(functions.clone()));
        Ok(Some(functions))
    }
}

fn folder(script: &str) -> PathBuf {
    Path::new(script).parent().unwrap_or(Path::new("")).to_owned()
}

fn same_file(one: &str, other: &str) -> bool {
    let real = |name: &str| std::path::Path::new(name).canonicalize().ok();
    one == other || real(one).is_some_and(|path| Some(path) == real(other))
}
