//! `spotscript run FILE`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rhai::Map;

use super::params::{self, Given};
use super::reach::Reach;
use super::{Failed, Global, console, given, journal, summary, target};
use crate::domain::error::Error;
use crate::domain::secret::MASK;
use crate::domain::{Code, Kind};
use crate::host::{Host, listen_for_interrupts};
use crate::script::render::render;
use crate::script::session::Ending;
use crate::script::{Header, ScriptError, Session};

/// What stands for a runbook from standard input.
const STDIN: &str = "-";

/// Run a runbook
///
/// What follows FILE are the runbook's own parameters: `spotscript run FILE --help` lists them without running it.
#[derive(Debug, clap::Args)]
#[command(override_usage = "spotscript run [OPTIONS] <FILE> [PARAMETERS]")]
pub struct Args {
    #[command(flatten)]
    reach: Reach,
    /// Take parameters from this YAML or JSON file; flags go before it, the environment after it
    #[arg(long, value_name = "FILE")]
    params: Option<PathBuf>,
    /// Ask nothing: a parameter that is missing is an error
    #[arg(long)]
    no_input: bool,
    /// The runbook (`-` takes it from standard input), then its parameters
    #[arg(value_name = "FILE", required = true, trailing_var_arg = true, allow_hyphen_values = true, num_args = 1..)]
    file: Vec<String>,
}

/// Runs the command. Whoever asks for JSON behind FILE gets failures as JSON too, those before the run among them.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let json = global.json() || asks_for_json(args.file.get(1..).unwrap_or_default());
    match execute(args, global) {
        Err(failed) if json && !global.json() => Ok(super::fail(&failed, global, true)),
        ended => ended,
    }
}

/// Whether the words behind FILE ask for JSON, in any spelling of the flag.
fn asks_for_json(words: &[String]) -> bool {
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
    let text = if file == STDIN { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let text =
        text.map_err(|error| Error::new(Code::File, format!("`{file}` cannot be read")).because(error.to_string()))?;
    let (values, global) = match parameters(file, &text, rest, &args, global)? {
        Given::Help(text) => {
            console::print(&text);
            return Ok(ExitCode::SUCCESS);
        }
        Given::Values(values, global) => (values, *global),
    };
    let host = target::host(&global, &args.reach)?;
    listen_for_interrupts(host.cancel().clone());
    host.files().read_beside(Path::new(file));
    let mut session = Session::new(&host)?;
    let program = session.compile(file, &text)?;
    for warning in given::strangers(&program.header) {
        console::say(&format!("warning: {warning}"));
    }
    let ask = !args.no_input && !global.json() && given::can_ask();
    let values = given::complete(&program.header, values, args.params.as_deref(), ask)?;
    host.hidden().hide(program.header.secrets(&values));
    let parameters = shown(&program.header, &values);
    journal::keep(&host, file, &parameters, &global);
    let result = session.run(&program, &values);
    let closed = host.close();
    let result = result.map_err(|failed| {
        let error = host.hidden().secrets().mask_error(*failed.error);
        ScriptError { error: error.into(), ..failed }
    });
    if let Err(failed) = &result {
        // Through the host's console: the lines of the script that are shown may hold a secret.
        host.console().talk(&render(failed, console::look(&global)));
    }
    let code = exit_code(&host, &result);
    summary::show(&host, &result, &global, &summary::About { script: file, parameters: &parameters, exit_code: code })?;
    closed.and(host.end_journal(code))?;
    Ok(ExitCode::from(code))
}

/// Reads what follows FILE. Global flags may be there too, so this comes before the host that runs the script.
fn parameters(file: &str, text: &str, rest: &[String], args: &Args, global: &Global) -> Result<Given, Failed> {
    if rest.is_empty() {
        return Ok(Given::Values(Map::new(), Box::new(global.clone())));
    }
    let program = Session::new(&target::host(global, &args.reach)?)?.compile(file, text)?;
    Ok(match params::parse(file, &program.header, rest)? {
        Given::Values(values, later) => Given::Values(values, Box::new(global.overridden_by(*later))),
        help @ Given::Help(_) => help,
    })
}

/// The parameters as they may be shown and written down: what is secret is masked.
fn shown(header: &Header, given: &Map) -> Map {
    let mut values = header.values(given).unwrap_or_default();
    for param in header.params.iter().filter(|param| param.secret) {
        if let Some(value) = values.get_mut(param.name.as_str()) {
            *value = MASK.into();
        }
    }
    values
}

fn exit_code(host: &Host, result: &Result<Ending, ScriptError>) -> u8 {
    match result {
        Err(failed) => failed.error.kind().exit_code(),
        Ok(Ending::Exit(code)) if *code != 0 => *code,
        Ok(_) if host.record().failed_checks() > 0 => Kind::Script.exit_code(),
        Ok(_) => 0,
    }
}
