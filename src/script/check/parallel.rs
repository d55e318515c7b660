//! Closures of `parallel`: how many values they take, and changes to copies that are lost.

use rhai::{ASTNode, Expr, FnPtr, Position, Stmt};

use super::walk::{Definition, Walk};
use crate::bindings::wrong_closure;
use crate::domain::Code;
use crate::domain::error::Error;

/// Methods that change a list or a map.
const CHANGES: &[&str] = &[
    "push",
    "append",
    "insert",
    "remove",
    "pop",
    "shift",
    "clear",
    "truncate",
    "extract",
    "splice",
    "drain",
    "retain",
    "reverse",
    "sort",
    "dedup",
    "pad",
    "set",
    "mixin",
    "fill_with",
    "chop",
];

impl Walk<'_> {
    /// Judges the closure of a call of `parallel`, which comes last.
    pub(super) fn fan_out(&mut self, arguments: &[Expr]) {
        let Some(closure) = arguments.last() else { return };
        let Some((name, captured)) = closure_of(closure) else { return };
        let Some(definition) = self.closures.get(&name) else { return };
        let takes = definition.definition.params.len().saturating_sub(captured.len());
        let lost = changes(definition, &captured);
        if takes != 1 {
            self.tell(wrong_closure(takes), closure.position());
        }
        for (name, at) in lost {
            let error = Error::new(Code::LostChange, format!("each item changes its own copy of `{name}`"));
            self.tell(error.help("give the value back: `parallel` makes a list of them"), at);
        }
    }
}

/// The function of a closure that is written out, and the variables that it captures.
fn closure_of(expression: &Expr) -> Option<(String, Vec<String>)> {
    match expression {
        Expr::DynamicConstant(value, _) => {
            value.read_lock::<FnPtr>().map(|pointer| (pointer.fn_name().to_owned(), Vec::new()))
        }
        // With what it captures, it is a block that first makes that shared.
        Expr::Stmt(block) => match block.statements() {
            [Stmt::Share(_), Stmt::Expr(inner)] => closure_of(inner),
            _ => None,
        },
        Expr::FnCall(call, _) if call.name == "curry" => {
            let (closure, captured) = call.args.split_first()?;
            let name = |variable: &Expr| match variable {
                Expr::Variable(variable, ..) => Some(variable.1.to_string()),
                _ => None,
            };
            Some((closure_of(closure)?.0, captured.iter().map(name).collect::<Option<_>>()?))
        }
        _ => None,
    }
}

/// Where captured variables are changed, by assignment or by a method, which the closure reads nowhere: who reads what
/// it changed may have wanted a copy.
fn changes(definition: &Definition, captured: &[String]) -> Vec<(String, Position)> {
    let mut own: Vec<String> = Vec::new();
    let mut mentioned: Vec<String> = Vec::new();
    let mut found: Vec<(String, Position)> = Vec::new();
    for statement in &definition.statements {
        statement.walk(&mut Vec::new(), &mut |path: &[ASTNode<'_>]| {
            match path.last() {
                Some(ASTNode::Stmt(Stmt::Var(parts, ..))) => own.push(parts.0.name.to_string()),
                Some(ASTNode::Stmt(Stmt::For(parts, _))) => own.push(parts.0.name.to_string()),
                Some(ASTNode::Stmt(Stmt::Assignment(parts))) => found.extend(root(&parts.1.lhs)),
                Some(ASTNode::Expr(Expr::Variable(variable, ..))) => mentioned.push(variable.1.to_string()),
                Some(ASTNode::Expr(Expr::Dot(pair, ..))) => {
                    if let (Expr::Variable(..), Expr::MethodCall(call, _)) = (&pair.lhs, &pair.rhs)
                        && CHANGES.contains(&call.name.as_str())
                    {
                        found.extend(root(&pair.lhs));
                    }
                }
                _ => {}
            }
            true
        });
    }
    let count = |names: &mut dyn Iterator<Item = &String>, wanted: &str| names.filter(|name| *name == wanted).count();
    let lost = |name: &str| {
        count(&mut mentioned.iter(), name) == count(&mut found.iter().map(|(name, _)| name), name)
            && captured.iter().any(|one| one == name)
            // A variable of its own hides the captured one: which is meant where, this does not look into.
            && !own.iter().any(|one| one == name)
    };
    found.iter().filter(|(name, _)| lost(name)).cloned().collect()
}

/// The variable that a place belongs to.
fn root(place: &Expr) -> Option<(String, Position)> {
    match place {
        Expr::Variable(variable, _, at) if variable.2.is_empty() => Some((variable.1.to_string(), *at)),
        Expr::Dot(pair, ..) | Expr::Index(pair, ..) => root(&pair.lhs),
        _ => None,
    }
}
