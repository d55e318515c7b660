//! What `--coverage` measured, as text, and the file for other tools.

use crate::script::coverage::Report;
use crate::view::style::Style;
use crate::view::table::Table;
use crate::view::words;

/// A table with a row for each file, and a line that says it all.
pub(super) fn text(report: &Report, wanted: Option<f64>, style: Style) -> String {
    let mut table = Table::new(["File", "Lines", "Hit", "Percent", "Missed"]).numeric(&[1, 2, 3]);
    for file in &report.files {
        let (lines, hit, percent) = (file.lines.to_string(), file.hit.to_string(), format!("{:.1}", file.percent));
        table.row([file.file.clone(), lines, hit, percent, file.missed.join(", ")]);
    }
    let lines = words::count(report.lines, "line");
    let all = format!("coverage: {:.1} % ({} of {lines})", report.percent, report.hit);
    let short = match wanted {
        Some(wanted) if !enough(report, Some(wanted)) => format!(", less than {wanted} %"),
        _ => String::new(),
    };
    let table = if table.is_empty() { "no runbook or module was run\n".to_owned() } else { table.render(style) };
    format!("\n{table}\n{all}{short}\n")
}

/// Whether as much ran as is wanted.
pub(super) fn enough(report: &Report, wanted: Option<f64>) -> bool {
    wanted.is_none_or(|wanted| report.percent >= wanted)
}
