//! What a name in the documentation means.

use super::entry::{Entry, EntryKind};
use super::{Catalog, belongs_to_type, names};
use crate::domain::Code;
use crate::domain::error::{Error, nearest};

/// What a name means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic<'a> {
    /// `eks`, `Nodegroup`, `std/spot`, `eks::nodegroup`.
    pub title: String,
    /// What it is for; empty for single entries, which say so themselves.
    pub about: String,
    /// What belongs to it.
    pub entries: Vec<&'a Entry>,
    /// Whether it is a collection: its entries are listed rather than told in full.
    pub collection: bool,
}

impl Catalog {
    /// A namespace, a type, a module of the standard library, or a function by its path: `eks::nodegroup`,
    /// `std/spot::launch`, `Nodegroup.with_name`, `len`.
    ///
    /// # Errors
    /// `SPOT-0680` with the nearest name.
    pub fn find(&self, name: &str) -> Result<Topic<'_>, Error> {
        let name = name.trim().trim_end_matches("()").trim_end_matches("::");
        let collection =
            |about: String, entries: Vec<_>| Topic { title: name.to_owned(), about, entries, collection: true };
        if let Some(library) = self.libraries.iter().find(|library| library.name == name) {
            return Ok(collection(library.about.clone(), library.functions.iter().collect()));
        }
        if self.namespaces().contains(&name) {
            let entries = self.entries.iter().filter(|entry| entry.namespace == name).collect();
            return Ok(collection(names::namespace(name).to_owned(), entries));
        }
        if self.types().contains(&name) {
            return Ok(collection(names::kind(name).to_owned(), self.members(name)));
        }
        if let Some(about) = names::plain(name) {
            return Ok(collection(about.to_owned(), self.members_of_plain(name)));
        }
        let entries = self.entries_called(name);
        if entries.is_empty() {
            return Err(self.unknown(name));
        }
        Ok(Topic { title: name.to_owned(), about: String::new(), entries, collection: false })
    }

    /// Methods, properties and operators of a type.
    pub fn members(&self, kind: &str) -> Vec<&Entry> {
        let of_kind = |entry: &&Entry| entry.own && belongs_to_type(entry) && entry.receiver() == Some(kind);
        self.entries.iter().filter(of_kind).collect()
    }

    /// What can be called on a value of a type of the language, the engine's own functions included.
    fn members_of_plain(&self, kind: &str) -> Vec<&Entry> {
        let mut found: Vec<&Entry> = self.entries.iter().filter(|entry| is_member_of_plain(entry, kind)).collect();
        found.sort_by_key(|entry| (entry.path(), entry.parameters.len()));
        found.dedup_by_key(|entry| entry.head());
        found
    }

    fn entries_called(&self, name: &str) -> Vec<&Entry> {
        if let Some((kind, member)) = name.split_once('.') {
            let members = if super::is_plain(kind) { self.members_of_plain(kind) } else { self.members(kind) };
            return members.into_iter().filter(|entry| entry.path() == member).collect();
        }
        let library = self.libraries.iter().flat_map(|library| &library.functions);
        let named = |entry: &&Entry| entry.path() == name && !entry.name.starts_with("set$");
        let mut found: Vec<&Entry> = self.entries.iter().chain(library).filter(named).collect();
        // The engine has overloads for every width of number that scripts never see.
        if found.iter().any(|entry| entry.own) {
            found.retain(|entry| entry.own);
        }
        found
    }

    fn unknown(&self, name: &str) -> Error {
        let error = Error::new(Code::UnknownName, format!("there is nothing called `{name}`"));
        let mut paths: Vec<String> = self.paths();
        paths.extend(names::plain_types().map(str::to_owned));
        let last = |path: &str| path.rsplit([':', '.']).next().map(str::to_owned).unwrap_or_default();
        let exact = paths.iter().find(|path| path.len() > name.len() && last(path) == name);
        match exact.map(String::as_str).or_else(|| nearest(name, paths.iter().map(String::as_str))) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None => {
                let near = nearest(name, paths.iter().map(|path| path.rsplit([':', '.']).next().unwrap_or(path)));
                let whole = near.and_then(|near| paths.iter().find(|path| last(path) == near));
                error.help(match whole {
                    Some(near) => format!("did you mean `{near}`?"),
                    None => "without a name, the documentation lists what there is".to_owned(),
                })
            }
        }
    }

    /// Every name that [`Catalog::find`] knows of ours.
    pub fn paths(&self) -> Vec<String> {
        let mut paths: Vec<String> = self.namespaces().into_iter().chain(self.types()).map(str::to_owned).collect();
        paths.extend(self.libraries.iter().map(|library| library.name.to_owned()));
        for entry in self.own() {
            match entry.kind {
                EntryKind::Index | EntryKind::Operator => {}
                EntryKind::Method | EntryKind::Property => {
                    paths.push(format!("{}.{}", entry.receiver().unwrap_or_default(), entry.path()));
                }
                _ => paths.push(entry.path()),
            }
        }
        paths.sort();
        paths.dedup();
        paths
    }
}

/// Our functions of lists and texts that people call as methods; others only happen to take such a value first.
const METHODS: &[&str] = &["sort", "sort_by", "order", "order_by", "dedup", "parallel"];

/// Types of the engine's own that scripts have no use for.
const UNUSED: &[&str] = &["blob", "BitRange", "CharsStream", "range=", "mut item: any"];

/// Whether people call it on a value of a type of the language: `text.trim()`.
fn is_member_of_plain(entry: &Entry, kind: &str) -> bool {
    let name = entry.property().unwrap_or(&entry.name);
    let kinds = || {
        let parameters = entry.parameters.iter().map(|parameter| parameter.rsplit(": ").next().unwrap_or(parameter));
        parameters.chain([entry.returns.as_str()])
    };
    entry.namespace.is_empty()
        && entry.receiver() == Some(kind)
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && !name.contains('$')
        && !matches!(name, "to_debug" | "debug" | "print" | "get_fn_metadata_list")
        && (!entry.own || name.starts_with("to_") || METHODS.contains(&name))
        // The engine has overloads for every width of number, and for functions by their names.
        && !kinds().any(|kind| super::is_exotic(kind) || UNUSED.contains(&kind))
        && !entry.documentation.contains("function named by")
}
