//! `spotscript resume`: takes up a run that did not end well.

use std::process::ExitCode;

use clap::Parser;

use super::journal::{short, store};
use super::{Cli, Failed, Global, console, dispatch, fleet, journal};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::journal::{FleetRun, Found, Origin, State};

/// Take up a run that was killed, interrupted or failed: what is done stays, what is missing is done
///
/// The same command runs again, in the folder and with the flags it was started with. Parameters that are secret are not
/// kept: give them again. A fleet goes on at the clusters that are not done; the run of one of its clusters is taken up
/// alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript resume last
  spotscript resume 0199c2 --token abc")]
pub struct Args {
    /// The start or the end of its id, or `last`
    #[arg(value_name = "RUN")]
    run: String,
    /// Parameters to give again
    #[arg(value_name = "PARAMETERS", trailing_var_arg = true, allow_hyphen_values = true)]
    more: Vec<String>,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let store = store();
    let found = match store.find_any(&args.run)? {
        Found::Run(run) => run,
        Found::Fleet(fleet) => return take_up_fleet(&fleet, None, args.more, global),
    };
    let chain = store.chain(&found)?;
    let Some(newest) = chain.last() else { return Ok(ExitCode::SUCCESS) };
    if newest.state == State::Done {
        console::say(&format!("run {} is done: there is nothing to take up", short(&found.id)));
        return Ok(ExitCode::SUCCESS);
    }
    let root = chain.first().unwrap_or(newest);
    if let Some(Origin { fleet: Some(id), member, .. }) = &root.origin
        && let Ok(Found::Fleet(fleet)) = store.find_any(id)
    {
        return take_up_fleet(&fleet, member.clone(), args.more, global);
    }
    let Some(origin) = &root.origin else {
        return Err(cannot(&root.id, "it does not say how it was started").into());
    };
    if root.script == "repl" {
        return Err(cannot(&root.id, "it was a session at the REPL").into());
    }
    let target = journal::target_of(&root.target);
    journal::stays_where_it_was(&root.id, target, origin, &with_later(global, &args.more))?;
    let (command, mut flags) = parse(&root.id, origin, args.more)?;
    // Whatever the environment says now.
    flags.target = Some(target);
    flags.world = flags.world.or_else(|| origin.world.clone());
    if let Some(sha256) = &origin.sha256
        && std::fs::read_to_string(&root.script).is_ok_and(|text| super::runbook::sha256(&text) != *sha256)
    {
        console::say("warning: the runbook was edited since that run");
    }
    flags.start.resumes = Some(root.id.clone());
    console::say(&format!("taking up run {}: {}", short(&root.id), root.script));
    go_on(command, flags, global)
}

/// Takes up a fleet, or one cluster of it.
fn take_up_fleet(
    fleet: &FleetRun,
    only: Option<String>,
    more: Vec<String>,
    global: &Global,
) -> Result<ExitCode, Failed> {
    if fleet.state == State::Done {
        console::say(&format!("fleet {} is done: there is nothing to take up", short(&fleet.id)));
        return Ok(ExitCode::SUCCESS);
    }
    let target = journal::target_of(&fleet.target);
    let asked = with_later(global, &more);
    journal::stays_where_it_was(&fleet.id, target, &fleet.origin, &asked)?;
    refuse_places(&fleet.id, &asked)?;
    let (command, mut flags) = parse(&fleet.id, &fleet.origin, more)?;
    flags.target = Some(target);
    flags.start.resumes = Some(fleet.id.clone());
    flags.start.only = only;
    console::say(&fleet::taking_up(fleet));
    go_on(command, flags, global)
}

/// The flags with those that stand behind parameters, which nobody has read yet.
fn with_later(global: &Global, more: &[String]) -> Global {
    let value = |flag: &str| {
        more.iter().enumerate().find_map(|(at, word)| match word.split_once('=') {
            Some((name, value)) if name == flag => Some(value.to_owned()),
            None if word == flag => more.get(at + 1).cloned(),
            _ => None,
        })
    };
    Global {
        target: value("--target").map(|name| journal::target_of(&name)).or(global.target),
        world: value("--world").or_else(|| global.world.clone()),
        region: value("--region").or_else(|| global.region.clone()),
        profile: value("--profile").or_else(|| global.profile.clone()),
        ..global.clone()
    }
}

/// Refuses flags that say where one cluster is: the fleet's file says it for each.
fn refuse_places(id: &str, global: &Global) -> Result<()> {
    let given = [
        ("--world", global.world.is_some()),
        ("--region", global.region.is_some()),
        ("--profile", global.profile.is_some()),
        ("--kubeconfig", global.kubeconfig.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((flag, _)) => {
            let message = format!("`{flag}` is not for `{}`, which is a fleet", short(id));
            Err(Error::new(Code::InvalidArgument, message)
                .because("the fleet's file says it for each cluster")
                .help("leave the flag out: every cluster is taken up where it was"))
        }
        None => Ok(()),
    }
}

fn go_on(command: super::Command, mut flags: Global, global: &Global) -> Result<ExitCode, Failed> {
    // It was allowed to change what it changed; whoever resumes it allows the rest.
    flags.yes = true;
    flags.output = global.output.clone().or(flags.output);
    flags.verbose = flags.verbose.max(global.verbose);
    dispatch(command, &flags)
}

fn cannot(id: &str, why: &str) -> Error {
    Error::new(Code::RunNotFound, format!("run `{}` cannot be taken up", short(id)))
        .because(why.to_owned())
        .help("run it again by hand: what is done stays done and is found `unchanged`")
}

/// The command that a run was, and its flags.
fn parse(id: &str, origin: &Origin, more: Vec<String>) -> Result<(super::Command, Global)> {
    std::env::set_current_dir(&origin.folder)
        .map_err(|error| cannot(id, &format!("its folder `{}` cannot be entered: {error}", origin.folder)))?;
    let words = std::iter::once("spotscript".to_owned()).chain(origin.words.iter().cloned()).chain(more);
    let cli = Cli::try_parse_from(words).map_err(|error| cannot(id, error.to_string().trim_end()))?;
    let mut global = cli.global;
    global.start.words.clone_from(&origin.words);
    Ok((cli.command, global))
}
