//! The command line: parses arguments, wires adapters to the host, maps failures to exit codes.
//!
//! One file per command: an `Args` struct whose doc comment is the help, and `run(args, &Global)`. A new command is a
//! file, a variant of [`Command`], and a line in [`dispatch`].

mod advisor;
mod answer;
mod apply;
mod asg;
mod bound;
mod check;
mod cluster_choice;
mod completions;
mod consent;
mod console;
mod create;
mod delete;
mod describe;
mod diagram;
mod docs;
mod drift;
mod explain;
mod fleet;
mod form;
mod get;
mod given;
mod global;
mod import;
mod journal;
pub mod kubectl;
mod lint;
mod list;
mod live;
mod man;
mod new;
mod nodes;
mod params;
mod plan;
mod reach;
mod repl;
mod resume;
mod roll;
mod rollback;
mod run;
mod runbook;
mod runs;
mod sandbox;
mod scale;
mod serve;
mod snapshot;
mod summary;
mod sweep;
pub mod target;
mod test;
mod undo;
mod unseen;
mod whole_file;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

pub use global::{Global, Output, TargetKind};
use kubectl::Verb;

use crate::domain::error::Error;
use crate::domain::{Code, Kind};
use crate::host::exit_code_by_signal;
use crate::script::ScriptError;
use crate::view::json;

/// Where a newcomer begins. Nothing of it needs an account.
const START: &str = "Start here:
  spotscript run scripts/create_spot.rhai     the whole tutorial, in the sandbox
  spotscript run scripts/create_spot.rhai -h  its parameters
  spotscript nodes -l lifecycle=Ec2Spot       what it made
  spotscript diagram                          how it fits together
  spotscript sandbox reset                    begin again";

/// Runbooks for EKS Spot worker groups.
#[derive(Debug, Parser)]
#[command(name = "spotscript", version, arg_required_else_help = true, after_help = START)]
struct Cli {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Run(run::Args),
    Apply(apply::Args),
    Runs(runs::Args),
    Resume(resume::Args),
    Undo(undo::Args),
    Sweep(sweep::Args),
    Test(test::Args),
    Check(check::Args),
    Lint(lint::Args),
    List(list::Args),
    New(new::Args),
    Repl(repl::Args),
    Get(get::Args),
    Create(create::Args),
    Scale(scale::Args),
    Roll(roll::Args),
    Delete(delete::Args),
    Drift(drift::Args),
    Import(import::Args),
    Snapshot(snapshot::Args),
    Asg(asg::Args),
    Nodes(nodes::Args),
    Describe(describe::Args),
    /// Keep new pods away from nodes, as `kubectl cordon` does
    Cordon(kubectl::drain::CordonArgs),
    /// Let new pods come to nodes again, as `kubectl uncordon` does
    Uncordon(kubectl::drain::UncordonArgs),
    /// Empty nodes, as `kubectl drain` does: cordon, then evict
    Drain(kubectl::drain::DrainArgs),
    /// Add and remove taints of nodes, as `kubectl taint` does
    Taint(kubectl::change::TaintArgs),
    /// Set and remove labels of nodes, as `kubectl label` does
    Label(kubectl::change::LabelArgs),
    Diagram(diagram::Args),
    Advisor(advisor::Args),
    Docs(docs::Args),
    Explain(explain::Args),
    Sandbox(sandbox::Args),
    Completions(completions::Args),
    Man(man::Args),
}

impl Command {
    /// Whether it prints what the cluster holds, and so understands kubectl's forms of output.
    fn is_kubectls(&self) -> bool {
        match self {
            Command::Get(args) => args.is_kubectls(),
            Command::Nodes(_) => true,
            _ => false,
        }
    }

    /// Whether it works on what there is: in a world that nobody has begun, that would be nothing of the user's.
    const fn needs_a_world(&self) -> bool {
        matches!(
            self,
            Command::Advisor(_)
                | Command::Asg(_)
                | Command::Cordon(_)
                | Command::Delete(_)
                | Command::Describe(_)
                | Command::Diagram(_)
                | Command::Drain(_)
                | Command::Drift(_)
                | Command::Get(_)
                | Command::Import(_)
                | Command::Label(_)
                | Command::Nodes(_)
                | Command::Roll(_)
                | Command::Scale(_)
                | Command::Snapshot(_)
                | Command::Sweep(_)
                | Command::Taint(_)
                | Command::Uncordon(_)
        )
    }
}

