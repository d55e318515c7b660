//! Objects of any kind as the API server writes them, all pages.

use serde_json::Value;

use crate::domain::kubernetes::kinds::{Kind, NAMESPACES, query};
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::table::Table;
use crate::domain::{Code, Error};
use crate::ports::Cluster;

/// Objects asked for at once: what kubectl asks for.
const PAGE: &str = "500";

/// Plain objects.
const JSON: &str = "application/json";
/// Tables that the server prints.
pub(super) const TABLE: &str = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";

/// Which objects.
#[derive(Debug, Clone, Copy)]
pub struct Scope<'a> {
    /// Their kind.
    pub kind: Kind,
    /// Their namespace; all when `None`.
    pub namespace: Option<&'a str>,
    /// Label selector.
    pub labels: &'a str,
    /// Field selector.
    pub fields: &'a str,
}

/// How much of each object comes with the rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Include {
    /// Nothing.
    None,
    /// Its metadata.
    Metadata,
    /// All of it.
    Object,
}

impl Include {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Include::None => "None",
            Include::Metadata => "Metadata",
            Include::Object => "Object",
        }
    }
}

/// One object.
///
/// # Errors
/// What the server says.
pub async fn object(api: &dyn Cluster, kind: Kind, namespace: Option<&str>, name: &str) -> Result<Value, Refusal> {
    named(name)?;
    match read(api, &kind.path(namespace, Some(name)), JSON).await {
        Ok(body) => parse(&body),
        Err(refusal) => Err(or_its_namespace(api, kind, namespace, refusal).await),
    }
}

/// Refuses an empty name: with it in its path, a request would be about all objects of the kind.
///
/// # Errors
/// That it may not be empty.
pub fn named(name: &str) -> Result<(), Refusal> {
    match name.is_empty() {
        true => Err(Refusal::Plain("resource name may not be empty".to_owned())),
        false => Ok(()),
    }
}

/// What is missing where an object was not found: as kubectl does, it is seen whether its namespace is there at all.
pub async fn or_its_namespace(api: &dyn Cluster, kind: Kind, namespace: Option<&str>, refusal: Refusal) -> Refusal {
    let Some(namespace) = namespace.filter(|name| kind.namespaced && !["", "default"].contains(name)) else {
        return refusal;
    };
    if !refusal.is_not_found() {
        return refusal;
    }
    match read(api, &NAMESPACES.path(None, Some(namespace)), JSON).await {
        Err(missing) if missing.is_not_found() => missing,
        _ => refusal,
    }
}

/// One object as a table of one row.
///
/// # Errors
/// What the server says.
pub async fn row(
    api: &dyn Cluster,
    kind: Kind,
    namespace: Option<&str>,
    name: &str,
    include: Include,
) -> Result<Table, Refusal> {
    named(name)?;
    let path = format!("{}{}", kind.path(namespace, Some(name)), query(&[("includeObject", include.as_str())]));
    match read(api, &path, TABLE).await {
        Ok(body) => parse(&body),
        Err(refusal) => Err(or_its_namespace(api, kind, namespace, refusal).await),
    }
}

/// Objects, each with its kind.
///
/// # Errors
/// What the server says.
pub async fn objects(api: &dyn Cluster, scope: Scope<'_>) -> Result<Vec<Value>, Refusal> {
    let mut all = vec![];
    let mut next = String::new();
    loop {
        let page: Value = parse(&page(api, scope, &next, &[], JSON).await?)?;
        next = page["metadata"]["continue"].as_str().unwrap_or_default().to_owned();
        let Value::Object(mut page) = page else { return Ok(all) };
        if let Some(Value::Array(items)) = page.shift_remove("items") {
            all.extend(items.into_iter().map(|item| typed(item, scope.kind)));
        }
        if next.is_empty() {
            return Ok(all);
        }
    }
}

/// Objects as a table.
///
/// # Errors
/// What the server says.
pub async fn table(api: &dyn Cluster, scope: Scope<'_>, include: Include) -> Result<Table, Refusal> {
    let mut all = Table::default();
    let mut next = String::new();
    loop {
        let page: Table = parse(&page(api, scope, &next, &[("includeObject", include.as_str())], TABLE).await?)?;
        if all.columns.is_empty() {
            all.columns = page.columns;
            // What changed while later pages were read is told again by who watches from here.
            all.metadata.version = page.metadata.version;
        }
        all.rows.extend(page.rows);
        next = page.metadata.next;
        if next.is_empty() {
            return Ok(all);
        }
    }
}

async fn page(
    api: &dyn Cluster,
    scope: Scope<'_>,
    next: &str,
    more: &[(&str, &str)],
    accept: &str,
) -> Result<Vec<u8>, Refusal> {
    let mut parts = vec![("limit", PAGE), ("continue", next), ("labelSelector", scope.labels)];
    parts.push(("fieldSelector", scope.fields));
    parts.extend(more);
    let path = format!("{}{}", scope.kind.path(scope.namespace, None), query(&parts));
    match read(api, &path, accept).await {
        Err(Refusal::Server(mut status)) if matches!(status.reason.as_str(), "BadRequest" | "NotFound") => {
            let (what, said) = (scope.kind.spelled(), status.message);
            status.message = if scope.labels.is_empty() && scope.fields.is_empty() {
                format!("Unable to list {what:?}: {said}")
            } else {
                let (labels, fields) = (scope.labels, scope.fields);
                format!(
                    "Unable to find {what:?} that match label selector {labels:?}, field selector {fields:?}: {said}"
                )
            };
            Err(Refusal::Server(status))
        }
        other => other,
    }
}

async fn read(api: &dyn Cluster, path: &str, accept: &str) -> Result<Vec<u8>, Refusal> {
    Ok(api.read(path, accept).await??)
}

pub(super) fn parse<T: serde::de::DeserializeOwned>(body: &[u8]) -> Result<T, Refusal> {
    serde_json::from_slice(body).map_err(|error| unreadable(&error))
}

pub(super) fn unreadable(error: &serde_json::Error) -> Refusal {
    Error::new(Code::KubeRefused, "the API server's answer cannot be read").because(error.to_string()).into()
}

/// Objects of a list do not say what they are.
fn typed(mut item: Value, kind: Kind) -> Value {
    if let Value::Object(map) = &mut item {
        map.entry("kind").or_insert_with(|| kind.kind.into());
        map.entry("apiVersion").or_insert_with(|| kind.api_version().into());
    }
    item
}
