//! Calls: does the function exist, does it take so many arguments, and of these types.

use rhai::{Expr, FnCallExpr, Position, Stmt};

use super::expressions::near_member;
use super::walk::Walk;
use super::{literals, options};
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::script::types::{Index, Kind, Overload, agreed};

/// Functions that call a closure to see whether it fails.
pub(super) const CATCHES: &[&str] = &["attempt", "fails_with", "check_refused", "or_else", "failure", "assert_throws"];

/// Types of values that are written out in scripts.
const PLAIN: &[&str] = &["string", "int", "float", "bool", "list", "map"];

/// Methods that call a closure with each element.
const EACH: &[&str] = &["filter", "all", "any", "some", "map", "for_each", "find", "index_of", "none"];

/// Of them those that want a yes or no for each.
const ASKS: &[&str] = &["filter", "all", "any", "some", "find", "index_of", "none"];

impl Walk<'_> {
    pub(super) fn call(&mut self, call: &FnCallExpr, at: Position) -> Kind {
        if call.is_operator_call() {
            return self.operator(call);
        }
        // Whoever gets a function by its name may catch what it fails with.
        if call.name == "Fn"
            && let Some(Expr::StringConstant(name, _)) = call.args.first()
        {
            self.handed_on.insert(name.to_string());
        }
        if call.name == "parallel" && call.namespace.is_empty() {
            self.fan_out(&call.args);
        }
        if let Some((name, captured)) = captured_by(call) {
            captured.iter().for_each(|variable| drop(self.expression(variable)));
            self.kept_closure(&name, captured.len());
            return Kind::known("closure");
        }
        // What a function of the script's own or of a module does with a closure is not known: it may catch.
        let own = match call.namespace.is_empty() {
            true => self.own.contains_key(call.name.as_str()),
            false => self.imports.contains_key(call.namespace.root()),
        };
        let catches = usize::from(CATCHES.contains(&call.name.as_str()));
        self.caught += catches;
        self.doubt += usize::from(own);
        let arguments = self.arguments(&call.args, &Kind::Any);
        self.caught -= catches;
        self.doubt -= usize::from(own);
        if call.namespace.is_empty() { self.plain(call, &arguments, at) } else { self.qualified(call, &arguments, at) }
    }

    fn arguments(&mut self, arguments: &[Expr], element: &Kind) -> Vec<Kind> {
        arguments.iter().map(|argument| self.argument(argument, element)).collect()
    }

    /// An argument; a closure among them takes `element`.
    fn argument(&mut self, argument: &Expr, element: &Kind) -> Kind {
        match closure_in(argument) {
            Some((name, captured)) => {
                captured.iter().for_each(|variable| drop(self.expression(variable)));
                self.closure(&name, captured.len(), element);
                Kind::known("closure")
            }
            None => self.expression(argument),
        }
    }

    fn operator(&mut self, call: &FnCallExpr) -> Kind {
        let kinds = self.arguments(&call.args, &Kind::Any);
        let both = |name: &str| kinds.iter().all(|kind| kind.is(name));
        match (call.name.as_str(), &call.args[..]) {
            ("/", [Expr::IntegerConstant(left, at), Expr::IntegerConstant(right, _)])
                if *right != 0 && left % right != 0 =>
            {
                self.whole_division(*at);
            }
            ("*", [Expr::FnCall(inner, _), factor])
                if both("int")
                    && inner.is_operator_call()
                    && inner.name == "/"
                    && !matches!(&inner.args[..], [Expr::IntegerConstant(..), Expr::IntegerConstant(..)])
                    && !rounds_down(&inner.args[..], factor) =>
            {
                self.whole_division(super::position::start(&inner.args[0]));
            }
            ("==" | "!=", [left, _]) if self.caught == 0 && never_equal(&kinds) => {
                let told = |place: usize| kinds.get(place).and_then(Kind::name).unwrap_or("any");
                let error = Error::new(Code::NeverEqual, format!("`{}` is never equal to `{}`", told(0), told(1)));
                let help = format!(
                    "`{}` between them is always `{}`: compare values of one type",
                    call.name,
                    call.name == "!="
                );
                self.tell(error.help(help), super::position::start(left));
            }
            _ => {}
        }
        self.index.operator(&call.name, &kinds)
    }

    fn whole_division(&mut self, at: Position) {
        let error = Error::new(Code::IntegerDivision, "whole numbers divide to a whole number: the fraction is lost");
        self.tell(error.help("make one of them a number with a point, such as `100.0`, or multiply first"), at);
    }

    fn plain(&mut self, call: &FnCallExpr, arguments: &[Kind], at: Position) -> Kind {
        let name = call.name.as_str();
        // `x in list` is a call too.
        if Index::is_keyword(name) || name == "contains" {
            return Kind::Any;
        }
        if let Some(takes) = self.own.get(name) {
            if !takes.contains(&arguments.len()) {
                self.tell(wrong_count(name, takes, arguments.len()), at);
            }
            return Kind::Any;
        }
        let index = self.index;
        let overloads = index.overloads("", name);
        if overloads.is_empty() {
            if self.scopes.has(name) {
                return Kind::Any;
            }
            let error = Error::new(Code::UnknownFunction, format!("there is no function `{name}`"));
            let known = index.names("").chain(self.own.keys().map(String::as_str));
            let elsewhere = index.namespaces().find(|namespace| !index.overloads(namespace, name).is_empty());
            let error = match (elsewhere, nearest(name, known.filter(|name| name.starts_with(char::is_alphabetic)))) {
                (Some(namespace), _) => error.help(format!("did you mean `{namespace}::{name}`?")),
                (None, Some(near)) => error.help(format!("did you mean `{near}`?")),
                (None, None) => error.help("`spotscript docs` lists the functions"),
            };
            self.tell(error, at);
            return Kind::Any;
        }
        self.matched(name, overloads.iter().collect(), arguments, &call.args, at)
    }

    fn qualified(&mut self, call: &FnCallExpr, arguments: &[Kind], at: Position) -> Kind {
        let (root, name) = (call.namespace.root().to_owned(), call.name.as_str());
        let index = self.index;
        if root == "global" {
            return Kind::Any;
        }
        if let Some(import) = self.imports.get_mut(&root) {
            import.used = true;
            if call.namespace.path.len() == 1
                && let Some(functions) = &import.functions
            {
                let takes: Vec<usize> = functions.iter().filter(|known| known.0 == name).map(|known| known.1).collect();
                let error = if takes.is_empty() {
                    let error =
                        Error::new(Code::UnknownFunction, format!("the module `{root}` has no function `{name}`"));
                    Some(match nearest(name, functions.iter().map(|known| known.0.as_str())) {
                        Some(near) => error.help(format!("did you mean `{root}::{near}`?")),
                        None => {
                            error.help(format!("it has {}", listed(functions.iter().map(|known| known.0.as_str()))))
                        }
                    })
                } else if !takes.contains(&arguments.len()) {
                    Some(wrong_count(&format!("{root}::{name}"), &takes, arguments.len()))
                } else {
                    None
                };
                if let Some(error) = error {
                    self.tell(error, at);
                }
            }
            return Kind::Any;
        }
        if !self.namespace(&root, call.namespace.path.first().map_or(at, |first| first.pos))
            || call.namespace.path.len() != 1
        {
            return Kind::Any;
        }
        let path = format!("{root}::{name}");
        let overloads = index.overloads(&root, name);
        if overloads.is_empty() {
            let error = Error::new(Code::UnknownFunction, format!("there is no function `{path}`"));
            let error = match nearest(name, index.names(&root)) {
                Some(near) => error.help(format!("did you mean `{root}::{near}`?")),
                None => error.help(format!("`{root}` has {}", listed(index.names(&root)))),
            };
            self.tell(error, at);
            return Kind::Any;
        }
        self.matched(&path, overloads.iter().collect(), arguments, &call.args, at)
    }

    /// Whether a namespace exists; tells it if not.
    pub(super) fn namespace(&mut self, name: &str, at: Position) -> bool {
        if let Some(import) = self.imports.get_mut(name) {
            import.used = true;
            return true;
        }
        if self.index.is_namespace(name) {
            return true;
        }
        let error = Error::new(Code::UnknownFunction, format!("there is no namespace `{name}`"));
        let known = self.index.namespaces().chain(self.imports.keys().map(String::as_str));
        let error = match nearest(name, known) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => error.help(format!("import a module under that name: `import \"std/…\" as {name};`")),
        };
        self.tell(error, at);
        false
    }

    pub(super) fn method(&mut self, kind: &Kind, call: &FnCallExpr, at: Position) -> Kind {
        let name = call.name.as_str();
        if name == "parallel" {
            self.fan_out(&call.args);
        }
        let index = self.index;
        if ASKS.contains(&name) {
            self.assigning_answers(&call.args);
        }
        let element = if EACH.contains(&name) { index.element(kind) } else { Kind::Any };
        let mut arguments = vec![kind.clone()];
        arguments.extend(self.arguments(&call.args, &element));
        let Some(receiver) = kind.name() else { return Kind::Any };
        if let Some(takes) = self.own.get(name)
            && index.methods(receiver, name).is_empty()
        {
            if !takes.contains(&call.args.len()) {
                self.tell(wrong_count(name, takes, call.args.len()), at);
            }
            return Kind::Any;
        }
        if Index::is_keyword(name) || self.own.contains_key(name) || !index.is_closed(receiver) {
            return index.methods(receiver, name).first().map(|overload| overload.returns.clone()).unwrap_or_default();
        }
        let methods = index.methods(receiver, name);
        // Of some of its functions the engine tells nothing but the name.
        if methods.is_empty() && index.overloads("", name).iter().any(Overload::is_opaque) {
            return Kind::Any;
        }
        if methods.is_empty() {
            let error =
                Error::new(Code::UnknownFunction, format!("a value of type `{receiver}` has no method `{name}`"));
            let error = if index.property(receiver, name).is_some() {
                error.help(format!("it is a property: write `{name}` without `()`"))
            } else {
                near_member(error, name, &index.members(receiver))
            };
            self.tell(error, at);
            return Kind::Any;
        }
        self.matched(name, methods, &arguments, &call.args, at)
    }

    /// Closures that are to answer yes or no and assign instead.
    fn assigning_answers(&mut self, arguments: &[Expr]) {
        for argument in arguments {
            let Some((name, _)) = closure_in(argument) else { continue };
            let last = self.closures.get(&name).and_then(|closure| closure.statements.last());
            let Some(statement @ Stmt::Assignment(..)) = last else { continue };
            let at = super::position::start_of(statement);
            self.answers.insert(at);
            let error = Error::new(Code::AssignmentAsAnswer, "this assigns, and gives no answer");
            self.tell(error.help("write `==` to compare"), at);
        }
    }

    /// Finds the way of calling that is meant, and judges what is written out among the arguments.
    fn matched(
        &mut self,
        path: &str,
        overloads: Vec<&Overload>,
        arguments: &[Kind],
        written: &[Expr],
        at: Position,
    ) -> Kind {
        let fit: Vec<&&Overload> = overloads.iter().filter(|overload| overload.takes(arguments)).collect();
        let own = overloads.iter().any(|overload| overload.own);
        let counted = overloads.iter().any(|overload| overload.parameters.len() == arguments.len());
        // Of the engine's own functions not every type of number is told apart.
        let plain = arguments.iter().all(|kind| kind.name().is_some_and(|name| PLAIN.contains(&name)));
        let opaque = overloads.iter().any(|overload| overload.is_opaque());
        if fit.is_empty() && (own || !opaque && (!counted || plain)) {
            let given: Vec<&str> = arguments.iter().map(|kind| kind.name().unwrap_or("any")).collect();
            // What takes so many comes first, and the types that people write.
            let mut known: Vec<&&Overload> = overloads.iter().collect();
            known.sort_by_key(|one| (one.parameters.len() != arguments.len(), one.is_exotic(), &one.signature));
            let mut known: Vec<String> = known.iter().map(|overload| format!("`{}`", overload.signature)).collect();
            known.dedup();
            known.truncate(6);
            let error = Error::new(Code::UnknownFunction, format!("there is no `{path}({})`", given.join(", ")));
            self.tell(error.help(format!("there is {}", known.join(", "))), at);
        }
        let before = self.found.len();
        for (place, value) in written.iter().enumerate() {
            for (error, at) in literals::argument(path, place, value) {
                self.tell(error, at);
            }
        }
        for (error, at) in literals::call(path, written) {
            self.tell(error, at);
        }
        // `retry` takes its options before what it runs.
        let options = if path == "retry" { written.first() } else { written.last() };
        let faults = match options {
            Some(Expr::Map(map, _)) => options::judge(path, &map.0, Some(at), &|value| self.evident(value)),
            // What is added to it later is not known: nothing can be missing.
            Some(Expr::Variable(variable, ..)) if variable.2.is_empty() => match self.scopes.map(&variable.1) {
                Some(map) => options::judge(path, map, None, &|value| self.evident(value)),
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        for (error, fault) in faults {
            self.tell(error, fault);
        }
        let returns = agreed(fit.iter().map(|overload| &overload.returns));
        if fit.is_empty() {
            return returns;
        }
        match self.tried(path, arguments, written, at, before) {
            Some(value) => {
                self.values.insert(at, value.clone());
                returns.with(value)
            }
            None => returns,
        }
    }
}

/// Whether two values are of plain types that no `==` brings together.
fn never_equal(kinds: &[Kind]) -> bool {
    let [Some(left), Some(right)] = [kinds.first(), kinds.get(1)].map(|kind| kind.and_then(Kind::name)) else {
        return false;
    };
    let numbers = |kind: &str| matches!(kind, "int" | "float");
    let texts = |kind: &str| matches!(kind, "string" | "char");
    let plain = |kind: &str| PLAIN.contains(&kind) || kind == "char";
    plain(left) && plain(right) && left != right && !(numbers(left) && numbers(right)) && !(texts(left) && texts(right))
}

/// The closure that an expression is, by its name, and the variables that it captures.
pub(super) fn closure_in(expression: &Expr) -> Option<(String, &[Expr])> {
    match expression {
        Expr::DynamicConstant(value, _) => {
            let name = value.read_lock::<rhai::FnPtr>().map(|pointer| pointer.fn_name().to_owned())?;
            Some((name, &[]))
        }
        Expr::FnCall(call, _) => captured_by(call),
        _ => None,
    }
}

/// The same for a call: the engine writes a closure that captures as a call of `curry`.
fn captured_by(call: &FnCallExpr) -> Option<(String, &[Expr])> {
    let (closure, captured) = call.args.split_first().filter(|_| call.name == "curry" && call.namespace.is_empty())?;
    Some((closure_in(closure)?.0, captured))
}

/// `n / 60 * 60`: what is divided by is multiplied with, so that the lost fraction is what is meant.
fn rounds_down(division: &[Expr], factor: &Expr) -> bool {
    match (division.last(), factor) {
        (Some(Expr::IntegerConstant(by, _)), Expr::IntegerConstant(factor, _)) => by == factor,
        (Some(Expr::Variable(by, ..)), Expr::Variable(factor, ..)) => by.1 == factor.1,
        _ => false,
    }
}

fn wrong_count(name: &str, takes: &[usize], given: usize) -> Error {
    let mut takes: Vec<usize> = takes.to_vec();
    takes.sort_unstable();
    let wanted: Vec<String> = takes.iter().map(ToString::to_string).collect();
    let arguments = if takes == [1] { "argument" } else { "arguments" };
    Error::new(Code::UnknownFunction, format!("`{name}` takes {} {arguments}, not {given}", wanted.join(" or ")))
        .help("look at its `fn` line")
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let mut names: Vec<&str> = names.collect();
    names.sort_unstable();
    names.dedup();
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
