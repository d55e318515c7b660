//! Worlds on disk: one file each, one process at a time.
//!
//! A file is a line `spotscript-world FORMAT` and the world as JSON. It is replaced as a whole (temporary file, fsync,
//! rename), so that a killed process leaves the last whole world behind.

use std::env;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use etcetera::BaseStrategy;

use super::world::World;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result, nearest};

/// Changes when a world of before can no longer be read.
const FORMAT: u32 = 1;
const MAGIC: &str = "spotscript-world ";
/// How long another process may take to finish a short command.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// Where state is kept: `SPOTSCRIPT_STATE_DIR`, else below the XDG state directory.
///
/// # Errors
/// `SPOT-0801` without a home directory.
pub fn state_folder() -> Result<PathBuf> {
    match env::var_os("SPOTSCRIPT_STATE_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Ok(PathBuf::from(folder)),
        None => {
            let dirs = etcetera::choose_base_strategy().map_err(|error| {
                Error::new(Code::File, "no home directory to keep the sandbox in")
                    .because(error.to_string())
                    .help("set SPOTSCRIPT_STATE_DIR to a folder")
            })?;
            Ok(dirs.state_dir().unwrap_or_else(|| dirs.data_dir()).join("spotscript"))
        }
    }
}

/// Where the world of this name is kept: below `SPOTSCRIPT_STATE_DIR`, else below the XDG state directory.
///
/// # Errors
/// `SPOT-0101` for a name that is not letters, digits, `-` and `_`; `SPOT-0801` without a home directory.
pub fn world_path(name: &str) -> Result<PathBuf> {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    if name.is_empty() || name.len() > 64 || !name.chars().all(legal) {
        let help = "a world's name is 1 to 64 letters, digits, `-` or `_`";
        return Err(Error::new(Code::InvalidValue, format!("`{name}` is no name for a sandbox world")).help(help));
    }
    let folder = state_folder()?;
    Ok(folder.join("worlds").join(format!("{name}.world")))
}

/// The world that is there without being begun.
pub const DEFAULT: &str = "default";

/// Where the world of this name is kept, if there is one; the default one needs no beginning.
///
/// # Errors
/// As [`world_path`], and `SPOT-0708` with the nearest name when nobody has begun it.
pub fn existing(name: &str) -> Result<PathBuf> {
    let path = world_path(name)?;
    if name == DEFAULT || path.exists() {
        return Ok(path);
    }
    let names = names_beside(&path);
    let error = Error::new(Code::WorldNotFound, format!("there is no sandbox world `{name}`"));
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    let error = match quoted.as_slice() {
        [] => error.because("no world has a name of its own yet"),
        names => error.because(format!("worlds here: {}", names.join(", "))),
    };
    let begin = format!("`spotscript sandbox reset --world {name}` begins one");
    Err(match nearest(name, names.iter().map(String::as_str).chain([DEFAULT])) {
        Some(near) => error.help(format!("did you mean `{near}`? {begin}")),
        None => error.help(begin),
    })
}

/// A world as the bytes of its file.
pub fn encode(world: &World) -> Result<Vec<u8>> {
    let mut out = format!("{MAGIC}{FORMAT}\n").into_bytes();
    serde_json::to_writer(&mut out, world).map_err(|error| {
        Error::new(Code::Internal, "the sandbox world cannot be written down").because(error.to_string())
    })?;
    Ok(out)
}

/// Reads the bytes of a world's file. `path` is for messages.
///
/// # Errors
/// `SPOT-0701` when they are no world, or one of a newer format.
pub fn decode(bytes: &[u8], path: &Path) -> Result<World> {
    let unreadable = |why: String| {
        Error::new(Code::WorldUnreadable, format!("the sandbox world `{}` cannot be read", path.display()))
            .because(why)
            .help("`spotscript sandbox reset` begins a new one")
    };
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (head, body) = bytes.split_at(end);
    let format = std::str::from_utf8(head).ok().and_then(|head| head.strip_prefix(MAGIC)?.trim().parse::<u32>().ok());
    match format {
        Some(FORMAT) => serde_json::from_slice(body).map_err(|error| unreadable(error.to_string())),
        Some(newer) if newer > FORMAT => {
            Err(unreadable(format!("it has format {newer}, this spotscript knows formats up to {FORMAT}")))
        }
        Some(older) => Err(unreadable(format!("it has format {older}, which this spotscript no longer knows"))),
        None => Err(unreadable("it is not a sandbox world".into())),
    }
}

