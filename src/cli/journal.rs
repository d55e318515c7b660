//! Gives a run its journal.

use std::path::Path;

use rhai::Map;
use serde_json::Value;

use super::{Global, TargetKind};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::Host;
use crate::journal::{Origin, Run, Store};
use crate::sandbox::store::state_folder;

/// Where runs are kept. Without a home directory the first change fails, and nothing before it.
pub(super) fn store() -> Store {
    state_folder().map_or_else(Store::nowhere, |folder| Store::new(folder.join("runs")))
}

/// Makes `host` write down every change of the run of `script`, or of a command. The words of `secret` parameters are
/// left out.
pub(super) fn keep(
    host: &Host,
    script: &str,
    params: &Map,
    global: &Global,
    sha256: Option<String>,
    secret: &[String],
) {
    let (target, world) = match global.target() {
        TargetKind::Sandbox => ("sandbox", Some(global.world().to_owned())),
        TargetKind::Aws => ("aws", None),
    };
    let origin = Origin {
        words: without_secrets(&global.start.words, secret),
        folder: std::env::current_dir().map(|folder| folder.display().to_string()).unwrap_or_default(),
        world,
        sha256,
        resumes: global.start.resumes.clone(),
        region: global.region.clone(),
        profile: global.profile.clone(),
        kubeconfig: global.kubeconfig.as_ref().map(|path| path.display().to_string()),
        context: global.context.clone(),
        fleet: global.start.part.as_ref().map(|part| part.fleet.clone()),
        member: global.start.part.as_ref().map(|part| part.member.clone()),
    };
    if global.start.resumes.is_some() {
        host.resume();
    }
    let writer = store().begin(script, target, as_json(params), Some(origin)).hiding(host.hidden().secrets());
    host.keep_journal(match profile(global) {
        Some(profile) => writer.at(&profile),
        None => writer,
    });
}

/// The profile that says which account it is, if one does: groups of one name in two accounts are two groups.
fn profile(global: &Global) -> Option<String> {
    if global.target() == TargetKind::Sandbox {
        return None;
    }
    let named = global.profile.clone().or_else(|| std::env::var("AWS_PROFILE").ok());
    named.filter(|name| !name.is_empty() && name != "default")
}

/// Notes the end of a run that kept a journal; one that failed after it had changed something is told how to go on.
///
/// # Errors
/// `SPOT-0804` when it cannot be written.
pub(super) fn end(host: &Host, code: u8) -> Result<()> {
    host.end_journal(code)?;
    if code != 0 && host.changing_run().is_some() {
        super::console::say(
            "what was done is written down: `spotscript resume last` goes on, `spotscript undo last` takes it back",
        );
    }
    Ok(())
}

/// The flags that lead to where a run was, where none are given now. A world that is gone is not begun anew.
///
/// # Errors
/// As [`stays_where_it_was`].
pub(super) fn back_to(run: &Run, global: &Global) -> Result<Global> {
    let origin = run.origin.clone().unwrap_or_default();
    let target = target_of(&run.target);
    stays_where_it_was(&run.id, target, &origin, global)?;
    let mut start = global.start.clone();
    start.in_existing_world = true;
    Ok(Global {
        target: Some(target),
        world: global.world.clone().or(origin.world),
        region: global.region.clone().or(origin.region),
        profile: global.profile.clone().or(origin.profile),
        kubeconfig: global
            .kubeconfig
            .clone()
            .or_else(|| origin.kubeconfig.map(|file| Path::new(&origin.folder).join(file))),
        context: global.context.clone().or(origin.context),
        start,
        ..global.clone()
    })
}

/// Refuses flags that lead elsewhere than where a run was: there is nothing of it there. What the environment says is no
/// flag: the run's own target counts.
///
/// # Errors
/// `SPOT-0606`, with where it was.
pub(super) fn stays_where_it_was(id: &str, target: TargetKind, was: &Origin, now: &Global) -> Result<()> {
    let refused = |was: String, asked: String| {
        let message = format!("run `{}` was {was}, not {asked}", short(id));
        Err(Error::new(Code::InvalidArgument, message).help("leave the flag out: it goes where the run was"))
    };
    let with_target = format!("with target `{}`", target.as_str());
    if let Some(asked) = now.target.filter(|asked| *asked != target && gives(&now.start.words, "--target")) {
        return refused(with_target, format!("`{}`", asked.as_str()));
    }
    match (&now.world, &was.world) {
        (Some(asked), Some(was)) if asked != was => {
            return refused(format!("in the sandbox world `{was}`"), format!("in `{asked}`"));
        }
        (Some(asked), None) if target == TargetKind::Aws => {
            return refused(with_target, format!("in the sandbox world `{asked}`"));
        }
        _ => {}
    }
    if target == TargetKind::Aws {
        for (what, asked, was) in [("region", &now.region, &was.region), ("profile", &now.profile, &was.profile)] {
            if let (Some(asked), Some(was)) = (asked, was)
                && asked != was
            {
                return refused(format!("with {what} `{was}`"), format!("`{asked}`"));
            }
        }
    }
    Ok(())
}

/// Whether words of a command line give a flag.
fn gives(words: &[String], flag: &str) -> bool {
    words.iter().any(|word| word.split('=').next() == Some(flag))
}

/// The target that a journal names.
pub(super) fn target_of(name: &str) -> TargetKind {
    match name {
        "aws" => TargetKind::Aws,
        _ => TargetKind::Sandbox,
    }
}

/// The part of an id that people write: its end is what runs of one second differ in.
pub(super) fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

pub(super) fn without_secrets(words: &[String], secret: &[String]) -> Vec<String> {
    let flags: Vec<String> = secret.iter().map(|name| format!("--{}", name.replace('_', "-"))).collect();
    let mut kept = vec![];
    let mut skip = false;
    for word in words {
        if std::mem::take(&mut skip) {
            continue;
        }
        let name = word.split('=').next().unwrap_or(word).replace('_', "-");
        if flags.contains(&name) {
            skip = !word.contains('=');
            continue;
        }
        kept.push(word.clone());
    }
    kept
}

/// Parameters as JSON.
pub(super) fn as_json(params: &Map) -> Value {
    Value::Object(params.iter().map(|(name, value)| (name.to_string(), value_of(value))).collect())
}

/// A parameter as JSON: parameters are texts, numbers, truth values and lists of texts.
fn value_of(value: &rhai::Dynamic) -> Value {
    serde_json::to_value(value).unwrap_or_else(|_| Value::from(value.to_string()))
}
