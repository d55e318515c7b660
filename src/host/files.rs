//! Which files a script may reach: those below the working directory and what the user allowed; to read, also those
//! beside the runbook.
//!
//! What counts is where a path really leads: links are followed before it is judged, and what was judged is opened.

mod real;

use std::collections::HashMap;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::ports::Verdict;
use real::real;

/// Bytes of the longest file that is read.
const MAX_BYTES: u64 = 16 << 20;

/// What a script may read and write. Clones are one policy.
#[derive(Debug, Clone)]
pub struct FilePolicy {
    /// What relative paths begin at.
    working: PathBuf,
    readable: Vec<PathBuf>,
    writable: Vec<PathBuf>,
    /// Whether the working directory is a test's own, which lasts as long as the test.
    scratch: bool,
    /// Folders of scripts that the user named: each is read from, relative paths that are nowhere else too.
    beside: Arc<RwLock<Vec<PathBuf>>>,
    /// What a plan would write, which it reads instead of writing.
    foreseen: Option<Foreseen>,
    /// Who else writes files here at the same time: what one writes, no other does.
    claims: Option<(Claims, Arc<str>)>,
}

/// Who writes which file, among several runs of one process. Clones are one book.
#[derive(Debug, Clone, Default)]
pub struct Claims(Arc<Mutex<HashMap<PathBuf, Arc<str>>>>);

/// Texts by the files that they would be in.
type Foreseen = Arc<RwLock<HashMap<PathBuf, String>>>;

/// A text that a script read.
#[derive(Debug)]
pub struct FileText {
    /// What to call it: as the script did, if that leads there from where the process is.
    pub name: String,
    /// What it says.
    pub text: String,
}

/// What a script wants of a file.
#[derive(Clone, Copy)]
enum Access {
    Read,
    Write,
}

impl FilePolicy {
    /// Reading and writing are allowed below `working`, writing below each of `write` too (relative ones are below
    /// `working`).
    pub fn new(working: impl Into<PathBuf>, write: &[PathBuf]) -> Self {
        let working = working.into();
        let readable = vec![real(&working)];
        let writable = readable.iter().cloned().chain(write.iter().map(|path| real(&working.join(path)))).collect();
        FilePolicy { working, readable, writable, scratch: false, beside: Arc::default(), foreseen: None, claims: None }
    }

    /// The policy of a test: it writes below `folder` only, which is made for it.
    pub fn scratch(folder: impl Into<PathBuf>) -> Self {
        FilePolicy { scratch: true, ..Self::new(folder, &[]) }
    }

    /// This policy for a plan: nothing is written, and what would be is read back.
    #[must_use]
    pub fn planning(self) -> Self {
        FilePolicy { foreseen: Some(Foreseen::default()), ..self }
    }

    /// This policy for one of several runs, called `name`: it does not write what another of them writes.
    #[must_use]
    pub fn among(self, claims: &Claims, name: &str) -> Self {
        FilePolicy { claims: Some((claims.clone(), name.into())), ..self }
    }

    /// Takes a file for this run.
    fn claim(&self, path: &str, real: &Path) -> Result<()> {
        let Some((Claims(claims), name)) = &self.claims else { return Ok(()) };
        let mut claims = claims.lock().unwrap_or_else(PoisonError::into_inner);
        match claims.entry(real.to_owned()).or_insert_with(|| Arc::clone(name)) {
            owner if owner == name => Ok(()),
            other => Err(Error::new(Code::FleetFile, format!("the run of cluster `{other}` writes `{path}` too"))
                .help("give each cluster a file of its own: make the file's name a parameter, and set it in the fleet's file")),
        }
    }

    fn foreseen(&self, real: &Path) -> Option<String> {
        self.foreseen.as_ref()?.read().unwrap_or_else(PoisonError::into_inner).get(real).cloned()
    }

