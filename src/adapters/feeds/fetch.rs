//! One conditional GET through the AWS SDK's HTTP client: no second HTTP and TLS stack in the program.

use std::time::Duration;

use aws_smithy_async::rt::sleep::TokioSleep;
use aws_smithy_http_client::Connector;
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use aws_smithy_runtime_api::client::http::{HttpConnector, HttpConnectorSettings};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use http_body_util::{BodyExt, Limited};

use super::cache::Validators;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// A feed of more bytes is not one of ours.
const LARGEST: usize = 64 << 20;

/// What the publisher answered.
pub(super) enum Answer {
    /// The copy that we have is what is published.
    Unchanged,
    /// New content.
    Content {
        /// The body.
        bytes: Vec<u8>,
        /// What to ask with next time.
        validators: Validators,
    },
}

/// GETs `url`, unless it is still what `known` stands for. Proxies come from the environment.
///
/// # Errors
/// `SPOT-0802` when there is no answer within `timeout`, or not a good one.
pub(super) async fn get(url: &str, known: &Validators, timeout: Duration) -> Result<Answer> {
    let failed = |cause: String| Error::new(Code::Feed, format!("cannot fetch `{url}`")).because(cause);
    match tokio::time::timeout(timeout, exchange(url, known, timeout)).await {
        Ok(answer) => answer.map_err(failed),
        Err(_) => Err(failed(format!("no answer within {} s", timeout.as_secs_f64()))),
    }
}

async fn exchange(url: &str, known: &Validators, timeout: Duration) -> Result<Answer, String> {
    let response = connector(url, timeout).call(request(url, known)?).await.map_err(|error| chain(&error))?;
    let status = response.status();
    if status.as_u16() == 304 {
        return Ok(Answer::Unchanged);
    }
    if !status.is_success() {
        return Err(format!("HTTP status {status}"));
    }
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    let validators = Validators { etag: header("etag"), last_modified: header("last-modified") };
    let body = Limited::new(response.into_body(), LARGEST).collect().await.map_err(|error| chain(&*error))?;
    Ok(Answer::Content { bytes: body.to_bytes().to_vec(), validators })
}

fn connector(url: &str, timeout: Duration) -> Connector {
    let settings = HttpConnectorSettings::builder().connect_timeout(timeout).read_timeout(timeout).build();
    let builder =
        Connector::builder().connector_settings(settings).sleep_impl(TokioSleep::new()).proxy_config(proxy(url));
    // Certificates are read from disk only where they are needed.
    if url.starts_with("http://") {
        builder.build_http()
    } else {
        builder.tls_provider(Provider::Rustls(CryptoMode::AwsLc)).build()
    }
}

/// The environment's proxy, except for this machine itself, as other tools have it.
fn proxy(url: &str) -> ProxyConfig {
    let uri: Option<http::Uri> = url.parse().ok();
    let host = uri.as_ref().and_then(http::Uri::host).unwrap_or_default();
    match host.trim_matches(['[', ']']) {
        "localhost" => ProxyConfig::disabled(),
        host if host.parse().is_ok_and(|address: std::net::IpAddr| address.is_loopback()) => ProxyConfig::disabled(),
        _ => ProxyConfig::from_env(),
    }
}

fn request(url: &str, known: &Validators) -> Result<HttpRequest, String> {
    let mut request = HttpRequest::get(url).map_err(|error| chain(&error))?;
    let headers = request.headers_mut();
    headers.insert("user-agent", concat!("spotscript/", env!("CARGO_PKG_VERSION")));
    for (name, value) in [("if-none-match", &known.etag), ("if-modified-since", &known.last_modified)] {
        if let Some(value) = value {
            headers.try_insert(name, value.clone()).map_err(|error| chain(&error))?;
        }
    }
    Ok(request)
}

/// An error with everything that caused it, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let said = cause.to_string();
        if !text.contains(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        source = cause.source();
    }
    text
}
