//! `spotscript nodes`: nodes as kubectl prints them.

use std::process::ExitCode;

use super::answer::answer;
use super::cluster_choice::ClusterChoice;
use super::form::Form;
use super::{Failed, Global, console};
use crate::domain::error::Result;
use crate::ops::{self, Session};
use crate::view::json;
use crate::view::kubectl::{self, GetOptions};

/// Nodes of the cluster, as `kubectl get nodes` prints them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript nodes
  spotscript nodes -l lifecycle=Ec2Spot --show-labels
  spotscript nodes -L node.kubernetes.io/instance-type,topology.kubernetes.io/zone
  spotscript nodes -l 'intent in (apps),!drill' -o json")]
pub struct Args {
    /// Label selector in kubectl's grammar
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "")]
    selector: String,
    /// All labels as the last column
    #[arg(long)]
    show_labels: bool,
    /// Labels to show as columns
    #[arg(short = 'L', long, value_name = "KEYS", value_delimiter = ',')]
    label_columns: Vec<String>,
    #[command(flatten)]
    cluster: ClusterChoice,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    answer(global, async |session, form| args.answer(session, form, global.wide()).await)
}

impl Args {
    async fn answer(&self, session: &Session, form: Form, wide: bool) -> Result<String> {
        let cluster = ops::cluster(session, &self.cluster.resolve(session).await?).await?;
        let mut nodes = session.connect(&cluster).await?.nodes(&self.selector).await?;
        if form.json {
            nodes.iter_mut().for_each(|node| node.metadata.managed_fields = None);
            return json::render("nodes", &nodes);
        }
        // That there are none is told, not printed: what reads our stdout sees no nodes.
        if nodes.is_empty() {
            console::say(&kubectl::none_found(None));
        }
        let (show_labels, label_columns) = (self.show_labels, self.label_columns.clone());
        let options = GetOptions { wide, show_labels, label_columns, ..GetOptions::default() };
        Ok(kubectl::nodes(&nodes, session.clock.now(), &options))
    }
}
