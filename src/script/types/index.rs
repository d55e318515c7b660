//! What can be called, arranged for looking up.

use std::collections::{HashMap, HashSet};

use super::kind::{Kind, agreed};
use crate::script::catalog::{Entry, EntryKind, is_exotic};

/// What the engine itself answers, unseen by its metadata.
const KEYWORDS: &[&str] = &[
    "print",
    "debug",
    "type_of",
    "Fn",
    "call",
    "curry",
    "is_shared",
    "is_def_fn",
    "is_def_var",
    "eval",
    "import",
    "export",
    "tag",
];

/// One way to call a function.
#[derive(Debug, Clone)]
pub(crate) struct Overload {
    /// Types of its parameters.
    pub(crate) parameters: Vec<String>,
    pub(crate) returns: Kind,
    pub(crate) own: bool,
    pub(crate) signature: String,
}

impl Overload {
    /// Whether nothing is known of what it takes.
    pub(crate) fn is_opaque(&self) -> bool {
        !self.own && self.parameters.is_empty()
    }

    /// Whether it is for numbers that scripts have no literals of: `i16`, `u128`, …
    pub(crate) fn is_exotic(&self) -> bool {
        self.parameters.iter().any(|kind| is_exotic(kind))
    }

    /// Whether arguments of these types may be meant.
    pub(crate) fn takes(&self, arguments: &[Kind]) -> bool {
        self.parameters.len() == arguments.len()
            && self.parameters.iter().zip(arguments).all(|(parameter, argument)| fits(parameter, argument))
    }
}

/// The type in `name: type`, or what stands there alone.
fn type_of(parameter: &str) -> &str {
    parameter.rsplit(": ").next().unwrap_or(parameter)
}

fn fits(parameter: &str, argument: &Kind) -> bool {
    match argument.name() {
        None => true,
        Some(name) => parameter == "any" || parameter == name,
    }
}

/// Everything that can be called.
#[derive(Debug, Default)]
pub(crate) struct Index {
    functions: HashMap<String, HashMap<String, Vec<Overload>>>,
    properties: HashMap<String, HashMap<String, Kind>>,
    /// By the type of what is indexed: type of the index, type of what it gives.
    elements: HashMap<String, Vec<(String, Kind)>>,
    namespaces: HashSet<String>,
}

impl Index {
    pub(crate) fn of(entries: impl IntoIterator<Item = Entry>) -> Self {
        let mut index = Index::default();
        for entry in entries {
            index.add(&entry);
        }
        index
    }

    fn add(&mut self, entry: &Entry) {
        if matches!(entry.kind, EntryKind::Syntax | EntryKind::Constant) {
            return;
        }
        let receiver = entry.receiver().unwrap_or_default().to_owned();
        let returns = Kind::known(&entry.returns);
        if let Some(property) = entry.property() {
            self.properties.entry(receiver).or_default().insert(property.to_owned(), returns);
            return;
        }
        if entry.name == "index$get$" {
            let index = entry.parameters.get(1).map_or("any", |parameter| type_of(parameter));
            self.elements.entry(receiver).or_default().push((index.to_owned(), returns));
            return;
        }
        if !entry.namespace.is_empty() {
            self.namespaces.insert(entry.namespace.clone());
        }
        let parameters = entry.parameters.iter().map(|text| type_of(text).to_owned());
        let overload =
            Overload { parameters: parameters.collect(), returns, own: entry.own, signature: entry.signature() };
        let namespace = self.functions.entry(entry.namespace.clone()).or_default();
        namespace.entry(entry.name.clone()).or_default().push(overload);
    }

    /// The ways to call a function; empty if there is none of this name.
    pub(crate) fn overloads(&self, namespace: &str, name: &str) -> &[Overload] {
        self.functions.get(namespace).and_then(|functions| functions.get(name)).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn is_namespace(&self, name: &str) -> bool {
        self.namespaces.contains(name)
    }

    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &str> {
        self.namespaces.iter().map(String::as_str)
    }

    /// The names of a namespace's functions.
    pub(crate) fn names(&self, namespace: &str) -> impl Iterator<Item = &str> {
        self.functions.get(namespace).into_iter().flat_map(|functions| functions.keys()).map(String::as_str)
    }

    pub(crate) fn is_keyword(name: &str) -> bool {
        KEYWORDS.contains(&name)
    }

    /// The ways to call a method on a type.
    pub(crate) fn methods(&self, receiver: &str, name: &str) -> Vec<&Overload> {
        let all = self.overloads("", name).iter();
        all.filter(|overload| overload.parameters.first().is_some_and(|first| first == receiver || first == "any"))
            .collect()
    }

    /// The type of a property; `None` if the type has no such property.
    pub(crate) fn property(&self, receiver: &str, name: &str) -> Option<&Kind> {
        self.properties.get(receiver).and_then(|known| known.get(name))
    }

    /// What can stand behind the dot of a value of a type.
    pub(crate) fn members(&self, receiver: &str) -> Vec<&str> {
        let properties = self.properties.get(receiver).into_iter().flat_map(|known| known.keys()).map(String::as_str);
        let of = |overloads: &[Overload]| {
            overloads.iter().any(|overload| overload.parameters.first().is_some_and(|first| first == receiver))
        };
        let methods = self.functions.get("").into_iter().flatten().filter(|(_, overloads)| of(overloads));
        properties.chain(methods.map(|(name, _)| name.as_str())).collect()
    }

    /// Whether nothing can be added to a type by scripts: one of ours, or a plain value.
    pub(crate) fn is_closed(&self, receiver: &str) -> bool {
        receiver.starts_with(char::is_uppercase) && receiver != "Fn" && receiver != "Error"
            || matches!(receiver, "string" | "int" | "float" | "bool" | "list")
    }

    /// The type of the elements of a value: what a number in brackets gives.
    pub(crate) fn element(&self, of: &Kind) -> Kind {
        self.indexed(of, &Kind::known("int"))
    }

    /// The type of what an index of a type gives.
    pub(crate) fn indexed(&self, of: &Kind, index: &Kind) -> Kind {
        if of.is("string") && index.is("int") {
            return Kind::known("char");
        }
        let indexers = of.name().and_then(|name| self.elements.get(name)).map_or(&[][..], Vec::as_slice);
        agreed(indexers.iter().filter(|(wanted, _)| fits(wanted, index)).map(|(_, gives)| gives))
    }

    /// The type of what an operator gives.
    pub(crate) fn operator(&self, name: &str, operands: &[Kind]) -> Kind {
        let names: Vec<Option<&str>> = operands.iter().map(Kind::name).collect();
        let told = match (name, names.as_slice()) {
            ("==" | "!=" | "<" | ">" | "<=" | ">=" | "in" | "!in" | "!", _) => "bool",
            ("+" | "-", [Some("int")]) => "int",
            ("+" | "-", [Some("float")]) => "float",
            ("+" | "-" | "*" | "/" | "%" | "**", [Some("int"), Some("int")]) => "int",
            ("+" | "-" | "*" | "/" | "%" | "**", [Some("float" | "int"), Some("float" | "int")]) => "float",
            ("+", [Some("string"), _]) => "string",
            ("+", [Some("list"), Some("list")]) => "list",
            ("+", [Some("map"), Some("map")]) => "map",
            // What the engine's own types do with others is not all in its metadata.
            (_, [Some(left), ..]) if left.starts_with(char::is_uppercase) => {
                let overloads = self.overloads("", name).iter().filter(|overload| overload.takes(operands));
                return agreed(overloads.map(|overload| &overload.returns));
            }
            _ => "any",
        };
        Kind::known(told)
    }
}
