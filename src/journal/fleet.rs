//! The journal of a fleet: which cluster has which run, and how that ended.
//!
//! What a cluster's run changes stands in that run's own file. That a cluster is begun is on disk (fsync) before anything
//! of it is: whoever finds the file knows every run that the fleet may have begun.

use std::fs::{File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entry::{Origin, VERSION};
use super::read::{State, unreadable};
use super::store::lost;
use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FleetLine {
    /// Version of the form.
    pub v: u32,
    /// The wall clock's time.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub entry: FleetEntry,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum FleetEntry {
    /// The fleet began.
    Fleet {
        /// Its id.
        fleet: String,
        /// The runbook's path.
        script: String,
        /// The fleet's file.
        file: String,
        /// The content of that file, as SHA-256.
        sha256: String,
        /// `sandbox` or `aws`.
        target: String,
        /// Its clusters, in the order of the file.
        clusters: Vec<String>,
        /// How it was started.
        origin: Box<Origin>,
    },
    /// A cluster is about to be begun.
    Begin {
        /// Its name in the fleet.
        cluster: String,
        /// The run that it gets. It has a file once it changes something.
        run: String,
    },
    /// A cluster's run ended in an orderly way.
    End {
        /// Its name in the fleet.
        cluster: String,
        /// How.
        #[serde(flatten)]
        end: FleetEnd,
    },
    /// The fleet ended in an orderly way.
    Close {
        /// The process's exit code.
        exit: u8,
    },
}

/// How often resources ended in each way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Made.
    pub created: usize,
    /// Changed.
    pub changed: usize,
    /// Found as wanted.
    pub unchanged: usize,
    /// Removed.
    pub deleted: usize,
}

/// How a cluster's run ended.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FleetEnd {
    /// What the process would have exited with, had it been that run alone.
    pub exit: u8,
    /// What became of its resources.
    pub counts: Counts,
    /// How long it took, on the target's clock.
    pub elapsed_ms: u64,
    /// What made it fail, in a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
}

/// A cluster's part of a fleet, from its file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its name in the fleet.
    pub cluster: String,
    /// The runs that it was given, oldest first.
    pub runs: Vec<String>,
    /// How the newest of them ended; `None` while it goes on, or was cut off.
    pub end: Option<FleetEnd>,
}

impl Part {
    /// Whether nothing is left to do.
    pub fn is_done(&self) -> bool {
        self.end.as_ref().is_some_and(|end| end.exit == 0)
    }
}

/// A fleet, from its file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetRun {
    /// Its id.
    pub id: String,
    /// The runbook's path.
    pub script: String,
    /// The fleet's file.
    pub file: String,
    /// The content of that file, as SHA-256.
    pub sha256: String,
    /// `sandbox` or `aws`.
    pub target: String,
    /// When it began.
    pub began: Timestamp,
    /// How it ended.
    pub state: State,
    /// Whether its last line was cut off.
    pub torn: bool,
    /// How it was started.
    pub origin: Origin,
    /// Its clusters, in the order of the file; those that were not begun have no runs.
    pub clusters: Vec<Part>,
    /// Clusters in the order in which they were begun first.
    pub begun: Vec<String>,
    /// Where it is kept.
    #[serde(skip)]
    pub(super) path: PathBuf,
}

impl FleetRun {
    /// Reads a file.
    ///
    /// # Errors
    /// `SPOT-0805` when it is no journal of a fleet, was made by a newer version, or has a broken line that is not its last.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, error.to_string()))?;
        let (lines, torn) = lines(path, &String::from_utf8_lossy(&bytes))?;
        let mut lines = lines.into_iter();
        let Some(FleetLine {
            at: began,
            entry: FleetEntry::Fleet { fleet: id, script, file, sha256, target, clusters, origin },
            ..
        }) = lines.next()
        else {
            return Err(unreadable(path, "its first line is not the beginning of a fleet".into()));
        };
        let part = |cluster: String| Part { cluster, runs: vec![], end: None };
        let mut fleet = FleetRun {
            id,
            script,
            file,
            sha256,
            target,
            began,
            state: State::Unfinished,
            torn,
            origin: *origin,
            clusters: clusters.into_iter().map(part).collect(),
            begun: vec![],
            path: path.to_owned(),
        };
        for line in lines {
            fleet.note(line.entry);
        }
        Ok(fleet)
    }

    fn note(&mut self, entry: FleetEntry) {
        self.state = match &entry {
            FleetEntry::Close { exit: 0 } => State::Done,
            FleetEntry::Close { .. } => State::Failed,
            _ => State::Unfinished,
        };
        match entry {
            FleetEntry::Begin { cluster, run } => {
                let part = self.part(cluster);
                part.runs.push(run);
                part.end = None;
                let name = part.cluster.clone();
                if !self.begun.contains(&name) {
                    self.begun.push(name);
                }
            }
            FleetEntry::End { cluster, end } => self.part(cluster).end = Some(end),
            FleetEntry::Fleet { .. } | FleetEntry::Close { .. } => {}
        }
    }

    /// The part of a cluster. One that the file got only later, before the fleet was taken up, comes last.
    fn part(&mut self, cluster: String) -> &mut Part {
        let at = self.clusters.iter().position(|part| part.cluster == cluster).unwrap_or_else(|| {
            self.clusters.push(Part { cluster, runs: vec![], end: None });
            self.clusters.len() - 1
        });
        &mut self.clusters[at]
    }

    /// All runs of its clusters.
    pub fn runs(&self) -> impl Iterator<Item = &String> {
        self.clusters.iter().flat_map(|part| &part.runs)
    }
}

