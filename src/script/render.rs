//! Draws a script's failure with its text, the fault underlined, and every caller.

use std::fmt;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, Severity,
    SourceCode, SourceSpan, SpanContents,
};

use textwrap::WordSplitter;

use super::cut::{Drawn, cut};
use super::diagnostic::{Place, ScriptError};
use super::source::{SourceMap, line_and_column};
use crate::domain::error::Error;
use crate::domain::secret::cover_private_keys;

/// How a report looks.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether ANSI colours may be used.
    pub colour: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// The report of a failure as text.
pub fn render(failure: &ScriptError, look: Look) -> String {
    let theme = if look.colour { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    // A name broken at its hyphen cannot be copied.
    let handler = GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(look.width)
        .with_word_splitter(WordSplitter::NoHyphenation)
        .tab_width(4);
    let mut text = String::new();
    let mut draw = |report: &Report| {
        // Writing to a string does not fail; a span outside of its text would, and is left out then.
        if handler.render_report(&mut text, report).is_err() {
            text.push_str(&format!("{}: {report}\n", report.code));
        }
    };
    draw(&Report::main(failure));
    if let Some(report) = failure.error.location.as_ref().and_then(|_| Report::document(&failure.error)) {
        draw(&report);
    }
    if let Some(detail) = &failure.error.detail {
        text.push_str(&indented(detail, look));
    }
    let mut draw = |report: &Report| {
        if handler.render_report(&mut text, report).is_err() {
            text.push_str(&format!("{report}\n"));
        }
    };
    for frame in &failure.frames {
        draw(&Report::part(&frame.what, frame.place.clone()));
    }
    text
}

/// The lines of a detail, those of a diff coloured.
fn indented(detail: &str, look: Look) -> String {
    let mut text = String::new();
    for line in detail.lines() {
        let colour = match line.chars().next() {
            Some('-') => Some(31),
            Some('+') => Some(32),
            _ => None,
        };
        let line = match colour.filter(|_| look.colour) {
            Some(colour) => format!("    \u{1b}[{colour}m{line}\u{1b}[0m"),
            None => format!("    {line}").trim_end().to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    text
}

/// One drawn piece: the failure itself, or one of its callers.
#[derive(Debug)]
struct Report {
    code: String,
    message: String,
    severity: Severity,
    help: Option<String>,
    cause: Option<Cause>,
    place: Option<Text>,
}

impl Report {
    fn main(failure: &ScriptError) -> Self {
        let error = &failure.error;
        let mut message = error.message.clone();
        if let Some(location) = &error.location {
            message = format!("{location}: {message}");
        }
        if let Some(item) = &error.item {
            message = format!("{item}: {message}");
        }
        Report {
            code: error.code.to_string(),
            message,
            severity: Severity::Error,
            help: error.help.clone(),
            cause: Cause::chain(&error.causes),
            place: failure.place.clone().map(Text::of),
        }
    }

    fn part(what: &str, place: Option<Place>) -> Self {
        Report {
            code: String::new(),
            message: what.to_owned(),
            severity: Severity::Advice,
            help: None,
            cause: None,
            place: place.map(Text::of),
        }
    }

    /// The line of a document that an error is about, if the document can be read again.
    fn document(error: &Error) -> Option<Self> {
        let location = error.location.as_ref()?;
        let text = std::fs::read_to_string(&location.file).ok()?;
        let text = SourceMap::default().insert("", &text);
        let span = super::source::span(&text, location.line, location.column);
        let place = Place { name: location.file.clone(), text, span };
        Some(Report::part("in this document", Some(place)))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Report {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.cause.as_ref().map(|cause| cause as _)
    }
}

impl Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as _)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as _)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|text| text as _)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.place.as_ref()?.0.place.span.clone();
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(None, span))))
    }
}

/// A chain of causes as the standard library likes it.
#[derive(Debug)]
struct Cause {
    message: String,
    next: Option<Box<Cause>>,
}

impl Cause {
    fn chain(causes: &[String]) -> Option<Self> {
        let (first, rest) = causes.split_first()?;
        Some(Cause { message: first.clone(), next: Cause::chain(rest).map(Box::new) })
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.next.as_ref().map(|next| &**next as _)
    }
}

/// A named text whose columns count characters, not bytes, and whose long lines are cut.
#[derive(Debug)]
struct Text(Drawn);

impl Text {
    fn of(place: Place) -> Self {
        // What was given where a public key is wanted is not shown with its place.
        let text = cover_private_keys(&place.text).into();
        Text(cut(Place { text, ..place }))
    }
}

impl SourceCode for Text {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let Drawn { place, shift } = &self.0;
        let text: &Arc<str> = &place.text;
        let contents = text.as_bytes().read_span(span, lines_before, lines_after)?;
        let (line, column) = line_and_column(text, contents.span().offset());
        // The head of a report tells the column in the file.
        let column = if contents.span().offset() == place.span.start { column + shift } else { column };
        Ok(Box::new(MietteSpanContents::new_named(
            place.name.clone(),
            contents.data(),
            *contents.span(),
            line - 1,
            column - 1,
            contents.line_count(),
        )))
    }
}
