//! DescribeSpotInstanceRequests: what the instances' own requests look like.

use serde_json::json;

use crate::sandbox::services::ec2::filter::{Field, Filters};
use crate::sandbox::services::ec2::page::Page;
use crate::sandbox::services::ec2::state::Image;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;
use crate::sandbox::world::spot::NOTICE;

pub(in crate::sandbox::services::ec2) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let ids = read::strings(&params.0, "SpotInstanceRequestId");
    let mut page = Page::read(&params.0, 1000)?;
    for instance in world.ec2.instances.values() {
        let Some(request) = &instance.spot_request_id else { continue };
        if !(ids.is_empty() || ids.contains(request)) || page.seen(&instance.id) {
            continue;
        }
        let alive = instance.state.alive();
        let (state, code) = match (alive, instance.reclaim_at.is_some()) {
            (true, true) => ("active", "marked-for-termination"),
            (true, false) => ("active", "fulfilled"),
            (false, true) => ("closed", "instance-terminated-no-capacity"),
            (false, false) => ("closed", "instance-terminated-by-user"),
        };
        // A notice is given two minutes before the end.
        let changed = match instance.reclaim_at {
            Some(end) if alive => end - NOTICE,
            Some(end) => end,
            None => instance.launched,
        };
        let pass = filters.pass(|name| match name {
            "spot-instance-request-id" => Field::one(request),
            "instance-id" => Field::one(&instance.id),
            "state" => Field::one(state),
            "status-code" => Field::one(code),
            "launched-availability-zone" => Field::one(&instance.zone),
            _ => Field::tag(name, &instance.tags),
        })?;
        let product = world.ec2.images.get(&instance.image_id).map_or("Linux/UNIX", Image::platform);
        let item = json!({
            "spotInstanceRequestId": request, "state": state, "instanceId": instance.id, "type": "one-time",
            "status": {"code": code, "updateTime": world.clock.precise(changed)},
            "createTime": world.clock.precise(instance.launched), "productDescription": product,
            "launchedAvailabilityZone": instance.zone, "instanceInterruptionBehavior": "terminate",
            "launchSpecification": {"imageId": instance.image_id, "instanceType": instance.instance_type},
        });
        if pass && !page.push(&instance.id, item) {
            break;
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"spotInstanceRequestSet": items, "nextToken": token}))
}
