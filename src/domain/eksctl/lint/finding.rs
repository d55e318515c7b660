//! One finding, and what rules look at.

use super::super::Change;
use super::super::read::fields::Fields;
use crate::domain::advisor::Feed;
use crate::domain::code::Code;
use crate::domain::error::{Error, Location};
use crate::domain::nodegroup::NodegroupSpec;
use crate::domain::yaml::Mark;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It is refused, or does not do what it says.
    Error,
    /// It is probably not what was meant.
    Warning,
    /// There is a better way.
    Advice,
}

impl Severity {
    /// In small letters.
    pub const fn as_str(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Advice => "advice",
        }
    }
}

/// Something found in a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Finding {
    /// What, where, and what to do.
    pub error: Error,
    /// How bad it is.
    pub severity: Severity,
    /// Changes that mend it, where that is mechanical.
    pub fix: Vec<Change>,
}

impl Finding {
    pub(super) fn fault(error: Error) -> Self {
        Finding { error, severity: Severity::Error, fix: Vec::new() }
    }
}

/// A group as it is written and as it is meant.
pub(super) struct Context<'a> {
    pub(super) file: &'a str,
    pub(super) fields: &'a Fields,
    pub(super) spec: &'a NodegroupSpec,
    /// What the Spot Instance Advisor says, if that is known.
    pub(super) advice: Option<&'a Feed>,
    pub(super) findings: &'a mut Vec<Finding>,
}

impl Context<'_> {
    pub(super) fn is_managed(&self) -> bool {
        self.spec.managed.is_some()
    }

    /// Whether the group buys Spot.
    pub(super) fn is_spot(&self) -> bool {
        self.spec.distribution.on_demand_percentage < 100
    }

    pub(super) fn find(&mut self, severity: Severity, code: Code, at: Mark, message: impl Into<String>, help: &str) {
        self.mendable(severity, code, at, message, help, Vec::new());
    }

    pub(super) fn mendable(
        &mut self,
        severity: Severity,
        code: Code,
        at: Mark,
        message: impl Into<String>,
        help: &str,
        fix: Vec<Change>,
    ) {
        let location = Location { file: self.file.to_owned(), line: at.line, column: at.column };
        let error = Error::new(code, message).help(help).at(location);
        self.findings.push(Finding { error, severity, fix });
    }
}

/// Whether a comment allows a finding: `# spotscript: allow CODE` on its line or the one before, `allow-file CODE`
/// anywhere.
pub(super) fn allowed(text: &str, finding: &Finding) -> bool {
    let code = finding.error.code.to_string();
    let names = |line: &str, word: &str| {
        line.split_once(&format!("spotscript: {word} "))
            .is_some_and(|(before, codes)| before.contains('#') && codes.split([' ', ',']).any(|one| one == code))
    };
    if text.lines().any(|line| names(line, "allow-file")) {
        return true;
    }
    let Some(place) = &finding.error.location else { return false };
    let near = [place.line.saturating_sub(1), place.line];
    text.lines().enumerate().any(|(index, line)| near.contains(&(index + 1)) && names(line, "allow"))
}
