//! `spotscript apply`: shows a plan, asks, and does exactly that.

use std::process::ExitCode;

use super::consent::{answer, is_yes, somebody_to_ask};
use super::plan::{self, Document};
use super::runbook::{Flags, Runbook, Wanted, Way};
use super::{Failed, Global, TargetKind, console, run};
use crate::domain::Code;
use crate::domain::change::{Action, Plan};
use crate::domain::error::{Error, Result};
use crate::view::plan as view;

/// Plan a runbook, show the plan, ask, and do exactly that; or apply a plan that was kept
///
/// FILE is a runbook, or what `spotscript run --plan --out plan.json` wrote. A kept plan is refused when the world is
/// another one by now. Where nobody can be asked, `--yes` is needed.
#[derive(Debug, clap::Args)]
#[command(
    override_usage = "spotscript apply [OPTIONS] <FILE> [PARAMETERS]",
    after_help = "Examples:
  spotscript apply scripts/create_spot.rhai --desired 3
  spotscript run --plan --out plan.json scripts/create_spot.rhai
  spotscript apply --yes plan.json
  spotscript apply --from \"verify\" scripts/create_spot.rhai"
)]
pub struct Args {
    #[command(flatten)]
    flags: Flags,
    /// The runbook and its parameters, or the plan
    #[arg(value_name = "FILE", required = true, trailing_var_arg = true, allow_hyphen_values = true, num_args = 1..)]
    file: Vec<String>,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let json = run::asks_for_json(&args.file);
    run::as_asked(json, execute(&args, global), global)
}

fn execute(args: &Args, global: &Global) -> Result<ExitCode, Failed> {
    let Some((file, rest)) = args.file.split_first() else {
        return Err(Error::new(Code::InvalidArgument, "no runbook and no plan was given").into());
    };
    if file.starts_with('-') {
        let error = Error::new(Code::InvalidArgument, format!("`{file}` is no flag of `spotscript apply`"));
        return Err(error.help("the runbook's own parameters come after its file").into());
    }
    let kept = match file.ends_with(".json") {
        true => Some(plan::read(file)?),
        false => None,
    };
    let (script, rest, global) = match &kept {
        Some(kept) => (kept.script.as_str(), [flags_of(kept), rest.to_vec()].concat(), of(kept, global)),
        None => (file.as_str(), rest.to_vec(), global.clone()),
    };
    let flags = kept.as_ref().map_or_else(|| args.flags.clone(), |kept| steps_of(kept, &args.flags));
    let runbook = match Runbook::read(script, &rest, &flags, &global)? {
        Wanted::Runbook(runbook) => runbook,
        Wanted::Help(text) => {
            console::print(&text);
            return Ok(ExitCode::SUCCESS);
        }
    };
    if let Some(kept) = &kept
        && kept.sha256 != runbook.sha256()
    {
        return Err(moved(vec![format!("the runbook `{script}` was edited since")]).into());
    }
    if global.start.resumes.is_some() {
        // Part of the plan is done: what is left converges to the same end.
        return run::run_to_the_end(&runbook, &Way::Freely);
    }
    let planned = plan::make(&runbook)?;
    if let Some(kept) = &kept {
        let differences = differences(&kept.plan, &planned);
        if !differences.is_empty() {
            return Err(moved(differences).into());
        }
    }
    let document = plan::document(&runbook, planned);
    // With the flags behind FILE: `--yes` and `-o json` may be there.
    if !runbook.global.json() {
        plan::show(&document, &runbook.global)?;
    }
    if !document.plan.is_empty() {
        consent(&document.plan, &runbook.global)?;
    }
    run::run_to_the_end(&runbook, &Way::Following(&document.plan))
}

/// The flags of a kept plan, where none are given now.
fn of(kept: &Document, global: &Global) -> Global {
    let target = match kept.target.as_str() {
        "aws" => TargetKind::Aws,
        _ => TargetKind::Sandbox,
    };
    Global {
        target: global.target.or(Some(target)),
        world: global.world.clone().or_else(|| kept.world.clone()),
        region: global.region.clone().or_else(|| kept.region.clone()),
        ..global.clone()
    }
}

/// The steps that a kept plan is of, where none are chosen now.
fn steps_of(kept: &Document, flags: &Flags) -> Flags {
    match flags.only.is_empty() && flags.from.is_none() {
        true => Flags { only: kept.only.clone(), from: kept.from.clone(), ..flags.clone() },
        false => flags.clone(),
    }
}

/// The parameters of a kept plan as flags. Secret ones are not in it: they have to be given again.
fn flags_of(kept: &Document) -> Vec<String> {
    let values = kept.params.as_object().into_iter().flatten();
    values
        .filter(|(_, value)| value.as_str() != Some("***") && !value.is_null())
        .map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            format!("--{}={text}", name.replace('_', "-"))
        })
        .collect()
}

/// Asks whether to go on; what is deleted has to be named.
fn consent(plan: &Plan, global: &Global) -> Result<()> {
    if global.yes {
        return Ok(());
    }
    somebody_to_ask("apply this plan", global)?;
    let groups: Vec<&str> = plan
        .changes
        .iter()
        .filter(|change| {
            matches!(change.action, Action::Delete | Action::Replace) && change.kind == "Auto Scaling group"
        })
        .map(|change| change.name.as_str())
        .collect();
    let refused = || {
        Error::new(Code::Interrupted, "the plan was not applied: not confirmed")
            .help("answer as asked, or run with `--yes`")
    };
    if groups.is_empty() {
        let answer = answer("Apply this plan? [y/N]")?;
        return if is_yes(&answer) { Ok(()) } else { Err(refused()) };
    }
    for group in groups {
        if answer(&format!("This removes `{group}`. Type its name to go on:"))? != group {
            return Err(refused());
        }
    }
    Ok(())
}

/// What differs between two plans, in words.
fn differences(kept: &Plan, now: &Plan) -> Vec<String> {
    let mut differences = vec![];
    for change in &kept.changes {
        let same = |other: &&crate::domain::change::Change| (&other.kind, &other.name) == (&change.kind, &change.name);
        match now.changes.iter().find(same) {
            None => differences.push(format!("{} `{}` is as planned already", change.kind, change.name)),
            Some(other) if other != change => differences.push(view::difference(change, other)),
            Some(_) => {}
        }
    }
    for change in &now.changes {
        if !kept.changes.iter().any(|other| (&other.kind, &other.name) == (&change.kind, &change.name)) {
            differences.push(format!("{} `{}` would change too", change.kind, change.name));
        }
    }
    if differences.is_empty() && kept.requests != now.requests {
        differences.push("the requests are others".to_owned());
    }
    differences
}

fn moved(differences: Vec<String>) -> Error {
    let error = Error::new(Code::PlanMoved, "the world has moved since the plan was made");
    differences.into_iter().fold(error, Error::because).help("plan again, and apply that")
}
