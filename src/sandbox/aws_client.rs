//! The AWS face as the SDK's HTTP client: no socket, no credentials, no real waiting.

use std::time::{Duration, SystemTime};

use aws_config::retry::RetryConfig;
use aws_config::stalled_stream_protection::StalledStreamProtectionConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{AsyncSleep, SharedAsyncSleep, Sleep};
use aws_smithy_async::time::{SharedTimeSource, TimeSource};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use bytes::Bytes;

use super::cut::Passage;
use super::{Sandbox, wire};

impl Sandbox {
    /// The world's AWS face as an HTTP client for SDK configurations.
    pub fn http_client(&self) -> SharedHttpClient {
        SharedHttpClient::new(InProcess(self.clone()))
    }

    /// A whole SDK configuration for this world. Reads no environment, opens no socket. Retries are on and wait on the
    /// world's clock, without jitter: the same requests pass the same time.
    pub fn sdk_config(&self) -> SdkConfig {
        let credentials = Credentials::new("AKIASANDBOXSANDBOX00", "sandbox", None, None, "sandbox");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region()))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .identity_cache(aws_config::identity::IdentityCache::no_cache())
            .http_client(self.http_client())
            .sleep_impl(SharedAsyncSleep::new(InProcess(self.clone())))
            .time_source(SharedTimeSource::new(InProcess(self.clone())))
            .retry_config(RetryConfig::standard().with_max_attempts(5).with_use_static_exponential_base(true))
            .timeout_config(TimeoutConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build()
    }
}

/// What the SDK asks of its surroundings, answered by the world.
#[derive(Debug, Clone)]
struct InProcess(Sandbox);

impl HttpClient for InProcess {
    fn http_connector(&self, _: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(self.clone())
    }
}

impl HttpConnector for InProcess {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        match self.0.cut().next() {
            Passage::Whole => HttpConnectorFuture::ready(self.answer(request)),
            passage => {
                if passage == Passage::Unanswered {
                    drop(self.answer(request));
                }
                HttpConnectorFuture::new(std::future::pending())
            }
        }
    }
}

impl InProcess {
    fn answer(&self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let other = |error: Box<dyn std::error::Error + Send + Sync>| ConnectorError::other(error, None);
        let (head, body) = request.try_into_http1x().map_err(|error| other(error.into()))?.into_parts();
        let body = body.bytes().ok_or_else(|| other("the sandbox takes no streaming bodies".into()))?;
        let request = http::Request::from_parts(head, Bytes::copy_from_slice(body));
        let response = self.0.world(|world| wire::respond(world, &request));
        if wire::is_unanswered(&response) {
            return Err(ConnectorError::timeout("the connection timed out".into()));
        }
        HttpResponse::try_from(response.map(SdkBody::from)).map_err(|error| other(error.into()))
    }
}

impl AsyncSleep for InProcess {
    fn sleep(&self, span: Duration) -> Sleep {
        Sleep::new(self.0.sleep(span))
    }
}

impl TimeSource for InProcess {
    fn now(&self) -> SystemTime {
        self.0.now().into()
    }
}
