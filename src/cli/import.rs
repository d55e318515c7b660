//! `spotscript import`: live groups as a file, or as a runbook.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::ValueEnum;
use serde::Serialize;

use super::cluster_choice::{ClusterChoice, group_name};
use super::form::Form;
use super::reach::Reach;
use super::snapshot::free;
use super::{Failed, Global, console, target, whole_file};
use crate::domain::code::{Code, Kind};
use crate::domain::eksctl;
use crate::domain::error::{Error, Result};
use crate::domain::import::{Imported, runbook, wordless};
use crate::domain::inventory::Owner;
use crate::domain::nodegroup::{NodegroupSpec, validate_name};
use crate::host::listen_for_interrupts;
use crate::ops;

/// Turn a live group, whoever made it, into an eksctl file or a runbook: changes nothing
///
/// Groups of spotscript, of eksctl, of EKS and of Terraform: an Auto Scaling group with a launch template. A group of
/// spotscript comes back so that making it again changes nothing. A foreign one is never changed by its name: give the copy
/// another with `--name`, and an equal group is made. What a file has no words for is told in comments and on stderr.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript import dev-4vcpu-16gb-spot
  spotscript import workers --name workers-spot --out workers.yml
  spotscript import workers --as script --out workers.rhai
  spotscript import --all --ours --out groups.yml")]
pub struct Args {
    /// Node group, or the Auto Scaling group behind it
    #[arg(required_unless_present = "all", conflicts_with = "all", value_parser = group_name)]
    group: Option<String>,
    #[command(flatten)]
    cluster: ClusterChoice,
    /// Every group of the cluster, in one file
    #[arg(long)]
    all: bool,
    /// Only those that spotscript made: groups of others are not changed by their names
    #[arg(long, requires = "all")]
    ours: bool,
    /// What it becomes
    #[arg(long = "as", value_enum, default_value_t, value_name = "FORM")]
    form: As,
    /// Name of the group in the file [default: the name that it has]
    #[arg(long, conflicts_with = "all")]
    name: Option<String>,
    /// File to write; without it, the text is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "out")]
    force: bool,
}

/// What a group becomes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
enum As {
    /// An eksctl file (ClusterConfig)
    #[default]
    File,
    /// A runbook
    Script,
}

/// A group as JSON.
#[derive(Serialize)]
struct Row<'a> {
    owner: Owner,
    spec: &'a NodegroupSpec,
    notes: &'a [String],
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    if args.all && args.form == As::Script {
        return Err(Error::new(Code::InvalidArgument, "`--all` makes one file, not one runbook")
            .help("write `--as file`, or import groups one by one")
            .into());
    }
    if let Some(name) = &args.name {
        validate_name(name)?;
    }
    if let Some(file) = &args.out {
        free(file, args.force)?;
    }
    let host = target::host(global, &Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    let imported = host.ask(async |session| {
        let cluster = args.cluster.resolve(session).await?;
        match &args.group {
            Some(name) => Ok(vec![ops::import(session, &cluster, name).await?]),
            None => ops::import_all(session, &cluster).await,
        }
    });
    let closed = host.close();
    let mut imported = imported?;
    closed?;
    if args.ours {
        imported.retain(|one| one.owner == Owner::Spotscript);
    }
    for one in &mut imported {
        if let Some(name) = &args.name {
            rename(one, name);
        }
        tell(one, args.name.is_some());
    }
    let before = imported.len();
    if args.all {
        imported.retain(writable);
    }
    let left_out = before - imported.len();
    let (text, beside) = match args.form {
        As::File => (file(&imported)?, None),
        As::Script => script(&imported, &args)?,
    };
    if let Some((path, text)) = &beside {
        whole_file::write(path, text)?;
    }
    if let Some(out) = &args.out {
        whole_file::write(out, &text)?;
    }
    let rows: Vec<Row<'_>> =
        imported.iter().map(|one| Row { owner: one.owner, spec: &one.spec, notes: &one.notes }).collect();
    let told = Form::of(global).print("imported", &rows, |_| match &args.out {
        Some(out) => {
            let files = beside.iter().map(|(path, _)| path).chain([out]);
            files.map(|file| format!("wrote {}\n", file.display())).collect()
        }
        None => text.clone(),
    })?;
    console::print(&told);
    let code = if left_out == 0 { 0 } else { Kind::Incomplete.exit_code() };
    Ok(ExitCode::from(code))
}

/// Gives the copy another name: what followed from the old one follows from the new.
fn rename(imported: &mut Imported, name: &str) {
    imported.spec.name = name.to_owned();
    // A role name of one's own is the other group's.
    imported.spec.role.role_name = None;
}

fn tell(imported: &Imported, renamed: bool) {
    let name = &imported.spec.name;
    for note in &imported.notes {
        console::say(&format!("{name}: {note}"));
    }
    if imported.owner != Owner::Spotscript && !renamed {
        console::say(&format!(
            "{name}: the group is not spotscript's: to make one like it beside it, give the copy a name with `--name`"
        ));
    }
}

/// Whether a group can be written as a file; why not is told.
fn writable(imported: &Imported) -> bool {
    let Err(error) = eksctl::write(std::slice::from_ref(&imported.spec)) else { return true };
    console::say(&format!("left out: {}: {}", imported.spec.name, error.message));
    false
}

/// All groups as one document, each with what is to be known about it.
fn file(imported: &[Imported]) -> Result<String> {
    let specs: Vec<NodegroupSpec> = imported.iter().map(|one| one.spec.clone()).collect();
    let text = eksctl::write(&specs).map_err(|error| {
        let who = specs.iter().map(|spec| format!("`{}`", spec.name)).collect::<Vec<_>>().join(", ");
        Error { message: format!("{who} cannot be written as a file: {}", error.message), ..error }
    })?;
    let mut head = String::new();
    for one in imported {
        let Imported { spec, owner, notes } = one;
        let owner = match owner {
            Owner::Spotscript => "spotscript",
            Owner::CloudFormation => "a CloudFormation stack (eksctl)",
            Owner::Managed => "EKS",
            Owner::Other => "somebody else",
        };
        head.push_str(&format!("# {}: imported from a live group of {owner}.\n", spec.name));
        notes.iter().for_each(|note| head.push_str(&format!("#   Note: {note}.\n")));
    }
    Ok(format!("{head}{text}"))
}

/// One group as a runbook; what scripts have no options for is loaded from a file, which is written beside a runbook that is.
fn script(imported: &[Imported], args: &Args) -> Result<(String, Option<(PathBuf, String)>)> {
    let Some(one) = imported.first() else { return Ok((String::new(), None)) };
    let lacking = wordless(&one.spec);
    if lacking.is_empty() {
        return Ok((runbook(one, None), None));
    }
    console::say(&format!("{}: scripts have no options for {}", one.spec.name, lacking.join(", ")));
    let Some(out) = &args.out else {
        let path = format!("{}.yml", one.spec.name);
        console::say(&format!("the runbook loads `{path}`: with `--out FILE.rhai` both are written"));
        return Ok((runbook(one, Some(&path)), None));
    };
    let path = out.with_extension("yml");
    free(&path, args.force)?;
    // Scripts find files from where they are run, as `--out` did.
    Ok((runbook(one, Some(&path.display().to_string())), Some((path, file(imported)?))))
}
