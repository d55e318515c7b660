//! The Kubernetes face under kube-rs.

use futures_util::FutureExt;
use http::Request;
use tower::BoxError;

use super::cut::Passage;
use super::{Sandbox, kube_face, wire};

impl Sandbox {
    /// A kube-rs client for the world's cluster; no socket. Must be called within a Tokio runtime.
    ///
    /// A request is answered as it is handed over, not when somebody asks for its answer: those that go out together reach
    /// the world in the order in which they were sent, however threads take turns.
    pub fn kube_client(&self) -> ::kube::Client {
        let sandbox = self.clone();
        let service = tower::service_fn(move |request: Request<::kube::client::Body>| {
            let answered = answer(&sandbox, request);
            async move {
                match answered {
                    Some(answered) => answered,
                    None => std::future::pending().await,
                }
            }
        });
        ::kube::Client::new(service, "default")
    }
}

type Answer = http::Response<axum::body::Body>;

/// The world's answer; `None` where the wire is cut.
fn answer(sandbox: &Sandbox, request: Request<::kube::client::Body>) -> Option<Result<Answer, BoxError>> {
    let (head, body) = request.into_parts();
    // Bodies of kube-rs are in memory, and so there at once; one that cannot be read is an empty one, which the face refuses.
    let body = body.collect_bytes().now_or_never().and_then(Result::ok).unwrap_or_default();
    let request = Request::from_parts(head, body);
    match sandbox.cut().next() {
        Passage::Whole => {
            let response = kube_face::answer(sandbox, &request);
            Some(match wire::is_unanswered(&response) {
                true => Err(BoxError::from("the connection timed out")),
                false => Ok(response),
            })
        }
        passage => {
            if passage == Passage::Unanswered {
                drop(kube_face::answer(sandbox, &request));
            }
            None
        }
    }
}
