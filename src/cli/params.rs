//! The script's own flags: what follows FILE on the command line, checked against its `PARAMS`.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, Args as _, Command, FromArgMatches};
use rhai::Map;

use super::Global;
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::script::{Header, Param, ParamKind, told};

/// What followed FILE.
pub enum Given {
    /// Values for parameters, and global flags.
    Values(Map, Box<Global>),
    /// `--help`: its text.
    Help(String),
}

/// Reads what followed FILE.
///
/// # Errors
/// `SPOT-0606` for an unknown parameter (with the nearest name) or a value of the wrong type.
pub fn parse(script: &str, header: &Header, rest: &[String]) -> Result<Given> {
    let command = command(script, header);
    let matches = match command
        .clone()
        .try_get_matches_from(std::iter::once("spotscript").chain(rest.iter().map(String::as_str)))
    {
        Ok(matches) => matches,
        Err(error) if error.kind() == ErrorKind::DisplayHelp => return Ok(Given::Help(error.render().to_string())),
        Err(error) => return Err(explain(&error, header, &command)),
    };
    let mut values = Map::new();
    for param in &header.params {
        if let Some(text) = matches.get_one::<String>(&param.name) {
            values.insert(param.name.as_str().into(), param.parse(text)?);
        }
    }
    let mut global = Global::from_arg_matches(&matches)
        .map_err(|error| Error::new(Code::InvalidArgument, error.kind().to_string()))?;
    // The environment is read with the flags before FILE: here it would take the place of what they say.
    let of_environment = |flag| matches.value_source(flag) == Some(ValueSource::EnvVariable);
    if of_environment("target") {
        global.target = None;
    }
    if of_environment("feed") {
        global.feed = None;
    }
    Ok(Given::Values(values, Box::new(global)))
}

fn command(script: &str, header: &Header) -> Command {
    let mut command = Command::new("spotscript")
        .bin_name(format!("spotscript run {script}"))
        .override_usage(format!("spotscript run {script} [PARAMETERS]"))
        .next_help_heading("Parameters");
    for param in &header.params {
        command = command.arg(argument(param));
    }
    // The flags' own text would take the place of the script's: it comes last.
    Global::augment_args(command).about(paragraphs(&header.documentation))
}

/// The head's text with each paragraph on one line: the terminal's width decides where lines end.
fn paragraphs(text: &str) -> String {
    let joined = text.split("\n\n").map(|paragraph| paragraph.lines().map(str::trim).collect::<Vec<_>>().join(" "));
    joined.collect::<Vec<_>>().join("\n\n")
}

fn argument(param: &Param) -> Arg {
    let mut help = param.help.clone();
    let mut add = |text: String| help.push_str(&if help.is_empty() { text } else { format!(" {text}") });
    if !param.choices.is_empty() {
        let choices: Vec<String> = param.choices.iter().map(ToString::to_string).collect();
        let any = if param.kind == ParamKind::List { "any" } else { "one" };
        add(format!("[{any} of: {}]", choices.join(", ")));
    }
    add(match &param.init {
        Some(_) if param.secret => "[has a default]".into(),
        Some(init) if told(init).is_empty() => "[default: empty]".into(),
        Some(init) => format!("[default: {}]", told(init)),
        None => "[required]".into(),
    });
    match param.bounds {
        (Some(least), Some(most)) => add(format!("[from {least} to {most}]")),
        (Some(least), None) => add(format!("[{least} or more]")),
        (None, Some(most)) => add(format!("[{most} or less]")),
        (None, None) => {}
    }
    add(format!("[env: {}]", super::given::variable(param)));
    let argument = Arg::new(param.name.clone())
        .long(param.flag())
        .value_name(param.kind.name().to_uppercase())
        .action(ArgAction::Set)
        .allow_negative_numbers(true)
        .help(help);
    match param.kind {
        ParamKind::Bool => argument.num_args(0..=1).default_missing_value("true"),
        _ => argument,
    }
}

/// Whether a flag is one of those that `spotscript run` takes before FILE.
fn is_of_run(name: &str) -> bool {
    let run = <super::run::Args as clap::Args>::augment_args(Command::new("run"));
    run.get_arguments().filter_map(Arg::get_long).any(|long| long == name)
}

fn explain(error: &clap::Error, header: &Header, command: &Command) -> Error {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        _ => None,
    };
    let given = context(ContextKind::InvalidArg).unwrap_or_default();
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let name = given.trim_start_matches('-');
            let own: Vec<String> = header.params.iter().map(Param::flag).collect();
            let global = command.get_arguments().filter_map(Arg::get_long);
            let failure = Error::new(Code::InvalidArgument, format!("the script has no parameter `{given}`"));
            match nearest(name, own.iter().map(String::as_str).chain(global)) {
                _ if is_of_run(name) => {
                    failure.help(format!("it is a flag of `run` itself: `spotscript run --{name} … FILE`"))
                }
                Some(near) => failure.help(format!("did you mean `--{near}`?")),
                None if own.is_empty() => failure.help("it has no parameters: declare them in `const PARAMS = #{ … }`"),
                None => failure.help(format!("it has `--{}`", own.join("`, `--"))),
            }
        }
        kind => {
            let value = context(ContextKind::InvalidValue).unwrap_or_default();
            let flag = given.split_whitespace().next().unwrap_or_default();
            let message = match kind {
                ErrorKind::ArgumentConflict => format!("`{flag}` is given twice"),
                ErrorKind::InvalidValue if value.is_empty() => format!("`{flag}` needs a value"),
                ErrorKind::TooManyValues => format!("`{flag}` takes one value, and `{value}` is one too many"),
                ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("`{flag}` cannot be `{value}`"),
                kind => {
                    let said = kind.as_str().unwrap_or("the arguments are not understood");
                    if given.is_empty() { said.to_owned() } else { format!("`{given}`: {said}") }
                }
            };
            Error::new(Code::InvalidArgument, message).help("`--help` lists the parameters")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::header::RESERVED;

    #[test]
    fn no_parameter_can_be_named_like_a_flag_of_ours() {
        let flags = Global::augment_args(Command::new("spotscript"));
        let mut taken: Vec<&str> = flags.get_arguments().filter_map(Arg::get_long).chain(["help"]).collect();
        taken.sort_unstable();
        assert_eq!(taken, RESERVED);
    }
}
