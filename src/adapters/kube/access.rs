//! Reaching a cluster through a kubeconfig, or through a client that is there already.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use kube::config::{KubeConfigOptions, Kubeconfig};
use kube::{Client, Config};

use super::{KubeCluster, proxy};
use crate::domain::cloud;
use crate::domain::{Code, Error, Result};
use crate::ports::{Cluster, ClusterAccess};

/// A client made elsewhere: the sandbox's.
#[derive(Clone)]
pub struct ClientAccess(
    /// The client.
    pub Client,
);

#[async_trait]
impl ClusterAccess for ClientAccess {
    async fn connect(&self, _: &cloud::Cluster) -> Result<Arc<dyn Cluster>> {
        Ok(Arc::new(KubeCluster::new(self.0.clone())))
    }
}

/// A kubeconfig file, whatever cluster EKS describes: the user says that it is the one.
#[derive(Debug, Clone, Default)]
pub struct KubeconfigAccess {
    /// The file; without one, those of `KUBECONFIG` or `~/.kube/config`.
    pub path: Option<PathBuf>,
    /// The context; without one, the file's current context.
    pub context: Option<String>,
}

impl KubeconfigAccess {
    /// A client as the kubeconfig says. Reads files; makes no request.
    pub async fn client(&self) -> Result<Client> {
        let named = || match &self.path {
            Some(path) => format!("kubeconfig `{}`", path.display()),
            None => "kubeconfig".to_string(),
        };
        let unusable = |error: &dyn std::error::Error| {
            let mut failed = Error::new(Code::KubeConfig, format!("the {} cannot be used", named()));
            let mut cause = Some(error);
            while let Some(error) = cause {
                failed = failed.because(error.to_string());
                cause = error.source();
            }
            failed
                .help("write one with `aws eks update-kubeconfig --name CLUSTER`, or name another with `--kubeconfig`")
        };
        let file = match &self.path {
            Some(path) => Kubeconfig::read_from(path),
            None => Kubeconfig::read(),
        };
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        let mut config = Config::from_custom_kubeconfig(file.map_err(|error| unusable(&error))?, &options)
            .await
            .map_err(|error| unusable(&error))?;
        // kube-rs takes the environment's proxy even for this machine.
        let exempt = ["NO_PROXY", "no_proxy"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
        if proxy::is_direct(&config.cluster_url, &exempt) {
            config.proxy_url = None;
        }
        Client::try_from(config).map_err(|error| unusable(&error))
    }
}

#[async_trait]
impl ClusterAccess for KubeconfigAccess {
    async fn connect(&self, _: &cloud::Cluster) -> Result<Arc<dyn Cluster>> {
        Ok(Arc::new(KubeCluster::new(self.client().await?)))
    }
}
