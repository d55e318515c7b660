//! `spotscript resume`: takes up a run that did not end well.

use std::process::ExitCode;

use clap::Parser;

use super::journal::store;
use super::{Cli, Failed, Global, TargetKind, console, dispatch};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::journal::{Run, State};

/// Take up a run that was killed, interrupted or failed: what is done stays, what is missing is done
///
/// The same command runs again, in the folder and with the flags it was started with. Parameters that are secret are not
/// kept: give them again.
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
    let found = store.find(&args.run)?;
    let chain = store.chain(&found)?;
    let Some(newest) = chain.last() else { return Ok(ExitCode::SUCCESS) };
    if newest.state == State::Done {
        console::say(&format!("run {} is done: there is nothing to take up", short(&found.id)));
        return Ok(ExitCode::SUCCESS);
    }
    let root = chain.first().unwrap_or(newest);
    let (command, mut flags) = parse(root, args.more)?;
    flags.start.resumes = Some(root.id.clone());
    // It was allowed to change what it changed; whoever resumes it allows the rest.
    flags.yes = true;
    flags.output = global.output.clone().or(flags.output);
    flags.verbose = flags.verbose.max(global.verbose);
    console::say(&format!("taking up run {}: {}", short(&root.id), root.script));
    dispatch(command, &flags)
}

fn short(id: &str) -> &str {
    id.get(id.len().saturating_sub(8)..).unwrap_or(id)
}

/// The command that a run was.
fn parse(run: &Run, more: Vec<String>) -> Result<(super::Command, Global)> {
    let cannot = |why: &str| {
        Error::new(Code::RunNotFound, format!("run `{}` cannot be taken up", short(&run.id)))
            .because(why.to_owned())
            .help("run it again by hand: what is done stays done and is found `unchanged`")
    };
    let Some(origin) = &run.origin else { return Err(cannot("it does not say how it was started")) };
    if run.script == "repl" {
        return Err(cannot("it was a session at the REPL"));
    }
    std::env::set_current_dir(&origin.folder)
        .map_err(|error| cannot(&format!("its folder `{}` cannot be entered: {error}", origin.folder)))?;
    let words = std::iter::once("spotscript".to_owned()).chain(origin.words.iter().cloned()).chain(more);
    let cli = Cli::try_parse_from(words).map_err(|error| cannot(error.to_string().trim_end()))?;
    let mut global = cli.global;
    global.start.words.clone_from(&origin.words);
    global.target = global.target.or(match run.target.as_str() {
        "aws" => Some(TargetKind::Aws),
        _ => Some(TargetKind::Sandbox),
    });
    global.world = global.world.or_else(|| origin.world.clone());
    if let Some(sha256) = &origin.sha256
        && std::fs::read_to_string(&run.script).is_ok_and(|text| super::runbook::sha256(&text) != *sha256)
    {
        console::say("warning: the runbook was edited since that run");
    }
    Ok((cli.command, global))
}
