//! An argument of a call as it is written: the values that are known, in the lists and maps around them, with holes
//! where a value is not known.

use rhai::{Array, Dynamic, Expr, Ident, Map, Position};

use super::position;
use crate::bindings;
use crate::script::catalog::{OptionKey, OptionKind};
use crate::script::types::Kind;

/// The way from an argument to a value in it: places in lists and maps.
pub(super) type Way = Vec<usize>;

/// An argument, or a value in it.
#[derive(Debug, Clone)]
pub(super) enum Tree {
    Known(Dynamic, Position),
    List(Vec<Tree>, Position),
    Map(Vec<(Ident, Tree)>, Position),
    /// A value that is not known, of this type.
    Hole(Kind, Position),
}

impl Tree {
    /// An expression as far as it is known. `kind_of` tells what is known of a part.
    pub(super) fn of(expression: &Expr, kind_of: &dyn Fn(&Expr) -> Kind) -> Self {
        let at = position::start(expression);
        match expression {
            Expr::Array(items, _) => {
                let items: Vec<Tree> = items.iter().map(|item| Tree::of(item, kind_of)).collect();
                // Without the one that is not known it would be another list.
                if items.iter().any(|item| matches!(item, Tree::Hole(..))) {
                    return Tree::Hole(Kind::known("list"), at);
                }
                Tree::List(items, at)
            }
            Expr::Map(entries, _) => Tree::entries(&entries.0, at, kind_of),
            other => Tree::value(kind_of(other), at),
        }
    }

    /// A map of these entries.
    pub(super) fn entries(entries: &[(Ident, Expr)], at: Position, kind_of: &dyn Fn(&Expr) -> Kind) -> Self {
        Tree::Map(entries.iter().map(|(name, value)| (name.clone(), Tree::of(value, kind_of))).collect(), at)
    }

    /// A value of which this is known.
    pub(super) fn value(kind: Kind, at: Position) -> Self {
        match kind {
            Kind::Value(_, value) => Tree::Known(value, at),
            other => Tree::Hole(other, at),
        }
    }

    /// Where it is written.
    pub(super) fn at(&self) -> Position {
        match self {
            Tree::Known(_, at) | Tree::List(_, at) | Tree::Map(_, at) | Tree::Hole(_, at) => *at,
        }
    }

    /// How many values stand directly in it.
    pub(super) fn parts(&self) -> usize {
        match self {
            Tree::List(items, _) => items.len(),
            Tree::Map(entries, _) => entries.len(),
            _ => 0,
        }
    }

    fn part(&self, place: usize) -> Option<&Tree> {
        match self {
            Tree::List(items, _) => items.get(place),
            Tree::Map(entries, _) => entries.get(place).map(|(_, value)| value),
            _ => None,
        }
    }

    fn part_mut(&mut self, place: usize) -> Option<&mut Tree> {
        match self {
            Tree::List(items, _) => items.get_mut(place),
            Tree::Map(entries, _) => entries.get_mut(place).map(|(_, value)| value),
            _ => None,
        }
    }

    /// The value at the end of a way.
    pub(super) fn find(&self, way: &[usize]) -> Option<&Tree> {
        way.iter().try_fold(self, |tree, place| tree.part(*place))
    }

    /// Where the value at the end of a way is written: its key's place if a message is about that.
    pub(super) fn place_of(&self, way: &[usize], message: &str) -> Option<Position> {
        let value = self.find(way)?;
        let (last, before) = way.split_last().map_or((None, way), |(last, before)| (Some(*last), before));
        let named = |text: &str| message.contains(&format!("`{text}`"));
        if let (Some(Tree::Map(entries, _)), Some(last)) = (self.find(before), last)
            && let Some((key, Tree::Known(known, _))) = entries.get(last)
            && named(&key.name)
            // On the first level keys are options: there the value is at fault.
            && !before.is_empty()
            && !known.clone().into_string().is_ok_and(|text| named(&text))
        {
            return Some(key.pos);
        }
        Some(value.at())
    }

    /// The same with another value at the end of a way.
    pub(super) fn with(&self, way: &[usize], value: Tree) -> Self {
        let mut copy = self.clone();
        if let Some(place) = way.iter().try_fold(&mut copy, |tree, place| tree.part_mut(*place)) {
            *place = value;
        }
        copy
    }

