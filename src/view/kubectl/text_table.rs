//! kubectl's column layout: left-aligned, three spaces apart, the last column as it comes.

use std::fmt::Write;

const GAP: usize = 3;
/// No column is narrower than this, gap included.
const NARROWEST: usize = 6;

/// Lays rows out. Every row has as many cells as the first.
pub fn lay_out(rows: &[Vec<String>]) -> String {
    arranged(rows, shown)
}

/// Lays rows out whose cells are shown as they are.
pub(super) fn lay_out_raw(rows: &[Vec<String>]) -> String {
    arranged(rows, |cell| cell.into())
}

fn arranged(rows: &[Vec<String>], shown: impl Fn(&str) -> std::borrow::Cow<'_, str>) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or_default();
    let cell_width = |row: &Vec<String>, column: usize| row.get(column).map_or(0, |cell| shown(cell).chars().count());
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().map(|row| cell_width(row, column) + GAP).max().unwrap_or(0).max(NARROWEST))
        .collect();
    let mut text = String::new();
    for row in rows {
        for (column, cell) in row.iter().enumerate() {
            let cell = shown(cell);
            if column + 1 == row.len() {
                text.push_str(&cell);
            } else {
                let _ = write!(text, "{cell:<width$}", width = widths[column]);
            }
        }
        text.push('\n');
    }
    text
}

/// A cell on one line: cut at its first line break, escape characters made harmless.
fn shown(cell: &str) -> std::borrow::Cow<'_, str> {
    let cut = cell.find(['\n', '\r', '\u{c}']);
    if cut.is_none() && !cell.contains('\u{1b}') {
        return cell.into();
    }
    let mut line = cell[..cut.unwrap_or(cell.len())].replace('\u{1b}', "^[");
    if cut.is_some() {
        line.push_str("...");
    }
    line.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_and_the_last_is_not_padded() {
        let rows = [vec!["A".to_string(), "VERSION".into()], vec!["xy\nz".into(), "\u{1b}[1mv".into()]];
        assert_eq!(lay_out(&rows), "A       VERSION\nxy...   ^[[1mv\n");
        assert_eq!(lay_out(&[vec!["A".to_string(), String::new()]]), "A     \n");
    }
}
