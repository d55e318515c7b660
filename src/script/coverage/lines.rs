//! The lines of a script that begin a statement.

use std::collections::BTreeMap;

use rhai::{AST, ASTNode, Position, Stmt};

use super::super::before::{self, Before};
use super::super::check::start_of;

/// A line that begins a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    /// 1-based.
    pub(super) line: usize,
    /// The byte behind what ends the statement before it; `None` when it is the first.
    pub(super) behind: Option<usize>,
}

/// The lines that begin a statement, in order. A statement that begins within a line counts with it.
pub(super) fn places(ast: &AST, text: &str) -> Vec<Place> {
    let mut starts: BTreeMap<usize, usize> = BTreeMap::new();
    ast.walk(&mut |path: &[ASTNode<'_>]| {
        if let Some(ASTNode::Stmt(statement)) = path.last()
            && let Some((line, column)) = start(statement)
        {
            let first = starts.entry(line).or_insert(column);
            *first = column.min(*first);
        }
        true
    });
    let (lines, before): (Vec<&str>, Vec<Before>) = (text.split('\n').collect(), before::lines(text));
    let begins = |line: usize, column: usize| {
        let content = lines.get(line.checked_sub(1)?)?;
        // Not the line's first word: an arm of `switch`, the value of a closure without braces.
        content.chars().take(column.saturating_sub(1)).all(char::is_whitespace).then_some(())?;
        match before.get(line - 1)? {
            Before::Code(';' | '{' | '}', behind) => Some(Place { line, behind: Some(*behind) }),
            Before::Nothing => Some(Place { line, behind: None }),
            _ => None,
        }
    };
    starts.into_iter().filter_map(|(line, column)| begins(line, column)).collect()
}

fn start(statement: &Stmt) -> Option<(usize, usize)> {
    let position: Position = match statement {
        // What is in a block counts for itself.
        Stmt::Noop(_) | Stmt::Share(_) | Stmt::Block(_) => return None,
        statement => start_of(statement),
    };
    Some((position.line()?, position.position()?))
}
