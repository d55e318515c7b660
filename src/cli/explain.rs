//! `spotscript explain`.

use std::process::ExitCode;

use serde::Serialize;

use super::form::Form;
use super::{Failed, Global, console};
use crate::domain::Code;
use crate::domain::code::Kind;
use crate::script::docs::text;
use crate::script::explain;

/// What an error code means and how to mend it
///
/// Without a code: all of them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript explain SPOT-0102
  spotscript explain 102
  spotscript explain")]
pub struct Args {
    /// A code: `SPOT-0102`, or `102`
    code: Option<String>,
}

/// A code as data.
#[derive(Serialize)]
struct Answer {
    code: Code,
    kind: Kind,
    exit_code: u8,
    title: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'static str>,
}

impl Answer {
    fn of(code: Code) -> Self {
        let kind = code.kind();
        Answer { code, kind, exit_code: kind.exit_code(), title: explain::title(code), page: None }
    }
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let (form, look) = (Form::of(global), console::data_look(global));
    let text = match args.code {
        Some(text) => {
            let code = explain::find(&text)?;
            let answer = Answer { page: Some(explain::page(code)), ..Answer::of(code) };
            form.print("explain", &answer, |_| {
                format!("{code}, exit code {}\n\n{}", answer.exit_code, text::page(explain::page(code), look))
            })?
        }
        None => {
            let all: Vec<Answer> = Code::ALL.iter().map(|code| Answer::of(*code)).collect();
            form.print("codes", &all, |_| {
                all.iter().map(|answer| format!("{}  {}\n", answer.code, answer.title)).collect()
            })?
        }
    };
    console::print(&text);
    Ok(ExitCode::SUCCESS)
}
