//! Get and list.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use serde::Serialize;
use serde_json::{Value, json};

use super::request::{Query, Target};
use super::resource::Resource;
use super::status::Refusal;
use super::store::ObjectStore;
use super::time::{Now, Wire};
use super::{budget, fields, table, unseen};

/// An object as it is to be shown: status of disruption budgets is worked out now.
pub fn shown(objects: &ObjectStore, resource: &Resource, object: &Arc<Value>) -> Arc<Value> {
    if resource.plural == "poddisruptionbudgets" && (object["status"].is_null() || !objects.are_believed()) {
        let mut shown = Value::clone(object);
        super::patch::merge(&mut shown["status"], &budget::Standing::of(objects, object).to_status());
        return Arc::new(shown);
    }
    object.clone()
}

/// Whether an object is picked by the query's selectors.
pub fn picked(resource: &Resource, object: &Value, query: &Query) -> bool {
    let labels = &object["metadata"]["labels"];
    query.labels.matches_with(|key| labels[key].as_str())
        && query.fields.matches(|field| fields::value(resource, object, field))
}

/// Answers a get.
pub fn get(objects: &ObjectStore, target: &Target, query: &Query, now: Now, as_table: bool) -> Result<Bytes, Refusal> {
    let resource = target.resource;
    let object = objects
        .get(resource.plural, &target.namespace, &target.name)
        .or_else(|| unseen::by_name(objects, resource, &target.namespace, &target.name))
        .ok_or_else(|| Refusal::not_found(resource, &target.name))?;
    let object = shown(objects, resource, object);
    if as_table {
        let mut answer = table::table(resource, &[&object], now, &query.include_object, true);
        answer["metadata"]["resourceVersion"] = object["metadata"]["resourceVersion"].clone();
        return write(&answer);
    }
    write(&Typed { resource, object: &object, now })
}

/// An object with its `kind` and `apiVersion`.
pub struct Typed<'a> {
    /// Its resource.
    pub resource: &'a Resource,
    /// The stored object.
    pub object: &'a Value,
    /// The present.
    pub now: Now,
}

impl Serialize for Typed<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap;
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("kind", self.resource.kind)?;
        map.serialize_entry("apiVersion", &self.resource.api_version())?;
        for (key, value) in self.object.as_object().into_iter().flatten() {
            map.serialize_entry(key, &Wire(value, self.now))?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct List<'a> {
    kind: String,
    #[serde(rename = "apiVersion")]
    api_version: String,
    metadata: Value,
    items: Vec<Wire<'a>>,
}

/// Answers a list, a page of it when the query has a limit.
pub fn list(objects: &ObjectStore, target: &Target, query: &Query, now: Now, as_table: bool) -> Result<Bytes, Refusal> {
    let resource = target.resource;
    fields::check(resource, &query.fields)?;
    let (page, metadata) = page(objects, target, query)?;
    if as_table {
        let page: Vec<&Value> = page.iter().map(Arc::as_ref).collect();
        let mut answer = table::table(resource, &page, now, &query.include_object, true);
        answer["metadata"] = metadata;
        return write(&answer);
    }
    write(&List {
        kind: format!("{}List", resource.kind),
        api_version: resource.api_version(),
        metadata,
        items: page.iter().map(|object| Wire(object, now)).collect(),
    })
}

/// The objects of a page and the list's metadata.
fn page(objects: &ObjectStore, target: &Target, query: &Query) -> Result<(Vec<Arc<Value>>, Value), Refusal> {
    let resource = target.resource;
    let limit = if query.limit == 0 { usize::MAX } else { query.limit };
    let mut metadata = json!({"resourceVersion": objects.version().to_string()});
    if let Some(few) = few(objects, target, query) {
        let picked = few.into_iter().filter(|object| picked(resource, object, query));
        return Ok((picked.map(|object| shown(objects, resource, object)).collect(), metadata));
    }
    let mut after = String::new();
    if !query.token.is_empty() {
        let token = URL_SAFE_NO_PAD.decode(&query.token).ok().and_then(|token| serde_json::from_slice(&token).ok());
        let token: Value = token.ok_or_else(|| Refusal::bad_request("continue key is not valid"))?;
        after = token["after"].as_str().unwrap_or_default().to_string();
        metadata["resourceVersion"] = token["rv"].clone();
    }
    let mut page = Vec::new();
    let mut last = String::new();
    for (key, object) in objects.list_after(resource.plural, &target.namespace, &after) {
        if !picked(resource, object, query) {
            continue;
        }
        if page.len() == limit {
            let token = json!({"rv": metadata["resourceVersion"], "after": last});
            metadata["continue"] = URL_SAFE_NO_PAD.encode(token.to_string()).into();
            break;
        }
        last.clear();
        last.push_str(key);
        page.push(shown(objects, resource, object));
    }
    Ok((page, metadata))
}

/// The few objects that an index offers for the query, if one does: then there is no paging.
fn few<'a>(objects: &'a ObjectStore, target: &Target, query: &Query) -> Option<Vec<&'a Arc<Value>>> {
    let plural = target.resource.plural;
    let own = |object: &&Arc<Value>| {
        target.namespace.is_empty() || object["metadata"]["namespace"] == target.namespace.as_str()
    };
    if let ("pods", Some(node)) = (plural, query.fields.exact("spec.nodeName")) {
        return Some(objects.pods_on(node).filter(own).collect());
    }
    if let ("events", Some(name)) = (plural, query.fields.exact("involvedObject.name")) {
        return Some(objects.events_about(name).filter(own).collect());
    }
    let name = query.fields.exact("metadata.name")?;
    let single = !target.resource.namespaced || !target.namespace.is_empty();
    single.then(|| objects.get(plural, &target.namespace, name).into_iter().collect())
}

/// Writes an answer as JSON with the newline that the API server ends with.
pub fn write(answer: &impl Serialize) -> Result<Bytes, Refusal> {
    let mut text = serde_json::to_vec(answer).map_err(|error| Refusal::bad_request(error.to_string()))?;
    text.push(b'\n');
    Ok(text.into())
}
