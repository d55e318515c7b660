//! Reads a run's file, whole or cut off.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde_json::Value;

use super::blobs;
use super::entry::{Entry, Line, Origin, Result as Answer, VERSION};
use crate::domain::Code;
use crate::domain::change::State as Resource;
use crate::domain::error::{Error, Result};
use crate::domain::mutation::Mutation;

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// With exit code 0.
    Done,
    /// With another exit code.
    Failed,
    /// It did not: killed, crashed, or still running.
    Unfinished,
}

/// A run, from its file.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct Run {
    /// Id.
    pub id: String,
    /// The runbook's path, or the command.
    pub script: String,
    /// `sandbox` or `aws`.
    pub target: String,
    /// Parameters.
    pub params: Value,
    /// When its first change began, on the target's clock.
    pub began: Timestamp,
    /// How it ended.
    pub state: State,
    /// Whether its last line was cut off.
    pub torn: bool,
    /// How it was started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// All lines but the first.
    pub lines: Vec<Line>,
    /// Its file.
    #[serde(skip)]
    file: PathBuf,
}

/// A change that a run meant to make.
#[derive(Debug, Clone, PartialEq)]
pub struct Intent {
    /// The request; what it says to machines at boot is left out.
    pub mutation: Mutation,
    /// The cluster whose API server it went to.
    pub cluster: Option<String>,
    /// The resource before it.
    pub before: Option<Resource>,
    /// Where in `before` a secret is masked, as JSON pointers.
    pub masked: Vec<String>,
}

impl Run {
    /// Reads a file.
    ///
    /// # Errors
    /// `SPOT-0805` when it is no journal, was made by a newer version, or has a broken line that is not its last.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| unreadable(path, error.to_string()))?;
        Run::parse(path, &String::from_utf8_lossy(&bytes))
    }

    fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut lines = Vec::new();
        let mut torn = false;
        let count = text.lines().count();
        for (index, text_of_line) in text.lines().enumerate() {
            let version = serde_json::from_str::<Value>(text_of_line).ok().and_then(|line| line.get("v")?.as_u64());
            if let Some(newer) = version.filter(|version| *version > u64::from(VERSION)) {
                let why = format!("line {} has version {newer}, this spotscript reads up to {VERSION}", index + 1);
                return Err(unreadable(path, why).help("take the spotscript that wrote it, or a newer one"));
            }
            match serde_json::from_str::<Line>(text_of_line) {
                Ok(line) => lines.push(line),
                // Only a crash in the middle of a write leaves half a line, and only at the end.
                Err(_) if index + 1 == count => torn = true,
                Err(error) => return Err(unreadable(path, format!("line {}: {error}", index + 1))),
            }
        }
        let mut lines = lines.into_iter();
        let Some(Line { at: began, entry: Entry::Begin { run: id, script, target, params, origin }, .. }) =
            lines.next()
        else {
            return Err(unreadable(path, "its first line is not the beginning of a run".into()));
        };
        let lines: Vec<Line> = lines.collect();
        let state = match lines.last().map(|line| &line.entry) {
            Some(Entry::End { exit: 0, .. }) => State::Done,
            Some(Entry::End { .. }) => State::Failed,
            _ => State::Unfinished,
        };
        let origin = origin.map(|origin| *origin);
        Ok(Run { id, script, target, params, began, state, torn, origin, lines, file: path.to_owned() })
    }

    /// Whether the run of a file ended in an orderly way, by its last line alone; a file that says nothing has ended.
    pub(super) fn has_ended(path: &Path) -> bool {
        let text = std::fs::read(path).unwrap_or_default();
        let last = text.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty());
        last.is_none_or(|line| {
            serde_json::from_slice::<Line>(line).is_ok_and(|line| matches!(line.entry, Entry::End { .. }))
        })
    }

    /// Whether the run of a file, which may be broken further on, says that it takes up `root`.
    pub(super) fn takes_up(path: &Path, root: &str) -> bool {
        let mut first = vec![];
        if let Ok(file) = std::fs::File::open(path) {
            drop(BufReader::new(file).read_until(b'\n', &mut first));
        }
        let first = serde_json::from_slice::<Value>(&first).unwrap_or_default();
        first.pointer("/origin/resumes").and_then(Value::as_str) == Some(root)
    }

    /// How many changes it meant to make.
    pub fn intents(&self) -> usize {
        self.lines.iter().filter(|line| matches!(line.entry, Entry::Intent { .. })).count()
    }

    /// Its changes in order, with what was there before them.
    ///
    /// # Errors
    /// `SPOT-0805` when one is written in a way that this version does not know, or boot data that was kept is gone.
    pub fn changes(&self) -> Result<Vec<Intent>> {
        let mut changes = vec![];
        for line in &self.lines {
            let Entry::Intent { mutation, cluster, before, masked } = &line.entry else { continue };
            let unknown = |error: serde_json::Error| unreadable(&self.file, format!("line {}: {error}", line.seq + 1));
            let before = before.clone().map(|before| blobs::restore(&self.file, before));
            changes.push(Intent {
                mutation: serde_json::from_value(mutation.clone()).map_err(unknown)?,
                cluster: cluster.clone(),
                before: before.map(serde_json::from_value).transpose().map_err(unknown)?,
                masked: masked.clone(),
            });
        }
        Ok(changes)
    }

    /// The answer to an intent, if one was written down. Without one, the request may or may not have been sent.
    pub fn answer(&self, seq: u64) -> Option<&Answer> {
        self.lines.iter().find_map(|line| match &line.entry {
            Entry::Outcome { of, result } if *of == seq => Some(result),
            _ => None,
        })
    }
}

pub(super) fn unreadable(path: &Path, why: String) -> Error {
    Error::new(Code::JournalUnreadable, format!("the journal `{}` cannot be read", path.display())).because(why).help(
        "run the runbook again by hand: what is done is found `unchanged`. The other runs are not touched by this one",
    )
}
