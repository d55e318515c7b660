//! `kubectl describe`'s text for nodes and pods.

use deskribe::RenderOptions;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use kube::Client;
use kube::api::{ApiResource, DynamicObject};

use crate::domain::{Code, Error, Result};

/// Describes an object that is there.
pub(super) async fn describe(
    client: Client,
    resource: &ApiResource,
    object: &DynamicObject,
    now: Timestamp,
    zone: TimeZone,
) -> Result<String> {
    let failed = |why: String| {
        let name = object.metadata.name.as_deref().unwrap_or_default();
        Error::new(Code::KubeRefused, format!("cannot describe {} `{name}`", resource.kind.to_lowercase())).because(why)
    };
    let description = deskribe::gather(client, resource, object).await.map_err(failed)?;
    description.render(&RenderOptions { now, timezone: zone }).map_err(failed)
}
