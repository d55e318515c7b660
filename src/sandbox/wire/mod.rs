//! AWS's three wire protocols over the world: query (XML), REST-JSON, JSON 1.1.
//!
//! A request is taken apart, handed to a handler of `sandbox::services` and its reply written down. What operations
//! mean is not here.

pub mod api;
pub mod page;
mod query;
mod request;
mod response;
mod rest;
pub mod service;
pub mod traffic;
mod xml;

use bytes::Bytes;
use http::{Request, Response, StatusCode};

use super::services::Handler;
use super::world::World;
use api::{ApiError, Params};
use service::{Protocol, Service};
use traffic::{LogEntry, Loss, NoAnswer, Strike};

/// Answers an AWS request.
pub fn respond(world: &mut World, request: &Request<Bytes>) -> Response<Bytes> {
    let id = world.ids.uuid("request");
    let Some(service) = request::service(request) else {
        let mut response = Response::new(Bytes::from_static(b"the request names no service of the sandbox\n"));
        *response.status_mut() = StatusCode::NOT_FOUND;
        return response;
    };
    let mut lost = None;
    let (operation, result) = match request::operation(service, request) {
        Ok((operation, params)) if is_dry_run(service, &params) => {
            let refused = world.traffic.denial(&operation);
            let handler = service.handler(&operation).ok_or_else(|| unknown(service, &operation));
            let result = match refused {
                Some(error) => Err(error),
                None => handler.and_then(|handler| rehearsed(world, handler, &params)),
            };
            (format!("{operation}{DRY_RUN}"), result)
        }
        Ok((operation, params)) => match world.traffic.strike(service.name, &operation) {
            Some(Strike::Refused(error)) => (operation, Err(error)),
            Some(Strike::Lost(Loss::Request)) => return unanswered(Response::new(Bytes::new())),
            harmed => {
                if let Some(Strike::Lost(loss)) = harmed {
                    lost = Some(loss);
                }
                let handler = service.handler(&operation).ok_or_else(|| unknown(service, &operation));
                let result = handler.and_then(|handler| handler(world, &params));
                (operation, result)
            }
        },
        Err(error) => (String::new(), Err(error)),
    };
    let response = match &result {
        Ok(reply) => response::success(service, &operation, &id, reply),
        Err(error) => response::failure(service, &id, error),
    };
    world.traffic.record(LogEntry {
        at: world.clock.now,
        service: service.name,
        mutating: service::is_mutating(&operation) && !operation.ends_with(DRY_RUN),
        operation,
        status: response.status().as_u16(),
        error: result.err().map(|error| error.code),
    });
    harmed(response, lost)
}

/// How a request that only asks is told from the request itself.
const DRY_RUN: &str = " (dry run)";

/// Whether EC2 is asked if a request would be allowed.
fn is_dry_run(service: &Service, params: &Params) -> bool {
    matches!(service.protocol, Protocol::Ec2) && matches!(params.boolean("DryRun"), Ok(Some(true)))
}

/// What EC2 says to it: also that it would have been done is an error. It is done to a copy of the world.
fn rehearsed(world: &World, handler: Handler, params: &Params) -> Result<serde_json::Value, ApiError> {
    handler(&mut world.clone(), params)?;
    let sentence = "Request would have succeeded, but DryRun flag is set.";
    Err(ApiError { status: 412, code: "DryRunOperation".to_owned(), message: sentence.to_owned() })
}

/// A response as it arrives.
pub(in crate::sandbox) fn harmed(response: Response<Bytes>, loss: Option<Loss>) -> Response<Bytes> {
    match loss {
        None => response,
        Some(Loss::Request | Loss::Answer) => unanswered(response),
        Some(Loss::HalfAnswer) => response.map(|body| body.slice(..body.len() / 2)),
    }
}

/// A response that does not arrive.
pub(in crate::sandbox) fn unanswered(mut response: Response<Bytes>) -> Response<Bytes> {
    response.extensions_mut().insert(NoAnswer);
    response
}

/// Whether a response does not arrive.
pub(in crate::sandbox) fn is_unanswered<B>(response: &Response<B>) -> bool {
    response.extensions().get::<NoAnswer>().is_some()
}

fn unknown(service: &Service, operation: &str) -> ApiError {
    match service.protocol {
        Protocol::Ec2 => {
            ApiError::client("InvalidAction", format!("The action {operation} is not valid for this web service."))
        }
        Protocol::Query => ApiError::client(
            "InvalidAction",
            format!("Could not find operation {operation} for version {}", service.version),
        ),
        Protocol::RestJson | Protocol::Json => {
            ApiError::client("UnknownOperationException", format!("The sandbox has no operation {operation}"))
        }
    }
}
