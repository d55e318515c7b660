//! `spotscript run --fleet FILE`: one runbook on many clusters, each a run of its own.
//!
//! A cluster has its own host, target, journal and locks; what ends one ends no other. The fleet's own journal says which
//! cluster has which run, so that `resume` goes on where the fleet was cut off.

mod console;
mod lanes;
mod members;
mod plan;
mod report;
mod undo;

use std::path::PathBuf;
use std::process::ExitCode;

use jiff::Timestamp;

use super::journal::{short, store};
use super::runbook::Draft;
use super::{Failed, Global};
use crate::domain::error::{Error, Result};
use crate::domain::fleet::worst;
use crate::domain::{Code, Kind};
use crate::host::{Cancel, Claims, listen_for_interrupts};
use crate::journal::{FleetEntry, FleetRun, FleetWriter, Origin, Part};
use lanes::Lanes;
use members::{Member, Members};

pub use plan::plan;
pub use report::show;
pub use undo::undo;

/// Clusters worked on at once when nothing else is said.
const AT_ONCE: u16 = 4;

/// The fleet's file and its rules, as `--help` tells them.
pub const HELP: &str = "A fleet: one runbook on many clusters
  spotscript run --fleet fleet.yaml --concurrency 8 --stop-after 3 rotate.rhai --desired 4

  version: 1
  defaults:                  # for all clusters; each may say otherwise
    region: eu-west-1
    profile: prod
    params: { max: 6 }       # parameters of the runbook
  clusters:
    - name: shop-eu          # its name here: unique, 1 to 64 letters, digits, `-`, `_`
    - name: shop-us
      cluster: shop          # what EKS calls it [default: the name]
      region: us-east-1
      kubeconfig: us.yaml    # reach it through a kubeconfig instead of through EKS,
      context: shop-us       # and through this context of it
      world: drill-us        # the sandbox world that stands in for it [default: the name]
      params: { max: 9 }

  Each cluster is a run of its own, with its own journal; `--timeout` is for each. A runbook with a parameter `cluster` is
  given the cluster's name by it. Flags behind the runbook count for all clusters and go before the file's `params`.
  In the sandbox, a cluster without a world gets a fresh one with its name and region.
  A cluster that fails ends alone. `spotscript resume` goes on at the clusters that are not done, `spotscript undo` takes
  all of them back, the last one first.
  Exit code: 0 when all are ok, else the worst of the clusters': 130 before 70, 5, 6 and 2, then the greatest; a cluster
  that was not begun counts as 6. With `--plan`: 4 when any cluster would change and none failed.";

/// Flags of a fleet.
#[derive(Debug, Clone, clap::Args)]
pub struct FleetFlags {
    /// Run it on each cluster of this fleet: a YAML file, shown by `--help`
    #[arg(long, value_name = "FILE")]
    fleet: Option<PathBuf>,
    /// Clusters of the fleet that are worked on at once, 1 to 64 [default: 4]
    #[arg(long, value_name = "N", requires = "fleet", value_parser = clap::value_parser!(u16).range(1..=64))]
    concurrency: Option<u16>,
    /// Begin no further cluster once this many have failed
    #[arg(long, value_name = "N", requires = "fleet", value_parser = clap::value_parser!(u16).range(1..))]
    stop_after: Option<u16>,
}

/// A fleet as the command line wants it.
pub struct Options {
    file: PathBuf,
    at_once: usize,
    stop_after: Option<usize>,
}

impl FleetFlags {
    /// The fleet that is wanted, if one is.
    pub fn options(&self) -> Option<Options> {
        Some(Options {
            file: self.fleet.clone()?,
            at_once: self.concurrency.unwrap_or(AT_ONCE).into(),
            stop_after: self.stop_after.map(usize::from),
        })
    }
}

