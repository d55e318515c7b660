//! Reads scripts without running them, and tells what would fail or is probably not what was meant.
//!
//! Only what is evident is told: a value whose type is not known could be anything. False alarms are bugs.

mod allow;
mod calls;
mod evident;
mod expressions;
mod finding;
mod imports;
mod known;
mod literals;
mod options;
mod parallel;
mod position;
mod scope;
mod tree;
mod trial;
mod walk;

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::OnceLock;

use rhai::{AST, ASTNode, Engine, Expr, Module, Position, Stmt};

pub(super) use evident::refused;
pub use finding::{Finding, Severity};
pub(super) use position::start_of;

use self::allow::Allowances;
use self::imports::Imports;
use self::trial::Trials;
use self::walk::{Definition, Walk};
use super::catalog;
use super::diagnostic::{Place, ScriptError, explain_parse, place};
use super::header::Header;
use super::resolver::Resolver;
use super::source::SourceMap;
use super::testing::SUFFIX;
use super::types::Index;
use super::{Session, diagnostic};
use crate::bindings;
use crate::domain::error::{Error, Result};
use crate::host::{FilePolicy, Host};

/// Checks scripts. Made once, it checks many.
pub struct Checker {
    engine: Engine,
    plain: Index,
    /// With what only tests can call; made when the first test is checked.
    tests: OnceLock<Index>,
    imports: Imports,
    files: FilePolicy,
    sources: SourceMap,
}

impl Checker {
    /// A checker for what runs on `host`. Nothing is opened.
    ///
    /// # Errors
    /// `SPOT-0901` when an engine cannot be built.
    pub fn new(host: &Host) -> Result<Self> {
        let sources = SourceMap::default();
        // What calls would ask, nobody answers: they are tried for what they refuse on their own.
        let engine = Session::new(&Host::sealed(host.files().clone()))?.into_engine();
        let plain = Index::of(catalog::entries(&engine));
        let imports = Imports::new(Resolver::new(sources.clone(), host.files().clone()));
        let files = host.files().clone();
        Ok(Checker { engine, plain, tests: OnceLock::new(), imports, files, sources })
    }

    /// What can be called in the file of this name.
    fn index(&self, name: &str) -> &Index {
        if !name.ends_with(SUFFIX) {
            return &self.plain;
        }
        self.tests.get_or_init(|| {
            let mut testing = Engine::new_raw();
            bindings::testing::register(&mut testing);
            Index::of(catalog::entries(&self.engine).into_iter().chain(catalog::entries(&testing)))
        })
    }

    /// Checks a text that people call `name`. Findings come in the order of their places.
    pub fn check(&self, name: &str, text: &str) -> Vec<Finding> {
        let text = self.sources.insert(name, text);
        let mut findings = match self.engine.compile(&*text) {
            Ok(ast) => self.walk(name, &text, &ast),
            Err(error) => self.unparsed(name, &explain_parse(&error, &self.sources, name)),
        };
        let allowed = Allowances::read(&text);
        for (span, error) in &allowed.unknown {
            let place = Place { name: name.to_owned(), text: text.clone(), span: span.clone() };
            findings.push(found(error.clone(), place));
        }
        findings.retain(|finding| !allowed.covers(finding.code(), finding.at().0));
        findings.sort_by_key(|finding| (finding.place.span.start, finding.code()));
        findings.dedup();
        findings
    }

    /// The texts read so far.
    pub fn sources(&self) -> &SourceMap {
        &self.sources
    }

    fn unparsed(&self, name: &str, failed: &ScriptError) -> Vec<Finding> {
        let text = self.sources.get(name).unwrap_or_default();
        let end = text.len();
        let place = failed.place.clone().unwrap_or(Place { name: name.to_owned(), text, span: end..end });
        vec![found((*failed.error).clone(), place)]
    }

