//! Methods and properties of `Config`, an eksctl document: read, changed in place, saved.

use rhai::Dynamic;
use rhai::plugin::*;

use super::values::Config;
use crate::domain::Code;
use crate::domain::eksctl::{self, Change, Document};
use crate::domain::error::{Error, Result};
use crate::host::{FileText, Host, home_of};

/// Shell variables come from the environment.
pub(super) fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Opens a document. What breaks eksctl's rules and not its syntax is told and can be repaired.
pub(super) fn open(host: &Host, path: &str) -> Result<Config> {
    let FileText { name, text } = host.files().read(path)?;
    let document = eksctl::open(&text, &name, &variable)?;
    for fault in document.faults() {
        let place = fault.location.as_ref().map(ToString::to_string).unwrap_or_default();
        host.console().talk(&format!("  {place}: {} {fault}", fault.code));
    }
    Ok(Config { file: name.into(), text: text.into() })
}

/// Reads a file with a public key that a document names: only what the script may read, `~` being the home.
pub(super) fn key_file(host: &Host, path: &str) -> Result<String> {
    let file = home_of(path).map_or_else(|| path.to_owned(), |file| file.display().to_string());
    Ok(host.files().read(&file)?.text)
}

fn document(host: &Host, config: &Config) -> Result<Document> {
    eksctl::read_with(&config.text, &config.file, &variable)?.with_keys(&|path| key_file(host, path))
}

fn change(path: &str, value: &Dynamic) -> Result<Change> {
    if value.is_unit() {
        return Ok(Change::Remove(path.to_owned()));
    }
    let value = rhai::serde::from_dynamic(value).map_err(|error| {
        Error::new(Code::WrongOptionType, format!("`{path}` of `edit` cannot be written to a document"))
            .because(error.to_string())
            .help("give a text, a number, `true` or `false`, a list or a map")
    })?;
    Ok(Change::Set(path.to_owned(), value))
}

fn edited(config: &Config, changes: &[Change]) -> Result<Config> {
    let text = eksctl::edit(&config.text, &config.file, changes)?;
    Ok(Config { file: config.file.clone(), text: text.into() })
}

/// Eksctl documents.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{change, document, edited};
    use crate::bindings::call::{Outcome, call, pure};
    use crate::bindings::values::{Config, Nodegroup};
    use crate::domain::inventory::Settled;
    use crate::ports::ResourceKind;
    use rhai::{Array, Dynamic, Map};

    /// The document as it is written.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// print(group.config().to_yaml());
    /// ```
    #[rhai_fn(name = "to_yaml", name = "to_string", pure)]
    pub fn to_yaml(config: &mut Config) -> String {
        config.text.as_ref().to_owned()
    }

    /// Writes the document, whole or not at all; gives `created`, `changed` or `unchanged`.
    ///
    /// ```rhai
    /// let config = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).config();
    /// check("written", config.save("spot.yml") == "created");
    /// check("nothing to do", config.save("spot.yml") == "unchanged");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn save(ctx: NativeCallContext, config: &mut Config, path: &str) -> Outcome<String> {
        call(&ctx, |host| {
            let verdict = host.files().write(path, &config.text)?.as_str();
            host.console().talk(&format!("  {verdict} file \"{path}\""));
            let kind = ResourceKind::File.as_str().to_owned();
            host.note_settled([Settled { kind, name: path.to_owned(), verdict: verdict.to_owned() }]);
            Ok(verdict.to_owned())
        })
    }

    /// The document with one value changed. A path is written `nodeGroups[0].maxSize`, or with a group's name
    /// `nodeGroups.dev-spot.labels["aws.amazon.com/spot"]`; `()` removes. Everything else stays as it is written:
    /// comments, order, layout.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let config = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).config();
    /// let larger = config.edit("nodeGroups.dev-spot.maxSize", 8);
    /// check("eight", larger.groups[0].max == 8);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn edit(ctx: NativeCallContext, config: &mut Config, path: &str, value: Dynamic) -> Outcome<Config> {
        pure(&ctx, || edited(config, &[change(path, &value)?]))
    }

    /// The document with several values changed: a map of paths and values.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let config = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).config();
    /// let changed = config.edit(#{ "nodeGroups[0].maxSize": 8, "nodeGroups[0].volumeSize": 100 });
    /// check("both", changed.to_yaml().contains("volumeSize: 100"));
    /// ```
    #[rhai_fn(name = "edit", return_raw, pure)]
    pub fn edit_all(ctx: NativeCallContext, config: &mut Config, changes: Map) -> Outcome<Config> {
        pure(&ctx, || {
            let changes: Result<Vec<_>, _> = changes.iter().map(|(path, value)| change(path, value)).collect();
            edited(config, &changes?)
        })
    }

    /// The self-managed groups and those that EKS manages. An error names every fault of the document.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let config = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).config();
    /// check("one", config.groups.len == 1);
    /// ```
    #[rhai_fn(get = "groups", return_raw, pure)]
    pub fn groups(ctx: NativeCallContext, config: &mut Config) -> Outcome<Array> {
        call(&ctx, |host| {
            let document = document(host, config)?;
            let all = document.nodegroups().into_iter().chain(document.managed().iter().cloned());
            Ok(all.map(|spec| Dynamic::from(Nodegroup(spec.into()))).collect())
        })
    }
}
