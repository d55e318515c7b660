//! Walks a script's statements: which names are in sight, what never runs, what nobody reads.

use std::collections::{HashMap, HashSet};

use rhai::{ASTFlags, Dynamic, Expr, FnCallExpr, Position, ScriptFuncDef, Shared, Stmt};

use super::imports::Functions;
use super::scope::{Scopes, Variable};
use super::trial::Trials;
use crate::domain::Code;
use crate::domain::error::Error;
use crate::script::header::Param;
use crate::script::types::{Index, Kind};

/// A function's definition with its statements, which the engine's own type does not give away.
pub(super) struct Definition {
    pub(super) definition: Shared<ScriptFuncDef>,
    pub(super) statements: Vec<Stmt>,
}

/// An imported module.
pub(super) struct Imported {
    /// `None` if nothing is known of it.
    pub(super) functions: Option<Functions>,
    pub(super) at: Position,
    pub(super) used: bool,
}

/// One walk over one script.
pub(super) struct Walk<'a> {
    pub(super) index: &'a Index,
    pub(super) find_module: &'a dyn Fn(&str) -> Result<Option<Functions>, Error>,
    pub(super) params: Option<&'a [Param]>,
    /// The script's own functions: names with numbers of parameters.
    pub(super) own: HashMap<String, Vec<usize>>,
    pub(super) closures: HashMap<String, Definition>,
    /// Names that are assigned to somewhere: their type is not evident.
    pub(super) assigned: HashSet<String>,
    /// Names of what may be changed in place.
    pub(super) touched: HashSet<String>,
    pub(super) trials: Trials<'a>,
    /// Assignments that stand where an answer is wanted: they are told as such.
    pub(super) answers: HashSet<Position>,
    /// Whether the script does something when it runs, other than define what others import.
    pub(super) acts: bool,
    /// Values of the calls so far that are known, by the call's place.
    pub(super) values: HashMap<Position, Dynamic>,
    pub(super) scopes: Scopes,
    /// Variables of the script's top level, while a function is walked.
    pub(super) outer: Vec<Variable>,
    /// Constants that functions read as `global::NAME`.
    pub(super) globals_read: HashSet<String>,
    pub(super) imports: HashMap<String, Imported>,
    pub(super) found: Vec<(Error, Position)>,
    /// Whether anything in the script catches failures.
    pub(super) may_catch: bool,
    /// How many constructs are around this place of which nobody knows whether they catch failures: values that are refused
    /// may be meant to.
    pub(super) doubt: usize,
    /// How many branches are around this place: what is known of a variable may be why it is not run.
    pub(super) conditional: usize,
    /// Functions that are handed on by their names.
    pub(super) handed_on: HashSet<String>,
    /// Whether only a test is read, whose helpers may fail on purpose.
    pub(super) is_test: bool,
    /// How many constructs that are there to catch failures are around this place: what fails there may be meant to.
    pub(super) caught: usize,
}

