//! Judges a call by making it, on a host that nothing can be asked of: what a binding refuses before its first request
//! it refuses everywhere. Where arguments are not all known, only what fails with every sample is told.

use std::cell::RefCell;
use std::collections::HashMap;

use rhai::{AST, Dynamic, Engine, EvalAltResult, Position, Scope};

use super::tree::{Tree, Way, samples};
use crate::bindings::{self, Failure};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::host::Host;
use crate::script::catalog::{OptionKey, options_of};
use crate::script::types::Kind;

/// What can be tried: it does nothing but judge its arguments, until it asks the target.
const TRIED: &[&str] = &[
    "eks::nodegroup",
    "eks::managed_nodegroup",
    "eks::ensure",
    "eks::scale",
    "eks::delete",
    "eks::roll",
    "kube::nodes",
    "kube::pods",
    "kube::objects",
    "spot::types",
    "spot::select",
    "spot::advisor",
    "taint::parse",
    "taint::make",
    "tags::autoscaler",
    "tags::discovery",
    "InstanceTypes.same_shape",
    "InstanceTypes.without",
    "InstanceTypes.union",
    "InstanceTypes.intersection",
    "Nodegroup.with_name",
    "Nodegroup.with_types",
    "Nodegroup.with_size",
    "Nodegroup.with_spot",
    "Nodegroup.with_labels",
    "Nodegroup.with_taints",
    "Node.taint",
    "Node.untaint",
    "Node.label",
    "Node.drain",
    "Node.has_taint",
    "Nodes.taint",
    "Nodes.untaint",
    "Nodes.label",
    "Nodes.drain",
    "Nodes.sort_by",
    "Nodes.custom_columns",
    "Pods.sort_by",
    "Pods.custom_columns",
    "Sandbox.advance",
    "Sandbox.delay_join",
    "Sandbox.throttle",
    "Sandbox.fail",
    "Sandbox.lose_requests",
    "Sandbox.lose_answers",
    "retry",
];

/// Most faults that are told of one call.
const MOST: usize = 8;

/// What a fault is blamed on.
#[derive(Default)]
struct Blame {
    /// The argument; `None` if it is the call as a whole.
    argument: Option<usize>,
    /// The way to the value in it.
    way: Way,
    /// Whether the call does not fail at all without it.
    acquitted: bool,
}

/// How a call went.
enum Verdict {
    /// It has this value.
    Value(Dynamic),
    /// Nothing can be said: it would ask somebody, or needs what is not known.
    Open,
    Refused(Error),
}

impl Verdict {
    /// Whether it was refused for this.
    fn is(&self, error: &Error) -> bool {
        matches!(self, Verdict::Refused(other) if other.code == error.code && other.message == error.message)
    }
}

/// One call to be tried.
pub(super) struct Call<'a> {
    /// `eks::nodegroup`, or the name of a method.
    pub(super) path: &'a str,
    /// Receiver and arguments.
    pub(super) arguments: Vec<Tree>,
    /// Where the call is.
    pub(super) at: Position,
}

/// What came of it.
#[derive(Default)]
pub(super) struct Tried {
    /// Its value, if everything about it is known.
    pub(super) value: Option<Dynamic>,
    /// Why it fails, and where that is written.
    pub(super) faults: Vec<(Error, Position)>,
}

/// Makes calls on a host that nothing can be asked of.
pub(super) struct Trials<'a> {
    engine: &'a Engine,
    /// Compiled calls, by what is called.
    calls: RefCell<HashMap<(String, usize), AST>>,
}

impl<'a> Trials<'a> {
    /// With an engine of a sealed host.
    pub(super) fn new(engine: &'a Engine) -> Self {
        Trials { engine, calls: RefCell::default() }
    }

    /// Whether a call can be tried.
    pub(super) fn can(path: &str, receiver: Option<&str>) -> bool {
        match receiver {
            Some(receiver) => TRIED.iter().any(|known| known.split_once('.') == Some((receiver, path))),
            None => TRIED.contains(&path),
        }
    }

