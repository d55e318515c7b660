//! Boot data of what a run removed, kept beside its file: an undo has nothing else to make it from.
//!
//! The lines tell it by size and hash; the text lies in a file of that hash, readable by its owner alone.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::redact::{HIDDEN, key_of};
use crate::domain::Code;
use crate::domain::change::digest;
use crate::domain::error::{Error, Result};

/// Where the texts of a run lie.
pub(super) fn folder(run: &Path) -> PathBuf {
    run.with_extension("data")
}

/// Keeps every hidden text of `value`.
///
/// # Errors
/// `SPOT-0804` when it cannot be written: then what it belongs to must not be removed.
pub(super) fn keep(run: &Path, value: &Value) -> Result<()> {
    let mut texts = vec![];
    collect(value, &mut texts);
    for text in texts {
        write(run, text).map_err(|error| {
            Error::new(Code::JournalUnwritable, format!("the journal `{}` cannot be written", folder(run).display()))
                .because(error.to_string())
                .help("nothing was sent that is not written down: make room or rights, or choose a folder with SPOTSCRIPT_STATE_DIR")
        })?;
    }
    Ok(())
}

fn write(run: &Path, text: &str) -> std::io::Result<()> {
    fs::create_dir_all(folder(run))?;
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let path = folder(run).join(key_of(&digest(text)));
    let mut file = options.open(&path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half of it is worse than none.
        drop(fs::remove_file(&path));
    }
    written
}

fn collect<'a>(value: &'a Value, texts: &mut Vec<&'a str>) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                match value {
                    Value::String(text) if HIDDEN.contains(&key.as_str()) => {
                        // None at all is told as it is.
                        texts.extend(Some(text.as_str()).filter(|text| !text.is_empty()));
                    }
                    other => collect(other, texts),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, texts)),
        _ => {}
    }
}

/// Puts the kept texts back where their hints stand. A text that was not kept, or is not as it was,
/// leaves its hint.
pub(super) fn restore(run: &Path, value: Value) -> Value {
    match value {
        Value::Object(map) => map
            .into_iter()
            .map(|(key, value)| match value {
                // Earlier versions hid what is empty, too.
                Value::String(text) if HIDDEN.contains(&key.as_str()) && text.starts_with("<0 bytes, sha256 ") => {
                    (key, Value::from(""))
                }
                Value::String(text) if HIDDEN.contains(&key.as_str()) && !text.is_empty() => {
                    let kept = fs::read_to_string(folder(run).join(key_of(&text))).ok();
                    (key, Value::from(kept.filter(|kept| digest(kept) == text).unwrap_or(text)))
                }
                other => (key, restore(run, other)),
            })
            .collect(),
        Value::Array(items) => items.into_iter().map(|item| restore(run, item)).collect(),
        other => other,
    }
}
