//! The fleets of a store: begun, found, forgotten together with the runs of their clusters.

use std::collections::HashSet;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use uuid::Uuid;

use super::blobs;
use super::fleet::{FleetEntry, FleetRun, FleetWriter};
use super::lock;
use super::read::{Run, State};
use super::store::{Store, unwritable};
use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// What a fleet's file ends in.
const ENDING: &str = "fleet";
/// Fleets kept; the oldest are forgotten when a new one begins.
const KEPT: usize = 50;
/// Older ones that did not end and are kept all the same.
const KEPT_LONGER: usize = 50;

/// What an id names.
#[derive(Debug)]
pub enum Found {
    /// A run.
    Run(Box<Run>),
    /// A fleet.
    Fleet(Box<FleetRun>),
}

impl Store {
    /// Begins the file of a fleet.
    ///
    /// # Errors
    /// `SPOT-0804` when it cannot be written.
    pub fn begin_fleet(&self, begin: impl FnOnce(String) -> FleetEntry, at: Timestamp) -> Result<FleetWriter> {
        let folder = self.folder()?;
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, "made", &error))?;
        self.forget_fleets();
        let id = Uuid::now_v7().simple().to_string();
        let lock = self.lock_fleet(&id)?;
        let writer = FleetWriter::create(folder.join(format!("{id}.{ENDING}")), id.clone(), lock)?;
        match writer.note(begin(id), at) {
            Ok(()) => Ok(writer),
            Err(error) => {
                writer.discard();
                Err(error)
            }
        }
    }

    /// Goes on with the file of a fleet.
    ///
    /// # Errors
    /// `SPOT-0810` when another process works on it, `SPOT-0804` when it cannot be written.
    pub fn reopen_fleet(&self, id: &str) -> Result<(FleetRun, FleetWriter)> {
        let lock = self.lock_fleet(id)?;
        // Read under the lock: nobody else writes any more.
        let fleet = FleetRun::read(&self.folder()?.join(format!("{id}.{ENDING}")))?;
        let writer = FleetWriter::reopen(&fleet, lock)?;
        Ok((fleet, writer))
    }

    /// Keeps others from taking a fleet up or back until the file is dropped.
    fn lock_fleet(&self, id: &str) -> Result<File> {
        let folder = self.folder()?.with_file_name("locks").join("fleets");
        lock::lock(&folder, &format!("fleet {id}"), &format!("process {}", std::process::id()))
    }

    /// All fleets, newest first. A file that cannot be read is in the list with its error.
    ///
    /// # Errors
    /// `SPOT-0801` when the folder cannot be read.
    pub fn fleets(&self) -> Result<Vec<Result<FleetRun>>> {
        Ok(self.fleet_files()?.iter().rev().map(|file| FleetRun::read(file)).collect())
    }

    /// The run or the fleet whose id begins or ends with `id`; `last` is the newest that is no part of a fleet.
    ///
    /// # Errors
    /// As [`Store::find`].
    pub fn find_any(&self, id: &str) -> Result<Found> {
        let files = self.fleet_files()?;
        if id == "last" {
            let owned = self.owned();
            let newest = self.files()?.into_iter().rfind(|file| !owned.contains(&name(file)));
            return match (newest, files.last()) {
                (Some(run), Some(fleet)) if name(&run) < name(fleet) => FleetRun::read(fleet).map(Found::fleet),
                (None, Some(fleet)) => FleetRun::read(fleet).map(Found::fleet),
                (Some(run), _) => Run::read(&run).map(Found::run),
                (None, None) => self.find(id).map(Found::run),
            };
        }
        let fits = |file: &&PathBuf| name(file).starts_with(id) || name(file).ends_with(id);
        let fleets: Vec<&PathBuf> = files.iter().filter(fits).collect();
        let runs = self.files()?.iter().filter(fits).count();
        match fleets.as_slice() {
            [one] if runs == 0 => FleetRun::read(one).map(Found::fleet),
            [] => self.find(id).map(Found::run),
            many => {
                let count = many.len() + runs;
                Err(Error::new(Code::RunNotFound, format!("{count} runs are called `{id}`"))
                    .help("write more of its id; `spotscript runs` lists them"))
            }
        }
    }

    /// Ids of the runs that belong to fleets: those are kept as long as their fleets.
    pub(super) fn owned(&self) -> HashSet<String> {
        let fleets = self.fleet_files().unwrap_or_default();
        let read = fleets.iter().filter_map(|file| FleetRun::read(file).ok());
        read.flat_map(|fleet| fleet.runs().cloned().collect::<Vec<_>>()).collect()
    }

    /// The files, oldest first.
    fn fleet_files(&self) -> Result<Vec<PathBuf>> {
        self.files_ending(ENDING)
    }

    /// Forgets the oldest, with the runs of their clusters.
    fn forget_fleets(&self) {
        let (Ok(folder), Ok(files)) = (self.folder(), self.fleet_files()) else { return };
        let surplus = (files.len() + 1).saturating_sub(KEPT);
        let old: Vec<FleetRun> = files.iter().take(surplus).filter_map(|file| FleetRun::read(file).ok()).collect();
        let (unfinished, ended): (Vec<_>, Vec<_>) = old.into_iter().partition(|fleet| fleet.state == State::Unfinished);
        let too_many = unfinished.len().saturating_sub(KEPT_LONGER);
        for fleet in ended.into_iter().chain(unfinished.into_iter().take(too_many)) {
            for run in fleet.runs() {
                let file = folder.join(format!("{run}.jsonl"));
                // A file that stays is a nuisance, not a fault.
                drop(fs::remove_file(&file));
                drop(fs::remove_dir_all(blobs::folder(&file)));
            }
            drop(fs::remove_file(&fleet.path));
        }
    }
}

impl Found {
    fn run(run: Run) -> Self {
        Found::Run(Box::new(run))
    }

    fn fleet(fleet: FleetRun) -> Self {
        Found::Fleet(Box::new(fleet))
    }
}

/// The id that a file is named by.
fn name(file: &Path) -> String {
    file.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
}
