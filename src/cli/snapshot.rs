//! `spotscript snapshot`: a cluster in one file.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::cluster_choice::ClusterChoice;
use super::form::Form;
use super::reach::Reach;
use super::{Failed, Global, console, target, whole_file};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::snapshot::{SCHEMA, Snapshot};
use crate::host::listen_for_interrupts;
use crate::ops;
use crate::view::{json, words};

/// Save a cluster with its groups, instances, nodes and pods in one file, to rehearse on: changes nothing
///
/// `spotscript sandbox load FILE` makes a world of it, in which drain, roll, scale and interruptions happen to a copy.
/// Secrets and ConfigMaps are not read; of key pairs the names, and what is public of those made for groups; of events those about nodes and those about nothing;
/// commands in boot data are left out, told by size and hash. What pods' specs hold is in the file, as
/// `kubectl get pods -o json` prints it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript snapshot --target aws --cluster prod --out prod.json
  spotscript sandbox load prod.json --world prod
  spotscript drain -l lifecycle=Ec2Spot --ignore-daemonsets --world prod")]
pub struct Args {
    #[command(flatten)]
    cluster: ClusterChoice,
    /// File to write; without it, the document is printed
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Write over a file that is there
    #[arg(long, requires = "out")]
    force: bool,
    /// Keep commands in boot data too, with the secrets that they may hold
    #[arg(long)]
    boot_data: bool,
}

/// What was saved.
#[derive(Serialize)]
struct Saved<'a> {
    file: String,
    bytes: usize,
    cluster: &'a str,
    taken: jiff::Timestamp,
    groups: usize,
    nodegroups: usize,
    launch_templates: usize,
    instances: usize,
    objects: usize,
    missing: usize,
    left_out: usize,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    if let Some(file) = &args.out {
        free(file, args.force)?;
    }
    let host = target::host(global, &Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    let snapshot = host.ask(async |session| {
        let cluster = args.cluster.resolve(session).await?;
        ops::snapshot(session, &cluster, args.boot_data).await
    });
    let closed = host.close();
    let snapshot = snapshot?;
    closed?;
    tell(&snapshot);
    let kind = SCHEMA.trim_start_matches("spotscript.");
    let text = json::render(kind, &snapshot)?;
    let Some(file) = &args.out else {
        console::print(&text);
        return Ok(ExitCode::SUCCESS);
    };
    whole_file::write(file, &text)?;
    let saved = Saved {
        file: file.display().to_string(),
        bytes: text.len(),
        cluster: &snapshot.cluster.name,
        taken: snapshot.taken,
        groups: snapshot.groups.len(),
        nodegroups: snapshot.nodegroups.len(),
        launch_templates: snapshot.launch_templates.len(),
        instances: snapshot.instances.len(),
        objects: snapshot.objects.len(),
        missing: snapshot.missing.len(),
        left_out: snapshot.left_out.len(),
    };
    console::print(&Form::of(global).print("snapshot-saved", &saved, |_| render(&saved))?);
    Ok(ExitCode::SUCCESS)
}

/// Refuses to write over a file, before anything is read.
pub(super) fn free(file: &Path, force: bool) -> Result<()> {
    if force || !file.exists() {
        return whole_file::check(file);
    }
    Err(Error::new(Code::File, format!("`{}` is there already", file.display()))
        .help("choose another name, or add `--force` to write over it"))
}

/// Says what the document does not have.
fn tell(snapshot: &Snapshot) {
    for one in &snapshot.missing {
        console::say(&format!("not in it: {} ({})", one.what, one.why));
    }
    for one in &snapshot.left_out {
        console::say(&format!(
            "left out of the boot data of {} version {}: {}",
            one.launch_template,
            one.version,
            one.commands.join(", ")
        ));
    }
    if !snapshot.left_out.is_empty() {
        console::say("new nodes of the copy join without these commands; `--boot-data` keeps them");
    }
}

fn render(saved: &Saved<'_>) -> String {
    format!(
        "saved cluster {} as of {} in {}: {}, {}, {}\nrehearse on it: spotscript sandbox load {} --world NAME\n",
        saved.cluster,
        saved.taken.strftime("%Y-%m-%dT%H:%M:%SZ"),
        saved.file,
        words::count(saved.groups, "group"),
        words::count(saved.instances, "instance"),
        words::count(saved.objects, "object"),
        saved.file,
    )
}
