//! `--dry-run`

use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::node_change::DryRun;

/// What `--dry-run=…` says; `None` when it was not given.
pub fn parse(text: Option<&str>) -> Result<DryRun, Refusal> {
    match text {
        None | Some("none" | "false") => Ok(DryRun::No),
        Some("client" | "" | "true") => Ok(DryRun::Client),
        Some("server") => Ok(DryRun::Server),
        Some(other) => Err(Refusal::Plain(format!(
            "Invalid dry-run value ({other}). Must be \"none\", \"server\", or \"client\"."
        ))),
    }
}
