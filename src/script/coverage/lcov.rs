//! What was measured in the form that lcov's tools and coverage services read.

use super::report::Report;

/// The document: a record for each file, a line `DA:LINE,COUNT` for each line that begins a statement.
pub fn document(report: &Report) -> String {
    let mut text = String::new();
    for file in &report.files {
        text.push_str(&format!("TN:\nSF:{}\n", file.file));
        for (line, count) in &file.counts {
            text.push_str(&format!("DA:{line},{count}\n"));
        }
        text.push_str(&format!("LF:{}\nLH:{}\nend_of_record\n", file.lines, file.hit));
    }
    text
}
