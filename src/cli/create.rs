//! `spotscript create`: what a file describes.

use std::io::Read;
use std::process::ExitCode;

use clap::Subcommand;

use super::answer::{OnlyPlan, answer_or_take_back, planned};
use super::form::Form;
use super::{Failed, Global, console};
use crate::domain::code::Code;
use crate::domain::eksctl;
use crate::domain::error::{Error, Result};
use crate::domain::inventory::ChangeReport;
use crate::domain::nodegroup::NodegroupSpec;
use crate::host::{home_of, read_text};
use crate::ops::{self, EnsureOptions, Session};
use crate::view::{json, report};

/// Make what a file describes
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    #[command(visible_alias = "ng")]
    Nodegroup(Nodegroup),
}

/// The node groups of an eksctl ClusterConfig; what exists as described is left alone
#[derive(Debug, Default, clap::Args)]
#[command(after_help = "Examples:
  spotscript create nodegroup -f spot_nodegroups.yml
  spotscript create nodegroup -f spot_nodegroups.yml --plan
  spotscript create nodegroup -f spot_nodegroups.yml --dry-run
  generate-config | spotscript create nodegroup -f - -o json")]
pub(super) struct Nodegroup {
    /// ClusterConfig (eksctl.io/v1alpha5); `-` is standard input
    #[arg(short = 'f', long = "file", visible_alias = "config-file", value_name = "FILE")]
    pub(super) file: String,
    /// Print the groups with every default filled in and change nothing
    #[arg(long, conflicts_with = "plan")]
    pub(super) dry_run: bool,
    #[command(flatten)]
    pub(super) only: OnlyPlan,
    /// Return without waiting for nodes
    #[arg(long)]
    pub(super) no_wait: bool,
    /// When it fails, take back what was made, without asking
    #[arg(long)]
    pub(super) rollback: bool,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let What::Nodegroup(create) = args.what;
    let specs = create.specs(global)?;
    if create.dry_run {
        let text = if global.json() { json::render("nodegroup-specs", &specs) } else { eksctl::write(&specs) };
        console::print(&text?);
        return Ok(ExitCode::SUCCESS);
    }
    let mut options = EnsureOptions { wait: !create.no_wait, ..EnsureOptions::default() };
    options.timeout = global.timeout.unwrap_or(options.timeout);
    if create.only.plan {
        return planned(global, async |session| {
            foreseen(session, &specs).await?;
            for spec in &specs {
                made(session, spec, specs.len(), &options).await?;
            }
            Ok(())
        });
    }
    answer_or_take_back(global, create.rollback, async |session, form| ensure(session, &specs, &options, form).await)
}

async fn ensure(session: &Session, specs: &[NodegroupSpec], options: &EnsureOptions, form: Form) -> Result<String> {
    foreseen(session, specs).await?;
    let mut reports: Vec<ChangeReport> = Vec::new();
    for spec in specs {
        reports.push(made(session, spec, specs.len(), options).await?);
    }
    form.print("changes", &reports, |style| reports.iter().map(|done| report::render(done, style)).collect())
}

/// Refuses several groups as one: the first is not made when the last cannot be. One alone is looked at as it is made.
async fn foreseen(session: &Session, specs: &[NodegroupSpec]) -> Result<()> {
    if specs.len() > 1 { ops::foresee(session, specs).await } else { Ok(()) }
}

/// Makes one of so many groups. Which one it was that failed is told when there are others.
async fn made(session: &Session, spec: &NodegroupSpec, of: usize, options: &EnsureOptions) -> Result<ChangeReport> {
    let made = ops::ensure(session, spec, options).await;
    made.map_err(|error| match of {
        1 => error,
        _ => error.of_group(&spec.name),
    })
}

impl Nodegroup {
    /// The valid specifications of the file. What is worth knowing about it is told.
    pub(super) fn specs(&self, global: &Global) -> Result<Vec<NodegroupSpec>> {
        let name = if self.file == "-" { "<stdin>" } else { &self.file };
        let variable = |name: &str| match (name, &global.region) {
            ("AWS_REGION", Some(region)) => Some(region.clone()),
            _ => std::env::var(name).ok().filter(|value| !value.is_empty()),
        };
        let document = eksctl::read_with(&read(&self.file)?, name, &variable)?.with_keys(&key)?;
        for note in document.notes() {
            console::say(&format!("[ℹ]  {}: {}", note.location, note.message));
        }
        let mut specs = document.nodegroups();
        specs.extend(document.managed().iter().cloned());
        if specs.is_empty() {
            return Err(Error::new(Code::DocumentUnsupported, format!("`{name}` has no node group to make"))
                .help("add one under `nodeGroups` or `managedNodeGroups`"));
        }
        specs.iter().try_for_each(NodegroupSpec::validate)?;
        Ok(specs)
    }
}

/// The text of a file with a public key: relative to the current folder, `~` being the home.
fn key(path: &str) -> Result<String> {
    let file = home_of(path).unwrap_or_else(|| path.into());
    read_text(&file).map_err(|error| Error::new(Code::File, format!("cannot read `{path}`")).because(error.to_string()))
}

fn read(file: &str) -> Result<String> {
    let mut text = String::new();
    let read = match file {
        "-" => std::io::stdin().read_to_string(&mut text).map(|_| text),
        path => std::fs::read_to_string(path),
    };
    read.map_err(|error| Error::new(Code::File, format!("cannot read `{file}`")).because(error.to_string()))
}
