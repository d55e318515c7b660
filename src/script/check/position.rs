//! Where a statement begins: the engine's position of an operator is the operator's.

use rhai::{Expr, FnCallExpr, Position, Stmt};

/// The first place of a statement.
pub(in crate::script) fn start_of(statement: &Stmt) -> Position {
    match statement {
        Stmt::FnCall(call, at) => start_of_call(call, *at),
        Stmt::Assignment(parts) => start(&parts.1.lhs),
        Stmt::Expr(expression) => start(expression),
        other => other.position(),
    }
}

/// The first place of an expression.
pub(super) fn start(expression: &Expr) -> Position {
    match expression {
        Expr::FnCall(call, at) => start_of_call(call, *at),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => start(&pair.lhs),
        Expr::And(parts, at) | Expr::Or(parts, at) | Expr::Coalesce(parts, at) => parts.first().map_or(*at, start),
        other => other.position(),
    }
}

fn start_of_call(call: &FnCallExpr, at: Position) -> Position {
    match (call.is_operator_call(), call.args.first(), call.namespace.path.first()) {
        (true, Some(first), _) if call.args.len() == 2 => start(first),
        (_, _, Some(root)) => root.pos,
        _ => at,
    }
}
