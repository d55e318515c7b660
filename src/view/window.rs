//! Text in a window of so many columns and rows.

use super::width;
use super::words::count;

/// As much of `text` as there is room for: long lines end in `…`, and the last row says how many lines are left out.
pub fn fit(text: &str, columns: usize, rows: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let shown = if lines.len() <= rows { lines.len() } else { rows.saturating_sub(1) };
    let mut fitted: Vec<String> = lines[..shown].iter().map(|line| width::fit(line, columns)).collect();
    if shown < lines.len() {
        fitted.push(width::fit(&format!("… and {}", count(lines.len() - shown, "more line")), columns));
    }
    fitted.join("\n")
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
}
