//! The folder of run files: begins one, lists them, forgets the oldest.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::blobs;
use super::entry::{Entry, Line, Origin, Result as Answer, VERSION};
use super::lock;
use super::read::Run;
use super::redact::{masked, redact};
use crate::domain::Code;
use crate::domain::change::State;
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation, Mutation, Outcome};
use crate::domain::secret::Secrets;

/// Runs kept; the oldest are forgotten when a new one begins.
const KEPT: usize = 200;
/// Older ones that did not end and are kept all the same.
const KEPT_LONGER: usize = 200;
const ENDING: &str = "jsonl";

/// The folder of run files.
#[derive(Debug, Clone)]
pub struct Store {
    /// Why there is none, if there is none: who only reads is not held up by that.
    folder: Result<PathBuf>,
}

impl Store {
    /// A store in a folder, which need not exist yet.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Store { folder: Ok(folder.into()) }
    }

    /// A store without a folder: the first change, and every look at runs, fails with `error`.
    pub fn nowhere(error: Error) -> Self {
        Store { folder: Err(error) }
    }

    /// Begins the file of a run. Nothing is on disk until the first intent: a run that changes nothing leaves no file.
    pub fn begin(&self, script: &str, target: &str, params: Value, origin: Option<Origin>) -> Writer {
        // Version 7 ids sort by time.
        let run = Uuid::now_v7().simple().to_string();
        // Groups of one name in two sandbox worlds are two groups.
        let place = match origin.as_ref().and_then(|origin| origin.world.as_deref()) {
            Some(world) => format!("{target}-{world}"),
            None => target.to_owned(),
        };
        let origin = origin.map(Box::new);
        let begin =
            Entry::Begin { run: run.clone(), script: script.to_owned(), target: target.to_owned(), params, origin };
        Writer {
            store: self.clone(),
            holder: format!("run {run}: {script}, process {}", std::process::id()),
            place,
            locks: Mutex::default(),
            run,
            secrets: Mutex::default(),
            state: Mutex::new(Open { file: None, path: None, next: 0, whole: 0, mutating: 0, begin }),
        }
    }

    /// All runs, newest first. A file that cannot be read is in the list with its error.
    ///
    /// # Errors
    /// `SPOT-0801` when the folder cannot be read; a folder that does not exist has no runs.
    pub fn runs(&self) -> Result<Vec<Result<Run>>> {
        Ok(self.files()?.iter().rev().map(|file| Run::read(file)).collect())
    }

    /// The run whose id begins or ends with `id`; `last` is the newest.
    ///
    /// # Errors
    /// `SPOT-0803` when none or several fit, and what reading it says.
    pub fn find(&self, id: &str) -> Result<Run> {
        let files = self.files()?;
        let fits = |file: &&PathBuf| {
            file.file_stem()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with(id) || name.ends_with(id))
        };
        let found: Vec<&PathBuf> =
            if id == "last" { files.last().into_iter().collect() } else { files.iter().filter(fits).collect() };
        match found.as_slice() {
            [one] => Run::read(one),
            [] => {
                Err(Error::new(Code::RunNotFound, format!("there is no run `{id}`"))
                    .help("`spotscript runs` lists them"))
            }
            many => Err(Error::new(Code::RunNotFound, format!("{} runs are called `{id}`", many.len()))
                .help("write more of its id; `spotscript runs` lists them")),
        }
    }

    /// A run with those that took it up, oldest first.
    ///
    /// # Errors
    /// `SPOT-0801` when the folder cannot be read, what reading the first of them says.
    pub fn chain(&self, run: &Run) -> Result<Vec<Run>> {
        let resumed = |run: &Run| run.origin.as_ref().and_then(|origin| origin.resumes.clone());
        let root = match resumed(run) {
            Some(root) => self.find(&root)?,
            None => run.clone(),
        };
        let mut chain = vec![root];
        let root = chain[0].id.clone();
        for file in self.files()?.iter().filter(|file| Run::takes_up(file, &root)) {
            // One that cannot be read belongs to this chain too: what it changed cannot be told.
            chain.push(Run::read(file)?);
        }
        Ok(chain)
    }

    /// The folder.
    pub(super) fn folder(&self) -> Result<&PathBuf> {
        self.folder.as_ref().map_err(Clone::clone)
    }

    /// The files of runs, oldest first.
    pub(super) fn files(&self) -> Result<Vec<PathBuf>> {
        self.files_ending(ENDING)
    }

    /// The files of one kind, oldest first.
    pub(super) fn files_ending(&self, ending: &str) -> Result<Vec<PathBuf>> {
        let folder = self.folder()?;
        let entries = match fs::read_dir(folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(unwritable(folder, "read", &error)),
        };
        let mut files: Vec<PathBuf> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|file| file.extension().is_some_and(|end| end == ending))
            .collect();
        files.sort();
        Ok(files)
    }

    fn create(&self, run: &str) -> Result<(File, PathBuf)> {
        let folder = self.folder()?;
        fs::create_dir_all(folder).map_err(|error| unwritable(folder, "made", &error))?;
        let owned = self.owned();
        let mut files = self.files()?;
        // Those of a fleet are kept as long as that.
        files.retain(|file| !file.file_stem().is_some_and(|name| owned.contains(&*name.to_string_lossy())));
        let surplus = (files.len() + 1).saturating_sub(KEPT);
        // Runs that wait to be taken up are kept longer than those that ended.
        let (ended, unfinished): (Vec<_>, Vec<_>) = files.iter().take(surplus).partition(|file| Run::has_ended(file));
        let too_many = unfinished.len().saturating_sub(KEPT_LONGER);
        for old in ended.into_iter().chain(unfinished.into_iter().take(too_many)) {
            // A file that stays is a nuisance, not a fault.
            drop(fs::remove_file(old));
            drop(fs::remove_dir_all(blobs::folder(old)));
        }
        let path = folder.join(format!("{run}.{ENDING}"));
        let mut options = OpenOptions::new();
        options.create_new(true).append(true);
        // What infrastructure is made of is its operator's business alone.
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&path).map_err(|error| unwritable(&path, "written", &error))?;
        // The name itself has to survive a crash too.
        drop(File::open(folder).and_then(|folder| folder.sync_all()));
        Ok((file, path))
    }
}

