//! `spotscript list`: the runbooks there are, read by their heads without running them.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::form::Form;
use super::{Failed, Global, console, target};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::script::testing::{SUFFIX, discover};
use crate::script::{Header, Session, told};
use crate::view::table::Table;
use crate::view::{Style, words};

/// List runbooks with what they are for
///
/// Reads the head of each: its `//!` text and its `PARAMS`. Nothing runs. Tests, and files without a head (modules), are
/// left out.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript list
  spotscript list runbooks -o json")]
pub struct Args {
    /// Runbooks, or folders with runbooks below them; without one, the runbooks here and those below `scripts`
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
}

/// A runbook in the list.
#[derive(Debug, Serialize)]
struct Row {
    path: String,
    summary: String,
    params: Vec<Parameter>,
    /// Why its head cannot be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Error>,
}

#[derive(Debug, Serialize)]
struct Parameter {
    name: String,
    #[serde(rename = "type")]
    kind: &'static str,
    required: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    help: String,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let session = Session::new(&target::host(global, &super::reach::Reach::default())?)?;
    let mut rows = Vec::new();
    let mut found = Vec::new();
    for path in &args.paths {
        found.extend(files(path)?);
    }
    if args.paths.is_empty() {
        found = here()?;
    }
    for file in found {
        rows.extend(row(&session, &file));
    }
    rows.sort_by(|one: &Row, other| (one.error.is_some(), &one.path).cmp(&(other.error.is_some(), &other.path)));
    rows.dedup_by(|later, earlier| later.path == earlier.path);
    console::print(&Form::of(global).print("runbooks", &rows, |style| table(&rows, &args.paths, style))?);
    Ok(ExitCode::SUCCESS)
}

/// The runbooks of the working directory, and those below `scripts`.
fn here() -> Result<Vec<PathBuf>, Error> {
    let unreadable = |error: std::io::Error| {
        Error::new(Code::File, "the working directory cannot be read").because(error.to_string())
    };
    let mut all = Vec::new();
    for entry in std::fs::read_dir(".").map_err(unreadable)? {
        let name = entry.map_err(unreadable)?.file_name().to_string_lossy().into_owned();
        if name.ends_with(".rhai") && !name.ends_with(SUFFIX) && !Path::new(&name).is_dir() {
            all.push(PathBuf::from(name));
        }
    }
    let scripts = Path::new("scripts");
    if scripts.is_dir() {
        all.extend(files(scripts)?);
    }
    Ok(all)
}

fn files(path: &Path) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    if path.is_dir() {
        discover::walk(path, &|name| name.ends_with(".rhai") && !name.ends_with(SUFFIX), &mut files)?;
    } else if path.exists() {
        files.push(path.to_owned());
    } else {
        return Err(Error::new(Code::File, format!("there is no `{}`", path.display()))
            .help("give runbooks, or folders with runbooks below them"));
    }
    Ok(files)
}

/// The row of a file; `None` for a module.
fn row(session: &Session, file: &Path) -> Option<Row> {
    let path = file.display().to_string();
    let failed =
        |error: Error| Row { path: path.clone(), summary: String::new(), params: Vec::new(), error: Some(error) };
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            return Some(failed(Error::new(Code::File, format!("`{path}` cannot be read")).because(error.to_string())));
        }
    };
    match session.compile(&path, &text) {
        Ok(program) => has_head(&program.header).then(|| Row {
            summary: program.header.summary().to_owned(),
            params: program.header.params.iter().map(parameter).collect(),
            path,
            error: None,
        }),
        Err(error) => Some(failed(*error.error)),
    }
}

fn has_head(header: &Header) -> bool {
    !header.documentation.is_empty() || !header.params.is_empty()
}

fn parameter(param: &crate::script::Param) -> Parameter {
    Parameter {
        name: param.name.clone(),
        kind: param.kind.name(),
        required: param.init.is_none(),
        default: param.init.as_ref().filter(|_| !param.secret).map(told),
        help: param.help.clone(),
    }
}

fn table(rows: &[Row], paths: &[PathBuf], style: Style) -> String {
    if rows.is_empty() {
        let paths: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        let place = if paths.is_empty() { "here".to_owned() } else { format!("below {}", paths.join(", ")) };
        return format!("No runbooks {place}. `spotscript new NAME` writes one to begin with.\n");
    }
    let mut table = Table::new(["Runbook", "What it does", "Parameters"]);
    for row in rows {
        let mark = |param: &Parameter| format!("{}{}", param.name, if param.required { "!" } else { "" });
        let what = match &row.error {
            Some(error) => format!("{}: {}", error.code, error.message),
            None => row.summary.clone(),
        };
        table.row([row.path.clone(), what, row.params.iter().map(mark).collect::<Vec<_>>().join(" ")]);
    }
    let needed =
        if rows.iter().flat_map(|row| &row.params).any(|param| param.required) { "; `!` must be given" } else { "" };
    let count = words::count(rows.len(), "runbook");
    format!("{}\n{count}{needed}. `spotscript run FILE --help` tells more.\n", table.render(style))
}
