//! Finds files with tests.

use std::path::{Path, PathBuf};

use super::{SUFFIX, Wanted};
use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Folders without scripts of ours.
const SKIPPED: [&str; 2] = ["target", "node_modules"];

/// The files with tests that `wanted` means, each once, in order of their paths within each folder.
///
/// # Errors
/// `SPOT-0801` for a path that cannot be read, `SPOT-0662` when there are no files with tests.
pub fn find(wanted: &[Wanted]) -> Result<Vec<(PathBuf, Option<String>)>> {
    let mut found: Vec<(PathBuf, Option<String>)> = Vec::new();
    for one in wanted {
        let mut files = Vec::new();
        if one.path.is_dir() {
            walk(&one.path, &|name| name.ends_with(SUFFIX), &mut files)?;
        } else if one.path.exists() {
            files.push(one.path.clone());
        } else {
            let error = Error::new(Code::File, format!("there is no `{}`", one.path.display()));
            return Err(error.help("give a file or a folder; a single test is `FILE::TEST`"));
        }
        for file in files {
            let pair = (file, one.test.clone());
            if !found.contains(&pair) {
                found.push(pair);
            }
        }
    }
    if found.is_empty() {
        let places: Vec<String> = wanted.iter().map(|one| format!("`{}`", one.path.display())).collect();
        let error = Error::new(Code::NoTests, format!("no files `*{SUFFIX}` were found below {}", places.join(", ")));
        return Err(error.help("a test is a function `test_…()` in a file whose name ends in `_test.rhai`"));
    }
    Ok(found)
}

/// Every file below `folder` whose name is `accepted`, in order.
///
/// # Errors
/// `SPOT-0801` for a folder that cannot be read.
pub fn walk(folder: &Path, accepted: &dyn Fn(&str) -> bool, into: &mut Vec<PathBuf>) -> Result<()> {
    let unreadable = |error: std::io::Error| {
        Error::new(Code::File, format!("`{}` cannot be read", folder.display())).because(error.to_string())
    };
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect())
        .map_err(unreadable)?;
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // A link to a folder could lead in a circle.
        if path.is_dir() && !path.is_symlink() {
            if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
                walk(&path, accepted, into)?;
            }
        } else if accepted(&name) {
            into.push(path.strip_prefix(".").map(Path::to_owned).unwrap_or(path));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn files_are_found_once_and_in_order_and_hidden_folders_are_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b_test.rhai", "a_test.rhai", "a.rhai", ".git/c_test.rhai", "deep/d_test.rhai"] {
            let file = folder.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, "").unwrap();
        }
        let all = Wanted { path: folder.path().to_owned(), test: None };
        let one = Wanted { path: folder.path().join("a_test.rhai"), test: None };
        let found = find(&[all, one]).unwrap();
        let names: Vec<_> = found.iter().map(|(path, _)| path.strip_prefix(folder.path()).unwrap()).collect();
        assert_eq!(names, ["a_test.rhai", "b_test.rhai", "deep/d_test.rhai"].map(Path::new));
    }

    #[test]
    fn nothing_found_says_what_was_looked_for() {
        let folder = tempfile::tempdir().unwrap();
        let error = find(&[Wanted { path: folder.path().to_owned(), test: None }]).unwrap_err();
        assert_eq!(error.code, Code::NoTests);
        assert!(error.message.contains("_test.rhai"), "{}", error.message);
        assert_eq!(find(&[Wanted::from("nowhere::test_x")]).unwrap_err().code, Code::File);
    }
}
