//! A reply or a refusal in the protocol's own form.

use bytes::Bytes;
use http::{HeaderValue, Response, StatusCode};
use serde_json::{Value, json};

use super::api::ApiError;
use super::service::{Protocol, Service};
use super::xml;

/// Writes a reply.
pub fn success(service: &Service, operation: &str, id: &str, reply: &Value) -> Response<Bytes> {
    let ns = service.namespace;
    let body = match service.protocol {
        Protocol::Ec2 => {
            let mut out = format!("<{operation}Response xmlns=\"{ns}\"><requestId>{id}</requestId>");
            xml::members(&mut out, reply, "item");
            out + format!("</{operation}Response>").as_str()
        }
        Protocol::Query => {
            let mut out = format!("<{operation}Response xmlns=\"{ns}\">");
            xml::element(&mut out, &format!("{operation}Result"), reply, "member");
            out + format!("<ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata></{operation}Response>")
                .as_str()
        }
        Protocol::RestJson | Protocol::Json if reply.is_null() => "{}".to_owned(),
        Protocol::RestJson | Protocol::Json => reply.to_string(),
    };
    write(service.protocol, 200, id, body)
}

/// Writes a refusal.
pub fn failure(service: &Service, id: &str, error: &ApiError) -> Response<Bytes> {
    let detail = json!({"Code": error.code, "Message": error.message});
    let body = match service.protocol {
        Protocol::Ec2 => {
            let mut out = String::from("<Response><Errors>");
            xml::element(&mut out, "Error", &detail, "item");
            out + format!("</Errors><RequestID>{id}</RequestID></Response>").as_str()
        }
        Protocol::Query => {
            let side = if error.status < 500 { "Sender" } else { "Receiver" };
            let mut out = format!("<ErrorResponse xmlns=\"{}\"><Error><Type>{side}</Type>", service.namespace);
            xml::members(&mut out, &detail, "member");
            out + format!("</Error><RequestId>{id}</RequestId></ErrorResponse>").as_str()
        }
        Protocol::RestJson => json!({"message": error.message}).to_string(),
        Protocol::Json => json!({"__type": error.code, "message": error.message}).to_string(),
    };
    let mut response = write(service.protocol, error.status, id, body);
    if service.protocol == Protocol::RestJson
        && let Ok(code) = HeaderValue::from_str(&error.code)
    {
        response.headers_mut().insert("x-amzn-errortype", code);
    }
    response
}

fn write(protocol: Protocol, status: u16, id: &str, body: String) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from(body));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let kind = match protocol {
        Protocol::Ec2 | Protocol::Query => "text/xml;charset=UTF-8",
        Protocol::RestJson => "application/json",
        Protocol::Json => "application/x-amz-json-1.1",
    };
    response.headers_mut().insert(http::header::CONTENT_TYPE, HeaderValue::from_static(kind));
    if let Ok(id) = HeaderValue::from_str(id) {
        response.headers_mut().insert("x-amzn-requestid", id);
    }
    response
}
