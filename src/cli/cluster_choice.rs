//! `--cluster`: named, from the environment, or the only one there is.

use clap::Args;

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::ops::Session;

/// Which cluster a command is about.
#[derive(Debug, Clone, Default, Args)]
pub struct ClusterChoice {
    /// EKS cluster [default: the only one of the region]
    #[arg(long, env = "SPOTSCRIPT_CLUSTER", value_name = "NAME")]
    pub cluster: Option<String>,
}

impl ClusterChoice {
    /// The cluster's name. A name that was given is not checked here: whoever uses it will.
    ///
    /// # Errors
    /// `SPOT-0310` when the region has no cluster, `SPOT-0606` when it has several and none was named.
    pub async fn resolve(&self, session: &Session) -> Result<String> {
        if let Some(name) = self.cluster.as_deref().filter(|name| !name.is_empty()) {
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
