//! Where a statement begins: the engine's position of an operator is the operator's.

use rhai::{Expr, Position, Stmt};

/// The first place of a statement.
pub(super) fn start_of(statement: &Stmt) -> Position {
    match statement {
        Stmt::FnCall(call, at) => match (call.is_operator_call(), call.args.first()) {
            (true, Some(first)) => start(first),
            _ => *at,
        },
        Stmt::Expr(expression) => start(expression),
        other => other.position(),
    }
}

/// The first place of an expression.
pub(super) fn start(expression: &Expr) -> Position {
    match expression {
        Expr::FnCall(call, at) => match (call.is_operator_call(), call.args.first(), call.namespace.path.first()) {
            (true, Some(first), _) if call.args.len() == 2 => start(first),
            (_, _, Some(root)) => root.pos,
            _ => *at,
        },
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => start(&pair.lhs),
        Expr::And(parts, at) | Expr::Or(parts, at) | Expr::Coalesce(parts, at) => parts.first().map_or(*at, start),
        other => other.position(),
    }
}
