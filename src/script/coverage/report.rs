//! What was measured, as data.

use serde::Serialize;

/// The lines of one file.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FileReport {
    /// Its name; a module of the standard library as it is imported.
    pub file: String,
    /// How many lines begin a statement.
    pub lines: usize,
    /// How many of them ran.
    pub hit: usize,
    /// How many that is of a hundred.
    pub percent: f64,
    /// Lines that did not run: `7` and `12-18`.
    pub missed: Vec<String>,
    /// Each line with how often it ran.
    #[serde(skip)]
    pub counts: Vec<(usize, u64)>,
}

/// All files.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// How many lines begin a statement.
    pub lines: usize,
    /// How many of them ran.
    pub hit: usize,
    /// How many that is of a hundred.
    pub percent: f64,
    /// Each file, in the order of their names.
    pub files: Vec<FileReport>,
}

impl FileReport {
    /// The report of a file by its lines and how often each ran.
    pub(super) fn of(file: String, counts: Vec<(usize, u64)>) -> Self {
        let hit = counts.iter().filter(|(_, count)| *count > 0).count();
        FileReport {
            file,
            lines: counts.len(),
            hit,
            percent: percent(hit, counts.len()),
            missed: missed(&counts),
            counts,
        }
    }
}

impl Report {
    /// The report of some files.
    pub(super) fn of(mut files: Vec<FileReport>) -> Self {
        files.retain(|file| file.lines > 0);
        files.sort_by(|one, other| one.file.cmp(&other.file));
        let (lines, hit) = (files.iter().map(|file| file.lines).sum(), files.iter().map(|file| file.hit).sum());
        Report { lines, hit, percent: percent(hit, lines), files }
    }
}

/// To one decimal, and 100 only of all.
fn percent(hit: usize, lines: usize) -> f64 {
    if hit == lines {
        return 100.0;
    }
    (hit as f64 * 1000.0 / lines as f64).floor() / 10.0
}

/// Lines that did not run, those between which no other ran as one range.
fn missed(counts: &[(usize, u64)]) -> Vec<String> {
    let runs = counts.chunk_by(|(_, one), (_, other)| (*one == 0) == (*other == 0));
    let range = |run: &[(usize, u64)]| match run {
        [(only, 0)] => Some(only.to_string()),
        [(first, 0), .., (last, _)] => Some(format!("{first}-{last}")),
        _ => None,
    };
    runs.filter_map(range).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missed_lines_are_told_as_ranges_and_nothing_is_rounded_up_to_all() {
        let mut counts: Vec<(usize, u64)> = (1..=2000).map(|line| (line, 1)).collect();
        for line in [0, 6, 7, 9] {
            counts[line].1 = 0;
        }
        let report = FileReport::of("a".into(), counts);
        assert_eq!(report.missed, ["1", "7-8", "10"]);
        assert_eq!((report.hit, report.percent), (1996, 99.8));
        assert_eq!(FileReport::of("a".into(), (0..9999).map(|line| (line, line as u64)).collect()).percent, 99.9);
        assert_eq!(Report::of(vec![]).percent, 100.0);
    }
}
