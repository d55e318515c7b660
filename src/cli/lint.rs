//! `spotscript lint FILES…`: eksctl files, and scripts, pages and manifests around them.

use std::process::ExitCode;

use serde::Serialize;

use super::{Failed, Global, TargetKind, advisor, console, target};
use crate::adapters::feeds::{self, AdvisorFeed, Freshness};
use crate::domain::advisor::Feed;
use crate::domain::code::{Code, Kind};
use crate::domain::eksctl::{self, Finding, Severity};
use crate::domain::error::Error;
use crate::host::FilePolicy;
use crate::view::{json, words};

/// Tell what an eksctl file gets wrong, and what it could do better
///
/// All faults by eksctl's rules, AWS's and Kubernetes', and what practice has left behind; in other texts, commands
/// that no longer do what they did. `spotscript explain CODE` says what each finding means. A comment allows one on its
/// line or the next (`# spotscript: allow SPOT-0225`) or in its file (`# spotscript: allow-file SPOT-0225`). Exits with
/// 3 on findings.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript lint spot_nodegroups.yml
  spotscript lint --fix spot_nodegroups.yml
  spotscript lint --feed spot-advisor-data.json spot_nodegroups.yml
  spotscript lint -o json *.yml")]
pub struct Args {
    /// ClusterConfig files, scripts, manifests; YAML and JSON of no known kind is told
    #[arg(value_name = "FILE", required = true)]
    files: Vec<String>,
    /// Mend what has one mechanical remedy; comments, order and layout stay
    #[arg(long)]
    fix: bool,
    /// Tell types that are often interrupted too, by AWS's Spot Instance Advisor; `--feed FILE` does so by a file
    #[arg(long)]
    advisor: bool,
    /// Errors and warnings only
    #[arg(long)]
    no_advice: bool,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let variable = |name: &str| match (name, &global.region) {
        ("AWS_REGION", Some(region)) => Some(region.clone()),
        _ => std::env::var(name).ok().filter(|value| !value.is_empty()),
    };
    let feed = advice(args.advisor, global)?;
    let lint = |text: &str, file: &str| eksctl::lint_with_advice(text, file, &variable, feed.as_ref());
    let mut findings = Vec::new();
    let mut fixed = 0;
    for file in &args.files {
        let mut text = std::fs::read_to_string(file)
            .map_err(|error| Error::new(Code::File, format!("cannot read `{file}`")).because(error.to_string()))?;
        let mut found = lint(&text, file);
        if args.fix {
            let (mended, count) = eksctl::fix(&text, file, &found);
            if count > 0 {
                write(file, &mended)?;
                text = mended;
                fixed += count;
                found = lint(&text, file);
            }
        }
        findings.extend(found);
    }
    findings.retain(|finding| !args.no_advice || finding.severity != Severity::Advice);
    let text = match global.json() {
        true => json::render("lint", &Answer::of(args.files.len(), fixed, &findings))?,
        false => report(&findings, args.files.len(), fixed),
    };
    console::print(&text);
    Ok(ExitCode::from(if findings.is_empty() { 0 } else { Kind::Lint.exit_code() }))
}

/// The advisor's feed, if it was asked for.
fn advice(wanted: bool, global: &Global) -> Result<Option<Feed>, Failed> {
    if let Some(file) = &global.feed {
        return Ok(Some(feeds::read_file(file)?.feed()?));
    }
    if !wanted {
        return Ok(None);
    }
    if global.target() == TargetKind::Sandbox {
        let error =
            Error::new(Code::InvalidArgument, "the sandbox's advisor is made up: it says nothing about your groups");
        return Err(error.help("add `--target aws`, or name a file with `--feed FILE`").into());
    }
    let host = target::host(global, &super::reach::Reach::default())?;
    let loaded = host.block(AdvisorFeed::default().load(Freshness::Recent, jiff::Timestamp::now()))?;
    advisor::warn(&loaded);
    Ok(Some(loaded.feed()?))
}

/// Whole or not at all.
fn write(file: &str, text: &str) -> Result<(), Error> {
    let path = std::path::Path::new(file);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(std::path::Path::new("."));
    let folder = folder
        .canonicalize()
        .map_err(|error| Error::new(Code::File, format!("cannot write `{file}`")).because(error.to_string()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    FilePolicy::new(folder, &[]).write(&name, text).map(drop)
}

fn report(findings: &[Finding], files: usize, fixed: usize) -> String {
    let mut text = String::new();
    for Finding { error, severity, fix } in findings {
        let place = error.location.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        text.push_str(&format!("{place}{} {}: {}\n", severity.as_str(), error.code, error.message));
        for cause in &error.causes {
            text.push_str(&format!("    because {cause}\n"));
        }
        if let Some(help) = &error.help {
            text.push_str(&format!("    help: {help}\n"));
        }
        if !fix.is_empty() {
            text.push_str("    `--fix` does it\n");
        }
    }
    let mended = if fixed == 0 { String::new() } else { format!(", {fixed} mended") };
    let checked = words::count(files, "file");
    if findings.is_empty() {
        return format!("{checked}{mended}, no findings\n");
    }
    text.push_str(&format!("\n{checked}{mended}, {}\n", words::count(findings.len(), "finding")));
    text
}

#[derive(Serialize)]
struct Answer<'a> {
    files: usize,
    fixed: usize,
    findings: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    severity: Severity,
    code: Code,
    message: &'a str,
    help: Option<&'a str>,
    fixable: bool,
}

impl<'a> Answer<'a> {
    fn of(files: usize, fixed: usize, findings: &'a [Finding]) -> Self {
        let row = |finding: &'a Finding| {
            let place = finding.error.location.as_ref();
            Row {
                file: place.map_or("", |place| place.file.as_str()),
                line: place.map_or(1, |place| place.line),
                column: place.map_or(1, |place| place.column),
                severity: finding.severity,
                code: finding.error.code,
                message: &finding.error.message,
                help: finding.error.help.as_deref(),
                fixable: !finding.fix.is_empty(),
            }
        };
        Answer { files, fixed, findings: findings.iter().map(row).collect() }
    }
}
