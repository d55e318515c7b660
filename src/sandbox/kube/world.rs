//! The API server in the world: where its clock, its objects and its future come from.

use bytes::Bytes;
use http::{Request, Response, header};

use super::controllers::{self, Leaving};
use super::time::Now;
use super::{Answer, Server, Watch, answer};
use crate::sandbox::kube_face;
use crate::sandbox::world::World;
use crate::sandbox::world::event::Event;

/// The world's clock as stored times want it.
pub fn now(world: &World) -> Now {
    Now { epoch: world.clock.epoch, millis: world.clock.now }
}

/// Answers a request out of the world.
pub fn respond(world: &mut World, request: &Request<Bytes>) -> kube_face::Answer {
    let version = world.eks.clusters.values().next().map_or_else(|| "1.33".to_string(), |it| it.version.clone());
    let now = now(world);
    let mut server = Server { objects: &mut world.objects, now, version: &version, leaving: Vec::new() };
    let answer = answer(&mut server, request);
    let leaving = server.leaving;
    schedule(world, leaving);
    match answer {
        Answer::Whole(response) => kube_face::Answer::Whole(response),
        Answer::Watch(watch) => {
            let mut head = Response::new(());
            head.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
            kube_face::Answer::Stream(head, watch)
        }
    }
}

/// Sees to it that pods go when their grace period is over.
pub fn schedule(world: &mut World, leaving: impl IntoIterator<Item = Leaving>) {
    for Leaving { at, namespace, name, uid } in leaving {
        let delay = at.saturating_sub(world.clock.now);
        world.after(delay, Event::PodGone { namespace, name, uid });
    }
}

/// [`Event::PodGone`].
pub fn pod_gone(world: &mut World, namespace: &str, name: &str, uid: &str) {
    let now = world.clock.now;
    controllers::pod_gone(&mut world.objects, namespace, name, uid, now);
}

impl kube_face::Feed for Watch {
    fn next(&mut self, world: &World) -> kube_face::Next {
        match Watch::next(self, &world.objects, now(world)) {
            None => kube_face::Next::End,
            Some(lines) if lines.is_empty() => kube_face::Next::Wait,
            Some(lines) => kube_face::Next::Piece(lines),
        }
    }
}
