//! `--cluster`: named, from the environment, or the only one there is.

use std::sync::Arc;

use clap::Args;

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::ops::{self, Session};
use crate::ports::Cluster;

/// Which cluster a command is about.
#[derive(Debug, Clone, Default, Args)]
pub struct ClusterChoice {
    /// EKS cluster [default: the only one of the region]
    #[arg(long, env = "SPOTSCRIPT_CLUSTER", value_name = "NAME")]
    pub cluster: Option<String>,
}

impl ClusterChoice {
    /// Its API server, for commands that need nothing else: a kubeconfig leads there without a word to AWS.
    ///
    /// # Errors
    /// As [`ClusterChoice::resolve`] and [`ops::cluster`], where EKS has to be asked; what the way there says.
    pub async fn connect(&self, session: &Session) -> Result<Arc<dyn Cluster>> {
        if let Some(api) = session.without_eks(self.named()).await? {
            return Ok(api);
        }
        let cluster = ops::cluster(session, &self.resolve(session).await?).await?;
        session.connect(&cluster).await
    }

    fn named(&self) -> Option<&str> {
        self.cluster.as_deref().filter(|name| !name.is_empty())
    }

    /// The cluster's name. A name that was given is not checked here: whoever uses it will.
    ///
    /// # Errors
    /// `SPOT-0310` when the region has no cluster, `SPOT-0606` when it has several and none was named.
    pub async fn resolve(&self, session: &Session) -> Result<String> {
        if let Some(name) = self.named() {
            return Ok(name.to_owned());
        }
        let region = session.cloud.region();
        let mut names = session.cloud.cluster_names().await?;
        match names.len() {
            1 => Ok(names.remove(0)),
            0 => Err(Error::new(Code::ClusterNotFound, format!("no EKS cluster in region `{region}`"))
                .help("choose another region with `--region`")),
            count => {
                let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                Err(Error::new(
                    Code::InvalidArgument,
                    format!("region `{region}` has {count} clusters and none was named"),
                )
                .help(format!("add `--cluster` with one of {}", names.join(", "))))
            }
        }
    }
}

/// Reads the name of a group on the command line: what looks for it would say that the API refuses an empty one.
///
/// # Errors
/// Why it is none.
pub fn group_name(text: &str) -> std::result::Result<String, String> {
    match text.trim().is_empty() {
        true => Err("name a group: `spotscript get nodegroup` lists them".to_owned()),
        false => Ok(text.to_owned()),
    }
}
