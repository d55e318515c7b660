//! Writes a file whole or not at all. Links are followed; what is there and no file is left alone.

use std::io::Write;
use std::path::{Path, PathBuf};

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Whether `file` could be written, so that nobody waits for what then has no place.
///
/// # Errors
/// `SPOT-0801` when the file system refuses, or something else than a file is there.
pub fn check(file: &Path) -> Result<()> {
    let place = place_of(file)?;
    tempfile::Builder::new().tempfile_in(folder_of(&place)).map(drop).map_err(|error| refused(file, &error))
}

/// Puts `text` into `file`, or leaves what is there.
///
/// # Errors
/// As [`check`].
pub fn write(file: &Path, text: &str) -> Result<()> {
    let place = place_of(file)?;
    let mut builder = tempfile::Builder::new();
    // Others may read it: a temporary file is its owner's alone. The umask narrows this.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let written = builder.tempfile_in(folder_of(&place)).and_then(|mut temporary| {
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(&place).map_err(|error| error.error)?;
        Ok(())
    });
    written.map_err(|error| refused(file, &error))
}

/// Where a file's text goes: what a link leads to, also when that is not there yet. A pipe or a device would be replaced
/// by a file.
fn place_of(file: &Path) -> Result<PathBuf> {
    let is_missing = |error: &std::io::Error| error.kind() == std::io::ErrorKind::NotFound;
    let mut place = file.to_owned();
    // As many as Linux follows.
    for _ in 0..40 {
        match std::fs::symlink_metadata(&place) {
            Ok(found) if found.is_symlink() => {
                let target = std::fs::read_link(&place).map_err(|error| refused(file, &error))?;
                place = folder_of(&place).join(target);
            }
            Ok(found) if found.is_file() => return Ok(place),
            Ok(found) => {
                let what = if found.is_dir() { "a folder" } else { "a pipe, a socket or a device" };
                return Err(refused_because(file, &format!("it is {what}")).help("name a file"));
            }
            Err(error) if is_missing(&error) => return Ok(place),
            Err(error) => return Err(refused(file, &error)),
        }
    }
    Err(refused_because(file, "it is a link that leads to itself"))
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(file: &Path, error: &std::io::Error) -> Error {
    let cause = error.to_string();
    // The temporary file's name is nobody's business.
    let cause = cause.split(" at path ").next().unwrap_or(&cause);
    refused_because(file, cause)
}

fn refused_because(file: &Path, why: &str) -> Error {
    Error::new(Code::File, format!("`{}` cannot be written", file.display())).because(why)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::os::unix::fs::{FileTypeExt, symlink};

    use super::*;

    #[test]
    fn links_are_followed() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::create_dir(at("there")).unwrap();
        std::fs::write(at("there/old"), "old").unwrap();
        symlink("there/old", at("link")).unwrap();
        symlink("link", at("link-to-link")).unwrap();
        symlink("there/new", at("dangling")).unwrap();
        for (link, target) in [("link", "there/old"), ("link-to-link", "there/old"), ("dangling", "there/new")] {
            check(&at(link)).unwrap();
            write(&at(link), link).unwrap();
            assert_eq!(std::fs::read_to_string(at(target)).unwrap(), link);
            assert!(std::fs::symlink_metadata(at(link)).unwrap().is_symlink(), "{link}");
        }
        symlink("loop", at("loop")).unwrap();
        assert_eq!(write(&at("loop"), "x").unwrap_err().code, Code::File);
    }

    #[test]
    fn what_is_no_file_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (socket, link) = (folder.path().join("socket"), folder.path().join("link"));
        let _listens = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        symlink("socket", &link).unwrap();
        for file in [&socket, &link] {
            for refused in [check(file), write(file, "x")] {
                let refused = refused.unwrap_err();
                assert_eq!((refused.code, &refused.causes[0][..]), (Code::File, "it is a pipe, a socket or a device"));
                assert_eq!(refused.help.as_deref(), Some("name a file"));
            }
        }
        assert!(std::fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
        assert_eq!(check(folder.path()).unwrap_err().causes, ["it is a folder"]);
    }
}
