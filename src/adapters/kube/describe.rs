//! `kubectl describe`'s text for nodes and pods.

use deskribe::RenderOptions;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use k8s_openapi::api::coordination::v1::Lease;
use k8s_openapi::api::core::v1::{Event, Pod};
use kube::api::{Api, ApiResource, DynamicObject, ListParams};
use kube::{Client, Resource};
use serde_json::Value;

use super::failure::from_kube;
use crate::domain::kubernetes::describe::{self, NodeFacts};
use crate::domain::{Code, Error, Result};

/// Describes a pod that is there.
pub(super) async fn pod(client: Client, object: &DynamicObject, now: Timestamp, zone: TimeZone) -> Result<String> {
    let failed = |why: String| {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        Error::new(Code::KubeRefused, format!("cannot describe pod `{name}`")).because(why)
    };
    let resource = ApiResource::erase::<Pod>(&());
    let description = deskribe::gather(client, &resource, object).await.map_err(failed)?;
    description.render(&RenderOptions { now, timezone: zone }).map_err(failed)
}

/// Describes a node that is there: it, its pods that have not ended, its lease, its events. The text is our own: the
/// renderer of pods follows later versions of kubectl, which count and print some of a node otherwise.
pub(super) async fn node(client: &Client, object: DynamicObject, now: Timestamp, zone: &TimeZone) -> Result<String> {
    let name = object.metadata.name.clone().unwrap_or_default();
    let uid = object.metadata.uid.clone().unwrap_or_default();
    let running = format!("spec.nodeName={name},status.phase!=Succeeded,status.phase!=Failed");
    let leases: Api<DynamicObject> =
        Api::namespaced_with(client.clone(), "kube-node-lease", &ApiResource::erase::<Lease>(&()));
    // Controllers name a node by its uid, the kubelet by its name.
    let (by_uid, by_name) = (about(&name, &uid), about(&name, &name));
    let (pods, lease, events, more) = tokio::join!(
        list::<Pod>(client, &running),
        leases.get(&name),
        list::<Event>(client, &by_uid),
        list::<Event>(client, &by_name),
    );
    let pods = match pods {
        Ok(pods) => Some(pods),
        Err(kube::Error::Api(status)) if status.code == 403 => None,
        Err(error) => return Err(from_kube(&format!("list the pods of node `{name}`"), error)),
    };
    let lease = lease.map(plain).map_err(|error| match error {
        kube::Error::Api(status) => status.message.clone(),
        error => error.to_string(),
    });
    let mut events = events.ok();
    if let Ok(more) = more {
        events.get_or_insert_default().extend(more);
    }
    Ok(describe::node(&NodeFacts { node: plain(object), pods, lease, events }, now, zone))
}

fn about(name: &str, uid: &str) -> String {
    format!("involvedObject.kind=Node,involvedObject.name={name},involvedObject.namespace=,involvedObject.uid={uid}")
}

/// Objects of all namespaces, all pages, as the API writes them.
async fn list<K>(client: &Client, fields: &str) -> kube::Result<Vec<Value>>
where
    K: Resource<DynamicType = ()>,
{
    let api: Api<DynamicObject> = Api::all_with(client.clone(), &ApiResource::erase::<K>(&()));
    let mut params = ListParams::default().fields(fields).limit(super::cluster::PAGE);
    let mut all = vec![];
    loop {
        let page = api.list(&params).await?;
        all.extend(page.items.into_iter().map(plain));
        match page.metadata.continue_.filter(|token| !token.is_empty()) {
            Some(token) => params.continue_token = Some(token),
            None => return Ok(all),
        }
    }
}

fn plain(object: DynamicObject) -> Value {
    serde_json::to_value(object).unwrap_or_default()
}