/// Runs the runbook on all clusters, or takes a fleet up on those that are not done.
pub fn run(draft: &Draft, options: &Options) -> Result<ExitCode, Failed> {
    let Members { all: mut members, sha256 } = members::read(draft, &options.file)?;
    let global = &draft.global;
    let (before, writer) = match &global.start.resumes {
        Some(id) => {
            let (fleet, writer) = store().reopen_fleet(id)?;
            report::warn_of_changes(&fleet, &members, &sha256, draft);
            (fleet.clusters, writer)
        }
        None => (vec![], begin(draft, options, &members, sha256)?),
    };
    let queue = prepare(&mut members, &before, &writer, global)?;
    let cancel = Cancel::default();
    listen_for_interrupts(cancel.clone());
    let lanes = Lanes::new(&members, &writer, cancel.clone(), Claims::default(), global, options.stop_after);
    let ends = lanes.run(&queue, options.at_once);

    let stopped = cancel.is_cancelled().then_some(Kind::Interrupted.exit_code());
    let each = members.iter().zip(&ends).map(|(member, ended)| match ended {
        Some(ended) => ended.end.exit,
        None => of_before(before.iter().find(|part| part.cluster == member.name)),
    });
    let exit = worst(each.chain(stopped));
    let left_traces = before.iter().any(|part| !part.runs.is_empty()) || ends.iter().flatten().any(|end| end.changes);
    let id = (exit != 0 || left_traces).then(|| writer.id().to_owned());
    let closed = close(writer, exit, id.is_some());
    report::print(
        &report::Outcome { members: &members, before: &before, ends: &ends, exit, id },
        draft,
        &options.file,
    )?;
    closed?;
    Ok(ExitCode::from(exit))
}

/// What a cluster that was not worked on now counts as.
fn of_before(part: Option<&Part>) -> u8 {
    part.and_then(|part| part.end.as_ref()).map_or(Kind::Incomplete.exit_code(), |end| end.exit)
}

/// Begins the fleet's journal.
fn begin(draft: &Draft, options: &Options, members: &[Member], sha256: String) -> Result<FleetWriter> {
    let global = &draft.global;
    let secret: Vec<String> =
        draft.header.params.iter().filter(|param| param.secret).map(|param| param.name.clone()).collect();
    let origin = Origin {
        words: super::journal::without_secrets(&global.start.words, &secret),
        folder: std::env::current_dir().map(|folder| folder.display().to_string()).unwrap_or_default(),
        sha256: Some(draft.sha256()),
        ..Origin::default()
    };
    let entry = |fleet: String| FleetEntry::Fleet {
        fleet,
        script: draft.file.clone(),
        file: options.file.display().to_string(),
        sha256,
        target: global.target().as_str().to_owned(),
        clusters: members.iter().map(|member| member.name.clone()).collect(),
        origin: Box::new(origin),
    };
    store().begin_fleet(entry, Timestamp::now())
}

/// Tells each cluster which fleet it is of and which run it takes up. Gives those that are not done, by their places.
fn prepare(members: &mut [Member], before: &[Part], writer: &FleetWriter, global: &Global) -> Result<Vec<usize>> {
    let mut queue = vec![];
    for (at, member) in members.iter_mut().enumerate() {
        let start = &mut member.runbook.global.start;
        if let Some(part) = &mut start.part {
            writer.id().clone_into(&mut part.fleet);
        }
        start.resumes = None;
        let part = before.iter().find(|part| part.cluster == member.name);
        if let Some(part) = part {
            start.resumes = first_with_file(part)?;
        }
        let wanted = global.start.only.as_ref().is_none_or(|only| *only == member.name);
        if wanted && !part.is_some_and(Part::is_done) {
            queue.push(at);
        }
    }
    Ok(queue)
}

/// The first run of a cluster that changed something: those after it took it up.
fn first_with_file(part: &Part) -> Result<Option<String>> {
    for id in &part.runs {
        match store().find(id) {
            Ok(run) => return Ok(Some(run.id)),
            // It changed nothing.
            Err(error) if error.code == Code::RunNotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}

/// Notes the end. A fleet that changed nothing anywhere, and of which nothing is left to do, is not kept.
fn close(writer: FleetWriter, exit: u8, keep: bool) -> Result<()> {
    let id = writer.id().to_owned();
    if !keep {
        writer.discard();
        return Ok(());
    }
    let exit = crate::host::exit_code_by_signal(exit);
    writer.note(FleetEntry::Close { exit }, Timestamp::now()).map_err(|error| Error {
        message: "the end of this fleet cannot be noted in its journal".to_owned(),
        help: Some(format!("what was done is noted; `spotscript resume {}` finds it done", short(&id))),
        ..error
    })
}

/// What is said when a fleet is taken up.
pub fn taking_up(fleet: &FleetRun) -> String {
    let done = fleet.clusters.iter().filter(|part| part.is_done()).count();
    format!(
        "taking up fleet {}: {} on {}, {done} of {} done",
        short(&fleet.id),
        fleet.script,
        fleet.file,
        crate::view::words::count(fleet.clusters.len(), "cluster")
    )
}
