//! Snapshots of one file with tests: `__snapshots__/FILE/NAME.snap` beside it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::Snapshot;

/// The snapshots of a file, and which of them were asked for.
pub(super) struct Snapshots {
    folder: PathBuf,
    update: bool,
    asked: Mutex<BTreeSet<String>>,
}

impl Snapshots {
    /// The snapshots of the tests in `file`.
    pub(super) fn of(file: &Path, update: bool) -> Self {
        let folder = file.parent().unwrap_or(Path::new("")).join("__snapshots__");
        Snapshots { folder: folder.join(file.file_stem().unwrap_or_default()), update, asked: Mutex::default() }
    }

    /// Compares a value with its snapshot, or writes it.
    pub(super) fn compare(&self, name: &str, value: &str) -> Result<Snapshot> {
        let legal = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
        if name.is_empty() || name.starts_with('.') || !name.chars().all(legal) {
            return Err(Error::new(Code::InvalidValue, format!("`{name}` is no name for a snapshot"))
                .help("use letters, digits, `-`, `_` and `.`: it is the name of a file"));
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        let file = self.folder.join(format!("{name}.snap"));
        // Whoever gives a test away may have put a link there, and a comparison tells what it reads.
        if let Some(link) = file.ancestors().take(3).find(|path| path.is_symlink()) {
            let message = format!("the snapshot `{name}` is behind a link");
            return Err(Error::new(Code::FileOutside, message)
                .because(format!("`{}` is one", link.display()))
                .help("put a file or folder of its own there"));
        }
        let value = if value.ends_with('\n') { value.to_owned() } else { format!("{value}\n") };
        let kept = match std::fs::read_to_string(&file) {
            Ok(kept) => Some(kept),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(refused(&file, &error)),
        };
        match kept {
            Some(kept) if kept == value => Ok(Snapshot::Same),
            _ if self.update => {
                let write = std::fs::create_dir_all(&self.folder).and_then(|()| std::fs::write(&file, value));
                write.map(|()| Snapshot::Same).map_err(|error| refused(&file, &error))
            }
            Some(kept) => Ok(Snapshot::Differs(kept)),
            None => Ok(Snapshot::Missing(file.display().to_string())),
        }
    }

    /// Snapshots that nobody asked for; when updating, they are removed.
    pub(super) fn obsolete(&self) -> Vec<PathBuf> {
        let asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(entries) = std::fs::read_dir(&self.folder) else { return Vec::new() };
        let mut obsolete: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "snap"))
            .filter(|path| !path.file_stem().is_some_and(|stem| asked.contains(&*stem.to_string_lossy())))
            .collect();
        obsolete.sort();
        if self.update {
            obsolete.retain(|path| std::fs::remove_file(path).is_err());
        }
        obsolete
    }
}

fn refused(file: &Path, error: &std::io::Error) -> Error {
    Error::new(Code::File, format!("the snapshot `{}` cannot be used", file.display())).because(error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_snapshot_is_missing_then_kept_then_differs_and_at_last_obsolete() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a_test.rhai");
        let reading = || Snapshots::of(&file, false);
        assert!(matches!(reading().compare("x", "1").unwrap(), Snapshot::Missing(_)));
        assert_eq!(Snapshots::of(&file, true).compare("x", "1").unwrap(), Snapshot::Same);
        assert_eq!(reading().compare("x", "1").unwrap(), Snapshot::Same);
        assert_eq!(reading().compare("x", "2").unwrap(), Snapshot::Differs("1\n".into()));
        assert_eq!(reading().obsolete(), [folder.path().join("__snapshots__/a_test/x.snap")]);
        assert_eq!(Snapshots::of(&file, true).obsolete(), [] as [PathBuf; 0]);
        assert_eq!(reading().obsolete(), [] as [PathBuf; 0]);
        assert_eq!(reading().compare("../x", "1").unwrap_err().code, Code::InvalidValue);
    }
}
