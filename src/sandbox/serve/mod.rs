//! The world on two loopback ports: AWS's services on one, the cluster's API server on the other.
//!
//! The same faces that answer in process. Time is the wall clock's: the world is moved to the present when the server
//! begins and then follows. The world is saved after changes and at the end.

mod kubeconfig;
mod pacer;

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::State;
use axum::http::{Request, Response, StatusCode};
use jiff::Timestamp;
use tokio::net::TcpListener;

use super::cut::Passage;
use super::{Sandbox, kube_face, wire};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use pacer::Pacer;

/// No request is larger.
const LARGEST: usize = 16 * 1024 * 1024;

/// Ports; 0 takes a free one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ports {
    /// Of the AWS face.
    pub aws: u16,
    /// Of the Kubernetes face.
    pub kubernetes: u16,
}

/// What a user needs to reach a server.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Access {
    /// Environment variables for AWS clients: endpoint, dummy credentials, region.
    pub environment: Vec<(String, String)>,
    /// `http://127.0.0.1:PORT` of the API server.
    pub kubernetes: String,
    /// A kubeconfig file that has it.
    pub kubeconfig: PathBuf,
}

impl Access {
    /// Two shell lines: one for AWS clients, one for kubectl.
    pub fn lines(&self) -> [String; 2] {
        let aws: Vec<String> = self.environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        [format!("export {}", aws.join(" ")), format!("export KUBECONFIG={}", quoted(&self.kubeconfig))]
    }
}

fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@%:".contains(c);
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

/// A server that listens and does not answer yet.
#[derive(Debug)]
pub struct Server {
    sandbox: Sandbox,
    aws: TcpListener,
    kubernetes: TcpListener,
    access: Access,
}

impl Server {
    /// Opens the ports, writes the kubeconfig file next to the world, and moves the world to the present.
    ///
    /// # Errors
    /// `SPOT-0703` when a port cannot be opened, `SPOT-0801` when the file cannot be written.
    pub async fn bind(sandbox: Sandbox, ports: Ports) -> Result<Self> {
        let aws = listen(ports.aws).await?;
        let kubernetes = listen(ports.kubernetes).await?;
        let server = format!("http://{}", address(&kubernetes)?);
        let variable = |name: &str, value: String| (name.to_owned(), value);
        let access = Access {
            environment: vec![
                variable("AWS_ENDPOINT_URL", format!("http://{}", address(&aws)?)),
                variable("AWS_ACCESS_KEY_ID", "sandbox".into()),
                variable("AWS_SECRET_ACCESS_KEY", "sandbox".into()),
                variable("AWS_REGION", sandbox.region()),
                // boto3 and the AWS CLI read only this one.
                variable("AWS_DEFAULT_REGION", sandbox.region()),
            ],
            kubeconfig: kubeconfig::write(&sandbox, &server)?,
            kubernetes: server,
        };
        sandbox.world(|world| world.clock.rebase(Timestamp::now()));
        Ok(Server { sandbox, aws, kubernetes, access })
    }

    /// How to reach it.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Answers until `stop` is there, then saves the world.
    ///
    /// # Errors
    /// `SPOT-0703` when a port fails, `SPOT-0801` when the world cannot be saved.
    pub async fn run(self, stop: impl Future<Output = ()>) -> Result<()> {
        let pacer = Pacer::new(self.sandbox.clone());
        let aws = Router::new().fallback(answer_aws).with_state(pacer.clone());
        let kubernetes = Router::new().fallback(answer_kubernetes).with_state(pacer.clone());
        // Watches never end by themselves: the server does not wait for open connections.
        let ended = tokio::select! {
            ended = async { axum::serve(self.aws, aws).await } => ended.map_err(|error| failed("the AWS port", &error)),
            ended = async { axum::serve(self.kubernetes, kubernetes).await } => {
                ended.map_err(|error| failed("the Kubernetes port", &error))
            }
            ended = pacer.run() => ended,
            () = stop => Ok(()),
        };
        pacer.catch_up();
        self.sandbox.save().and(ended)
    }
}

async fn listen(port: u16) -> Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await.map_err(|error| {
        failed(&format!("port {port} on the loopback address"), &error).help("take another port; 0 takes a free one")
    })
}

fn address(listener: &TcpListener) -> Result<SocketAddr> {
    listener.local_addr().map_err(|error| failed("the port", &error))
}

fn failed(what: &str, error: &std::io::Error) -> Error {
    Error::new(Code::ServeFailed, format!("{what} cannot be served")).because(error.to_string())
}

async fn answer_aws(State(pacer): State<Pacer>, request: Request<Body>) -> Response<Body> {
    match whole(request).await {
        Ok(request) => {
            let sandbox = pacer.present();
            passed(sandbox, || sandbox.world(|world| wire::respond(world, &request)).map(Body::from)).await
        }
        Err(refusal) => refusal,
    }
}

async fn answer_kubernetes(State(pacer): State<Pacer>, request: Request<Body>) -> Response<Body> {
    match whole(request).await {
        Ok(request) => {
            let sandbox = pacer.present();
            passed(sandbox, || kube_face::answer(sandbox, &request)).await
        }
        Err(refusal) => refusal,
    }
}

/// An answer, unless it is lost on the way: then its caller waits until it gives up.
async fn passed(sandbox: &Sandbox, answer: impl FnOnce() -> Response<Body>) -> Response<Body> {
    let passage = sandbox.cut().next();
    let response = (passage != Passage::Lost).then(answer);
    match response.filter(|response| passage == Passage::Whole && !wire::is_unanswered(response)) {
        Some(response) => response,
        None => std::future::pending().await,
    }
}

#[allow(clippy::result_large_err, reason = "both sides are HTTP messages")]
async fn whole(request: Request<Body>) -> Result<Request<Bytes>, Response<Body>> {
    let (head, body) = request.into_parts();
    match to_bytes(body, LARGEST).await {
        Ok(body) => Ok(Request::from_parts(head, body)),
        Err(_) => {
            let mut refusal = Response::new(Body::from("the request body cannot be read or is too large\n"));
            *refusal.status_mut() = StatusCode::PAYLOAD_TOO_LARGE;
            Err(refusal)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lines_can_be_pasted_into_a_shell() {
        let access = Access {
            environment: vec![("A".into(), "1".into()), ("B".into(), "2".into())],
            kubernetes: "http://127.0.0.1:1".into(),
            kubeconfig: "/home/it's me/w.kubeconfig".into(),
        };
        assert_eq!(
            access.lines(),
            ["export A=1 B=2".to_owned(), r"export KUBECONFIG='/home/it'\''s me/w.kubeconfig'".to_owned()]
        );
    }
}
