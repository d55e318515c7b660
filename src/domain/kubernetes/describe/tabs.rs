//! Columns that line up over consecutive lines: Go's tabwriter as kubectl's descriptions use it.

/// Spaces behind the widest cell of a column.
const GAP: usize = 2;

/// Lays out lines whose cells end with tabs. A column is as wide as its widest cell in a run of lines that have it.
pub(super) fn lay_out(text: &str) -> String {
    let escaped = text.replace('\u{1b}', "^[").replace('\r', "\\r");
    let mut lines: Vec<Vec<String>> =
        escaped.split_terminator('\n').map(|line| line.split('\t').map(str::to_owned).collect()).collect();
    align(&mut lines, 0);
    lines.into_iter().map(|cells| cells.concat() + "\n").collect()
}

fn align(lines: &mut [Vec<String>], column: usize) {
    // The last cell of a line belongs to no column.
    let has = |line: &Vec<String>| line.len() > column + 1;
    let mut from = 0;
    while from < lines.len() {
        let run = lines[from..].iter().take_while(|line| has(line)).count();
        if run == 0 {
            from += 1;
            continue;
        }
        let run = &mut lines[from..from + run];
        from += run.len();
        let width = run.iter().map(|line| line[column].chars().count()).max().unwrap_or_default() + GAP;
        for line in run.iter_mut() {
            let padding = width - line[column].chars().count();
            line[column].push_str(&" ".repeat(padding));
        }
        align(run, column + 1);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_ends_where_a_line_lacks_it() {
        assert_eq!(lay_out("a\tb\n  cc:\td\nx\ny\tz\n"), "a      b\n  cc:  d\nx\ny  z\n");
        assert_eq!(lay_out("a\t\tb\nc\td\te\n"), "a    b\nc  d  e\n".replace("a    b", "a     b"));
    }
}
