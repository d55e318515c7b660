//! What an imported module offers, found without running it.

use std::cell::RefCell;
use std::collections::HashMap;

use rhai::Engine;

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::FilePolicy;
use crate::script::resolver::Resolver;

/// Functions of a module: name and number of parameters.
pub(super) type Functions = Vec<(String, usize)>;

/// Reads modules.
pub(super) struct Imports {
    resolver: Resolver,
    known: RefCell<HashMap<String, Functions>>,
}

impl Imports {
    pub(super) fn new(resolver: Resolver) -> Self {
        Imports { resolver, known: RefCell::default() }
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
        let mut way = vec![importer.to_owned()];
        self.follow(engine, files, importer, path, &mut way)
    }

    fn follow(
        &self,
        engine: &Engine,
        files: &FilePolicy,
        importer: &str,
        path: &str,
        way: &mut Vec<String>,
    ) -> Result<Option<Functions>> {
        let (name, text) = self.resolver.locate(files, Some(importer), path)?;
        if let Some(start) = way.iter().position(|known| same_file(known, &name)) {
            let names: Vec<String> = way[start..].iter().chain([&name]).map(|name| format!("`{name}`")).collect();
            return Err(Error::new(Code::ImportCycle, format!("imports form a loop: {}", names.join(" → ")))
                .help("move what both need into a third module, and import that from both"));
        }
        if let Some(known) = self.known.borrow().get(&name) {
            return Ok(Some(known.clone()));
        }
        let Ok(ast) = engine.compile(&*text) else { return Ok(None) };
        way.push(name.clone());
        for statement in ast.statements() {
            if let rhai::Stmt::Import(import, _) = statement
                && let rhai::Expr::StringConstant(inner, _) = &import.0
                && let Err(error) = self.follow(engine, files, &name, inner, way)
                && matches!(error.code, Code::ImportCycle | Code::FileOutside)
            {
                return Err(error);
            }
        }
        way.pop();
        let functions: Functions = ast
            .iter_functions()
            .filter(|function| function.access == rhai::FnAccess::Public && !function.name.starts_with("anon$"))
            .map(|function| (function.name.to_owned(), function.params.len()))
            .collect();
        self.known.borrow_mut().insert(name, functions.clone());
        Ok(Some(functions))
    }
}

fn same_file(one: &str, other: &str) -> bool {
    let real = |name: &str| std::path::Path::new(name).canonicalize().ok();
    one == other || real(one).is_some_and(|path| Some(path) == real(other))
}