    /// Allows reading each of `paths`, and below it.
    #[must_use]
    pub fn reading<'a>(mut self, paths: impl IntoIterator<Item = &'a Path>) -> Self {
        self.readable.extend(paths.into_iter().map(real));
        self
    }

    /// Allows reading below the folder of a script that the user named, from now on. A relative path that is not below
    /// the working directory is looked for there.
    pub fn read_beside(&self, script: &Path) {
        let folder = script.parent().unwrap_or(Path::new("")).to_owned();
        let mut beside = self.beside.write().unwrap_or_else(PoisonError::into_inner);
        if !beside.contains(&folder) {
            beside.push(folder);
        }
    }

    /// This policy for one script more, known to nobody else: for who looks at many scripts.
    #[must_use]
    pub fn of_script(&self, script: &Path) -> Self {
        let policy = FilePolicy { beside: Arc::new(RwLock::new(self.folders())), ..self.clone() };
        policy.read_beside(script);
        policy
    }

    /// The path that a script means by `path`.
    pub fn locate(&self, path: &str) -> PathBuf {
        self.working.join(path)
    }

    /// Reads a script that the user named, wherever it is; it may read beside itself.
    ///
    /// # Errors
    /// `SPOT-0801` when it cannot be read or is not UTF-8.
    pub fn read_named(&self, path: &str) -> Result<String> {
        let file = self.locate(path);
        let text = std::fs::read_to_string(&file).map_err(|error| unreadable(path, &error))?;
        self.read_beside(&file);
        Ok(text)
    }

    /// Reads a text file for a script.
    ///
    /// # Errors
    /// `SPOT-0806` when it is outside of what may be read, `SPOT-0801` when it cannot be read or is not UTF-8.
    pub fn read(&self, path: &str) -> Result<FileText> {
        let mut file = self.locate(path);
        if let Some(text) = self.foreseen(&real(&file)) {
            return Ok(FileText { name: path.to_owned(), text });
        }
        if !file.exists()
            && let Some(other) = self.folders().into_iter().map(|folder| folder.join(path)).find(|file| file.exists())
        {
            file = other;
        }
        let real = self.readable(path, &file)?;
        let text = read_text(&real).map_err(|error| unreadable(path, &error))?;
        let known = Path::new(path).canonicalize().is_ok_and(|named| named == real);
        Ok(FileText { name: if known { path.to_owned() } else { real.display().to_string() }, text })
    }

    /// Where `file` really is, if it may be read. Scripts call it `path`.
    ///
    /// # Errors
    /// `SPOT-0806` when it is outside of what may be read.
    pub fn readable(&self, path: &str, file: &Path) -> Result<PathBuf> {
        let real = real(file);
        let inside = |allowed: &PathBuf| real.starts_with(allowed);
        if self.readable.iter().any(inside) || self.folders().iter().any(|folder| inside(&self::real(folder))) {
            return Ok(real);
        }
        Err(self.outside(path, &real, Access::Read))
    }

    /// Writes a text file whole or not at all, and only if its content differs.
    ///
    /// # Errors
    /// `SPOT-0806` when it is outside of what may be written, `SPOT-0801` when the file system refuses.
    pub fn write(&self, path: &str, text: &str) -> Result<Verdict> {
        let target = real(&self.locate(path));
        if !self.writable.iter().any(|allowed| target.starts_with(allowed)) {
            return Err(self.outside(path, &target, Access::Write));
        }
        self.claim(path, &target)?;
        let planned = self.foreseen(&target).map(String::into_bytes);
        let before = match std::fs::metadata(&target) {
            _ if planned.is_some() => planned,
            Ok(known) if !known.is_file() => return Err(unwritable(path, &not_regular())),
            Ok(_) => Some(std::fs::read(&target).map_err(|error| unwritable(path, &error))?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(unwritable(path, &error)),
        };
        if before.as_deref() == Some(text.as_bytes()) {
            return Ok(Verdict::Unchanged);
        }
        if let Some(foreseen) = &self.foreseen {
            foreseen.write().unwrap_or_else(PoisonError::into_inner).insert(target, text.to_owned());
            return Ok(if before.is_some() { Verdict::Changed } else { Verdict::Created });
        }
        let mut name = target.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = target.with_file_name(name);
        std::fs::write(&temporary, text)
            .and_then(|()| std::fs::rename(&temporary, &target))
            .inspect_err(|_| drop(std::fs::remove_file(&temporary)))
            .map_err(|error| unwritable(path, &error))?;
        Ok(if before.is_some() { Verdict::Changed } else { Verdict::Created })
    }

    fn folders(&self) -> Vec<PathBuf> {
        self.beside.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn outside(&self, path: &str, real: &Path, access: Access) -> Error {
        let (verb, places, flag) = match access {
            Access::Read => ("read", "below the working directory and beside the runbook", "--allow-read"),
            Access::Write => ("write", "below the working directory", "--allow-write"),
        };
        let mut error = Error::new(Code::FileOutside, format!("`{path}` is outside of what scripts may {verb}"));
        if real != Path::new(path) {
            error = error.because(format!("it leads to `{}`", real.display()));
        }
        error.help(match access {
            Access::Write if self.scratch => {
                "a test writes below a folder of its own, its working directory".to_owned()
            }
            _ => format!("scripts {verb} {places}; allow more with `{flag} {}`", real.display()),
        })
    }
}

/// The file that a path means that begins with `~/`, where the home is known.
pub fn home_of(path: &str) -> Option<PathBuf> {
    let rest = path.strip_prefix("~/")?;
    etcetera::home_dir().ok().map(|home| home.join(rest))
}

/// Reads a text for a script: a regular file of a size that fits into a script's text.
///
/// # Errors
/// What the file system says; what is no regular file, is too long or is not UTF-8 is invalid data.
pub fn read_text(file: &Path) -> io::Result<String> {
    // Opening a pipe waits for its writer, and a device may never end.
    if !std::fs::metadata(file)?.is_file() {
        return Err(not_regular());
    }
    let mut text = String::new();
    std::fs::File::open(file)?.take(MAX_BYTES + 1).read_to_string(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("it has more than {MAX_BYTES} bytes")));
    }
    Ok(text)
}

