//! Everything an operation needs from the outside, in one value.

use std::sync::Arc;

use super::patient::Patient;
use crate::domain::error::{Error, Result};
use crate::domain::{Code, cloud};
use crate::ports::{Clock, Cloud, Cluster, ClusterAccess, Event, Operator};

/// The ports an operation works with. Cheap to clone.
#[derive(Clone)]
pub struct Session {
    /// AWS.
    pub cloud: Arc<dyn Cloud>,
    /// How to reach the API server of a cluster.
    pub clusters: Arc<dyn ClusterAccess>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Who runs us.
    pub operator: Arc<dyn Operator>,
}

impl Session {
    /// Connects to the API server of a cluster. While it has too much to do, it is asked again.
    ///
    /// # Errors
    /// What the access port says; no request is made here.
    pub async fn connect(&self, cluster: &cloud::Cluster) -> Result<Arc<dyn Cluster>> {
        let inner = self.clusters.connect(cluster).await?;
        Ok(Arc::new(Patient { inner, clock: Arc::clone(&self.clock) }))
    }

    /// The API server that a kubeconfig leads to, for what asks nothing of AWS; `None` where EKS has to be asked for the way.
    /// While it has too much to do, it is asked again.
    ///
    /// # Errors
    /// What the access port says; no request is made here.
    pub async fn without_eks(&self, name: Option<&str>) -> Result<Option<Arc<dyn Cluster>>> {
        let found = self.clusters.without_eks(name).await?;
        Ok(found.map(|(_, inner)| Arc::new(Patient { inner, clock: Arc::clone(&self.clock) }) as Arc<dyn Cluster>))
    }

    /// Tells a fact.
    pub(super) fn note(&self, message: impl Into<String>) {
        self.operator.tell(&Event::Note { message: message.into() });
    }

    /// Tells something that may hurt later.
    pub(super) fn warn(&self, message: impl Into<String>) {
        self.operator.tell(&Event::Warning { message: message.into() });
    }

    /// Refuses a specification that is meant for another region than the session's.
    pub(super) fn same_region(&self, wanted: Option<&str>) -> Result<()> {
        let region = self.cloud.region();
        match wanted {
            Some(wanted) if wanted != region => Err(Error::new(
                Code::InvalidValue,
                format!("the group is meant for region `{wanted}` but this session works in `{region}`"),
            )
            .help(format!("run with `--region {wanted}`, or change the region of the group"))),
            _ => Ok(()),
        }
    }
}
