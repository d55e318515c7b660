//! What the checker found, and where.

use super::super::diagnostic::Place;
use crate::domain::Code;
use crate::domain::error::Error;

/// How bad a finding is. Both make `spotscript check` exit with 3.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It would fail when it runs.
    Error,
    /// It is probably not what was meant.
    Warning,
}

/// One finding.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What is wrong, with its code and the next action.
    pub error: Error,
    /// How bad it is.
    pub severity: Severity,
    /// Where.
    pub place: Place,
}

impl Finding {
    /// The code.
    pub fn code(&self) -> Code {
        self.error.code
    }

    /// 1-based line, and 1-based column in characters.
    pub fn at(&self) -> (usize, usize) {
        super::super::source::line_and_column(&self.place.text, self.place.span.start)
    }

    /// 1-based line and column behind its last character.
    pub fn end(&self) -> (usize, usize) {
        super::super::source::line_and_column(&self.place.text, self.place.span.end)
    }
}

/// How bad findings of a code are.
pub(super) fn severity(code: Code) -> Severity {
    match code {
        Code::UnusedVariable
        | Code::UnusedImport
        | Code::ComparisonAsStatement
        | Code::NeverEqual
        | Code::DroppedCopy
        | Code::AssignmentAsAnswer
        | Code::IntegerDivision
        | Code::UnreachableCode
        | Code::LostChange
        | Code::UnknownAllowance => Severity::Warning,
        _ => Severity::Error,
    }
}
