//! One writer at a time: a lock for each group, held from a run's first change of it to the run's end.
//!
//! The lock is the file system's (`flock`): that of a process that died is free.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Locks `subject` for `holder`. Dropping the file lets it go.
///
/// # Errors
/// `SPOT-0810` that names the other holder, `SPOT-0804` when the folder cannot be written.
pub(super) fn lock(folder: &Path, subject: &str, holder: &str) -> Result<File> {
    let name: String = Sha256::digest(subject).iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    let path = folder.join(format!("{name}.lock"));
    let failed = |error: std::io::Error| {
        Error::new(Code::JournalUnwritable, format!("the lock `{}` cannot be taken", path.display()))
            .because(error.to_string())
            .help("nothing was sent: make room or rights, or choose a folder with SPOTSCRIPT_STATE_DIR")
    };
    fs::create_dir_all(folder).map_err(failed)?;
    let mut file =
        OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(failed(error)),
        Err(TryLockError::WouldBlock) => {
            let mut other = String::new();
            drop(file.read_to_string(&mut other));
            return Err(Error::new(Code::GroupLocked, format!("another run changes `{subject}`"))
                .because(other)
                .help("wait until it has ended, then repeat"));
        }
    }
    file.set_len(0).and_then(|()| file.write_all(holder.as_bytes())).map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_second_run_is_refused_by_the_first_ones_name_until_that_has_ended() {
        let folder = tempfile::tempdir().unwrap();
        let first = lock(folder.path(), "spotscript-a-dev", "run 1: create.rhai").unwrap();
        let refused = lock(folder.path(), "spotscript-a-dev", "run 2: other.rhai").unwrap_err();
        assert_eq!((refused.code, refused.causes), (Code::GroupLocked, vec!["run 1: create.rhai".to_owned()]));
        lock(folder.path(), "spotscript-a-prod", "run 2: other.rhai").unwrap();
        drop(first);
        lock(folder.path(), "spotscript-a-dev", "run 2: other.rhai").unwrap();
    }
}
