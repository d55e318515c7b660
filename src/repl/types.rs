//! The type of an expression, as far as it is evident without running it.

use rhai::{Engine, Expr, FnCallExpr, Stmt};

use super::names::Names;

/// The type of an expression's text. `None` when it does not parse or its type is not evident.
pub(super) fn of_text(engine: &Engine, text: &str, names: &Names) -> Option<String> {
    let ast = engine.compile(text).ok()?;
    match ast.statements() {
        [.., last] => of_statement(last, names),
        [] => None,
    }
}

fn of_statement(statement: &Stmt, names: &Names) -> Option<String> {
    match statement {
        Stmt::Expr(expression) => of(expression, names),
        Stmt::FnCall(call, _) => of_call(call, names),
        Stmt::Block(block) => of_last(block.statements(), names),
        Stmt::If(flow, _) => {
            let (then, other) = (of_last(flow.body.statements(), names)?, of_last(flow.branch.statements(), names)?);
            (then == other).then_some(then)
        }
        Stmt::Var(..) | Stmt::Assignment(..) | Stmt::For(..) | Stmt::Noop(..) => Some("nothing".into()),
        _ => None,
    }
}

fn of_last(statements: &[Stmt], names: &Names) -> Option<String> {
    statements.last().map_or(Some("nothing".into()), |last| of_statement(last, names))
}

fn of(expression: &Expr, names: &Names) -> Option<String> {
    let known = match expression {
        Expr::BoolConstant(..) | Expr::And(..) | Expr::Or(..) => "bool",
        Expr::IntegerConstant(..) => "int",
        Expr::FloatConstant(..) => "float",
        Expr::CharConstant(..) => "char",
        Expr::StringConstant(..) | Expr::InterpolatedString(..) => "string",
        Expr::Array(..) => "list",
        Expr::Map(..) => "map",
        Expr::Unit(..) => "nothing",
        Expr::DynamicConstant(value, _) if value.is_array() => "list",
        Expr::DynamicConstant(value, _) if value.is_map() => "map",
        Expr::DynamicConstant(value, _) if value.is_fnptr() => "closure",
        Expr::Variable(variable, ..) if variable.2.is_empty() => names.variable(&variable.1)?,
        Expr::FnCall(call, _) => return of_call(call, names),
        Expr::Dot(pair, ..) => return of_chain(of(&pair.lhs, names)?, &pair.rhs, names),
        Expr::Index(pair, ..) => {
            let list = of(&pair.lhs, names)?;
            return of_element(&list, &pair.rhs, names);
        }
        Expr::Stmt(block) => return of_last(block.statements(), names),
        _ => return None,
    };
    Some(known.to_owned())
}

/// What stands behind a dot, which may go on with further dots.
fn of_chain(receiver: String, link: &Expr, names: &Names) -> Option<String> {
    match link {
        Expr::Property(property, _) => of_property(&receiver, &property.2, names),
        Expr::MethodCall(call, _) | Expr::FnCall(call, _) => of_method(&receiver, call, names),
        Expr::Dot(pair, ..) => of_chain(of_chain(receiver, &pair.lhs, names)?, &pair.rhs, names),
        Expr::Index(pair, ..) => of_element(&of_chain(receiver, &pair.lhs, names)?, &pair.rhs, names),
        _ => None,
    }
}

fn of_property(receiver: &str, name: &str, names: &Names) -> Option<String> {
    let properties = names.entries.iter().filter(|entry| entry.property() == Some(name));
    agreed(properties.filter(|entry| entry.receiver() == Some(receiver)).map(|entry| entry.returns.as_str()))
}

fn of_method(receiver: &str, call: &FnCallExpr, names: &Names) -> Option<String> {
    let fitting = names.called(&call.name).filter(|entry| entry.parameters.len() == call.args.len() + 1);
    agreed(fitting.filter(|entry| entry.receiver() == Some(receiver)).map(|entry| entry.returns.as_str()))
}

/// What `[…]` gives: a string's characters and the elements of lists of ours, whose indexers are known.
fn of_element(list: &str, index: &Expr, names: &Names) -> Option<String> {
    let index = of(index, names);
    let indexers = names.called("index$get$").filter(|entry| entry.receiver() == Some(list));
    let fitting = indexers.filter(|entry| {
        let wanted = entry.parameters.get(1).map(|parameter| parameter.rsplit(": ").next().unwrap_or(parameter));
        index.is_none() || wanted == index.as_deref()
    });
    agreed(fitting.map(|entry| entry.returns.as_str()))
}

fn of_call(call: &FnCallExpr, names: &Names) -> Option<String> {
    if let (Some(_), [left, right]) = (&call.op_token, call.args.as_slice()) {
        return of_operator(&call.name, of(left, names)?, of(right, names)?);
    }
    if call.op_token.is_some() {
        return of(call.args.first()?, names);
    }
    if call.name == "Fn" {
        return Some("closure".into());
    }
    let path =
        if call.namespace.is_empty() { call.name.to_string() } else { format!("{}::{}", call.namespace, call.name) };
    let given: Vec<Option<String>> = call.args.iter().map(|argument| of(argument, names)).collect();
    let fitting = names.called(&path).filter(|entry| {
        let wanted = entry.parameters.iter().map(|parameter| parameter.rsplit(": ").next().unwrap_or(parameter));
        entry.parameters.len() == given.len()
            && wanted.zip(&given).all(|(wanted, given)| {
                wanted == "any" || given.as_deref().is_none_or(|given| given == "any" || given == wanted)
            })
    });
    agreed(fitting.map(|entry| entry.returns.as_str()))
}

fn of_operator(operator: &str, left: String, right: String) -> Option<String> {
    match operator {
        "==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "!in" => Some("bool".into()),
        "+" | "-" | "*" | "/" | "%" | "**" => match (left.as_str(), right.as_str()) {
            ("int", "int") | ("float", "float" | "int") | ("string" | "list" | "map", _) => Some(left),
            ("int", "float") => Some(right),
            _ => None,
        },
        ".." | "..=" => Some("range".into()),
        _ => None,
    }
}

/// The one type that all say; `None` if they differ, or one of them may be anything.
fn agreed<'a>(mut types: impl Iterator<Item = &'a str>) -> Option<String> {
    let first = types.next().filter(|first| *first != "any")?;
    types.all(|other| other == first).then(|| first.to_owned())
}
