//! The history file: older repeats of a line go when it is read.

use std::collections::HashSet;
use std::io;
use std::path::Path;

/// The line that the editor's format begins with.
const HEAD: &str = "#V2";

/// Removes all but the newest of equal entries from the file, if there are any to remove.
pub(super) fn tidy(path: &Path) -> io::Result<()> {
    let Ok(text) = std::fs::read_to_string(path) else { return Ok(()) };
    let Some(tidied) = without_repeats(&text) else { return Ok(()) };
    let temporary = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&temporary, tidied)?;
    std::fs::rename(&temporary, path)
}

fn without_repeats(text: &str) -> Option<String> {
    let entries = text.strip_prefix(HEAD)?;
    let mut seen = HashSet::new();
    let mut kept: Vec<&str> = entries.lines().rev().filter(|line| !line.is_empty() && seen.insert(*line)).collect();
    let all = entries.lines().filter(|line| !line.is_empty()).count();
    if kept.len() == all {
        return None;
    }
    kept.reverse();
    Some(format!("{HEAD}\n{}\n", kept.join("\n")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_of_equal_lines_stays() {
        assert_eq!(without_repeats("#V2\na\nb\na\nc\n").as_deref(), Some("#V2\nb\na\nc\n"));
        assert_eq!(without_repeats("#V2\na\nb\n"), None);
        assert_eq!(without_repeats("a\na\n"), None, "another format is left alone");
    }
}
