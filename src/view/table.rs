//! Tables for reading: a header, a rule, cells that wrap when the terminal is narrow.

use comfy_table::{CellAlignment, ContentArrangement, LineStyle, TableStyle};

use super::style::Style;

/// A table that is being put together.
#[derive(Debug, Clone, Default)]
pub struct Table {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    numeric: Vec<usize>,
}

impl Table {
    /// A table with these column titles.
    pub fn new<'a>(header: impl IntoIterator<Item = &'a str>) -> Self {
        Table { header: header.into_iter().map(str::to_owned).collect(), ..Table::default() }
    }

    /// A table of names and values, without titles.
    pub fn headless() -> Self {
        Table::default()
    }

    /// Aligns the columns with these indexes to the right.
    #[must_use]
    pub fn numeric(mut self, columns: &[usize]) -> Self {
        self.numeric = columns.to_vec();
        self
    }

    /// Adds a row.
    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) -> &mut Self {
        self.rows.push(cells.into_iter().map(Into::into).collect());
        self
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The text, each line ended, without trailing blanks.
    pub fn render(&self, style: Style) -> String {
        let mut table = comfy_table::Table::new();
        table.load_style(TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─')));
        if let Some(width) = style.width {
            table.set_width(width).set_content_arrangement(ContentArrangement::Dynamic);
        }
        if !self.header.is_empty() {
            table.set_header(&self.header);
        }
        table.add_rows(&self.rows);
        for column in table.column_iter_mut() {
            column.set_padding((0, 1));
        }
        for &column in &self.numeric {
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        table.lines().map(|line| format!("{}\n", line.trim_end())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Table {
        let mut table = Table::new(["Name", "Count", "Note"]).numeric(&[1]);
        table.row(["m5.xlarge", "2", "节点组 is wide"]).row(["t3a.xlarge", "10", ""]);
        table
    }

    #[test]
    fn columns_line_up_with_wide_characters_and_numbers() {
        insta::assert_snapshot!(sample().render(Style::plain()), @r"
        Name        Count  Note
        ──────────────────────────────────
        m5.xlarge       2  节点组 is wide
        t3a.xlarge     10
        ");
    }

    #[test]
    fn a_narrow_terminal_wraps_cells() {
        insta::assert_snapshot!(sample().render(Style::within(30)), @r"
        Name        Count  Note
        ──────────────────────────────
        m5.xlarge       2  节点组 is
                           wide
        t3a.xlarge     10
        ");
    }
}
