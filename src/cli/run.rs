//! `spotscript run FILE`.

use std::path::PathBuf;
use std::process::ExitCode;

use super::runbook::{Draft, Flags, Runbook, STDIN, Wanted, Way};
use super::{Failed, Global, console, fleet, journal, plan, rollback, summary};
use crate::domain::error::Error;
use crate::domain::{Code, Kind};
use crate::host::Host;
use crate::script::ScriptError;
use crate::script::render::render;
use crate::script::session::Ending;

/// Run a runbook
///
/// What follows FILE are the runbook's own parameters: `spotscript run FILE --help` lists them without running it.
#[derive(Debug, clap::Args)]
#[command(override_usage = "spotscript run [OPTIONS] <FILE> [PARAMETERS]", after_long_help = fleet::HELP)]
pub struct Args {
    /// Change nothing: show what would be different afterwards and which requests that takes; exit code 4 when there are any
    #[arg(long)]
    plan: bool,
    /// Write the plan to this file, for `spotscript apply`
    #[arg(long, value_name = "FILE", requires = "plan", conflicts_with = "fleet")]
    out: Option<PathBuf>,
    #[command(flatten)]
    fleet: fleet::FleetFlags,
    #[command(flatten)]
    flags: Flags,
    /// The runbook (`-` takes it from standard input), then its parameters
    #[arg(value_name = "FILE", required = true, trailing_var_arg = true, allow_hyphen_values = true, num_args = 1..)]
    file: Vec<String>,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let json = asks_for_json(&args.file);
    as_asked(json, execute(args, global), global)
}

/// Whoever asks for JSON behind FILE gets failures as JSON too, those before the run among them.
pub(super) fn as_asked(json: bool, ended: Result<ExitCode, Failed>, global: &Global) -> Result<ExitCode, Failed> {
    match ended {
        Err(failed) if json && !global.json() => Ok(super::fail(&failed, global, true)),
        ended => ended,
    }
}

/// Whether the words behind FILE, the first of them, ask for JSON, in any spelling of the flag.
pub(super) fn asks_for_json(words: &[String]) -> bool {
    let words = words.get(1..).unwrap_or_default();
    let one = |word: &String| matches!(word.as_str(), "-ojson" | "-o=json" | "--output=json");
    words.iter().any(one)
        || words.windows(2).any(|pair| matches!(pair[0].as_str(), "-o" | "--output") && pair[1] == "json")
}

fn execute(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let Some((file, rest)) = args.file.split_first() else {
        return Err(Error::new(Code::InvalidArgument, "no runbook was given").into());
    };
    if file.starts_with('-') && file != STDIN {
        let error = Error::new(Code::InvalidArgument, format!("`{file}` is no flag of `spotscript run`"));
        return Err(error.help("the runbook's own parameters come after its file").into());
    }
    let help = |text: String| {
        console::print(&text);
        Ok(ExitCode::SUCCESS)
    };
    if let Some(clusters) = args.fleet.options() {
        if args.flags.rollback {
            let error =
                Error::new(Code::InvalidArgument, "`--rollback` is for a run of one cluster, not for `--fleet`");
            return Err(error
                .help("take back the whole fleet, or the run of one cluster, with `spotscript undo`")
                .into());
        }
        return match Draft::read(file, rest, &args.flags, global)? {
            Wanted::Runbook(draft) if args.plan => fleet::plan(&draft, &clusters),
            Wanted::Runbook(draft) => fleet::run(&draft, &clusters),
            Wanted::Help(text) => help(text),
        };
    }
    let runbook = match Runbook::read(file, rest, &args.flags, global)? {
        Wanted::Runbook(runbook) => runbook,
        Wanted::Help(text) => return help(text),
    };
    match args.plan {
        true => plan::plan(&runbook, args.out.as_deref()),
        false => run_to_the_end(&runbook, &Way::Freely),
    }
}

/// Runs it, shows how it went and notes its end.
pub fn run_to_the_end(runbook: &Runbook, way: &Way<'_>) -> Result<ExitCode, Failed> {
    let (host, result) = runbook.run(way)?;
    let closed = host.close();
    let (code, result) = settle(&host, result, &runbook.global);
    let about = summary::About { script: &runbook.file, parameters: &runbook.shown, exit_code: code };
    summary::show(&host, &result, &runbook.global, &about)?;
    closed.and(journal::end(&host, code))?;
    let changed = host.changing_run();
    drop(host);
    rollback::offer(changed.as_deref(), code, runbook.flags.rollback, &runbook.global)?;
    Ok(ExitCode::from(code))
}

/// Shows a failure without what is hidden. Gives the exit code, and how it ended.
pub fn settle(host: &Host, result: Result<Ending, ScriptError>, global: &Global) -> (u8, Result<Ending, ScriptError>) {
    let result = result.map_err(|failed| {
        let error = host.hidden().secrets().mask_error(*failed.error);
        ScriptError { error: error.into(), ..failed }
    });
    if let Err(failed) = &result {
        // Through the host's console: the lines of the script that are shown may hold a secret.
        host.console().talk(&render(failed, console::look(global)));
    }
    (exit_code(host, &result), result)
}

/// The exit code of a run.
fn exit_code(host: &Host, result: &Result<Ending, ScriptError>) -> u8 {
    match result {
        Err(failed) => failed.error.kind().exit_code(),
        Ok(Ending::Exit(code)) if *code != 0 => *code,
        Ok(_) if host.record().failed_checks() > 0 => Kind::Script.exit_code(),
        Ok(_) => 0,
    }
}
