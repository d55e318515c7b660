//! A request in the API's terms: which resource, which object, which options.

use bytes::Bytes;
use serde_json::Value;

use super::resource::Resource;
use super::status::Refusal;
use crate::domain::kubernetes::{FieldSelector, Selector};

/// The resource, object and subresource that a path names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The resource.
    pub resource: &'static Resource,
    /// Namespace; empty for cluster-scoped resources and for all namespaces.
    pub namespace: String,
    /// Object name; empty for the collection.
    pub name: String,
    /// Subresource (`status`, `eviction`); empty for the object itself.
    pub subresource: String,
}

impl Target {
    /// Reads the part of a path that follows `/api/v1/` or `/apis/GROUP/v1/`.
    pub fn parse(group: &str, segments: &[&str]) -> Option<Target> {
        let (namespace, rest) = match segments {
            ["namespaces", namespace, rest @ ..] if !matches!(rest, [] | ["status"] | ["finalize"]) => {
                (*namespace, rest)
            }
            rest => ("", rest),
        };
        let (plural, name, subresource) = match rest {
            [plural] => (*plural, "", ""),
            [plural, name] => (*plural, *name, ""),
            [plural, name, subresource] => (*plural, *name, *subresource),
            _ => return None,
        };
        let resource = Resource::find(group, plural)?;
        let known = match subresource {
            "" => true,
            "status" => resource.has_status,
            "eviction" => resource.plural == "pods",
            _ => false,
        };
        let scoped = resource.namespaced || namespace.is_empty();
        let complete = name.is_empty() || !resource.namespaced || !namespace.is_empty();
        (known && scoped && complete).then(|| Target {
            resource,
            namespace: namespace.to_string(),
            name: name.to_string(),
            subresource: subresource.to_string(),
        })
    }
}

/// The options of a query string that matter here.
#[derive(Debug, Default)]
pub struct Query {
    /// `labelSelector`
    pub labels: Selector,
    /// `fieldSelector`
    pub fields: FieldSelector,
    /// `limit`; zero for none.
    pub limit: usize,
    /// `continue`
    pub token: String,
    /// `watch`
    pub watch: bool,
    /// `resourceVersion`
    pub version: String,
    /// `timeoutSeconds`
    pub timeout_seconds: Option<u64>,
    /// `sendInitialEvents`
    pub initial_events: bool,
    /// `dryRun=All`
    pub dry_run: bool,
    /// `includeObject` of a Table.
    pub include_object: String,
    /// `gracePeriodSeconds`
    pub grace_seconds: Option<i64>,
}

impl Query {
    /// Reads a query string.
    pub fn parse(text: &str) -> Result<Query, Refusal> {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(text.as_bytes()).into_owned().collect();
        let get = |key: &str| pairs.iter().find(|(name, _)| name == key).map_or("", |(_, value)| value.as_str());
        let yes = |key: &str| matches!(get(key), "1" | "true");
        Ok(Query {
            labels: Selector::parse_as_server(get("labelSelector")).map_err(Refusal::bad_request)?,
            fields: FieldSelector::parse_as_server(get("fieldSelector")).map_err(Refusal::bad_request)?,
            limit: get("limit").parse().unwrap_or(0),
            token: get("continue").to_string(),
            watch: yes("watch"),
            version: get("resourceVersion").to_string(),
            timeout_seconds: get("timeoutSeconds").parse().ok(),
            initial_events: yes("sendInitialEvents"),
            dry_run: dry_run(pairs.iter().filter(|(name, _)| name == "dryRun").map(|(_, value)| value.as_str()))?,
            include_object: get("includeObject").to_string(),
            grace_seconds: get("gracePeriodSeconds").parse().ok(),
        })
    }
}

/// Whether nothing shall be kept of a write.
pub fn dry_run<'a>(values: impl Iterator<Item = &'a str>) -> Result<bool, Refusal> {
    let mut dry = false;
    for value in values.filter(|value| !value.is_empty()) {
        if value != "All" {
            let message = format!("Invalid value: \"{value}\": must be \"All\"");
            return Err(Refusal::bad_request(format!("dryRun: {message}")));
        }
        dry = true;
    }
    Ok(dry)
}

/// The body of a request as JSON; null when there is none.
pub fn body(bytes: &Bytes) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let unread = |error: &dyn std::fmt::Display| {
        Refusal::bad_request(format!("the object provided is unrecognized (must be of type JSON or YAML): {error}"))
    };
    if bytes.starts_with(b"k8s\0") {
        return Err(Refusal::unsupported_media_type(
            "the body of the request was in an unknown format - accepted media types include: application/json, application/yaml",
        ));
    }
    match serde_json::from_slice(bytes) {
        Ok(value) => Ok(value),
        Err(error) if bytes.trim_ascii_start().starts_with(b"{") => Err(unread(&error)),
        Err(_) => serde_yaml::from_slice(bytes).map_err(|error| unread(&error)),
    }
}