    fn walk(&self, name: &str, text: &str, ast: &AST) -> Vec<Finding> {
        let mut found_here = Vec::new();
        let header = match Header::read(ast, text) {
            Ok(header) => Some(header),
            Err(error) => {
                let place = diagnostic::at_params(&self.sources, name, &error);
                found_here.extend(place.map(|place| found(error, place)));
                None
            }
        };
        let declared = ast.iter_literal_variables(true, true).any(|(name, ..)| name == "PARAMS");
        let (functions, closures): (Vec<Definition>, Vec<Definition>) =
            definitions(ast).into_iter().partition(|one| !one.definition.name.starts_with("anon$"));
        let mut own: HashMap<String, Vec<usize>> = HashMap::new();
        for one in &functions {
            own.entry(one.definition.name.to_string()).or_default().push(one.definition.params.len());
        }
        let files = self.files.of_script(Path::new(name));
        let mut walk = Walk {
            index: self.index(name),
            find_module: &|path| self.imports.functions(&self.engine, &files, name, path),
            params: header.as_ref().filter(|_| declared).map(|header| header.params.as_slice()),
            own,
            closures: closures.into_iter().map(|one| (one.definition.name.to_string(), one)).collect(),
            assigned: assigned(ast),
            touched: touched(ast),
            trials: Trials::new(&self.engine),
            answers: HashSet::new(),
            acts: !declared && ast.statements().iter().any(acts),
            values: HashMap::new(),
            scopes: scope::Scopes::default(),
            outer: Vec::new(),
            globals_read: HashSet::new(),
            imports: HashMap::new(),
            found: Vec::new(),
            may_catch: may_catch(ast),
            doubt: 0,
            conditional: 0,
            handed_on: HashSet::new(),
            is_test: name.ends_with(SUFFIX),
            caught: 0,
        };
        walk.top(ast.statements(), &functions);
        let told = std::mem::take(&mut walk.found);
        found_here.extend(told.into_iter().filter_map(|(error, at)| Some(found(error, self.at(name, at)?))));
        found_here
    }

    fn at(&self, name: &str, position: Position) -> Option<Place> {
        place(&self.sources, name, position)
    }
}

fn found(error: Error, place: Place) -> Finding {
    Finding { severity: finding::severity(error.code), error, place }
}

/// The functions and closures of a script with their statements. The engine walks through bodies but does not hand them
/// out, so each function is walked as if it were alone in its script.
fn definitions(ast: &AST) -> Vec<Definition> {
    let define = |definition: &rhai::Shared<rhai::ScriptFuncDef>| {
        let mut module = Module::new();
        module.set_script_fn(definition.clone());
        let mut statements: Vec<Stmt> = Vec::new();
        AST::new([], module).walk(&mut |path: &[ASTNode<'_>]| {
            if let [ASTNode::Stmt(statement)] = path {
                statements.push((*statement).clone());
            }
            true
        });
        Definition { definition: definition.clone(), statements }
    };
    ast.iter_fn_def().map(define).collect()
}

/// The names that something is assigned to after they were declared.
fn assigned(ast: &AST) -> HashSet<String> {
    let mut names = HashSet::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Stmt(Stmt::Assignment(parts))) = path.last()
            && let Expr::Variable(variable, ..) = &parts.1.lhs
        {
            names.insert(variable.1.to_string());
        }
        true
    });
    names
}

/// Whether a statement of the top level does something: a module has none such.
fn acts(statement: &Stmt) -> bool {
    match statement {
        Stmt::FnCall(..) | Stmt::If(..) | Stmt::For(..) | Stmt::While(..) => true,
        Stmt::Expr(expression) => matches!(**expression, Expr::FnCall(..) | Expr::Dot(..) | Expr::Custom(..)),
        _ => false,
    }
}

/// Whether anything in a script catches failures.
fn may_catch(ast: &AST) -> bool {
    let mut found = false;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        found |= match path.last() {
            Some(ASTNode::Stmt(Stmt::TryCatch(..))) => true,
            Some(
                ASTNode::Expr(Expr::FnCall(call, _) | Expr::MethodCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)),
            ) => calls::CATCHES.contains(&call.name.as_str()),
            _ => false,
        };
        !found
    });
    found
}

/// The names of variables that something may change in place: a text, a list or a map is then not what it was written as.
fn touched(ast: &AST) -> HashSet<String> {
    let mut names = HashSet::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        match path.last() {
            Some(ASTNode::Stmt(Stmt::Assignment(parts))) => names.extend(root(&parts.1.lhs)),
            Some(ASTNode::Expr(Expr::Dot(pair, ..) | Expr::Index(pair, ..))) if calls(&pair.rhs) => {
                names.extend(root(&pair.lhs));
            }
            Some(ASTNode::Expr(Expr::FnCall(call, _)) | ASTNode::Stmt(Stmt::FnCall(call, _)))
                if call.namespace.is_empty() && !call.is_operator_call() =>
            {
                names.extend(call.args.first().and_then(root));
            }
            _ => {}
        }
        true
    });
    names
}

/// Whether a method is called somewhere in a chain.
fn calls(link: &Expr) -> bool {
    match link {
        Expr::MethodCall(..) => true,
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => calls(&pair.lhs) || calls(&pair.rhs),
        _ => false,
    }
}

/// The variable that an expression is, or is a part of.
fn root(expression: &Expr) -> Option<String> {
    match expression {
        Expr::Variable(variable, ..) if variable.2.is_empty() => Some(variable.1.to_string()),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => root(&pair.lhs),
        _ => None,
    }
}