fn lines(path: &Path, text: &str) -> Result<(Vec<FleetLine>, bool)> {
    let count = text.lines().count();
    let (mut lines, mut torn) = (vec![], false);
    for (index, line) in text.lines().enumerate() {
        let version = serde_json::from_str::<Value>(line).ok().and_then(|line| line.get("v")?.as_u64());
        if let Some(newer) = version.filter(|version| *version > u64::from(VERSION)) {
            let why = format!("line {} has version {newer}, this spotscript reads up to {VERSION}", index + 1);
            return Err(unreadable(path, why).help("take the spotscript that wrote it, or a newer one"));
        }
        match serde_json::from_str(line) {
            Ok(line) => lines.push(line),
            Err(_) if index + 1 == count => torn = true,
            Err(error) => return Err(unreadable(path, format!("line {}: {error}", index + 1))),
        }
    }
    Ok((lines, torn))
}

/// The file of a fleet that goes on.
#[derive(Debug)]
pub struct FleetWriter {
    pub(super) id: String,
    pub(super) path: PathBuf,
    file: Mutex<File>,
    /// Keeps others from taking the fleet up or back meanwhile.
    _lock: File,
}

impl FleetWriter {
    /// Begins a file.
    pub(super) fn create(path: PathBuf, id: String, lock: File) -> Result<Self> {
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| lost(&error))?;
        if let Some(folder) = path.parent() {
            // The name itself has to survive a crash too.
            drop(File::open(folder).and_then(|folder| folder.sync_all()));
        }
        Ok(FleetWriter { id, path, file: Mutex::new(file), _lock: lock })
    }

    /// Goes on with a file; half a line that a crash left at its end is taken away.
    pub(super) fn reopen(fleet: &FleetRun, lock: File) -> Result<Self> {
        let whole = |path: &Path| -> std::io::Result<File> {
            let text = std::fs::read(path)?;
            let mut file = OpenOptions::new().append(true).open(path)?;
            let half = text.iter().rev().take_while(|byte| **byte != b'\n').count();
            if fleet.torn {
                file.set_len((text.len() - half) as u64)?;
            } else if half > 0 {
                // It lacks nothing but its end.
                file.write_all(b"\n")?;
            }
            file.seek(SeekFrom::End(0))?;
            Ok(file)
        };
        let file = whole(&fleet.path).map_err(|error| lost(&error))?;
        Ok(FleetWriter { id: fleet.id.clone(), path: fleet.path.clone(), file: Mutex::new(file), _lock: lock })
    }

    /// The fleet's id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Puts a line on disk.
    ///
    /// # Errors
    /// `SPOT-0804` when it cannot be written: then what it announces must not be begun.
    pub fn note(&self, entry: FleetEntry, at: Timestamp) -> Result<()> {
        let mut line = serde_json::to_vec(&FleetLine { v: VERSION, at, entry }).map_err(|error| {
            Error::new(Code::Internal, "a line of the fleet's journal cannot be made").because(error.to_string())
        })?;
        line.push(b'\n');
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let before = file.metadata().map(|known| known.len()).map_err(|error| lost(&error))?;
        file.write_all(&line).and_then(|()| file.sync_data()).map_err(|error| {
            // What is written later, when there is room again, must not stand behind half a line.
            drop(file.set_len(before));
            lost(&error)
        })
    }

    /// Removes the file of a fleet that changed nothing.
    pub fn discard(self) {
        // A file that stays is a nuisance, not a fault.
        drop(std::fs::remove_file(&self.path));
    }
}
