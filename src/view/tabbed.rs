//! Columns aligned with tab characters at stops of eight, as eksctl prints its tables.
//!
//! A cell is followed by at least one tab; the last cell of a row by none. `cut -f` works on it.

use super::width;

const STOP: usize = 8;

/// Aligns `rows` under `header`. Rows of fewer cells than the header end early.
pub fn render(header: &[&str], rows: &[Vec<String>]) -> String {
    let widths: Vec<usize> = header
        .iter()
        .enumerate()
        .map(|(column, title)| {
            let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| width::columns(cell));
            let widest = cells.chain([width::columns(title)]).max().unwrap_or(0);
            (widest + 1).next_multiple_of(STOP)
        })
        .collect();
    let mut text = String::new();
    line(&mut text, &widths, header.iter().copied());
    for row in rows {
        line(&mut text, &widths, row.iter().map(String::as_str));
    }
    text
}

fn line<'a>(text: &mut String, widths: &[usize], cells: impl Iterator<Item = &'a str>) {
    let mut cells = cells.zip(widths).peekable();
    while let Some((cell, wanted)) = cells.next() {
        text.push_str(cell);
        if cells.peek().is_some() {
            text.push_str(&"\t".repeat((wanted - width::columns(cell)).div_ceil(STOP)));
        }
    }
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_start_at_tab_stops() {
        let rows = vec![vec!["a".into(), "1".into()], vec!["exactly8".into(), "2".into()]];
        assert_eq!(render(&["NAME", "N"], &rows), "NAME\t\tN\na\t\t1\nexactly8\t2\n");
    }

    #[test]
    fn an_empty_cell_keeps_its_column() {
        assert_eq!(render(&["A", "B", "C"], &[vec!["x".into(), String::new(), "z".into()]]), "A\tB\tC\nx\t\tz\n");
    }
}
