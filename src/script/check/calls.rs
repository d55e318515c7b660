//! Calls: does the function exist, does it take so many arguments, and of these types.

use rhai::{Expr, FnCallExpr, Position};

use super::expressions::near_member;
use super::walk::Walk;
use super::{literals, options};
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::domain::instance_types::InstanceTypes;
use crate::script::types::{Index, Kind, Overload, Types, agreed};

/// Functions that call a closure to see whether it fails.
const CATCHES: &[&str] = &["attempt", "fails_with", "check_refused", "or_else", "failure", "assert_throws"];

/// Types of values that are written out in scripts.
const PLAIN: &[&str] = &["string", "int", "float", "bool", "list", "map"];

/// Methods that call a closure with each element.
const EACH: &[&str] = &["filter", "all", "any", "some", "map", "for_each", "find", "index_of", "none"];

impl Walk<'_> {
    pub(super) fn call(&mut self, call: &FnCallExpr, at: Position) -> Kind {
        if call.is_operator_call() {
            return self.operator(call);
        }
        if call.name == "parallel" && call.namespace.is_empty() {
            self.fan_out(&call.args);
        }
        let catches = usize::from(CATCHES.contains(&call.name.as_str()));
        self.caught += catches;
        let arguments = self.arguments(&call.args, &Kind::Any);
        self.caught -= catches;
        if call.namespace.is_empty() { self.plain(call, &arguments, at) } else { self.qualified(call, &arguments, at) }
    }

    fn arguments(&mut self, arguments: &[Expr], element: &Kind) -> Vec<Kind> {
        arguments.iter().map(|argument| self.argument(argument, element)).collect()
    }

    /// An argument; a closure among them takes `element`.
    fn argument(&mut self, argument: &Expr, element: &Kind) -> Kind {
        if let Expr::DynamicConstant(value, _) = argument
            && let Some(name) = value.read_lock::<rhai::FnPtr>().map(|pointer| pointer.fn_name().to_owned())
        {
            self.closure(&name, element);
            return Kind::known("closure");
        }
        self.expression(argument)
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
        let kind = self.matched(&path, overloads.iter().collect(), arguments, &call.args, at);
        match (path.as_str(), call.args.first()) {
            // Later calls on the set may judge the names.
            ("spot::types", Some(Expr::Array(items, _))) => {
                let names: Vec<String> =
                    literals::texts(&call.args[0]).into_iter().map(|(name, _)| name.to_owned()).collect();
                if names.len() == items.len() { Kind::Names(names) } else { kind }
            }
            _ => kind,
        }
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
        let returns = self.matched(name, methods, &arguments, &call.args, at);
        if let (Kind::Names(names), "same_shape") = (kind, name)
            && let Ok(types) = InstanceTypes::parse(names)
        {
            match types.same_shape() {
                Ok(_) => return kind.clone(),
                Err(error) => self.tell(error, at),
            }
        }
        returns
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
            Some(Expr::Variable(variable, ..)) if variable.2.is_empty() => match self.maps.get(variable.1.as_str()) {
                Some(map) => options::judge(path, map, None, &|value| self.evident(value)),
                None => Vec::new(),
            },
            _ => Vec::new(),
        };
        for (error, fault) in faults {
            self.tell(error, fault);
        }
        agreed(fit.iter().map(|overload| &overload.returns))
    }

    /// The type of a value that was walked already.
    fn evident(&self, value: &Expr) -> Kind {
        let variable = |name: &str| {
            let all = self.scopes.all().filter(|known| known.name == name);
            all.last().map(|known| known.kind.clone()).unwrap_or_default()
        };
        Types { index: self.index, variable: &variable }.of(value)
    }
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
