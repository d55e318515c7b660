//! The cluster's API server: an object store, the controllers that matter here, and the Kubernetes face over them.
//!
//! Knows objects and the rules of the API machinery; why a node appears is the world's business. The world lends its
//! object store and its clock as a [`Server`] and gets back the pods whose end it has to schedule.
//!
//! - a request that ends: [`respond`];
//! - a watch, for a server that can stream: [`answer`], then [`Watch::next`] as long as the client listens.

mod budget;
pub mod change_log;
pub mod controllers;
mod discovery;
pub mod events;
mod evict;
mod fields;
mod openapi;
mod patch;
mod read;
mod replicas;
pub mod reported;
mod request;
pub mod resource;
mod scheduler;
mod status;
pub mod store;
mod table;
pub mod time;
pub mod unseen;
mod watch;
pub mod workload;
pub mod world;
mod write;

use bytes::Bytes;
use http::{Method, Request, Response, header};
use serde_json::Value;

use controllers::Leaving;
use request::{Query, Target};
use status::Refusal;
use store::ObjectStore;
use time::Now;
pub use watch::Watch;
use write::Written;

/// What the API server works on, lent for one request.
#[derive(Debug)]
pub struct Server<'a> {
    /// The objects.
    pub objects: &'a mut ObjectStore,
    /// The world's clock.
    pub now: Now,
    /// Kubernetes version such as `1.33`.
    pub version: &'a str,
    /// Out: pods whose end the world has to schedule ([`controllers::pod_gone`]).
    pub leaving: Vec<Leaving>,
}

/// An answer: whole, or a watch that goes on.
#[derive(Debug)]
pub enum Answer {
    /// A whole response.
    Whole(Response<Bytes>),
    /// A watch; its response has status 200, `Content-Type: application/json`, and a body of what [`Watch::next`] gives.
    Watch(Box<Watch>),
}

/// Answers a request. A watch tells what there is to tell now and ends.
pub fn respond(server: &mut Server<'_>, request: &Request<Bytes>) -> Response<Bytes> {
    match answer(server, request) {
        Answer::Whole(response) => response,
        Answer::Watch(mut watch) => json(200, watch.next(server.objects, server.now).unwrap_or_default()),
    }
}

/// Answers a request; see [`Answer`].
pub fn answer(server: &mut Server<'_>, request: &Request<Bytes>) -> Answer {
    let before = server.objects.version();
    let answer = route(server, request);
    // Who only looks changes nothing.
    if server.objects.version() != before {
        reported::follow(server.objects, server.now.millis);
    }
    match answer {
        Ok(answer) => answer,
        Err(refusal) => Answer::Whole(refuse(&refusal)),
    }
}

/// A refusal that the API server did not decide on: it is broken on purpose.
pub fn refused(code: u16, reason: &str, message: &str) -> Response<Bytes> {
    let status = serde_json::json!({
        "kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure",
        "message": message, "reason": reason, "code": code,
    });
    json(code, status.to_string().into())
}

/// What a request does, in the words of access rules: `patch nodes`, `create pods/eviction`. `None` for what is no
/// object.
pub fn operation(request: &Request<Bytes>) -> Option<String> {
    let segments: Vec<&str> = request.uri().path().split('/').filter(|part| !part.is_empty()).collect();
    let target = match segments.as_slice() {
        ["api", "v1", rest @ ..] => Target::parse("", rest)?,
        ["apis", group, "v1", rest @ ..] => Target::parse(group, rest)?,
        _ => return None,
    };
    let verb = match *request.method() {
        Method::POST => "create",
        Method::PUT => "update",
        Method::PATCH => "patch",
        Method::DELETE => "delete",
        _ if target.name.is_empty() => "list",
        _ => "get",
    };
    let subresource = if target.subresource.is_empty() { "" } else { "/" };
    Some(format!("{verb} {}{subresource}{}", target.resource.plural, target.subresource))
}

fn refuse(refusal: &Refusal) -> Response<Bytes> {
    json(refusal.code, refusal.to_status().to_string().into())
}

fn json(code: u16, body: Bytes) -> Response<Bytes> {
    respond_with(code, "application/json", body)
}

fn respond_with(code: u16, content_type: &'static str, body: Bytes) -> Response<Bytes> {
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(code).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
    response
}

