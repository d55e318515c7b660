//! `spotscript check FILES…`: what is wrong with scripts, told without running them.

use std::path::PathBuf;
use std::process::ExitCode;

use serde::Serialize;

use super::global::Output;
use super::reach::Reading;
use super::{Failed, Global, console, target};
use crate::domain::error::Error;
use crate::domain::{Code, Kind};
use crate::script::ScriptError;
use crate::script::check::{Checker, Finding, Severity};
use crate::script::render::{Look, render};
use crate::script::testing::discover;
use crate::view::{json, words};

/// Tell what is wrong with scripts, without running them
///
/// Unknown names, wrong arguments and options, values that the domain refuses, variables that nobody reads, and more:
/// `spotscript explain CODE` says what each finding means. A comment allows one on its line or the next
/// (`// spotscript: allow SPOT-0621`) or in its file (`// spotscript: allow-file SPOT-0621`). Exits with 3 on findings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript check
  spotscript check scripts/create_spot.rhai
  spotscript check scripts -o github
  spotscript check scripts -o json")]
pub struct Args {
    /// Scripts, and folders whose `*.rhai` are checked
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<PathBuf>,
    /// Findings as annotations for GitHub's workflow log: `-o github`
    #[arg(long, hide = true)]
    github: bool,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let files = files(&args.paths)?;
    let host = target::host(global, &args.reading.into())?;
    let checker = Checker::new(&host)?;
    let mut findings = Vec::new();
    for file in &files {
        let text = std::fs::read_to_string(file).map_err(|error| {
            Error::new(Code::File, format!("`{}` cannot be read", file.display())).because(error.to_string())
        })?;
        findings.extend(checker.check(&file.display().to_string(), &text));
    }
    let github = args.github || global.output == Some(Output::Github);
    let text = match (global.json(), github) {
        (true, _) => json::render("check", &Answer::of(files.len(), &findings))?,
        (false, true) => findings.iter().map(annotation).collect(),
        (false, false) => report(&findings, files.len(), console::data_look(global)),
    };
    console::print(&text);
    Ok(ExitCode::from(if findings.is_empty() { 0 } else { Kind::Lint.exit_code() }))
}

/// The files that are meant, each once, in the order of their names.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, Error> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            discover::walk(path, &|name| name.ends_with(".rhai"), &mut files)?;
        } else if path.exists() {
            files.push(path.clone());
        } else {
            return Err(Error::new(Code::File, format!("there is no `{}`", path.display()))
                .help("give scripts, or folders with `*.rhai` in them"));
        }
    }
    files.sort();
    files.dedup();
    if files.is_empty() {
        let named: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
        return Err(Error::new(Code::File, format!("there is no `*.rhai` in {}", named.join(", ")))
            .help("`spotscript new NAME` writes a runbook to begin with"));
    }
    Ok(files)
}

fn report(findings: &[Finding], files: usize, look: Look) -> String {
    let mut text = String::new();
    for finding in findings {
        let place = Some(finding.place.clone());
        text.push_str(&render(&ScriptError { error: finding.error.clone().into(), place, frames: Vec::new() }, look));
    }
    let checked = words::count(files, "file");
    if findings.is_empty() {
        return format!("{checked}, no findings\n");
    }
    let mut with: Vec<&str> = findings.iter().map(|finding| finding.place.name.as_str()).collect();
    with.dedup();
    text.push_str(&format!("\n{} in {} of {checked}\n", words::count(findings.len(), "finding"), with.len()));
    text
}

/// A line of GitHub's workflow commands, escaped by its rules.
fn annotation(finding: &Finding) -> String {
    let (line, column) = finding.at();
    let (end_line, end_column) = finding.end();
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    };
    let data = |text: &str| text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A");
    let property = |text: &str| data(text).replace(':', "%3A").replace(',', "%2C");
    let error = &finding.error;
    let help = error.help.as_ref().map(|help| format!("\nhelp: {help}")).unwrap_or_default();
    format!(
        "::{level} file={},line={line},endLine={end_line},col={column},endColumn={end_column},title={}::{}\n",
        property(&finding.place.name),
        error.code,
        data(&format!("{}{help}", error.message))
    )
}

#[derive(Serialize)]
struct Answer<'a> {
    files: usize,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    severity: Severity,
    code: Code,
    message: &'a str,
    help: Option<&'a str>,
}

impl<'a> Answer<'a> {
    fn of(files: usize, findings: &'a [Finding]) -> Self {
        let row = |finding: &'a Finding| {
            let ((line, column), (end_line, end_column)) = (finding.at(), finding.end());
            Row {
                file: &finding.place.name,
                line,
                column,
                end_line,
                end_column,
                severity: finding.severity,
                code: finding.code(),
                message: &finding.error.message,
                help: finding.error.help.as_deref(),
            }
        };
        Answer { files, findings: findings.iter().map(row).collect() }
    }
}
