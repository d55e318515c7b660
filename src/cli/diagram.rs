//! `spotscript diagram`: the architecture, zones × groups, from live state.

use std::process::ExitCode;

use super::answer::answer;
use super::cluster_choice::ClusterChoice;
use super::form::Form;
use super::{Failed, Global};
use crate::domain::error::Result;
use crate::ops::{self, Session};
use crate::view::diagram;

/// The architecture of a cluster, zones × groups, drawn from live state
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript diagram
  spotscript diagram --mermaid > cluster.mmd")]
pub struct Args {
    /// Mermaid source instead of a drawing
    #[arg(long)]
    mermaid: bool,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    answer(global, async |session, form| args.answer(session, form).await)
}

impl Args {
    async fn answer(&self, session: &Session, form: Form) -> Result<String> {
        let cluster = self.cluster.resolve(session).await?;
        let topology = ops::topology(session, &cluster).await?;
        if self.mermaid && !form.json {
            return Ok(diagram::mermaid(&topology));
        }
        form.print("topology", &topology, |style| diagram::text(&topology, style))
    }
}
