//! A report as JUnit's XML, which CI systems read.

use std::time::Duration;

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::report::{Outcome, Report};
use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// The document. `told` is the report of a failure as text.
///
/// # Errors
/// `SPOT-0901` when it cannot be written, which writing to memory never is.
pub fn document(report: &Report, told: &dyn Fn(&Outcome) -> String) -> Result<String> {
    write(report, told)
        .map_err(|error| Error::new(Code::Internal, "the JUnit report cannot be written").because(error.to_string()))
        .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn write(report: &Report, told: &dyn Fn(&Outcome) -> String) -> std::io::Result<Vec<u8>> {
    let mut xml = Writer::new_with_indent(Vec::new(), b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let mut suites = BytesStart::new("testsuites");
    suites.push_attribute(("name", "spotscript"));
    totals(&mut suites, &report.tests, Duration::from_millis(report.elapsed_ms));
    xml.write_event(Event::Start(suites))?;
    let mut rest = report.tests.as_slice();
    while let Some(first) = rest.first() {
        let length = rest.iter().take_while(|outcome| outcome.file == first.file).count();
        let (file, others) = rest.split_at(length);
        suite(&mut xml, file, told)?;
        rest = others;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuites")))?;
    let mut bytes = xml.into_inner();
    bytes.push(b'\n');
    Ok(bytes)
}

fn totals(tag: &mut BytesStart<'_>, tests: &[Outcome], elapsed: Duration) {
    let failed = tests.iter().filter(|outcome| !outcome.ok()).count();
    tag.push_attribute(("tests", tests.len().to_string().as_str()));
    tag.push_attribute(("failures", failed.to_string().as_str()));
    tag.push_attribute(("errors", "0"));
    tag.push_attribute(("time", seconds(elapsed).as_str()));
}

fn suite(xml: &mut Writer<Vec<u8>>, tests: &[Outcome], told: &dyn Fn(&Outcome) -> String) -> std::io::Result<()> {
    let mut tag = BytesStart::new("testsuite");
    let file = tests.first().map(|outcome| outcome.file.as_str()).unwrap_or_default();
    tag.push_attribute(("name", file));
    totals(&mut tag, tests, tests.iter().map(|outcome| outcome.elapsed).sum());
    xml.write_event(Event::Start(tag))?;
    for outcome in tests {
        let mut tag = BytesStart::new("testcase");
        tag.push_attribute(("name", if outcome.name.is_empty() { "the whole file" } else { outcome.name.as_str() }));
        tag.push_attribute(("classname", class(file).as_str()));
        tag.push_attribute(("file", file));
        tag.push_attribute(("line", outcome.line.to_string().as_str()));
        tag.push_attribute(("time", seconds(outcome.elapsed).as_str()));
        let Some(failure) = &outcome.failure else {
            xml.write_event(Event::Empty(tag))?;
            continue;
        };
        xml.write_event(Event::Start(tag))?;
        let mut tag = BytesStart::new("failure");
        tag.push_attribute(("message", legal(&failure.error.message).as_str()));
        tag.push_attribute(("type", failure.error.code.to_string().as_str()));
        element(xml, tag, "failure", &format!("{}\nrepeat: {}\n", told(outcome), outcome.repeat()))?;
        if !outcome.output.is_empty() {
            element(xml, BytesStart::new("system-out"), "system-out", &outcome.output)?;
        }
        xml.write_event(Event::End(BytesEnd::new("testcase")))?;
    }
    xml.write_event(Event::End(BytesEnd::new("testsuite")))
}

fn element(xml: &mut Writer<Vec<u8>>, tag: BytesStart<'_>, name: &str, text: &str) -> std::io::Result<()> {
    xml.write_event(Event::Start(tag))?;
    xml.write_event(Event::Text(BytesText::new(&legal(text))))?;
    xml.write_event(Event::End(BytesEnd::new(name)))
}

/// What groups tests in CI: the path with dots, as a class would have it.
fn class(file: &str) -> String {
    file.strip_suffix(".rhai").unwrap_or(file).trim_start_matches("./").replace('/', ".")
}

fn seconds(elapsed: Duration) -> String {
    format!("{:.3}", elapsed.as_secs_f64())
}

/// The text without what XML 1.0 cannot hold, not even escaped.
fn legal(text: &str) -> String {
    text.chars()
        .filter(|c| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..))
        .collect()
}
