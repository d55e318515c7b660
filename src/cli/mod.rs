//! The command line: parses arguments, wires adapters to the host, maps failures to exit codes.
//!
//! One file per command: an `Args` struct whose doc comment is the help, and `run(args, &Global)`. A new command is a
//! file, a variant of [`Command`], and a line in [`dispatch`].

mod console;
mod global;
mod params;
mod repl;
mod run;
mod summary;
pub mod target;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use global::{Global, Output, TargetKind};

use crate::domain::error::Error;
use crate::script::ScriptError;

/// Runbooks for EKS Spot worker groups.
#[derive(Debug, Parser)]
#[command(name = "spotscript", version, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Repl(repl::Args),
}

fn dispatch(command: Command, global: &Global) -> Result<ExitCode, Failed> {
    match command {
        Command::Run(args) => run::run(args, global),
        Command::Repl(args) => repl::run(args, global),
    }
}

/// What made a command fail: an error, with the place in a script if it came from one.
pub type Failed = ScriptError;

/// Runs the program with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Broken pipes are no failure of ours.
            drop(error.print());
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let Cli { global, command } = cli;
    match dispatch(command, &global) {
        Ok(code) => code,
        Err(failed) => {
            console::report(&failed, &global);
            ExitCode::from(failed.error.kind().exit_code())
        }
    }
}

impl From<Box<Error>> for Failed {
    fn from(error: Box<Error>) -> Self {
        (*error).into()
    }
}
