//! From an expression to its type.

use rhai::{Dynamic, Expr, FnCallExpr, Stmt};

use super::index::Index;
use super::kind::{Kind, agreed};

/// The type of a value that is written out, with the value if it is a plain one; unknown for everything else.
pub(crate) fn literal(expression: &Expr) -> Kind {
    let value = |name: &str, value: Dynamic| Kind::Value(name.to_owned(), value);
    let name = match expression {
        Expr::BoolConstant(known, _) => return value("bool", (*known).into()),
        Expr::IntegerConstant(known, _) => return value("int", (*known).into()),
        Expr::FloatConstant(known, _) => return value("float", (**known).into()),
        Expr::StringConstant(known, _) => return value("string", known.clone().into()),
        Expr::CharConstant(..) => "char",
        Expr::InterpolatedString(..) => "string",
        Expr::Array(..) => "list",
        Expr::Map(..) => "map",
        Expr::Unit(..) => "nothing",
        Expr::DynamicConstant(value, _) if value.is_array() => "list",
        Expr::DynamicConstant(value, _) if value.is_map() => "map",
        Expr::DynamicConstant(value, _) if value.is_fnptr() => "closure",
        _ => "any",
    };
    Kind::known(name)
}

/// Tells types at one place of a script.
pub(crate) struct Types<'a> {
    pub(crate) index: &'a Index,
    /// The type of a variable there.
    pub(crate) variable: &'a dyn Fn(&str) -> Kind,
}

impl Types<'_> {
    /// The type of an expression.
    pub(crate) fn of(&self, expression: &Expr) -> Kind {
        match expression {
            Expr::And(..) | Expr::Or(..) => Kind::known("bool"),
            Expr::Variable(variable, ..) if variable.2.is_empty() => (self.variable)(&variable.1),
            Expr::FnCall(call, _) => self.call(call),
            Expr::Dot(pair, ..) => self.tail(&self.of(&pair.lhs), &pair.rhs),
            Expr::Index(pair, ..) => self.index_tail(&self.of(&pair.lhs), &pair.rhs),
            Expr::Stmt(block) => self.last(block.statements()),
            written => literal(written),
        }
    }

    /// The type of what the last of some statements gives.
    pub(crate) fn last(&self, statements: &[Stmt]) -> Kind {
        statements.last().map_or(Kind::Nothing, |last| self.statement(last))
    }

    fn statement(&self, statement: &Stmt) -> Kind {
        match statement {
            Stmt::Expr(expression) => self.of(expression),
            Stmt::FnCall(call, _) => self.call(call),
            Stmt::Block(block) => self.last(block.statements()),
            Stmt::If(flow, _) => agreed(&[self.last(flow.body.statements()), self.last(flow.branch.statements())]),
            Stmt::Var(..) | Stmt::Assignment(..) | Stmt::For(..) | Stmt::Noop(..) => Kind::Nothing,
            _ => Kind::Any,
        }
    }

    /// What stands behind a dot, and what goes on from there.
    fn tail(&self, receiver: &Kind, link: &Expr) -> Kind {
        match link {
            Expr::Property(property, _) => {
                receiver.name().and_then(|name| self.index.property(name, &property.2)).cloned().unwrap_or_default()
            }
            Expr::MethodCall(call, _) | Expr::FnCall(call, _) => self.method(receiver, call),
            Expr::Dot(pair, ..) => self.tail(&self.tail(receiver, &pair.lhs), &pair.rhs),
            Expr::Index(pair, ..) => self.index_tail(&self.tail(receiver, &pair.lhs), &pair.rhs),
            _ => Kind::Any,
        }
    }

    /// What stands in brackets, and what goes on behind them.
    fn index_tail(&self, list: &Kind, inside: &Expr) -> Kind {
        match inside {
            Expr::Dot(pair, ..) => self.tail(&self.index.indexed(list, &self.of(&pair.lhs)), &pair.rhs),
            Expr::Index(pair, ..) => self.index_tail(&self.index.indexed(list, &self.of(&pair.lhs)), &pair.rhs),
            index => self.index.indexed(list, &self.of(index)),
        }
    }

    fn method(&self, receiver: &Kind, call: &FnCallExpr) -> Kind {
        let Some(name) = receiver.name() else { return Kind::Any };
        let mut given = vec![receiver.clone()];
        given.extend(self.all(&call.args));
        let methods = self.index.methods(name, &call.name);
        agreed(methods.into_iter().filter(|overload| overload.takes(&given)).map(|overload| &overload.returns))
    }

    fn call(&self, call: &FnCallExpr) -> Kind {
        let given = self.all(&call.args);
        if call.is_operator_call() {
            return self.index.operator(&call.name, &given);
        }
        if call.name == "Fn" && call.namespace.is_empty() {
            return Kind::known("closure");
        }
        let namespace = call.namespace.to_string();
        let overloads = self.index.overloads(&namespace, &call.name).iter();
        agreed(overloads.filter(|overload| overload.takes(&given)).map(|overload| &overload.returns))
    }

    fn all(&self, expressions: &[Expr]) -> Vec<Kind> {
        expressions.iter().map(|expression| self.of(expression)).collect()
    }
}
