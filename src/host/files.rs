//! Which files a script may write: those below the working directory, and what the user allowed.

use std::path::{Component, Path, PathBuf};

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::ports::Verdict;

/// The directories a script may write below.
#[derive(Debug, Clone)]
pub struct FilePolicy {
    working: PathBuf,
    /// Where relative paths are read from when they are not below `working`.
    fallback: Option<PathBuf>,
    allowed: Vec<PathBuf>,
}

impl FilePolicy {
    /// Writing is allowed below `working` and each of `allowed` (relative ones are below `working`).
    pub fn new(working: impl Into<PathBuf>, allowed: &[PathBuf]) -> Self {
        let working = working.into();
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| normal(path));
        let allowed =
            std::iter::once(real(&working)).chain(allowed.iter().map(|path| real(&working.join(path)))).collect();
        FilePolicy { working, fallback: None, allowed }
    }

    /// Reads relative paths that are not below the working directory from `folder`. Nothing is written there.
    #[must_use]
    pub fn reading_from(mut self, folder: impl Into<PathBuf>) -> Self {
        self.fallback = Some(folder.into());
        self
    }

    /// The path that a script means by `path`.
    pub fn locate(&self, path: &str) -> PathBuf {
        self.working.join(path)
    }

    /// Reads a text file.
    ///
    /// # Errors
    /// `SPOT-0801` when it cannot be read or is not UTF-8.
    pub fn read(&self, path: &str) -> Result<String> {
        let mut file = self.locate(path);
        if let Some(folder) = self.fallback.as_ref().filter(|_| !file.exists()) {
            file = folder.join(path);
        }
        std::fs::read_to_string(file)
            .map_err(|error| Error::new(Code::File, format!("`{path}` cannot be read")).because(error.to_string()))
    }

    /// Writes a text file whole or not at all, and only if its content differs.
    ///
    /// # Errors
    /// `SPOT-0801` when the path is outside of what may be written, or the file system refuses.
    pub fn write(&self, path: &str, text: &str) -> Result<Verdict> {
        let target = self.permitted(path)?;
        let before = match std::fs::read(&target) {
            Ok(before) => Some(before),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(refused(path, &error)),
        };
        if before.as_deref() == Some(text.as_bytes()) {
            return Ok(Verdict::Unchanged);
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = target.with_file_name(name);
        std::fs::write(&temporary, text)
            .and_then(|()| std::fs::rename(&temporary, &target))
            .inspect_err(|_| drop(std::fs::remove_file(&temporary)))
            .map_err(|error| refused(path, &error))?;
        Ok(if before.is_some() { Verdict::Changed } else { Verdict::Created })
    }

    /// The real place of `path`, symbolic links of its directory followed, if it may be written.
    fn permitted(&self, path: &str) -> Result<PathBuf> {
        let wanted = normal(&self.locate(path));
        let (Some(folder), Some(name)) = (wanted.parent(), wanted.file_name()) else {
            return Err(Error::new(Code::File, format!("`{path}` is not the path of a file")));
        };
        let folder = folder.canonicalize().map_err(|error| refused(path, &error))?;
        let mut target = folder.join(name);
        if target.is_symlink() {
            target = target.canonicalize().map_err(|error| refused(path, &error))?;
        }
        if self.allowed.iter().any(|allowed| target.starts_with(allowed)) {
            return Ok(target);
        }
        Err(Error::new(Code::File, format!("`{path}` is outside of the working directory")).help(format!(
            "scripts write below the working directory; allow more with `--allow-write {}`",
            folder.display()
        )))
    }
}

fn refused(path: &str, error: &std::io::Error) -> Error {
    Error::new(Code::File, format!("`{path}` cannot be written")).because(error.to_string())
}

/// The path without `.` and `..`, without asking the file system.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_second_write_of_the_same_text_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let files = FilePolicy::new(folder.path(), &[]);
        let verdicts = ["one", "one", "two"].map(|text| files.write("a.yml", text).unwrap());
        assert_eq!(verdicts, [Verdict::Created, Verdict::Unchanged, Verdict::Changed]);
        assert_eq!(files.read("a.yml").unwrap(), "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn outside_needs_permission_and_links_do_not_lead_out() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let target = outside.path().join("a.yml").display().to_string();
        let files = FilePolicy::new(inside.path(), &[]);
        assert_eq!(files.write(&target, "x").unwrap_err().code, Code::File);
        assert!(files.write("../a.yml", "x").is_err());
        std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).unwrap();
        assert!(files.write("link/a.yml", "x").is_err());
        std::os::unix::fs::symlink(outside.path().join("b.yml"), inside.path().join("b.yml")).unwrap();
        assert!(files.write("b.yml", "x").is_err());
        let files = FilePolicy::new(inside.path(), &[outside.path().to_owned()]);
        assert_eq!(files.write(&target, "x").unwrap(), Verdict::Created);
    }
}