    /// The same without what is at the end of a way, which is not empty.
    pub(super) fn without(&self, way: &[usize]) -> Self {
        let mut copy = self.clone();
        if let Some((last, before)) = way.split_last() {
            match before.iter().try_fold(&mut copy, |tree, place| tree.part_mut(*place)) {
                Some(Tree::List(items, _)) => drop(items.remove(*last)),
                Some(Tree::Map(entries, _)) => drop(entries.remove(*last)),
                _ => {}
            }
        }
        copy
    }

    /// Leaves out what is written at one of these places, key or value.
    pub(super) fn prune(&mut self, told: &[Position]) {
        match self {
            Tree::List(items, _) => {
                items.retain(|item| !told.contains(&item.at()));
                items.iter_mut().for_each(|item| item.prune(told));
            }
            Tree::Map(entries, _) => {
                entries.retain(|(name, value)| !told.contains(&name.pos) && !told.contains(&value.at()));
                entries.iter_mut().for_each(|(_, value)| value.prune(told));
            }
            _ => {}
        }
    }

    /// The ways to the values that are not known, with the options they belong to.
    pub(super) fn holes(&self) -> Vec<(Way, String)> {
        let mut found = Vec::new();
        self.collect_holes(&mut Way::new(), "", &mut found);
        found
    }

    fn collect_holes(&self, way: &mut Way, path: &str, found: &mut Vec<(Way, String)>) {
        match self {
            Tree::Hole(..) => found.push((way.clone(), path.to_owned())),
            Tree::Known(..) => {}
            Tree::List(items, _) => {
                for (place, item) in items.iter().enumerate() {
                    way.push(place);
                    item.collect_holes(way, &format!("{path}[]"), found);
                    way.pop();
                }
            }
            Tree::Map(entries, _) => {
                for (place, (name, value)) in entries.iter().enumerate() {
                    way.push(place);
                    value.collect_holes(way, &inside(path, &name.name), found);
                    way.pop();
                }
            }
        }
    }

    /// The value: what is not known is left out of maps and lists, unless an option has to be there.
    pub(super) fn realise(&self, options: &[OptionKey], path: &str) -> Option<Dynamic> {
        match self {
            Tree::Known(value, _) => Some(value.clone()),
            Tree::List(items, _) => {
                let items = items.iter().filter_map(|item| item.realise(options, &format!("{path}[]")));
                Some(items.collect::<Array>().into())
            }
            Tree::Map(entries, _) => {
                let entries = entries.iter().filter_map(|(name, value)| {
                    Some((name.name.as_str().into(), value.realise(options, &inside(path, &name.name))?))
                });
                Some(entries.collect::<Map>().into())
            }
            Tree::Hole(..) => {
                options.iter().find(|key| key.required && key.path == path).and_then(|key| needed(&key.kind))
            }
        }
    }
}

fn inside(path: &str, name: &str) -> String {
    if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") }
}

/// A value for an option that has to be there.
fn needed(kind: &OptionKind) -> Option<Dynamic> {
    match kind {
        OptionKind::String => Some("x".into()),
        OptionKind::List(_) => Some(vec![Dynamic::from("m5.xlarge")].into()),
        _ => samples(kind).into_iter().next(),
    }
}

/// Values that an option may have.
pub(super) fn samples(kind: &OptionKind) -> Vec<Dynamic> {
    match kind {
        OptionKind::OneOf(known) => known.iter().cloned().map(Dynamic::from).collect(),
        OptionKind::Map | OptionKind::MapOf(_) => bindings::samples("map"),
        OptionKind::List(_) => {
            bindings::samples("list").into_iter().chain([vec![Dynamic::from("m5.xlarge")].into()]).collect()
        }
        OptionKind::String => bindings::samples("string"),
        OptionKind::Int => bindings::samples("int"),
        OptionKind::Float => bindings::samples("float"),
        OptionKind::Bool => bindings::samples("bool"),
        OptionKind::Any => ["int", "string", "list", "map"].into_iter().flat_map(bindings::samples).collect(),
    }
}