/// Reads a world without taking it: `None` when there is none. What a running server has not saved yet is missing.
///
/// # Errors
/// `SPOT-0701` when it cannot be read, `SPOT-0801` for the file system.
pub fn peek(path: &Path) -> Result<Option<World>> {
    read(path)?.map(|bytes| decode(&bytes, path)).transpose()
}

/// Removes a world.
///
/// # Errors
/// `SPOT-0702` when another process has it, `SPOT-0801` for the file system.
pub fn remove(path: &Path) -> Result<()> {
    let _lock = WorldFile::lock(path)?;
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", path, &error)),
        _ => Ok(()),
    }
}

/// The names of the worlds beside this one.
pub fn names_beside(path: &Path) -> Vec<String> {
    let entries = path.parent().and_then(|folder| fs::read_dir(folder).ok());
    let files = entries.into_iter().flatten().flatten().map(|entry| entry.path());
    let mut names: Vec<String> = files
        .filter(|file| file.extension().is_some_and(|extension| extension == "world"))
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort();
    names
}

/// A locked world file.
#[derive(Debug)]
pub struct WorldFile {
    path: PathBuf,
    /// What is on disk now, to write only what changed.
    content: Option<Vec<u8>>,
    /// A file beside the world: the world's own file is replaced by each write. `None` while others may have the world.
    lock: Option<File>,
}

impl WorldFile {
    /// Takes a world for this process.
    ///
    /// # Errors
    /// `SPOT-0702` naming the holder when another process keeps it, `SPOT-0801` for the file system.
    pub fn lock(path: &Path) -> Result<Self> {
        let lock = acquire(path, PATIENCE)?;
        Ok(WorldFile { path: path.to_owned(), content: None, lock: Some(lock) })
    }

    /// Gives the world free for other processes.
    pub fn release(&mut self) {
        if let Some(lock) = self.lock.take() {
            let _ = lock.set_len(0);
            let _ = lock.unlock();
        }
    }

    /// Takes it again. Gives the world when another process has changed it meanwhile.
    ///
    /// # Errors
    /// `SPOT-0702` at once when another process has it, `SPOT-0708` when it was removed meanwhile (it stays so: nothing is
    /// written any more), else as [`WorldFile::load`].
    pub fn retake(&mut self) -> Result<Option<World>> {
        if self.lock.is_none() {
            self.lock = Some(acquire(&self.path, Duration::ZERO)?);
        }
        let content = read(&self.path)?;
        if content == self.content {
            return Ok(None);
        }
        if content.is_none() {
            self.release();
            let name = self.path.file_stem().unwrap_or_default().to_string_lossy();
            let message = format!("the sandbox world `{name}` was removed by another process");
            return Err(Error::new(Code::WorldNotFound, message).help("begin again with a world that is there"));
        }
        self.content = content;
        self.content.as_ref().map(|bytes| decode(bytes, &self.path)).transpose()
    }

    /// Where the world is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the world; `None` when there is none yet.
    ///
    /// # Errors
    /// `SPOT-0701` when it cannot be read, `SPOT-0801` for the file system.
    pub fn load(&mut self) -> Result<Option<World>> {
        self.content = read(&self.path)?;
        self.content.as_ref().map(|bytes| decode(bytes, &self.path)).transpose()
    }

    /// Replaces the file, unless it has this content already or is given free.
    ///
    /// # Errors
    /// `SPOT-0801` for the file system.
    pub fn write(&mut self, content: Vec<u8>) -> Result<()> {
        if self.lock.is_none() || self.content.as_ref() == Some(&content) {
            return Ok(());
        }
        let temporary = self.path.with_extension(format!("{}.tmp", std::process::id()));
        let written = File::create(&temporary)
            .and_then(|mut file| file.write_all(&content).and_then(|()| file.sync_all()))
            .and_then(|()| fs::rename(&temporary, &self.path));
        if let Err(error) = written {
            let _ = fs::remove_file(&temporary);
            return Err(failed("write", &self.path, &error));
        }
        self.content = Some(content);
        Ok(())
    }
}

