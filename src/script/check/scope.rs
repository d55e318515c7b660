//! Variables in sight, and whether they are ever read.

use rhai::{Expr, Ident, Position};

use crate::script::types::Kind;

/// A variable.
#[derive(Debug, Clone)]
pub(super) struct Variable {
    pub(super) name: String,
    pub(super) kind: Kind,
    pub(super) at: Position,
    /// Whether it is worth a word when nobody reads it.
    pub(super) matters: bool,
    read: bool,
    pub(super) constant: bool,
    /// The entries of the map that it was made with, if that was written out and nothing changes it.
    pub(super) map: Option<Vec<(Ident, Expr)>>,
}

/// The blocks around a place, innermost last; a function's begins with what it takes.
#[derive(Debug, Default)]
pub(super) struct Scopes {
    blocks: Vec<Vec<Variable>>,
}

impl Scopes {
    pub(super) fn enter(&mut self) {
        self.blocks.push(Vec::new());
    }

    /// Leaves a block. Gives the variables that nobody read.
    pub(super) fn leave(&mut self) -> Vec<Variable> {
        let block = self.blocks.pop().unwrap_or_default();
        block.into_iter().filter(|variable| !variable.read && variable.matters).collect()
    }

    pub(super) fn declare(&mut self, name: &str, kind: Kind, at: Position, matters: bool, constant: bool) {
        let matters = matters && !name.starts_with('_');
        let variable = Variable { name: name.to_owned(), kind, at, matters, read: false, constant, map: None };
        if let Some(block) = self.blocks.last_mut() {
            block.push(variable);
        }
    }

    /// The variable of this name, which counts as read from now on.
    pub(super) fn read(&mut self, name: &str) -> Option<&Variable> {
        let found =
            self.blocks.iter_mut().rev().flat_map(|block| block.iter_mut().rev()).find(|known| known.name == name)?;
        found.read = true;
        Some(found)
    }

    /// Keeps the entries of the map that the newest variable was made with.
    pub(super) fn keep_map(&mut self, entries: Vec<(Ident, Expr)>) {
        if let Some(newest) = self.blocks.last_mut().and_then(|block| block.last_mut()) {
            newest.map = Some(entries);
        }
    }

    /// The entries of the map that a variable in sight holds.
    pub(super) fn map(&self, name: &str) -> Option<&[(Ident, Expr)]> {
        self.all().filter(|known| known.name == name).last().and_then(|known| known.map.as_deref())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all().any(|known| known.name == name)
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &Variable> {
        self.blocks.iter().flatten()
    }
}
