//! Reading a saved snapshot: what is wrong with one is told with its place.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{SCHEMA, Snapshot, VERSION, check};
use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result};

/// How far into a text its schema is looked for.
const HEAD: usize = 200;

/// Whether a text says that it is something that spotscript saved.
pub fn is_one(text: &str) -> bool {
    let head: String = text.trim_start_matches('\u{feff}').trim_start().chars().take(HEAD).collect();
    head.starts_with('{') && head.contains("\"schema\"") && head.contains("\"spotscript.")
}

/// What every document of ours begins with.
#[derive(Deserialize)]
struct Head {
    schema: String,
    #[serde(default, rename = "data")]
    _data: IgnoredAny,
}

#[derive(Deserialize)]
struct Envelope {
    data: Snapshot,
}

/// Reads a snapshot.
///
/// # Errors
/// `SPOT-0704` when the text is cut off, or a part is missing or has the wrong form; `SPOT-0705` when it is another
/// document or of a later version; `SPOT-0706` when its parts do not fit together; `SPOT-0707` when one of its objects is none.
pub fn read(text: &str, file: &str) -> Result<Snapshot> {
    let text = text.trim_start_matches('\u{feff}');
    let place = |error: &serde_json::Error| Location {
        file: file.to_owned(),
        line: error.line().max(1),
        column: error.column().max(1),
    };
    let head: Head = serde_json::from_str(text).map_err(|error| {
        let what = if error.is_eof() { "ends too early" } else { "is no JSON" };
        Error::new(Code::SnapshotBroken, format!("the snapshot `{file}` {what}"))
            .because(error.to_string())
            .help("take it again with `spotscript snapshot`; a whole file is written or none")
            .at(place(&error))
    })?;
    version(&head.schema, file)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let Envelope { data: snapshot } = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        Error::new(Code::SnapshotBroken, format!("the snapshot `{file}` is wrong at `{}`", error.path()))
            .because(error.inner().to_string())
            .help("take it again with `spotscript snapshot`, or undo what was changed by hand")
            .at(place(error.inner()))
    })?;
    match Error::together(check::faults(&snapshot, file)) {
        Some(error) => Err(error),
        None => Ok(snapshot),
    }
}

fn version(schema: &str, file: &str) -> Result<()> {
    let number = schema.strip_prefix(SCHEMA).and_then(|rest| rest.strip_prefix("/v")?.parse::<u32>().ok());
    match number {
        Some(VERSION) => Ok(()),
        Some(number) => Err(Error::new(
            Code::SnapshotVersion,
            format!("the snapshot `{file}` is of version {number}, this program reads version {VERSION}"),
        )
        .help("take it again with this program, or load it with the one that took it")),
        None => Err(Error::new(Code::SnapshotVersion, format!("`{file}` is `{schema}`, no snapshot"))
            .help("give what `spotscript snapshot --out FILE` saved, or what `kubectl get … -A -o json` printed")),
    }
}