impl Drop for WorldFile {
    fn drop(&mut self) {
        self.release();
    }
}

/// The lock of a world, waiting for it at most so long.
fn acquire(path: &Path, patience: Duration) -> Result<File> {
    let lock_path = path.with_extension("lock");
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| failed("make", folder, &error))?;
    let opened = OpenOptions::new().create(true).truncate(false).read(true).write(true).open(&lock_path);
    let mut lock = opened.map_err(|error| failed("open", &lock_path, &error))?;
    let begun = Instant::now();
    loop {
        match lock.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if begun.elapsed() < patience => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Err(TryLockError::WouldBlock) => return Err(held(path, &lock_path)),
            Err(TryLockError::Error(error)) => return Err(failed("lock", &lock_path, &error)),
        }
    }
    let command = env::args().take(4).collect::<Vec<_>>().join(" ");
    // Only for the message of whoever is refused: no reason to fail.
    let _ = lock.set_len(0).and_then(|()| write!(lock, "process {} (`{command}`)", std::process::id()));
    Ok(lock)
}

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path, &error)),
    }
}

fn held(path: &Path, lock_path: &Path) -> Error {
    let holder = fs::read_to_string(lock_path).unwrap_or_default();
    let holder = if holder.is_empty() { "another process" } else { holder.as_str() };
    Error::new(Code::WorldLocked, format!("the sandbox world `{}` is in use by {holder}", path.display()))
        .help("wait for it or stop it, or take another world with SPOTSCRIPT_STATE_DIR")
}

fn failed(verb: &str, path: &Path, error: &std::io::Error) -> Error {
    Error::new(Code::File, format!("cannot {verb} `{}`", path.display())).because(error.to_string())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;
    use crate::sandbox::Sandbox;

    #[test]
    fn a_saved_world_comes_back_equal_and_an_unchanged_one_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep").join("w.world");
        let sandbox = Sandbox::open(&path).unwrap();
        sandbox.advance(Duration::from_secs(90));
        let before = sandbox.read(encode).unwrap();
        sandbox.save().unwrap();
        drop(sandbox);
        let again = Sandbox::open(&path).unwrap();
        assert_eq!(again.read(encode).unwrap(), before);
        fs::remove_file(&path).unwrap();
        again.save().unwrap();
        assert!(!path.exists(), "an unchanged world was written");
        assert_eq!(names_beside(&path), Vec::<String>::new());
    }

    #[test]
    fn what_is_no_world_is_refused_with_the_way_out() {
        let path = Path::new("w.world");
        for (bytes, why) in [
            (&b"{}"[..], "not a sandbox world"),
            (b"", "not a sandbox world"),
            (b"spotscript-world 99\n{}", "formats up to 1"),
            (b"spotscript-world 1\n{\"seed\":", "EOF"),
        ] {
            let error = decode(bytes, path).unwrap_err();
            assert_eq!(error.code, Code::WorldUnreadable);
            assert!(error.causes[0].contains(why), "{error:?}");
            assert!(error.help.unwrap().contains("spotscript sandbox reset"));
        }
    }

    #[test]
    fn a_world_in_use_is_refused_with_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("w.world");
        let first = Sandbox::open(&path).unwrap();
        let error = Sandbox::open(&path).unwrap_err();
        assert_eq!(error.code, Code::WorldLocked);
        assert!(error.message.contains(&format!("process {}", std::process::id())), "{error}");
        drop(first);
        Sandbox::open(&path).unwrap();
    }

    #[test]
    fn names_of_worlds_cannot_leave_their_folder() {
        for name in ["", "..", "a/b", "a.b", &"x".repeat(65)] {
            assert_eq!(world_path(name).unwrap_err().code, Code::InvalidValue);
        }
    }
}
