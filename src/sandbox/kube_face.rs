//! The seam between the Kubernetes face and what carries it: kube-rs in process, and the server.

use std::convert::Infallible;

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use http::{Request, Response};

use super::Sandbox;
use super::wire::traffic::{KUBERNETES, LogEntry, Loss, Strike};
use super::world::World;
use super::{kube, wire};

/// An answer of the Kubernetes face.
pub enum Answer {
    /// All of it.
    Whole(Response<Bytes>),
    /// Head now, body piece by piece: a watch.
    Stream(Response<()>, Box<dyn Feed>),
}

/// A body that goes on.
pub trait Feed: Send {
    /// What comes next. Asked at the beginning and whenever the world may have changed.
    fn next(&mut self, world: &World) -> Next;
}

/// What a [`Feed`] has.
pub enum Next {
    /// A piece; ask again at once.
    Piece(Bytes),
    /// Nothing now.
    Wait,
    /// The body is over.
    End,
}

/// Answers a Kubernetes request.
pub fn answer(sandbox: &Sandbox, request: &Request<Bytes>) -> Response<Body> {
    let answer = sandbox.world(|world| {
        let strike = match world.traffic.is_harmed() {
            true => kube::operation(request).and_then(|name| world.traffic.strike(KUBERNETES, &name)),
            false => None,
        };
        let answer = match strike {
            Some(Strike::Refused(error)) => Answer::Whole(kube::refused(error.status, &error.code, &error.message)),
            Some(Strike::Lost(Loss::Request)) => return Answer::Whole(wire::unanswered(Response::new(Bytes::new()))),
            Some(Strike::Lost(loss)) => match kube::world::respond(world, request) {
                Answer::Whole(response) => Answer::Whole(wire::harmed(response, Some(loss))),
                watch => watch,
            },
            None => kube::world::respond(world, request),
        };
        let status = match &answer {
            Answer::Whole(response) => response.status(),
            Answer::Stream(response, _) => response.status(),
        };
        world.traffic.record(LogEntry {
            at: world.clock.now,
            service: KUBERNETES,
            operation: format!("{} {}", request.method(), request.uri().path()),
            mutating: !request.method().is_safe(),
            status: status.as_u16(),
            error: None,
        });
        answer
    });
    match answer {
        Answer::Whole(response) => response.map(Body::from),
        Answer::Stream(response, feed) => response.map(|()| follow(sandbox.clone(), feed)),
    }
}

fn follow(sandbox: Sandbox, feed: Box<dyn Feed>) -> Body {
    let changes = sandbox.changes();
    let pieces = stream::unfold((sandbox, feed, changes), |(sandbox, mut feed, mut changes)| async move {
        loop {
            changes.mark_unchanged();
            match sandbox.read(|world| feed.next(world)) {
                Next::Piece(bytes) => return Some((Ok::<_, Infallible>(bytes), (sandbox, feed, changes))),
                Next::Wait => changes.changed().await.ok()?,
                Next::End => return None,
            }
        }
    });
    Body::from_stream(pieces)
}
