//! Reaching an EKS cluster with AWS credentials alone: endpoint and CA from DescribeCluster, a signed token as
//! bearer, no helper program.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::{Instant, SystemTime};

use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Request, header};
use kube::client::{Body, ClientBuilder};
use kube::config::Config;
use tokio::sync::Mutex;
use tower::{BoxError, Layer, Service, ServiceExt};

use super::{KubeCluster, eks_token, proxy};
use crate::domain::cloud;
use crate::domain::{Code, Error, Result};
use crate::ports::{Cluster, ClusterAccess};

/// EKS clusters, as the AWS credentials' owner.
#[derive(Debug, Clone)]
pub struct EksAccess {
    credentials: SharedCredentialsProvider,
}

impl EksAccess {
    /// Access with the credentials of an SDK configuration.
    pub fn new(credentials: SharedCredentialsProvider) -> Self {
        EksAccess { credentials }
    }
}

#[async_trait]
impl ClusterAccess for EksAccess {
    async fn connect(&self, cluster: &cloud::Cluster) -> Result<Arc<dyn Cluster>> {
        let unusable = |why: String| {
            Error::new(Code::KubeUnreachable, format!("the endpoint of cluster `{}` cannot be used", cluster.name))
                .because(why)
        };
        let endpoint =
            cluster.endpoint.parse().map_err(|error| unusable(format!("{error}: `{}`", cluster.endpoint)))?;
        let mut config = Config::new(endpoint);
        if !cluster.certificate_authority.is_empty() {
            let pem = STANDARD.decode(cluster.certificate_authority.trim());
            config.root_cert = Some(certificates(&pem.map_err(|error| unusable(format!("CA: {error}")))?));
        }
        config.proxy_url = proxy::from_environment(&config.cluster_url);
        let region = cluster.arn.split(':').nth(3).unwrap_or_default().to_string();
        let tokens = Arc::new(Tokens {
            cluster: cluster.name.clone(),
            region,
            credentials: self.credentials.clone(),
            newest: Mutex::new(None),
        });
        let client = ClientBuilder::try_from(config).map_err(|error| unusable(error.to_string()))?;
        let client = client.with_layer(&BearerLayer { tokens }).build();
        Ok(Arc::new(KubeCluster::new(client)))
    }
}

/// The certificates of a PEM text, in DER.
fn certificates(pem: &[u8]) -> Vec<Vec<u8>> {
    let text = String::from_utf8_lossy(pem);
    let blocks = text.split("-----BEGIN CERTIFICATE-----").skip(1);
    blocks
        .filter_map(|block| block.split("-----END CERTIFICATE-----").next())
        .filter_map(|body| STANDARD.decode(body.split_whitespace().collect::<String>()).ok())
        .collect()
}

/// Tokens for one cluster; the newest is used until it is nearly over.
struct Tokens {
    cluster: String,
    region: String,
    credentials: SharedCredentialsProvider,
    newest: Mutex<Option<(Instant, HeaderValue)>>,
}

impl Tokens {
    async fn header(&self) -> Result<HeaderValue> {
        let mut newest = self.newest.lock().await;
        if let Some((made, header)) = newest.as_ref()
            && made.elapsed() < eks_token::RENEW_AFTER
        {
            return Ok(header.clone());
        }
        let credentials = self.credentials.provide_credentials().await.map_err(|error| {
            Error::new(Code::AwsCredentials, format!("no credentials to sign a token for cluster `{}`", self.cluster))
                .because(error.to_string())
        })?;
        let token = eks_token::token(&self.cluster, &self.region, &credentials, SystemTime::now())?;
        let mut header = HeaderValue::try_from(format!("Bearer {token}"))
            .map_err(|error| Error::new(Code::Internal, "a token is not a header value").because(error.to_string()))?;
        header.set_sensitive(true);
        *newest = Some((Instant::now(), header.clone()));
        Ok(header)
    }
}

/// Adds the token to every request.
struct BearerLayer {
    tokens: Arc<Tokens>,
}

impl<S> Layer<S> for BearerLayer {
    type Service = Bearer<S>;

    fn layer(&self, inner: S) -> Bearer<S> {
        Bearer { tokens: self.tokens.clone(), inner: Arc::new(Mutex::new(inner)) }
    }
}

struct Bearer<S> {
    tokens: Arc<Tokens>,
    /// Held only until the inner service has taken the request.
    inner: Arc<Mutex<S>>,
}

impl<S> Service<Request<Body>> for Bearer<S>
where
    S: Service<Request<Body>> + Send + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, mut request: Request<Body>) -> Self::Future {
        let (tokens, inner) = (self.tokens.clone(), self.inner.clone());
        Box::pin(async move {
            request.headers_mut().insert(header::AUTHORIZATION, tokens.header().await?);
            let answer = {
                let mut inner = inner.lock().await;
                inner.ready().await.map_err(Into::into)?.call(request)
            };
            answer.await.map_err(Into::into)
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use aws_credential_types::Credentials;

    #[test]
    fn a_ca_of_two_certificates_is_two() {
        let pem = "-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\nx\n-----BEGIN CERTIFICATE-----\nBA==\n-----END CERTIFICATE-----\n";
        assert_eq!(certificates(pem.as_bytes()), [vec![1, 2, 3], vec![4]]);
    }

    #[tokio::test]
    async fn every_request_carries_the_token_and_the_token_is_kept() {
        let tokens = Arc::new(Tokens {
            cluster: "one".to_string(),
            region: "us-west-2".to_string(),
            credentials: SharedCredentialsProvider::new(Credentials::new("AKID", "secret", None, None, "test")),
            newest: Mutex::new(None),
        });
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        let log = seen.clone();
        let inner = tower::service_fn(move |request: Request<Body>| {
            log.lock().unwrap().push(request.headers()[header::AUTHORIZATION].clone());
            std::future::ready(Ok::<_, BoxError>(http::Response::new(())))
        });
        let mut service = BearerLayer { tokens }.layer(inner);
        for _ in 0..2 {
            service.call(Request::new(Body::empty())).await.unwrap();
        }
        let seen = seen.lock().unwrap();
        assert!(seen[0].to_str().unwrap().starts_with("Bearer k8s-aws-v1."));
        assert!(seen[0].is_sensitive());
        assert_eq!(seen[0], seen[1]);
    }
}
