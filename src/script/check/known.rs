//! What is known of values without running: of variables, of constants, of calls that were tried.

use rhai::{Dynamic, Expr, Position};

use super::tree::Tree;
use super::trial::{Call, Trials};
use super::walk::Walk;
use crate::domain::Code;
use crate::domain::error::Error;
use crate::script::types::{Kind, Types};

impl Walk<'_> {
    /// Tries a call: tells what fails, gives the value if it is known. What was told of the call already, from `before`
    /// on, is left out of it.
    pub(super) fn tried(
        &mut self,
        path: &str,
        arguments: &[Kind],
        written: &[Expr],
        at: Position,
        before: usize,
    ) -> Option<Dynamic> {
        let method = !path.contains("::") && !Trials::can(path, None);
        let receiver = if method { arguments.first()?.name() } else { None };
        if !Trials::can(path, receiver) {
            return None;
        }
        let known: Vec<(Error, Position)> = self.found[before..].to_vec();
        let told: Vec<Position> = known.iter().map(|(_, at)| *at).collect();
        let mut trees: Vec<Tree> = Vec::new();
        if arguments.len() > written.len() {
            trees.push(Tree::value(arguments.first()?.clone(), at));
        }
        trees.extend(written.iter().map(|argument| self.tree(argument)));
        trees.iter_mut().for_each(|tree| tree.prune(&told));
        // What is pruned may have to be there.
        let pruned = !told.is_empty();
        let tried = self.trials.make(Call { path, arguments: trees, at });
        for (error, fault) in tried.faults {
            let same = known.iter().any(|(other, at)| *at == fault || other.message == error.message);
            if !(same || pruned && error.code == Code::MissingOption) {
                self.tell(error, fault);
            }
        }
        tried.value.filter(|_| !pruned)
    }

    /// An argument that was walked already, as far as it is known.
    fn tree(&self, argument: &Expr) -> Tree {
        if let Expr::Variable(variable, _, at) = argument
            && variable.2.is_empty()
            && let Some(map) = self.scopes.map(&variable.1)
        {
            return Tree::entries(map, *at, &|part| self.evident(part));
        }
        Tree::of(argument, &|part| self.evident(part))
    }

    /// The type of a value that was walked already.
    pub(super) fn evident(&self, value: &Expr) -> Kind {
        let known = place_of_call(value).and_then(|at| self.values.get(&at));
        if let Expr::Variable(variable, ..) = value
            && !variable.2.is_empty()
            && variable.2.root() == "global"
        {
            return self.global(&variable.1);
        }
        let variable = |name: &str| {
            let all = self.scopes.all().filter(|known| known.name == name);
            let kind = all.last().map(|known| known.kind.clone()).unwrap_or_default();
            if self.conditional > 0 { kind.without_value() } else { kind }
        };
        let kind = Types { index: self.index, variable: &variable }.of(value);
        match known {
            Some(value) => kind.with(value.clone()),
            None => kind,
        }
    }

    /// What is known of a constant of the script's top level.
    pub(super) fn global(&self, name: &str) -> Kind {
        let constant = self.outer.iter().chain(self.scopes.all()).find(|known| known.name == name && known.constant);
        let kind = constant.map(|known| known.kind.clone()).unwrap_or_default();
        if self.conditional > 0 { kind.without_value() } else { kind }
    }

    /// What is known of a variable that is made with a value.
    pub(super) fn held(&self, name: &str, written: &Expr, kind: Kind, constant: bool) -> Kind {
        if self.assigned.contains(name) {
            return Kind::Any;
        }
        let mutable = kind.name().is_some_and(|kind| matches!(kind, "string" | "list" | "map"));
        if mutable && !constant && self.touched.contains(name) {
            return kind.without_value();
        }
        let tree = Tree::of(written, &|part| self.evident(part));
        match (tree.holes().is_empty(), tree.realise(&[], "")) {
            (true, Some(value)) => kind.with(value),
            _ => kind.without_value(),
        }
    }
}

/// Where the call stands whose value an expression is.
fn place_of_call(expression: &Expr) -> Option<Position> {
    match expression {
        Expr::FnCall(_, at) | Expr::MethodCall(_, at) => Some(*at),
        Expr::Dot(pair, ..) => place_of_call(&pair.rhs),
        _ => None,
    }
}
