//! What a request asks for: which service, which operation, with which parameters.

use bytes::Bytes;
use http::Request;
use serde_json::{Map, Value};

use super::api::{ApiError, Params};
use super::service::{self, Protocol, SERVICES, Service};
use super::{query, rest};

/// The service that a request is meant for.
///
/// The signature's credential scope says it (`…/ap-northeast-1/autoscaling/aws4_request`, in the header or presigned);
/// an unsigned request is judged by `X-Amz-Target`, host name, path and API version.
pub fn service(request: &Request<Bytes>) -> Option<&'static Service> {
    scope(request)
        .or_else(|| {
            target(request)
                .and_then(|target| SERVICES.iter().find(|s| target.starts_with(&format!("{}.", s.namespace))))
        })
        .or_else(|| host(request))
        .or_else(|| rest::route(request.method(), request.uri().path()).and_then(|_| service::by_name("eks")))
        .or_else(|| {
            let form = form(request);
            let version = form_urlencoded::parse(&form).find(|(name, _)| name == "Version")?.1;
            SERVICES.iter().find(|service| service.version == version)
        })
}

fn header<'a>(request: &'a Request<Bytes>, name: &str) -> Option<&'a str> {
    request.headers().get(name)?.to_str().ok()
}

fn scope(request: &Request<Bytes>) -> Option<&'static Service> {
    let credential = match header(request, "authorization") {
        Some(authorization) => authorization.split("Credential=").nth(1)?.split([',', ' ']).next()?.to_owned(),
        None => {
            let query = request.uri().query()?.as_bytes();
            form_urlencoded::parse(query).find(|(name, _)| name == "X-Amz-Credential")?.1.into_owned()
        }
    };
    service::by_name(credential.split('/').nth(3)?)
}

fn target(request: &Request<Bytes>) -> Option<&str> {
    header(request, "x-amz-target")
}

fn host(request: &Request<Bytes>) -> Option<&'static Service> {
    let host = request.uri().host().or_else(|| header(request, "host"))?;
    service::by_name(host.split('.').next()?)
}

/// Query string and body of a query-protocol request as one form.
fn form(request: &Request<Bytes>) -> Vec<u8> {
    let mut form = request.uri().query().unwrap_or_default().as_bytes().to_vec();
    if !form.is_empty() && !request.body().is_empty() {
        form.push(b'&');
    }
    form.extend_from_slice(request.body());
    form
}

/// The operation's name and parameters.
///
/// # Errors
/// A refusal as the protocol has it: no or an unknown operation, a body that does not parse.
pub fn operation(service: &Service, request: &Request<Bytes>) -> Result<(String, Params), ApiError> {
    match service.protocol {
        Protocol::Ec2 | Protocol::Query => {
            let mut tree = query::decode(&form(request))?;
            let action = tree["Action"].as_str().unwrap_or_default().to_owned();
            if action.is_empty() {
                return Err(ApiError::client("MissingAction", "The request is missing an action."));
            }
            if let Value::Object(members) = &mut tree {
                members.retain(|name, _| name != "Action" && name != "Version" && !name.starts_with("X-Amz-"));
            }
            Ok((action, Params(tree)))
        }
        Protocol::Json => {
            let name = target(request).and_then(|target| target.split('.').nth(1)).unwrap_or_default();
            Ok((name.to_owned(), Params(json_body(request)?)))
        }
        Protocol::RestJson => {
            let Some((name, labels)) = rest::route(request.method(), request.uri().path()) else {
                let message = format!("{} {} is no operation of EKS", request.method(), request.uri().path());
                return Err(ApiError::with_status(404, "UnknownOperationException", message));
            };
            let mut tree = json_body(request)?;
            if let Value::Object(members) = &mut tree {
                rest::query_members(request.uri().query().unwrap_or_default(), members);
                members.extend(labels.into_iter().map(|(name, value)| (name.to_owned(), Value::String(value))));
            }
            Ok((name.to_owned(), Params(tree)))
        }
    }
}

fn json_body(request: &Request<Bytes>) -> Result<Value, ApiError> {
    if request.body().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    match serde_json::from_slice(request.body()) {
        Ok(tree @ Value::Object(_)) => Ok(tree),
        Ok(_) => Err(ApiError::client("SerializationException", "the body is not a JSON object")),
        Err(error) => Err(ApiError::client("SerializationException", error.to_string())),
    }
}
