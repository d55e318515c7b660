//! Walks a script's statements and expressions: which names are in sight, what type a value has, what never runs.

use std::collections::{HashMap, HashSet};

use rhai::{ASTFlags, Expr, FnCallExpr, Position, ScriptFuncDef, Shared, Stmt};

use super::imports::Functions;
use super::index::Index;
use super::kind::Kind;
use super::scope::{Scopes, Variable};
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::script::header::Param;

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
    pub(super) scopes: Scopes,
    /// Variables of the script's top level, while a function is walked.
    pub(super) outer: Vec<Variable>,
    /// Constants that functions read as `global::NAME`.
    pub(super) globals_read: HashSet<String>,
    pub(super) imports: HashMap<String, Imported>,
    pub(super) found: Vec<(Error, Position)>,
    /// Option maps that are kept in a variable as they were written, by the variable's name.
    pub(super) maps: HashMap<String, Vec<(rhai::Ident, Expr)>>,
    /// How many constructs that are there to catch failures are around this place: what fails there may be meant to.
    pub(super) caught: usize,
}

impl Walk<'_> {
    pub(super) fn tell(&mut self, error: Error, at: Position) {
        if self.caught == 0 || error.kind() == crate::domain::Kind::Lint {
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
            self.block(&function.statements);
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
            ended |= leaves(statement);
        }
        kind
    }

    fn statement(&mut self, statement: &Stmt) -> Kind {
        match statement {
            Stmt::If(flow, _) => {
                self.expression(&flow.expr);
                self.block(flow.body.statements());
                self.block(flow.branch.statements());
            }
            Stmt::While(flow, _) | Stmt::Do(flow, ..) => {
                self.expression(&flow.expr);
                self.block(flow.body.statements());
            }
            Stmt::Switch(switch, _) => {
                self.expression(&switch.0);
                for case in &switch.1.expressions {
                    self.expression(&case.lhs);
                    self.expression(&case.rhs);
                }
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
                match value {
                    Expr::Map(map, _) => drop(self.maps.insert(name.name.to_string(), map.0.to_vec())),
                    _ => drop(self.maps.remove(name.name.as_str())),
                }
                let kind = if self.assigned.contains(name.name.as_str()) { Kind::Any } else { kind };
                let matters = !flags.contains(ASTFlags::EXPORTED) && name.name != "PARAMS";
                self.scopes.declare(&name.name, kind, name.pos, matters, flags.contains(ASTFlags::CONSTANT));
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
                    place => drop(self.expression(place)),
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

    /// An expression. Gives its type, if it is evident.
    pub(super) fn expression(&mut self, expression: &Expr) -> Kind {
        match expression {
            Expr::BoolConstant(..) => Kind::known("bool"),
            Expr::IntegerConstant(..) => Kind::known("int"),
            Expr::FloatConstant(..) => Kind::known("float"),
            Expr::CharConstant(..) => Kind::known("char"),
            Expr::StringConstant(..) => Kind::known("string"),
            Expr::InterpolatedString(parts, _) => {
                parts.iter().for_each(|part| drop(self.expression(part)));
                Kind::known("string")
            }
            Expr::Array(items, _) => {
                items.iter().for_each(|item| drop(self.expression(item)));
                Kind::known("list")
            }
            Expr::Map(parts, _) => {
                parts.0.iter().for_each(|(_, value)| drop(self.expression(value)));
                Kind::known("map")
            }
            Expr::DynamicConstant(value, _) => {
                match value.read_lock::<rhai::FnPtr>().map(|pointer| pointer.fn_name().to_owned()) {
                    Some(name) => {
                        self.closure(&name, &Kind::Any);
                        Kind::known("closure")
                    }
                    None => Kind::Any,
                }
            }
            Expr::Variable(variable, _, at) if variable.2.is_empty() => self.variable(&variable.1, *at),
            Expr::Variable(variable, _, at) => {
                let root = variable.2.root().to_owned();
                if root == "global" {
                    self.globals_read.insert(variable.1.to_string());
                } else {
                    self.namespace(&root, variable.2.path.first().map_or(*at, |first| first.pos));
                }
                Kind::Any
            }
            Expr::MethodCall(call, at) | Expr::FnCall(call, at) => self.call(call, *at),
            Expr::Stmt(block) => self.block(block.statements()),
            Expr::Dot(pair, ..) => {
                let parameters =
                    matches!(&pair.lhs, Expr::Variable(v, ..) if v.1 == "PARAM" && !self.scopes.has("PARAM"));
                let kind = self.expression(&pair.lhs);
                if parameters {
                    self.parameter(&pair.rhs);
                }
                self.tail(kind, &pair.rhs)
            }
            Expr::Index(pair, flags, _) => {
                let kind = self.expression(&pair.lhs);
                self.index_tail(&kind, &pair.rhs, *flags)
            }
            Expr::And(parts, _) | Expr::Or(parts, _) => {
                parts.iter().for_each(|part| drop(self.expression(part)));
                Kind::known("bool")
            }
            Expr::Coalesce(parts, _) => {
                parts.iter().for_each(|part| drop(self.expression(part)));
                Kind::Any
            }
            Expr::Custom(custom, _) => custom.inputs.iter().fold(Kind::Any, |_, input| self.expression(input)),
            _ => Kind::Any,
        }
    }

    /// What stands behind a dot, and what goes on from there.
    fn tail(&mut self, kind: Kind, expression: &Expr) -> Kind {
        match expression {
            Expr::Property(property, at) => self.property(&kind, &property.2, *at),
            Expr::MethodCall(call, at) => self.method(&kind, call, *at),
            Expr::Dot(pair, ..) => {
                let kind = self.tail(kind, &pair.lhs);
                self.tail(kind, &pair.rhs)
            }
            Expr::Index(pair, flags, _) => {
                let kind = self.tail(kind, &pair.lhs);
                self.index_tail(&kind, &pair.rhs, *flags)
            }
            other => self.expression(other),
        }
    }

    /// What stands in brackets, and what goes on behind them.
    fn index_tail(&mut self, kind: &Kind, expression: &Expr, flags: ASTFlags) -> Kind {
        let element = self.index.element(kind);
        match expression {
            Expr::Dot(pair, ..) if !flags.contains(ASTFlags::BREAK) => {
                self.expression(&pair.lhs);
                self.tail(element, &pair.rhs)
            }
            Expr::Index(pair, inner, _) if !flags.contains(ASTFlags::BREAK) => {
                self.expression(&pair.lhs);
                self.index_tail(&element, &pair.rhs, *inner)
            }
            other => {
                self.expression(other);
                element
            }
        }
    }

    /// The statements of a closure, in sight of what is around it. `takes` is the type of its first parameter.
    pub(super) fn closure(&mut self, name: &str, takes: &Kind) {
        let Some(Definition { definition, statements }) = self.closures.remove(name) else { return };
        self.scopes.enter();
        let mut first = true;
        for parameter in &definition.params {
            // What it captures comes first and is in sight already; what it takes may hide it.
            let known = self.scopes.has(parameter) || matches!(parameter.as_str(), "PARAM" | "sandbox");
            let captured = known && first;
            if !captured {
                let kind = if first { takes.clone() } else { Kind::Any };
                first = false;
                self.scopes.declare(parameter, kind, Position::NONE, false, false);
            }
        }
        self.block(&statements);
        self.scopes.leave();
    }

    pub(super) fn variable(&mut self, name: &str, at: Position) -> Kind {
        if let Some(known) = self.scopes.read(name) {
            return known.kind.clone();
        }
        if name == "sandbox" {
            return Kind::known("Sandbox");
        }
        // A module reads the parameters of the runbook that imports it.
        if name == "PARAM" {
            return Kind::known("map");
        }
        if let Some(outer) = self.outer.iter().rev().find(|known| known.name == name) {
            // Somebody means to read it.
            self.globals_read.insert(name.to_owned());
            let error =
                Error::new(Code::OuterVariable, format!("a function does not see the variable `{name}` of the script"));
            let error = if outer.constant {
                error.help(format!("write `global::{name}`: that is how functions read constants"))
            } else {
                error.help(format!(
                    "give it to the function as a parameter, or make it a constant and write `global::{name}`"
                ))
            };
            self.tell(error, at);
            return Kind::Any;
        }
        // The name of a function is the function.
        if self.own.contains_key(name) || !self.index.overloads("", name).is_empty() {
            return Kind::known("closure");
        }
        let error = Error::new(Code::UndefinedVariable, format!("there is no variable `{name}`"));
        let mut names: Vec<String> = self.scopes.all().map(|known| known.name.clone()).collect();
        names.push("PARAM".to_owned());
        let error = match nearest(name, names.iter().map(String::as_str)) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("declare it first: `let {name} = …;`")),
        };
        self.tell(error, at);
        // Once is enough.
        self.scopes.declare(name, Kind::Any, at, false, false);
        Kind::Any
    }

    fn parameter(&mut self, expression: &Expr) {
        let (Some(params), Some((name, at))) = (self.params, first_property(expression)) else { return };
        if params.iter().any(|param| param.name == name) {
            return;
        }
        let error = Error::new(Code::UnknownParameter, format!("the script has no parameter `{name}`"));
        let error = match nearest(name, params.iter().map(|param| param.name.as_str())) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help("declare it in `PARAMS`"),
        };
        self.tell(error, at);
    }

    fn property(&mut self, kind: &Kind, name: &str, at: Position) -> Kind {
        let Some(receiver) = kind.name() else { return Kind::Any };
        if let Some(kind) = self.index.property(receiver, name) {
            return kind.clone();
        }
        if self.index.is_closed(receiver) {
            let error =
                Error::new(Code::UnknownFunction, format!("a value of type `{receiver}` has no property `{name}`"));
            let members = self.index.members(receiver);
            let error = if !self.index.methods(receiver, name).is_empty() {
                error.help(format!("it is a method: write `{name}()`"))
            } else {
                near_member(error, name, &members)
            };
            self.tell(error, at);
        }
        Kind::Any
    }
}

pub(super) fn near_member(error: Error, name: &str, members: &[&str]) -> Error {
    let members: Vec<&str> = members.iter().copied().filter(|name| name.starts_with(char::is_alphabetic)).collect();
    match nearest(name, members.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help("`spotscript docs` shows what each type has"),
    }
}

fn first_property(expression: &Expr) -> Option<(&str, Position)> {
    match expression {
        Expr::Property(property, at) => Some((property.2.as_str(), *at)),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => first_property(&pair.lhs),
        _ => None,
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

/// Whether nothing behind a statement runs.
fn leaves(statement: &Stmt) -> bool {
    match statement {
        Stmt::Return(..) | Stmt::BreakLoop(..) => true,
        _ => call_of(statement).is_some_and(|call| call.name == "exit" && call.namespace.is_empty()),
    }
}
