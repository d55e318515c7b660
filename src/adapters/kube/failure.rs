//! kube-rs's errors in our terms.

use std::error::Error as StdError;

use kube::Error as KubeError;

use crate::domain::{Code, Error};

/// `what` is what was tried: `list nodes`, `evict pod \`web-1\``.
pub(super) fn from_kube(what: &str, error: KubeError) -> Error {
    match error {
        KubeError::Api(status) => {
            let failed = |code| Error::new(code, format!("cannot {what}")).because(status.message.clone());
            match status.code {
                401 => failed(Code::KubeRefused)
                    .because("the API server does not know who is asking (401 Unauthorized)")
                    .help("check that the caller has an access entry of the cluster or is mapped in `aws-auth`"),
                403 => failed(Code::KubeRefused)
                    .because("the API server knows who is asking and does not allow it (403 Forbidden)")
                    .help("give the caller an access policy or a role binding that allows it"),
                404 if what.contains("node `") => failed(Code::NodeNotFound),
                429 if what.starts_with("evict") => {
                    let budgets = status.details.iter().flat_map(|details| &details.causes);
                    let error = failed(Code::DrainBlocked);
                    budgets
                        .fold(error, |error, cause| error.because(cause.message.clone()))
                        .help("wait until the workload is healthy again, or relax its PodDisruptionBudget")
                }
                429 | 500 | 502..=504 => failed(Code::KubeBusy)
                    .help("it was asked several times: wait a minute and repeat, what is done stays done"),
                _ => failed(Code::KubeRefused),
            }
        }
        KubeError::SerdeError(error) => {
            Error::new(Code::KubeRefused, format!("cannot {what}: the answer cannot be read"))
                .because(error.to_string())
                .help("what was asked for may be done: repeat, and see whether the endpoint is really an API server")
        }
        KubeError::Auth(error) => chain(
            Error::new(Code::KubeConfig, format!("cannot {what}: no credentials for the cluster"))
                .because(error.to_string()),
            error.source(),
        ),
        KubeError::Service(error) => match error.downcast::<Error>() {
            // One of our own layers has said it already.
            Ok(own) => *own,
            Err(error) => unreachable_server(what, error.as_ref()),
        },
        error => unreachable_server(what, &error),
    }
}

fn unreachable_server(what: &str, error: &(dyn StdError + 'static)) -> Error {
    let failed = Error::new(Code::KubeUnreachable, format!("cannot {what}: the API server cannot be reached"));
    chain(failed.because(error.to_string()), error.source())
        .help("check the endpoint and that this network may reach it (a private endpoint needs the VPC), then repeat")
}

/// Adds the sources of an error, each once.
fn chain(mut error: Error, mut source: Option<&(dyn StdError + 'static)>) -> Error {
    while let Some(cause) = source {
        let text = cause.to_string();
        if !error.causes.iter().any(|said| said.contains(&text)) {
            error = error.because(text);
        }
        source = cause.source();
    }
    error
}