impl Walk<'_> {
    pub(super) fn tell(&mut self, error: Error, at: Position) {
        let lint = error.kind() == crate::domain::Kind::Lint;
        // What the domain refuses, other than options that are not there or of another type.
        let judged = error.code.number() / 100 == 1
            && self.may_catch
            && !matches!(error.code, Code::UnknownOption | Code::WrongOptionType | Code::MissingOption);
        if lint || self.caught == 0 && !(judged && self.doubt > 0) {
            self.found.push((error, at));
        }
    }

    /// The script's top level.
    pub(super) fn top(&mut self, statements: &[Stmt], functions: &[Definition]) {
        self.scopes.enter();
        self.statements(statements);
        self.outer = self.scopes.all().cloned().collect();
        let top = std::mem::take(&mut self.scopes);
        for function in functions {
            self.scopes.enter();
            for parameter in &function.definition.params {
                self.scopes.declare(parameter, Kind::Any, Position::NONE, false, false);
            }
            // A helper of tests may be there to fail.
            let name = function.definition.name.as_str();
            let doubt = usize::from(self.handed_on.contains(name) || self.is_test && !name.starts_with("test_"));
            self.doubt += doubt;
            self.block(&function.statements);
            self.doubt -= doubt;
            self.scopes.leave();
        }
        self.scopes = top;
        let unread = self.scopes.leave();
        self.unread(unread);
        let unused: Vec<(String, Position)> = self
            .imports
            .iter()
            .filter(|(_, import)| !import.used)
            .map(|(alias, import)| (alias.clone(), import.at))
            .collect();
        for (alias, at) in unused {
            let error = Error::new(Code::UnusedImport, format!("the module `{alias}` is never used"));
            self.tell(error.help("remove the import, or use it"), at);
        }
    }

    fn unread(&mut self, variables: Vec<Variable>) {
        for variable in variables {
            if self.globals_read.contains(&variable.name) {
                continue;
            }
            let name = &variable.name;
            let error = Error::new(Code::UnusedVariable, format!("`{name}` is never read"))
                .help(format!("remove it, or call it `_{name}` if that is meant"));
            self.tell(error, variable.at);
        }
    }

    /// Statements in a block of their own. Gives the type of the last.
    pub(super) fn block(&mut self, statements: &[Stmt]) -> Kind {
        self.scopes.enter();
        let kind = self.statements(statements);
        let unread = self.scopes.leave();
        self.unread(unread);
        kind
    }

    fn statements(&mut self, statements: &[Stmt]) -> Kind {
        let mut kind = Kind::Any;
        let mut ended = false;
        let count = statements.len();
        for (place, statement) in statements.iter().enumerate() {
            if matches!(statement, Stmt::Noop(_) | Stmt::Share(_)) {
                continue;
            }
            if ended {
                let error = Error::new(Code::UnreachableCode, "this never runs: the statement before it leaves");
                self.tell(
                    error.help("remove it, or move it before that statement"),
                    super::position::start_of(statement),
                );
                ended = false;
            }
            if place + 1 < count
                && let Some(call) = call_of(statement)
                && matches!(call.name.as_str(), "==" | "!=" | "<" | ">" | "<=" | ">=")
                && call.is_operator_call()
            {
                let error = Error::new(Code::ComparisonAsStatement, "a comparison whose answer nobody looks at")
                    .help("write `=` to assign, or put it into an `if`, a `check` or a `require`");
                self.tell(error, super::position::start_of(statement));
            }
            kind = self.statement(statement);
            if place + 1 < count {
                self.dropped(statement, &kind);
            }
            ended |= leaves(statement);
        }
        kind
    }

    fn statement(&mut self, statement: &Stmt) -> Kind {
        match statement {
            Stmt::If(flow, _) => {
                self.expression(&flow.expr);
                self.conditional += 1;
                self.block(flow.body.statements());
                self.block(flow.branch.statements());
                self.conditional -= 1;
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.conditional += 1;
                self.expression(&flow.expr);
                self.block(flow.body.statements());
                self.conditional -= 1;
            }
            Stmt::Switch(switch, _) => {
                self.expression(&switch.0);
                self.conditional += 1;
                for case in &switch.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
                self.conditional -= 1;
            }
            Stmt::For(parts, _) => {
                let (name, counter, flow) = &**parts;
                let over = self.expression(&flow.expr);
                self.scopes.enter();
                let element = self.index.element(&over);
                self.scopes.declare(&name.name, element, name.pos, false, false);
                if let Some(counter) = counter {
                    self.scopes.declare(&counter.name, Kind::known("int"), counter.pos, false, false);
                }
                self.block(flow.body.statements());
                self.scopes.leave();
            }
            Stmt::Var(parts, flags, _) => {
                let (name, value, _) = &**parts;
                let kind = self.expression(value);
                let constant = flags.contains(ASTFlags::CONSTANT);
                let kind = self.held(&name.name, value, kind, constant);
                let matters = !flags.contains(ASTFlags::EXPORTED) && name.name != "PARAMS";
                self.scopes.declare(&name.name, kind, name.pos, matters, constant);
                if let Expr::Map(map, _) = value
                    && !self.touched.contains(name.name.as_str())
                {
                    self.scopes.keep_map(map.0.to_vec());
                }
            }
            Stmt::Assignment(parts) => {
                self.expression(&parts.1.rhs);
                match &parts.1.lhs {
                    // Written to, not read.
                    Expr::Variable(variable, _, at) if variable.2.is_empty() => {
                        if !self.scopes.has(&variable.1) {
                            self.variable(&variable.1, *at);
                        }
                    }
                    place => self.written_to(place),
                }
            }
            Stmt::FnCall(call, at) => return self.call(call, *at),
            Stmt::Block(block) => return self.block(block.statements()),
            Stmt::TryCatch(flow, _) => {
                self.caught += 1;
                self.block(flow.body.statements());
                self.caught -= 1;
                self.scopes.enter();
                if let Expr::Variable(variable, _, at) = &flow.expr {
                    self.scopes.declare(&variable.1, Kind::Any, *at, false, false);
                }
                self.block(flow.branch.statements());
                self.scopes.leave();
            }
            Stmt::Expr(expression) => return self.expression(expression),
            Stmt::BreakLoop(value, ..) | Stmt::Return(value, ..) => {
                if let Some(value) = value {
                    self.expression(value);
                }
            }
            Stmt::Import(parts, at) => self.import(&parts.0, &parts.1, *at),
            Stmt::Export(parts, at) => drop(self.variable(&parts.0.name, *at)),
            _ => {}
        }
        Kind::Any
    }

    /// What is assigned to, other than a variable.
    fn written_to(&mut self, place: &Expr) {
        let Expr::Dot(pair, ..) = place else { return drop(self.expression(place)) };
        let Expr::Property(property, at) = &pair.rhs else { return drop(self.expression(place)) };
        let kind = self.expression(&pair.lhs);
        let name = &property.2;
        let Some(receiver) = kind.name().filter(|kind| self.index.is_closed(kind)) else { return };
        if self.index.property(receiver, name).is_none() {
            return drop(self.property(&kind, name, *at));
        }
        if self.answers.contains(&super::position::start(place)) {
            return;
        }
        let error =
            Error::new(Code::ReadOnlyProperty, format!("`{name}` of a value of type `{receiver}` cannot be set"));
        let help = if receiver == "Nodegroup" {
            "make a copy that differs, with `with_size`, `with_labels` and their like"
        } else {
            "`==` compares; what can be changed is changed by a verb, such as `eks::scale` or `cordon()`"
        };
        self.tell(error.help(help), *at);
    }

    /// A changed copy that nobody keeps.
    fn dropped(&mut self, statement: &Stmt, kind: &Kind) {
        let Stmt::Expr(expression) = statement else { return };
        // To see whether it fails, no copy is needed.
        if self.caught + self.doubt > 0 {
            return;
        }
        let Some((name, at)) = last_method(expression) else { return };
        let copies = match kind.name() {
            Some("Nodegroup") => name.starts_with("with_"),
            Some("InstanceTypes") => matches!(name, "without" | "union" | "intersection" | "filter"),
            Some("Nodes") => matches!(name, "ready" | "filter" | "wide" | "show_labels" | "sort_by"),
            _ => false,
        };
        if copies {
            let error = Error::new(Code::DroppedCopy, format!("`{name}` gives a copy, and nobody keeps it"));
            self.tell(error.help("give it a name: `let changed = …;`"), at);
        }
    }

    fn import(&mut self, path: &Expr, alias: &rhai::Ident, at: Position) {
        self.expression(path);
        let functions = match path {
            Expr::StringConstant(path, literal) => match (self.find_module)(path) {
                Ok(functions) => functions,
                Err(error) => {
                    self.tell(error, *literal);
                    None
                }
            },
            _ => None,
        };
        if !alias.name.is_empty() {
            let at = if alias.pos.is_none() { at } else { alias.pos };
            self.imports.insert(alias.name.to_string(), Imported { functions, at, used: false });
        }
    }
}

fn call_of(statement: &Stmt) -> Option<&FnCallExpr> {
    match statement {
        Stmt::FnCall(call, _) => Some(call),
        Stmt::Expr(expression) => match &**expression {
            Expr::FnCall(call, _) => Some(call),
            _ => None,
        },
        _ => None,
    }
}

/// The method that the last link of a chain calls.
fn last_method(expression: &Expr) -> Option<(&str, Position)> {
    match expression {
        Expr::MethodCall(call, at) => Some((call.name.as_str(), *at)),
        Expr::Dot(pair, ..) => last_method(&pair.rhs),
        _ => None,
    }
}

/// Whether nothing behind a statement runs.
fn leaves(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(..) | Stmt::BreakLoop(..) => true,
        _ => call_of(statement).is_some_and(|call| call.name == "exit" && call.namespace.is_empty()),
    }
}