fn not_regular() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is no regular file")
}

fn unreadable(path: &str, error: &io::Error) -> Error {
    let failed = Error::new(Code::File, format!("`{path}` cannot be read")).because(error.to_string());
    if path.starts_with("~/") {
        failed.help("`~` is a name like any other here: write the home directory out")
    } else {
        failed
    }
}

fn unwritable(path: &str, error: &io::Error) -> Error {
    Error::new(Code::File, format!("`{path}` cannot be written")).because(error.to_string())
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
        assert_eq!(files.read("a.yml").unwrap().text, "two");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays");
    }

    #[test]
    fn outside_needs_permission_and_links_do_not_lead_out() {
        let (inside, outside) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let target = outside.path().join("a.yml").display().to_string();
        std::os::unix::fs::symlink(outside.path(), inside.path().join("link")).unwrap();
        std::os::unix::fs::symlink(outside.path().join("b.yml"), inside.path().join("b.yml")).unwrap();
        let files = FilePolicy::new(inside.path(), &[]);
        for path in [&target, "../a.yml", "link/a.yml", "link/../a.yml", "b.yml", "new/../../a.yml"] {
            assert_eq!(files.write(path, "x").unwrap_err().code, Code::FileOutside, "{path}");
            assert_eq!(files.read(path).unwrap_err().code, Code::FileOutside, "{path}");
        }
        assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
        let files = FilePolicy::new(inside.path(), &[outside.path().to_owned()]);
        assert_eq!(files.write(&target, "x").unwrap(), Verdict::Created);
        assert_eq!(files.read(&target).unwrap_err().code, Code::FileOutside, "to write is not to read");
        assert_eq!(files.clone().reading([outside.path()]).read("link/a.yml").unwrap().text, "x");
    }

    #[test]
    fn a_script_is_read_beside_and_only_for_itself() {
        let (inside, books) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::fs::write(books.path().join("a.yml"), "x").unwrap();
        let files = FilePolicy::new(inside.path(), &[]);
        let one = files.of_script(&books.path().join("book.rhai"));
        assert_eq!(one.read("a.yml").unwrap().text, "x");
        assert_eq!(
            one.write(&books.path().join("b.yml").display().to_string(), "x").unwrap_err().code,
            Code::FileOutside
        );
        assert_eq!(files.read("a.yml").unwrap_err().code, Code::File);
    }

    #[test]
    fn what_never_ends_is_not_read() {
        let folder = tempfile::tempdir().unwrap();
        let files = FilePolicy::new(folder.path(), &[]).reading([Path::new("/dev/zero")]);
        std::fs::File::create(folder.path().join("long")).unwrap().set_len(MAX_BYTES + 1).unwrap();
        let why = |path: &str| files.read(path).unwrap_err().causes.concat();
        assert_eq!(why("/dev/zero"), "it is no regular file");
        assert_eq!(why("."), "it is no regular file");
        assert_eq!(why("long"), "it has more than 16777216 bytes");
    }
}