    /// Makes a call, as often as it takes to say what is wrong with it.
    pub(super) fn make(&self, mut call: Call<'_>) -> Tried {
        let options = options_of(call.path);
        let mut tried = Tried::default();
        while tried.faults.len() < MOST {
            let error = match self.verdict(&call, options) {
                Verdict::Value(value) if tried.faults.is_empty() => {
                    tried.value = Some(value);
                    return tried;
                }
                Verdict::Value(_) | Verdict::Open => return tried,
                Verdict::Refused(error) => error,
            };
            // What is missing may have been taken out; what is still wrong in the same way is wrong for the same reason.
            let again = tried.faults.iter().any(|(told, _)| told.code == error.code);
            if again || error.code == Code::MissingOption && !tried.faults.is_empty() {
                return tried;
            }
            let Blame { argument, way, acquitted } = self.blame(&call, options, &error);
            let at = argument.and_then(|argument| call.arguments[argument].place_of(&way, &error.message));
            tried.faults.push((error, at.unwrap_or(call.at)));
            match argument {
                // Without it, what else is wrong?
                Some(argument) if acquitted && !way.is_empty() => {
                    call.arguments[argument] = call.arguments[argument].without(&way);
                }
                _ => return tried,
            }
        }
        tried
    }

    /// How the call goes, whatever is not known.
    fn verdict(&self, call: &Call<'_>, options: &[OptionKey]) -> Verdict {
        let holes: Vec<(usize, Way, String)> = call
            .arguments
            .iter()
            .enumerate()
            .flat_map(|(place, tree)| tree.holes().into_iter().map(move |(way, path)| (place, way, path)))
            .collect();
        let first = self.once(call, &call.arguments, options);
        if holes.is_empty() {
            return first;
        }
        let Verdict::Refused(error) = first else { return Verdict::Open };
        // What is missing may be what is not known.
        if error.code == Code::MissingOption {
            return Verdict::Open;
        }
        for (place, way, path) in holes {
            let values = match options.iter().find(|key| key.path == path) {
                Some(key) => samples(&key.kind),
                None => match call.arguments[place].find(&way) {
                    Some(Tree::Hole(kind, _)) => kind.name().map(bindings::samples).unwrap_or_default(),
                    _ => Vec::new(),
                },
            };
            if values.is_empty() {
                return Verdict::Open;
            }
            for value in values {
                let mut arguments = call.arguments.clone();
                arguments[place] = arguments[place].with(&way, Tree::Known(value, Position::NONE));
                let outcome = self.once(call, &arguments, options);
                if !matches!(&outcome, Verdict::Refused(other) if other.code == error.code) {
                    return Verdict::Open;
                }
            }
        }
        Verdict::Refused(error)
    }

    /// The call with these arguments. One that is not known as a whole is a sample of its type.
    fn once(&self, call: &Call<'_>, arguments: &[Tree], options: &[OptionKey]) -> Verdict {
        let mut scope = Scope::new();
        for (place, tree) in arguments.iter().enumerate() {
            let value = match tree {
                Tree::Hole(kind, _) if stands_for_all(call.path, place, kind) => {
                    kind.name().and_then(|kind| bindings::samples(kind).into_iter().next())
                }
                Tree::Hole(..) => None,
                tree => tree.realise(options, ""),
            };
            let Some(value) = value else { return Verdict::Open };
            scope.push_dynamic(format!("a{place}"), value);
        }
        let key = (call.path.to_owned(), arguments.len());
        let mut calls = self.calls.borrow_mut();
        if !calls.contains_key(&key) {
            let names: Vec<String> = (0..arguments.len()).map(|place| format!("a{place}")).collect();
            let Ok(ast) = self.engine.compile(format!("{}({})", call.path, names.join(", "))) else {
                return Verdict::Open;
            };
            calls.insert(key.clone(), ast);
        }
        let Some(ast) = calls.get(&key) else { return Verdict::Open };
        match self.engine.eval_ast_with_scope::<Dynamic>(&mut scope, ast) {
            Ok(value) => Verdict::Value(value),
            Err(failure) => refused(&failure).map_or(Verdict::Open, Verdict::Refused),
        }
    }

