//! Where a value is written that a call refused when it ran: judged again, as the checker does it.

use rhai::{ASTNode, Expr, FnCallExpr, Position, Stmt};

use super::literals::Fault;
use super::{literals, options};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::script::engine;
use crate::script::types::Kind;

/// The place of the value that `error` is about, in the call at `at` of a text; `None` if it is not written out there.
pub(in crate::script) fn refused(error: &Error, text: &str, at: Position) -> Option<Position> {
    let engine = engine::syntax().ok()?;
    let ast = engine.compile(text).ok()?;
    let mut place = None;
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        let call = match path.last() {
            Some(ASTNode::Expr(Expr::FnCall(call, position) | Expr::MethodCall(call, position))) if *position == at => {
                Some(call)
            }
            Some(ASTNode::Stmt(Stmt::FnCall(call, position))) if *position == at => Some(call),
            _ => None,
        };
        if let Some(call) = call {
            place = of(error, call);
        }
        call.is_none()
    });
    place.filter(|place| *place != at)
}

fn of(error: &Error, call: &FnCallExpr) -> Option<Position> {
    let path = match call.namespace.path.as_slice() {
        [] => call.name.to_string(),
        [root] => format!("{}::{}", root.name, call.name),
        _ => return None,
    };
    let mut faults: Vec<Fault> =
        call.args.iter().enumerate().flat_map(|(place, value)| literals::argument(&path, place, value)).collect();
    faults.extend(literals::call(&path, &call.args));
    let map = call.args.iter().find_map(|argument| match argument {
        Expr::Map(map, _) => Some(&map.0),
        _ => None,
    });
    if let Some(map) = map {
        faults.extend(options::judge(&path, map, None, &|_| Kind::Any));
    }
    let same = faults.iter().find(|(fault, _)| fault.code == error.code && fault.message == error.message);
    let found = same.or_else(|| faults.iter().find(|(fault, _)| fault.code == error.code));
    found.map(|(_, place)| *place).or_else(|| {
        let wanted = option_of(error.code)?;
        map?.iter().find(|(key, _)| key.name == wanted).map(|(key, _)| key.pos)
    })
}

/// The option that failures of a code are about, where several of its values together are at fault.
fn option_of(code: Code) -> Option<&'static str> {
    match code {
        Code::MixedShape | Code::UnknownInstanceType | Code::UnusableInstanceTypes => Some("types"),
        Code::InvalidTaint => Some("taints"),
        Code::InvalidLabel => Some("labels"),
        Code::InvalidTag => Some("tags"),
        Code::InvalidDistribution => Some("spot"),
        Code::InvalidSelector => Some("selector"),
        _ => None,
    }
}
