//! Writes a file whole or not at all.

use std::io::Write;
use std::path::Path;

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Whether `file` could be written, so that nobody waits for what then has no place.
///
/// # Errors
/// `SPOT-0801` when the file system refuses.
pub fn check(file: &Path) -> Result<()> {
    tempfile::Builder::new().tempfile_in(folder_of(file)).map(drop).map_err(|error| refused(file, &error))
}

/// Puts `text` into `file`, or leaves what is there.
///
/// # Errors
/// `SPOT-0801` when the file system refuses.
pub fn write(file: &Path, text: &str) -> Result<()> {
    let mut builder = tempfile::Builder::new();
    // Others may read it: a temporary file is its owner's alone. The umask narrows this.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let written = builder.tempfile_in(folder_of(file)).and_then(|mut temporary| {
        temporary.write_all(text.as_bytes())?;
        temporary.as_file().sync_all()?;
        temporary.persist(file).map_err(|error| error.error)?;
        Ok(())
    });
    written.map_err(|error| refused(file, &error))
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(file: &Path, error: &std::io::Error) -> Error {
    let cause = error.to_string();
    // The temporary file's name is nobody's business.
    let cause = cause.split(" at path ").next().unwrap_or(&cause);
    Error::new(Code::File, format!("`{}` cannot be written", file.display())).because(cause)
}
