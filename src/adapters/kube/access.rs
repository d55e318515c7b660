//! Reaching a cluster through a kubeconfig, or through a client that is there already.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use kube::config::{KubeConfigOptions, Kubeconfig, NamedCluster};
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
        self.client_of(self.file()?).await
    }

    /// The region of the cluster that it leads to, as its ARN or its address tell: `None` for one that is not EKS's.
    ///
    /// # Errors
    /// `SPOT-0404` when it cannot be read.
    pub fn region(&self) -> Result<Option<String>> {
        let file = self.file()?;
        let Some(entry) = self.entry(&file) else { return Ok(None) };
        let arn = entry.name.strip_prefix("arn:").and_then(|arn| arn.split(':').nth(2));
        let server = entry.cluster.as_ref().and_then(|cluster| cluster.server.as_deref()).unwrap_or_default();
        let host = server.split("://").nth(1).unwrap_or_default();
        let host = host.split(['/', ':']).next().unwrap_or_default();
        let address = host.split_once(".eks.amazonaws.com").and_then(|(before, _)| before.rsplit('.').next());
        Ok(arn.or(address).filter(|region| !region.is_empty()).map(str::to_owned))
    }

    fn file(&self) -> Result<Kubeconfig> {
        let file = match &self.path {
            Some(path) => Kubeconfig::read_from(path),
            None => Kubeconfig::read(),
        };
        file.map_err(|error| self.unusable(&error))
    }

    /// What it says of the cluster of its context.
    fn entry<'a>(&self, file: &'a Kubeconfig) -> Option<&'a NamedCluster> {
        let context = self.context.as_ref().or(file.current_context.as_ref())?;
        let context = file.contexts.iter().find(|one| one.name == *context)?.context.as_ref()?;
        file.clusters.iter().find(|one| one.name == context.cluster)
    }

    async fn client_of(&self, file: Kubeconfig) -> Result<Client> {
        let options = KubeConfigOptions { context: self.context.clone(), ..KubeConfigOptions::default() };
        let config = Config::from_custom_kubeconfig(file, &options).await;
        let mut config = config.map_err(|error| self.unusable(&error))?;
        // kube-rs takes the environment's proxy even for this machine.
        let exempt = ["NO_PROXY", "no_proxy"].iter().find_map(|name| std::env::var(name).ok()).unwrap_or_default();
        if proxy::is_direct(&config.cluster_url, &exempt) {
            config.proxy_url = None;
        }
        Client::try_from(config).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, error: &dyn std::error::Error) -> Error {
        let named = match &self.path {
            Some(path) => format!("kubeconfig `{}`", path.display()),
            None => "kubeconfig".to_string(),
        };
        let mut failed = Error::new(Code::KubeConfig, format!("the {named} cannot be used"));
        let mut cause = Some(error);
        while let Some(error) = cause {
            failed = failed.because(error.to_string());
            cause = error.source();
        }
        failed.help("write one with `aws eks update-kubeconfig --name CLUSTER`, or name another with `--kubeconfig`")
    }
}

#[async_trait]
impl ClusterAccess for KubeconfigAccess {
    async fn connect(&self, _: &cloud::Cluster) -> Result<Arc<dyn Cluster>> {
        Ok(Arc::new(KubeCluster::new(self.client().await?)))
    }

    async fn without_eks(&self, name: Option<&str>) -> Result<Option<(String, Arc<dyn Cluster>)>> {
        let file = self.file()?;
        // `aws eks update-kubeconfig` names clusters by their ARN, which ends in the name.
        let own = self.entry(&file).and_then(|entry| entry.name.rsplit('/').next()).unwrap_or_default();
        let name = name.unwrap_or(own).to_owned();
        Ok(Some((name, Arc::new(KubeCluster::new(self.client_of(file).await?)))))
    }
}