fn dispatch(command: Command, global: &Global) -> Result<ExitCode, Failed> {
    if global.output == Some(Output::Github) && !matches!(command, Command::Check(_)) {
        return Err(Error::new(Code::InvalidArgument, "`-o github` is a form of `spotscript check` alone")
            .help("write `-o text`, `-o wide` or `-o json`")
            .into());
    }
    if let (Some(Output::Kubectl(form)), false) = (&global.output, command.is_kubectls()) {
        return Err(Error::new(Code::InvalidArgument, format!("this command has no output of the form `{form}`"))
            .help("use `text`, `wide` or `json`")
            .into());
    }
    match command {
        Command::Run(args) => run::run(args, global),
        Command::Apply(args) => apply::run(args, global),
        Command::Runs(args) => runs::run(args, global),
        Command::Resume(args) => resume::run(args, global),
        Command::Undo(args) => undo::run(args, global),
        Command::Sweep(args) => sweep::run(args, global),
        Command::Test(args) => test::run(args, global),
        Command::Check(args) => check::run(args, global),
        Command::Lint(args) => lint::run(args, global),
        Command::List(args) => list::run(args, global),
        Command::New(args) => new::run(args, global),
        Command::Completions(args) => completions::run(args, global),
        Command::Man(args) => man::run(args, global),
        Command::Repl(args) => repl::run(args, global),
        Command::Get(args) => get::run(args, global),
        Command::Create(args) => create::run(args, global),
        Command::Scale(args) => scale::run(args, global),
        Command::Roll(args) => roll::run(args, global),
        Command::Delete(args) => delete::run(args, global),
        Command::Drift(args) => drift::run(args, global),
        Command::Import(args) => import::run(args, global),
        Command::Snapshot(args) => snapshot::run(args, global),
        Command::Asg(args) => asg::run(args, global),
        Command::Nodes(args) => nodes::run(args, global),
        Command::Describe(args) => describe::run(args, global),
        Command::Cordon(args) => kubectl::run(&Verb::Cordon(args), global),
        Command::Uncordon(args) => kubectl::run(&Verb::Uncordon(args), global),
        Command::Drain(args) => kubectl::run(&Verb::Drain(args), global),
        Command::Taint(args) => kubectl::run(&Verb::Taint(args), global),
        Command::Label(args) => kubectl::run(&Verb::Label(args), global),
        Command::Diagram(args) => diagram::run(args, global),
        Command::Advisor(args) => advisor::run(args, global),
        Command::Docs(args) => docs::run(args, global),
        Command::Explain(args) => explain::run(args, global),
        Command::Sandbox(args) => sandbox::run(args, global),
    }
}

/// What made a command fail: an error, with the place in a script if it came from one.
pub type Failed = ScriptError;

/// Runs the program with these arguments, the program's name first.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let words = arguments.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let cli = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Broken pipes are no failure of ours.
            drop(error.print());
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    let Cli { mut global, command } = cli;
    global.start.words = words;
    global.start.in_existing_world = command.needs_a_world();
    let code = match dispatch(command, &global) {
        Ok(code) => code,
        Err(failed) => fail(&failed, &global, global.json()),
    };
    let interrupted = Kind::Interrupted.exit_code();
    if code == ExitCode::from(interrupted) {
        return ExitCode::from(exit_code_by_signal(interrupted));
    }
    if code == ExitCode::SUCCESS && console::data_was_lost() {
        console::say("standard output cannot be written: what was printed is lost");
        return ExitCode::from(Code::File.kind().exit_code());
    }
    code
}

/// Shows what made a command fail, as a document too if JSON is wanted. Gives the exit code.
fn fail(failed: &Failed, global: &Global, json: bool) -> ExitCode {
    console::report(failed, global);
    let place = failed.place.as_ref().map(summary::place_of);
    if json && let Ok(text) = json::render("error", &Told { error: &failed.error, place }) {
        console::print(&text);
    }
    ExitCode::from(failed.error.kind().exit_code())
}

/// A failure as a document.
#[derive(serde::Serialize)]
struct Told<'a> {
    #[serde(flatten)]
    error: &'a Error,
    /// `file:line:column`, where a file is at fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    place: Option<String>,
}

impl From<Box<Error>> for Failed {
    fn from(error: Box<Error>) -> Self {
        (*error).into()
    }
}
