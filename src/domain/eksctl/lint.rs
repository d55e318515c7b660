//! What is allowed in a file and probably not what was meant: traps of tutorials, practice that AWS has left behind.

mod autoscaler;
mod finding;
mod group;
mod kind;
mod market;
mod text;

pub use finding::{Finding, Severity};

use self::finding::{Context, allowed};
use self::kind::{Meant, meant};
use super::read::fields::Fields;
use super::{Change, Document, edit, examine, open};
use crate::domain::advisor::Feed;
use crate::domain::yaml;

/// What is found in a text: faults of a ClusterConfig and what its groups could do better; in any other text (a
/// script, a page, a manifest) commands and names that no longer do what they did. YAML or JSON of no known kind is a
/// finding itself.
pub fn lint(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>) -> Vec<Finding> {
    lint_with_advice(text, file, resolve, None)
}

/// The same; with the Spot Instance Advisor's feed, types that are often interrupted are found too.
pub fn lint_with_advice(
    text: &str,
    file: &str,
    resolve: &dyn Fn(&str) -> Option<String>,
    advice: Option<&Feed>,
) -> Vec<Finding> {
    let mut findings = match meant(text, file) {
        Meant::Config => document(text, file, resolve, advice),
        Meant::Around => text::lint(text, file),
        Meant::Unknown => {
            let faults = examine(text, file, resolve).0.into_iter().map(Finding::fault);
            faults.chain(text::lint(text, file)).collect()
        }
    };
    findings.retain(|finding| !allowed(text, finding));
    findings.sort_by_key(|finding| {
        let place = finding.error.location.as_ref().map(|place| (place.line, place.column));
        (place, finding.error.code)
    });
    findings
}

/// The text with every finding mended that has one mechanical remedy, and how many were. One whose remedy has no place
/// in the layout of the text stays.
pub fn fix(text: &str, file: &str, findings: &[Finding]) -> (String, usize) {
    let mut fixed = text.to_owned();
    let mut count = 0;
    for finding in findings.iter().filter(|finding| !finding.fix.is_empty()) {
        if let Ok(mended) = edit(&fixed, file, &finding.fix) {
            fixed = mended;
            count += 1;
        }
    }
    (fixed, count)
}

fn document(text: &str, file: &str, resolve: &dyn Fn(&str) -> Option<String>, advice: Option<&Feed>) -> Vec<Finding> {
    let (faults, _) = examine(text, file, resolve);
    let mut findings: Vec<Finding> = faults.into_iter().map(Finding::fault).collect();
    let (Ok(document), Ok(Some(root))) = (open(text, file, resolve), yaml::parse(text, file)) else { return findings };
    let root = Fields::of(&root, "");
    for list in ["nodeGroups", "managedNodeGroups"] {
        for fields in root.maps(list) {
            let name = fields.filled("name").unwrap_or_default();
            let Some(spec) = spec(&document, list, &name) else { continue };
            let mut context = Context { file, fields: &fields, spec, advice, findings: &mut findings };
            group::lint(&mut context);
            market::lint(&mut context);
            autoscaler::lint(&mut context);
        }
    }
    findings
}

fn spec<'d>(document: &'d Document, list: &str, name: &str) -> Option<&'d crate::domain::nodegroup::NodegroupSpec> {
    let groups = if list == "nodeGroups" { &document.nodegroups } else { &document.managed };
    groups.iter().find(|spec| spec.name == name)
}

/// Sets a value.
fn set(path: String, value: impl Into<serde_json::Value>) -> Vec<Change> {
    vec![Change::Set(path, value.into())]
}

#[cfg(test)]
mod tests;
