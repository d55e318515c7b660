//! `spotscript new NAME`: a runbook to begin with, and its test.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;

use super::{Failed, Global, console};
use crate::domain::Code;
use crate::domain::error::Error;

/// Write a runbook to begin with, and its test
///
/// Both work as they are: run the one, test the other, then change them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript new nightly
  spotscript new runbooks/make_workers --template create")]
pub struct Args {
    /// Name of the runbook, with or without a folder before it and `.rhai` behind it
    name: PathBuf,
    /// What it begins with
    #[arg(long, value_enum, default_value_t)]
    template: Template,
}

/// What a runbook begins with.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum Template {
    /// One step that looks, one check
    #[default]
    Plain,
    /// Makes a Spot group and proves it
    Create,
    /// Tells how a group is; changes nothing
    Status,
}

impl Template {
    /// The runbook and its test.
    const fn texts(self) -> (&'static str, &'static str) {
        match self {
            Template::Plain => (include_str!("plain.rhai"), include_str!("plain_test.rhai")),
            Template::Create => (include_str!("create.rhai"), include_str!("create_test.rhai")),
            Template::Status => (include_str!("status.rhai"), include_str!("status_test.rhai")),
        }
    }
}

/// Runs the command.
pub fn run(args: Args, _: &Global) -> Result<ExitCode, Failed> {
    let name = args.name.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    // Only our own ending is one: what else is behind a dot is part of the name, which has none.
    let stem = name.strip_suffix(".rhai").unwrap_or(name).to_owned();
    let path = args.name.with_file_name(format!("{stem}.rhai"));
    let legal = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if stem.is_empty() || !stem.chars().all(legal) || stem.ends_with("_test") {
        return Err(Error::new(Code::InvalidArgument, format!("`{}` is no name for a runbook", args.name.display()))
            .help("use letters, digits, `_` and `-`; `_test` at the end is for tests")
            .into());
    }
    let test = path.with_file_name(format!("{stem}_test.rhai"));
    if let Some(taken) = [&path, &test].into_iter().find(|file| file.exists()) {
        return Err(exists(taken).into());
    }
    let (runbook, tests) = args.template.texts();
    write(&path, runbook)?;
    write(&test, &tests.replace("RUNBOOK", &stem)).inspect_err(|_| drop(std::fs::remove_file(&path)))?;
    console::print(&format!(
        "wrote {0}\nwrote {1}\n\nrun it:   spotscript run {0}\ntest it:  spotscript test {1}\n",
        path.display(),
        test.display()
    ));
    Ok(ExitCode::SUCCESS)
}

fn exists(path: &Path) -> Error {
    Error::new(Code::File, format!("`{}` is there already", path.display())).help("choose another name, or remove it")
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let failed = |error: std::io::Error| match error.kind() {
        ErrorKind::AlreadyExists => exists(path),
        _ => Error::new(Code::File, format!("`{}` cannot be written", path.display())).because(error.to_string()),
    };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = OpenOptions::new().write(true).create_new(true).open(path).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)
}
