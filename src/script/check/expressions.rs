//! Walks expressions: what type a value has, whether what is behind a dot is there, which variables are in sight.

use rhai::{ASTFlags, Expr, Position};

use super::calls::closure_in;
use super::walk::{Definition, Walk};
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::script::suggest::foreign;
use crate::script::types::{Kind, literal};

impl Walk<'_> {
    /// An expression. Gives its type, if it is evident.
    pub(super) fn expression(&mut self, expression: &Expr) -> Kind {
        match expression {
            Expr::InterpolatedString(parts, _) | Expr::Array(parts, _) => {
                parts.iter().for_each(|part| drop(self.expression(part)));
                literal(expression)
            }
            Expr::Map(parts, _) => {
                parts.0.iter().for_each(|(_, value)| drop(self.expression(value)));
                literal(expression)
            }
            Expr::DynamicConstant(..) => {
                if let Some((name, _)) = closure_in(expression) {
                    self.kept_closure(&name, 0);
                }
                literal(expression)
            }
            Expr::Variable(variable, _, at) if variable.2.is_empty() => self.variable(&variable.1, *at),
            Expr::Variable(variable, _, at) => {
                let root = variable.2.root().to_owned();
                if root == "global" {
                    self.globals_read.insert(variable.1.to_string());
                    return self.global(&variable.1);
                }
                let known = self.namespace(&root, variable.2.path.first().map_or(*at, |first| first.pos));
                if known && self.index.is_namespace(&root) && !self.imports.contains_key(&root) {
                    self.no_constant(&root, &variable.1, *at);
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
            written => literal(written),
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
        match expression {
            Expr::Dot(pair, ..) if !flags.contains(ASTFlags::BREAK) => {
                let index = self.expression(&pair.lhs);
                self.tail(self.index.indexed(kind, &index), &pair.rhs)
            }
            Expr::Index(pair, inner, _) if !flags.contains(ASTFlags::BREAK) => {
                let index = self.expression(&pair.lhs);
                self.index_tail(&self.index.indexed(kind, &index), &pair.rhs, *inner)
            }
            other => {
                let index = self.expression(other);
                self.index.indexed(kind, &index)
            }
        }
    }

    /// A closure that is kept: whoever calls it may catch what it fails with.
    pub(super) fn kept_closure(&mut self, name: &str, captured: usize) {
        self.doubt += 1;
        self.closure(name, captured, &Kind::Any);
        self.doubt -= 1;
    }

    /// The statements of a closure, in sight of what is around it. Its first parameters are those that it captures, which
    /// are in sight already; `takes` is the type of the next.
    pub(super) fn closure(&mut self, name: &str, captured: usize, takes: &Kind) {
        let Some(Definition { definition, statements }) = self.closures.remove(name) else { return };
        self.scopes.enter();
        for (place, parameter) in definition.params.iter().enumerate().skip(captured) {
            let kind = if place == captured { takes.clone() } else { Kind::Any };
            self.scopes.declare(parameter, kind, Position::NONE, false, false);
        }
        self.block(&statements);
        self.scopes.leave();
    }

    pub(super) fn variable(&mut self, name: &str, at: Position) -> Kind {
        let conditional = self.conditional > 0;
        if let Some(known) = self.scopes.read(name) {
            let kind = known.kind.clone();
            return if conditional { kind.without_value() } else { kind };
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
        if let Some(help) = foreign(name) {
            self.tell(error.help(help), at);
            self.scopes.declare(name, Kind::Any, at, false, false);
            return Kind::Any;
        }
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

    /// No namespace of ours has constants.
    fn no_constant(&mut self, namespace: &str, name: &str, at: Position) {
        let error = Error::new(Code::UndefinedVariable, format!("there is no constant `{namespace}::{name}`"));
        let error = if self.index.overloads(namespace, name).is_empty() {
            match nearest(name, self.index.names(namespace)) {
                Some(near) => error.help(format!("did you mean the function `{namespace}::{near}(…)`?")),
                None => error.help(format!("`spotscript docs {namespace}` shows what there is")),
            }
        } else {
            error.help(format!("it is a function: write `{namespace}::{name}(…)`"))
        };
        self.tell(error, at);
    }

    fn parameter(&mut self, expression: &Expr) {
        let Some((name, at)) = first_property(expression) else { return };
        let Some(params) = self.params else {
            // A module reads the parameters of the runbook that imports it.
            if self.acts && self.outer.is_empty() {
                let error = Error::new(Code::UnknownParameter, "the script declares no parameters");
                self.tell(
                    error.help(format!("declare it: `const PARAMS = #{{ {name}: #{{ type: \"string\" }} }};`")),
                    at,
                );
            }
            return;
        };
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

    pub(super) fn property(&mut self, kind: &Kind, name: &str, at: Position) -> Kind {
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
