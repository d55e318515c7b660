//! The Kubernetes face under kube-rs.

use http::Request;
use tower::BoxError;

use super::cut::Passage;
use super::{Sandbox, kube_face, wire};

impl Sandbox {
    /// A kube-rs client for the world's cluster; no socket. Must be called within a Tokio runtime.
    pub fn kube_client(&self) -> ::kube::Client {
        let sandbox = self.clone();
        let service = tower::service_fn(move |request: Request<::kube::client::Body>| {
            let sandbox = sandbox.clone();
            async move {
                let (head, body) = request.into_parts();
                // Bodies of kube-rs are in memory; one that cannot be read is an empty one, which the face refuses.
                let body = body.collect_bytes().await.unwrap_or_default();
                let request = Request::from_parts(head, body);
                match sandbox.cut().next() {
                    Passage::Whole => {
                        let response = kube_face::answer(&sandbox, &request);
                        match wire::is_unanswered(&response) {
                            true => Err(BoxError::from("the connection timed out")),
                            false => Ok(response),
                        }
                    }
                    passage => {
                        if passage == Passage::Unanswered {
                            drop(kube_face::answer(&sandbox, &request));
                        }
                        std::future::pending().await
                    }
                }
            }
        });
        ::kube::Client::new(service, "default")
    }
}
