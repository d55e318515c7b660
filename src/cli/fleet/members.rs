//! The clusters of a fleet, each with the runbook as it is to run there.

use std::path::Path;

use rhai::{Dynamic, Map};

use super::super::global::Part;
use super::super::runbook::{Draft, Runbook, sha256};
use super::super::{Failed, Global, given};
use crate::domain::Code;
use crate::domain::error::{Error, Item, Location, Result};
use crate::domain::fleet;
use crate::script::{Param, ParamKind};

/// The parameter that says which cluster a runbook is about.
const CLUSTER: &str = "cluster";

/// A cluster and what runs on it.
pub(super) struct Member {
    /// Its name in the fleet.
    pub(super) name: String,
    /// What EKS calls it.
    pub(super) cluster: String,
    /// Its region.
    pub(super) region: String,
    /// The runbook with its parameters and flags.
    pub(super) runbook: Runbook,
}

/// The clusters of a fleet's file.
pub(super) struct Members {
    /// In the order of the file.
    pub(super) all: Vec<Member>,
    /// The file's content, as SHA-256.
    pub(super) sha256: String,
}

/// Reads a fleet's file. Everything that can be wrong with it is found before anything begins.
///
/// # Errors
/// `SPOT-0801` when it cannot be read, what is wrong with it, or with the parameters of a cluster.
pub(super) fn read(draft: &Draft, file: &Path) -> Result<Members, Failed> {
    refuse_flags(draft)?;
    let shown = file.display().to_string();
    let text = std::fs::read_to_string(file)
        .map_err(|error| Error::new(Code::File, format!("`{shown}` cannot be read")).because(error.to_string()))?;
    let fleet = fleet::read(&text, &shown)?;
    let mut members = Vec::with_capacity(fleet.members.len());
    for (index, spec) in fleet.members.into_iter().enumerate() {
        let on = |error: Error| error.on(Item { index, name: spec.name.clone() });
        let given = parameters(draft, &spec, &shown).map_err(on)?;
        let runbook = draft.complete(given, flags(&draft.global, &spec), false).map_err(on)?;
        draft.header.values(&runbook.values).map_err(on)?;
        members.push(Member { name: spec.name, cluster: spec.cluster, region: spec.region, runbook });
    }
    Ok(Members { all: members, sha256: sha256(&text) })
}

/// Flags that would send all clusters to one place.
fn refuse_flags(draft: &Draft) -> Result<()> {
    let global = &draft.global;
    let given = [
        ("--region", global.region.is_some()),
        ("--profile", global.profile.is_some()),
        ("--kubeconfig", global.kubeconfig.is_some()),
        ("--world", global.world.is_some()),
        ("--cluster", says_cluster(draft).is_some() && draft.given.contains_key(CLUSTER)),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            Err(Error::new(Code::InvalidArgument, format!("`{flag}` and `--fleet` contradict each other"))
                .because("the fleet's file says it for each cluster")
                .help(format!("leave `{flag}` out, or write it into the file")))
        }
        None => Ok(()),
    }
}

/// The parameter that says which cluster the runbook is about, if it has one.
fn says_cluster(draft: &Draft) -> Option<&Param> {
    draft.header.params.iter().find(|param| param.name == CLUSTER && param.kind == ParamKind::String)
}

/// The parameters of one cluster: flags, then its own, then those for all.
fn parameters(draft: &Draft, spec: &fleet::Member, file: &str) -> Result<Map> {
    let mut values = draft.given.clone();
    for entries in [&spec.params, &spec.defaults] {
        for (name, value) in given::values(&draft.header, entries, file)? {
            values.entry(name).or_insert(value);
        }
    }
    if let Some(param) = says_cluster(draft) {
        if values.contains_key(CLUSTER) {
            let place = Location { file: file.to_owned(), line: spec.at.line, column: spec.at.column };
            return Err(Error::new(Code::DocumentValue, "`params` names a cluster of its own")
                .help(
                    "leave `cluster` out of `params`: the `cluster` beside it, else the name, is given to the runbook",
                )
                .at(place));
        }
        values.insert(CLUSTER.into(), param.accept(Dynamic::from(spec.cluster.clone()))?);
    }
    Ok(values)
}

/// The flags of one cluster.
fn flags(global: &Global, spec: &fleet::Member) -> Global {
    let mut flags = global.clone();
    flags.region = Some(spec.region.clone());
    flags.profile.clone_from(&spec.profile);
    flags.kubeconfig = spec.kubeconfig.as_ref().map(Into::into);
    flags.context.clone_from(&spec.context);
    flags.world = Some(spec.world.clone());
    flags.start.part = Some(Part { fleet: String::new(), member: spec.name.clone(), cluster: spec.cluster.clone() });
    flags
}
