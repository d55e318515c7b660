//! `spotscript asg`: a group as the Auto Scaling console shows it.

use std::process::ExitCode;

use super::answer::answer;
use super::cluster_choice::{ClusterChoice, group_name};
use super::form::Form;
use super::{Failed, Global};
use crate::domain::error::Result;
use crate::domain::inventory::GroupDetail;
use crate::ops::{self, Session};
use crate::view::asg;

/// The Auto Scaling group behind a node group: row, details, instances, activity history, tags
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript asg dev-4vcpu-16gb-spot
  spotscript asg dev-4vcpu-16gb-spot -o json | jq '.data.activities'")]
pub struct Args {
    /// Node group
    #[arg(value_parser = group_name)]
    name: String,
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
        let detail = ops::get(session, &cluster, &self.name).await?;
        form.print("nodegroup", &without_user_data(&detail), |style| asg::render(&detail, style))
    }
}

/// Boot data may hold secrets: its size is told, not its content.
fn without_user_data(detail: &GroupDetail) -> GroupDetail {
    let mut shown = detail.clone();
    if let Some(template) = &mut shown.launch_template {
        let size = template.data.user_data.len();
        template.data.user_data = format!("({size} characters of base64, not shown)");
    }
    shown
}
