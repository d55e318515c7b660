//! Plans: made by running a runbook without changing anything, shown, kept in a file.

use std::path::Path;
use std::process::ExitCode;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::runbook::{Runbook, Way};
use super::{Failed, Global, TargetKind, console, journal, whole_file};
use crate::domain::Code;
use crate::domain::change::Plan;
use crate::domain::error::{Error, Result};
use crate::view::{json, plan as view};

/// The exit code of a plan that has changes.
pub(super) const HAS_CHANGES: u8 = 4;

/// A plan with what it was made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Document {
    /// The runbook.
    pub script: String,
    /// SHA-256 of its text.
    pub sha256: String,
    /// Its parameters; secret ones are masked.
    pub params: Value,
    /// `sandbox` or `aws`.
    pub target: String,
    /// The sandbox world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
    /// The region that was asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The steps that it is of, if they were chosen.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only: Vec<String>,
    /// The step that it begins with, if one was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What would change.
    #[serde(flatten)]
    pub plan: Plan,
}

/// Makes a plan and shows it.
pub fn plan(runbook: &Runbook, out: Option<&Path>) -> Result<ExitCode, Failed> {
    if let Some(path) = out {
        whole_file::check(path)?;
    }
    let plan = make(runbook)?;
    let changes = !plan.is_empty();
    let document = document(runbook, plan);
    if let Some(path) = out {
        whole_file::write(path, &json::render("plan", &document)?)?;
    }
    show(&document, &runbook.global)?;
    if let (Some(path), false) = (out, runbook.global.json()) {
        console::say(&format!("the plan is in {0}: `spotscript apply {0}` makes it so", path.display()));
    }
    Ok(if changes { ExitCode::from(HAS_CHANGES) } else { ExitCode::SUCCESS })
}

/// Runs the runbook without changing anything.
///
/// # Errors
/// What makes the run fail: such a run has no plan.
pub fn make(runbook: &Runbook) -> Result<Plan, Failed> {
    let (host, result) = runbook.run(&Way::OnlyPlan)?;
    result?;
    Ok(host.plan())
}

/// Shows a plan on stdout.
pub fn show(document: &Document, global: &Global) -> Result<()> {
    let text = match global.json() {
        true => json::render("plan", document)?,
        false => view::render(&document.plan, console::data_style(global)),
    };
    console::print(&text);
    Ok(())
}

/// A plan with what it was made of.
pub fn document(runbook: &Runbook, plan: Plan) -> Document {
    let global = &runbook.global;
    let (target, world) = match global.target() {
        TargetKind::Sandbox => ("sandbox", Some(global.world().to_owned())),
        TargetKind::Aws => ("aws", None),
    };
    Document {
        script: runbook.file.clone(),
        sha256: runbook.sha256(),
        params: journal::as_json(&runbook.shown),
        target: target.to_owned(),
        world,
        region: global.region.clone(),
        only: runbook.flags.only.clone(),
        from: runbook.flags.from.clone(),
        plan,
    }
}

/// Reads a plan's file.
///
/// # Errors
/// `SPOT-0801` when it cannot be read, `SPOT-0808` when it is no plan or was made by a newer version.
pub fn read(path: &str) -> Result<Document> {
    let text = std::fs::read_to_string(path)
        .map_err(|error| Error::new(Code::File, format!("`{path}` cannot be read")).because(error.to_string()))?;
    let unreadable = |why: String| {
        Error::new(Code::PlanUnreadable, format!("`{path}` is no plan that can be applied"))
            .because(why)
            .help("make it anew: `spotscript run --plan --out plan.json FILE`")
    };
    let value: Value = serde_json::from_str(&text).map_err(|error| unreadable(error.to_string()))?;
    let schema = value.get("schema").and_then(Value::as_str).unwrap_or_default();
    let version = schema.strip_prefix("spotscript.plan/v").and_then(|version| version.parse::<u32>().ok());
    match version {
        Some(json::VERSION) => {}
        Some(other) => {
            return Err(unreadable(format!(
                "it is a plan of version {other}, this spotscript applies version {}",
                json::VERSION
            )));
        }
        None if schema.starts_with("spotscript.change-plan/") => {
            return Err(unreadable(
                "it is the plan of a single command (`--plan` of `create`, `scale` and others)".to_owned(),
            )
            .help(
                "run that command without `--plan`: plans of runbooks are applied, those of commands are to be read",
            ));
        }
        None => return Err(unreadable("it does not say that it is one (`schema`)".to_owned())),
    }
    let data = value.get("data").cloned().unwrap_or_default();
    serde_json::from_value(data).map_err(|error| unreadable(error.to_string()))
}