fn header_text(request: &Request<Bytes>, name: header::HeaderName) -> &str {
    request.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn route(server: &mut Server<'_>, request: &Request<Bytes>) -> Result<Answer, Refusal> {
    let path = request.uri().path();
    let decoded: Vec<String> = path.split('/').filter(|part| !part.is_empty()).map(percent_decoded).collect();
    let segments: Vec<&str> = decoded.iter().map(String::as_str).collect();
    let accept = header_text(request, header::ACCEPT);
    let aggregated = accept.contains("as=APIGroupDiscoveryList") && accept.contains("v=v2;");
    let found = |value: Option<Value>| match value {
        Some(value) => Ok(Answer::Whole(json(200, value.to_string().into()))),
        None => Err(Refusal::no_such_path()),
    };
    let discovered = |core: bool, old: Value| {
        if !aggregated {
            return found(Some(old));
        }
        let kind = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        let body = discovery::aggregated(core).to_string();
        Ok(Answer::Whole(respond_with(200, kind, body.into())))
    };
    match segments.as_slice() {
        ["version"] => found(Some(discovery::version(server.version))),
        ["healthz" | "livez" | "readyz", ..] => Ok(Answer::Whole(respond_with(200, "text/plain", "ok".into()))),
        ["openapi", "v3"] => found(Some(openapi::index())),
        ["openapi", "v3", "api", "v1"] => found(openapi::group("")),
        ["openapi", "v3", "apis", group, "v1"] => found(openapi::group(group)),
        ["api"] => discovered(true, discovery::core_versions()),
        ["apis"] => discovered(false, discovery::group_list()),
        ["api", "v1"] => found(discovery::resource_list("")),
        ["apis", group] => found(discovery::one_group(group)),
        ["apis", group, "v1"] => found(discovery::resource_list(group)),
        ["api", "v1", rest @ ..] => object(server, request, "", rest),
        ["apis", group, "v1", rest @ ..] => object(server, request, group, rest),
        _ => Err(Refusal::no_such_path()),
    }
}

fn object(server: &mut Server<'_>, request: &Request<Bytes>, group: &str, rest: &[&str]) -> Result<Answer, Refusal> {
    let target = Target::parse(group, rest).ok_or_else(Refusal::no_such_path)?;
    let query = Query::parse(request.uri().query().unwrap_or_default())?;
    let as_table = table::wanted(header_text(request, header::ACCEPT));
    let whole = target.name.is_empty();
    let body = || request::body(request.body());
    let written = match *request.method() {
        Method::GET if query.watch && whole => {
            return Ok(Answer::Watch(Box::new(Watch::new(target, query, as_table, server.now)?)));
        }
        Method::GET if whole => {
            let list = read::list(server.objects, &target, &query, server.now, as_table)?;
            return Ok(Answer::Whole(json(200, list)));
        }
        Method::GET => {
            let one = read::get(server.objects, &target, &query, server.now, as_table)?;
            return Ok(Answer::Whole(json(200, one)));
        }
        Method::POST => write::create(server, &target, &query, body()?)?,
        Method::PUT if !whole => write::replace(server, &target, &query, body()?)?,
        Method::PATCH if !whole => {
            write::change(server, &target, &query, header_text(request, header::CONTENT_TYPE), &body()?)?
        }
        Method::DELETE if whole => write::delete_collection(server, &target, &query, &body()?)?,
        Method::DELETE => write::delete(server, &target, &query, &body()?)?,
        _ => return Err(Refusal::method_not_allowed()),
    };
    Ok(Answer::Whole(match written {
        Written::Status(status) => {
            let code = status["code"].as_u64().and_then(|code| u16::try_from(code).ok()).unwrap_or(200);
            json(code, status.to_string().into())
        }
        Written::Object(code, object) if as_table => {
            let table = table::table(target.resource, &[&object], server.now, &query.include_object, true);
            json(code, table.to_string().into())
        }
        Written::Object(code, object) => {
            let object = read::shown(server.objects, target.resource, &object);
            json(code, read::write(&read::Typed { resource: target.resource, object: &object, now: server.now })?)
        }
    }))
}

/// A path segment with its `%XX` undone.
fn percent_decoded(segment: &str) -> String {
    if !segment.contains('%') {
        return segment.to_string();
    }
    // The form decoder also turns `+` into a space, which a path does not.
    let text = format!("={}", segment.replace('+', "%2B").replace('&', "%26"));
    form_urlencoded::parse(text.as_bytes()).map(|(_, value)| value.into_owned()).collect()
}
