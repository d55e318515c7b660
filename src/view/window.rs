//! Text in a window of so many columns and rows.

use super::width;
use super::words::count;

/// The least that is left of a name: `ip-192-168-111-228…` tells machines apart.
const NAME: usize = 20;

/// As much of `text` as there is room for: names in the first column of a table give way before what is told of them, lines
/// that are too long even so end in `…`, and the last row says how many lines are left out.
pub fn fit(text: &str, columns: usize, rows: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shown = if lines.len() <= rows { lines.len() } else { rows.saturating_sub(1) };
    let lines_shown = short_names(&lines[..shown], columns);
    let mut fitted: Vec<String> = lines_shown.iter().map(|line| width::fit(line, columns)).collect();
    if shown < lines.len() {
        fitted.push(width::fit(&format!("… and {}", count(lines.len() - shown, "more line")), columns));
    }
    fitted.join("\n")
}

/// The rows of a table with its first column, `NAME`, made narrower by as much as is missing.
fn short_names(lines: &[&str], columns: usize) -> Vec<String> {
    let missing = lines.iter().map(|line| width::columns(line)).max().unwrap_or(0).saturating_sub(columns);
    let header = lines.iter().position(|line| line.starts_with("NAME "));
    // Names of nodes are ASCII, as is their header: a byte is a column.
    let Some(second) = header.and_then(|at| lines[at].find("  ").and_then(|gap| next_word(lines[at], gap))) else {
        return lines.iter().map(|line| (*line).to_owned()).collect();
    };
    let gap =
        second - lines[header.unwrap_or(0)..].iter().filter_map(|line| line.get(..second)).map(end).max().unwrap_or(0);
    let narrow = second.saturating_sub(missing).max(NAME + gap).min(second);
    let row = |line: &&str| match (line.get(..second), line.get(second..)) {
        (Some(name), Some(rest)) if name.ends_with(' ') => {
            format!("{}{rest}", width::pad(&width::fit(name.trim_end(), narrow - gap), narrow))
        }
        _ => (*line).to_owned(),
    };
    lines.iter().map(row).collect()
}

/// Where the word behind a gap begins.
fn next_word(line: &str, gap: usize) -> Option<usize> {
    line[gap..].find(|c: char| c != ' ').map(|at| gap + at)
}

/// Where a cell's text ends.
fn end(cell: &str) -> usize {
    cell.trim_end().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_fits_is_left_alone_and_what_does_not_is_counted() {
        let text = "NAME   STATUS\na      Ready\nb      Ready\nc      Ready\n";
        assert_eq!(fit(text, 80, 4), text.trim_end());
        assert_eq!(fit(text, 80, 3), "NAME   STATUS\na      Ready\n… and 2 more lines");
        assert_eq!(fit(text, 8, 3), "NAME   …\na      …\n… and 2…");
        assert_eq!(fit(text, 80, 1), "… and 4 more lines");
        assert_eq!(fit("", 80, 3), "");
    }

    #[test]
    fn names_give_way_before_what_is_told_of_them() {
        let text = "NAME                                   STATUS\n\
                    ip-192-168-11-128.eu-west-1.internal   Ready,SchedulingDisabled\n\
                    ip-192-168-111-228.eu-west-1.compute   Ready\n";
        assert_eq!(fit(text, 63, 4), text.trim_end());
        let narrow = "NAME                          STATUS\n\
                      ip-192-168-11-128.eu-west-…   Ready,SchedulingDisabled\n\
                      ip-192-168-111-228.eu-west…   Ready";
        assert_eq!(fit(text, 54, 4), narrow);
        let narrowest = "NAME                   STATUS\n\
                         ip-192-168-11-128.e…   Ready,S…\n\
                         ip-192-168-111-228.…   Ready";
        assert_eq!(fit(text, 31, 4), narrowest);
    }
}