pub(super) fn unwritable(path: &Path, what: &str, error: &std::io::Error) -> Error {
    Error::new(Code::JournalUnwritable, format!("the journal `{}` cannot be {what}", path.display()))
        .because(error.to_string())
        .help("nothing was sent that is not written down: make room or rights, or choose a folder with SPOTSCRIPT_STATE_DIR")
}

/// The file of a run that goes on.
#[derive(Debug)]
pub struct Writer {
    store: Store,
    run: String,
    /// Who we are to those who meet our locks.
    holder: String,
    /// What keeps apart groups of the same name.
    place: String,
    locks: Mutex<HashMap<String, File>>,
    secrets: Mutex<Secrets>,
    state: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    file: Option<File>,
    path: Option<PathBuf>,
    next: u64,
    /// Bytes of whole lines.
    whole: u64,
    mutating: u64,
    begin: Entry,
}

impl Writer {
    /// Writes these down nowhere.
    #[must_use]
    pub fn hiding(self, secrets: Secrets) -> Self {
        self.hide(secrets);
        self
    }

    /// Keeps groups apart from those of the same name at other places: in other accounts.
    #[must_use]
    pub fn at(self, place: &str) -> Self {
        let legal = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '.') { c } else { '_' };
        Writer { place: format!("{}-{}", self.place, place.chars().map(legal).collect::<String>()), ..self }
    }

    /// Writes these down nowhere from now on.
    pub fn hide(&self, secrets: Secrets) {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets);
    }

    fn secrets(&self) -> Secrets {
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether anything was written down.
    pub fn has_begun(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).file.is_some()
    }

    /// The run's id.
    pub fn run(&self) -> &str {
        &self.run
    }

    /// Keeps other runs from changing the group whose resources are called `name`, until this writer goes.
    ///
    /// # Errors
    /// `SPOT-0810` that names the run which changes it already.
    pub fn hold(&self, name: &str) -> Result<()> {
        let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
        if !locks.contains_key(name) {
            let folder = self.store.folder.as_ref().map_err(Clone::clone)?.with_file_name("locks").join(&self.place);
            locks.insert(name.to_owned(), lock::lock(&folder, name, &self.holder)?);
        }
        Ok(())
    }

    /// Puts an intent on disk; its request may be sent when this has returned. Gives its number.
    ///
    /// # Errors
    /// `SPOT-0804` when it cannot be written: then the request must not be sent.
    pub fn intent(
        &self,
        mutation: &Mutation,
        cluster: Option<&str>,
        before: Option<&State>,
        at: Timestamp,
    ) -> Result<u64> {
        let unwritable = |error: serde_json::Error| {
            Error::new(Code::Internal, "a change cannot be written down").because(error.to_string())
        };
        let removes = matches!(
            mutation,
            Mutation::Aws(AwsMutation::DeleteLaunchTemplate { .. } | AwsMutation::DeleteLaunchTemplateVersions { .. })
        );
        let mutation = serde_json::to_value(mutation).map_err(unwritable)?;
        let before = before.map(serde_json::to_value).transpose().map_err(unwritable)?;
        let mut open = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if open.file.is_none() {
            let (file, path) = self.store.create(&self.run)?;
            (open.file, open.path) = (Some(file), Some(path));
        }
        let written = self.note(&mut open, mutation, cluster, before, removes, at);
        if written.is_err() && open.mutating == 0 {
            // A run that changed nothing leaves no file, nor half of one.
            open.discard();
        }
        written
    }

    fn note(
        &self,
        open: &mut Open,
        mutation: Value,
        cluster: Option<&str>,
        before: Option<Value>,
        removes: bool,
        at: Timestamp,
    ) -> Result<u64> {
        if open.next == 0 {
            let begin = open.begin.clone();
            open.append(begin, at)?;
        }
        if removes && let (Some(before), Some(path)) = (&before, &open.path) {
            // What is about to go is all that an undo could make it from.
            blobs::keep(path, before)?;
        }
        let secrets = self.secrets();
        let masked = before.as_ref().map(|before| masked(before, &secrets)).unwrap_or_default();
        let intent = Entry::Intent {
            mutation: redact(mutation, &secrets),
            cluster: cluster.map(str::to_owned),
            before: before.map(|before| redact(before, &secrets)),
            masked,
        };
        let seq = open.append(intent, at)?;
        open.sync()?;
        open.mutating += 1;
        Ok(seq)
    }

    /// Puts what came of an intent on disk.
    ///
    /// # Errors
    /// `SPOT-0804` when it cannot be written.
    pub fn outcome(&self, of: u64, outcome: &Result<Outcome>, at: Timestamp) -> Result<()> {
        let result = match outcome {
            Ok(outcome) => Answer::Done { id: outcome.id.clone(), arn: outcome.arn.clone() },
            Err(error) => Answer::Failed {
                code: error.code.to_string(),
                message: self.secrets().mask(&error.message).into_owned(),
            },
        };
        let mut open = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Not synced: the next intent, or the end, takes it along. An outcome that a crash loses is found by reading.
        open.append(Entry::Outcome { of, result }, at).map(drop)
    }

    /// Notes the orderly end of a run that changed something.
    ///
    /// # Errors
    /// `SPOT-0804` when it cannot be written.
    pub fn end(&self, exit: u8, at: Timestamp) -> Result<()> {
        let mut open = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if open.file.is_none() {
            return Ok(());
        }
        let mutating = open.mutating;
        open.append(Entry::End { exit, mutating }, at).and_then(|_| open.sync()).map_err(|error| Error {
            message: "the end of this run cannot be noted in its journal".to_owned(),
            help: Some("every change is noted and stays; `spotscript runs` shows the run as unfinished".to_owned()),
            ..error
        })
    }
}