    /// The value without which the call does not fail so: the innermost, and of several the last.
    fn blame(&self, call: &Call<'_>, options: &[OptionKey], error: &Error) -> Blame {
        let mut otherwise = Blame::default();
        for argument in 0..call.arguments.len() {
            let mut found = Blame::default();
            while let Some((part, acquitted)) = self.blamed_part(call, options, error, argument, &found.way) {
                found.way.push(part);
                found = Blame { argument: Some(argument), acquitted, ..found };
            }
            match found {
                found if found.acquitted => return found,
                found if otherwise.argument.is_none() => otherwise = found,
                _ => {}
            }
        }
        let whole = (0..call.arguments.len()).find(|place| self.is_without(call, options, error, *place));
        match whole {
            Some(argument) => Blame { argument: Some(argument), ..Blame::default() },
            None => otherwise,
        }
    }

    /// The part of a list or map without which the call does not fail so, and whether it then does not fail at all.
    fn blamed_part(
        &self,
        call: &Call<'_>,
        options: &[OptionKey],
        error: &Error,
        place: usize,
        way: &Way,
    ) -> Option<(usize, bool)> {
        let count = call.arguments[place].find(way)?.parts();
        let mut otherwise = None;
        for part in (0..count).rev() {
            let longer: Way = way.iter().copied().chain([part]).collect();
            let mut arguments = call.arguments.clone();
            arguments[place] = arguments[place].without(&longer);
            match self.once(call, &arguments, options) {
                verdict if verdict.is(error) => {}
                // Another fault is no acquittal, but better than nothing.
                Verdict::Refused(_) => otherwise = otherwise.or(Some((part, false))),
                _ => return Some((part, true)),
            }
        }
        otherwise
    }

    /// Whether another text in the place of an argument ends the fault.
    fn is_without(&self, call: &Call<'_>, options: &[OptionKey], error: &Error, place: usize) -> bool {
        let Tree::Known(value, at) = &call.arguments[place] else { return false };
        let kind = if value.is_string() {
            "string"
        } else if value.is_int() {
            "int"
        } else {
            return false;
        };
        bindings::samples(kind).into_iter().any(|sample| {
            let mut arguments = call.arguments.clone();
            arguments[place] = Tree::Known(sample, *at);
            !self.once(call, &arguments, options).is(error)
        })
    }
}

/// Whether samples can stand for an argument that is not known. Those of a text cannot, but for a name; nor those of a list
/// or a map.
fn stands_for_all(path: &str, place: usize, kind: &Kind) -> bool {
    match kind.name() {
        Some("string") => place == 0 && path.starts_with("eks::"),
        Some("list" | "map") | None => false,
        Some(_) => true,
    }
}

/// Why a binding refused its arguments; `None` if it failed because nobody can be asked.
fn refused(failure: &EvalAltResult) -> Option<Error> {
    let EvalAltResult::ErrorRuntime(value, _) = failure.unwrap_inner() else { return None };
    let failure = value.read_lock::<Failure>()?;
    (!Host::is_sealed(&failure.0)).then(|| (*failure.0).clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::FilePolicy;
    use crate::script::{Session, catalog};

    /// A name that nothing has would be tried never, and nobody would notice.
    #[test]
    fn what_can_be_tried_is_there() {
        let session = Session::new(&Host::sealed(FilePolicy::new(".", &[]))).unwrap();
        let entries = catalog::entries(session.engine());
        for tried in TRIED {
            let there = entries.iter().any(|entry| match tried.split_once('.') {
                Some((receiver, name)) => entry.receiver() == Some(receiver) && entry.path() == name,
                None => entry.path() == *tried,
            });
            assert!(there, "{tried}");
        }
    }
}