impl Open {
    fn append(&mut self, entry: Entry, at: Timestamp) -> Result<u64> {
        let seq = self.next;
        let mut line = serde_json::to_vec(&Line { v: VERSION, seq, at, entry }).map_err(|error| {
            Error::new(Code::Internal, "a line of the journal cannot be made").because(error.to_string())
        })?;
        line.push(b'\n');
        if let Some(file) = &mut self.file {
            self.whole = match file.write_all(&line) {
                Ok(()) => self.whole + line.len() as u64,
                Err(error) => return Err(self.take_back(&error)),
            };
        }
        self.next += 1;
        Ok(seq)
    }

    fn sync(&mut self) -> Result<()> {
        match self.file.as_ref().map_or(Ok(()), File::sync_data) {
            Ok(()) => Ok(()),
            Err(error) => Err(lost(&error)),
        }
    }

    /// Removes the half line that a failed write left: what is written later, when there is room again, must not stand
    /// behind it.
    fn take_back(&mut self, error: &std::io::Error) -> Error {
        if self.file.as_ref().is_some_and(|file| file.set_len(self.whole).is_err()) {
            // Nothing can be appended any more: the next intent fails too.
            self.file = self.path.as_ref().and_then(|path| File::open(path).ok());
        }
        lost(error)
    }

    fn discard(&mut self) {
        self.file = None;
        if let Some(path) = self.path.take() {
            // A file that stays is a nuisance, not a fault.
            drop(fs::remove_file(&path));
            drop(fs::remove_dir_all(blobs::folder(&path)));
        }
        (self.next, self.whole) = (0, 0);
    }
}

pub(super) fn lost(error: &std::io::Error) -> Error {
    Error::new(Code::JournalUnwritable, "the journal of this run cannot be written")
        .because(error.to_string())
        .help("the request was not sent; make room on the disk and run again: what is done is found `unchanged`")
}
