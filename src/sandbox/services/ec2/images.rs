//! DescribeImages.

use serde_json::{Value, json};

use super::filter::{Field, Filters};
use super::state::Image;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let ids = read::strings(&params.0, "ImageId");
    let owners = read::strings(&params.0, "Owner");
    if let Some(id) = ids.iter().find(|id| !world.ec2.images.contains_key(*id)) {
        let message = format!("The image id '[{id}]' does not exist");
        return Err(ApiError::client("InvalidAMIID.NotFound", message));
    }
    let mut found = Vec::new();
    for image in world.ec2.images.values() {
        let owned = owners.is_empty() || owners.iter().any(|owner| *owner == image.owner_id || owner == "amazon");
        if !owned || !(ids.is_empty() || ids.contains(&image.id)) {
            continue;
        }
        if filters.pass(|name| match name {
            "image-id" => Field::one(&image.id),
            "name" => Field::one(&image.name),
            "platform" => Field::maybe(image.is_windows().then_some("windows")),
            "platform-details" => Field::one(image.platform()),
            "architecture" => Field::one(image.architecture.ec2()),
            "owner-id" => Field::one(&image.owner_id),
            "owner-alias" => Field::one("amazon"),
            "state" => Field::one("available"),
            "is-public" => Field::one("true"),
            "root-device-type" => Field::one("ebs"),
            "virtualization-type" => Field::one("hvm"),
            "image-type" => Field::one("machine"),
            "description" => Field::one(&image.description),
            name => Field::tag(name, &Default::default()),
        })? {
            found.push(shown(world, image));
        }
    }
    Ok(json!({"imagesSet": found}))
}

fn shown(world: &World, image: &Image) -> Value {
    let platform = image.is_windows().then_some("windows");
    // EC2's codes for what is billed.
    let operation = if image.is_windows() { "RunInstances:0002" } else { "RunInstances" };
    json!({
        "imageId": image.id, "platform": platform, "imageLocation": format!("amazon/{}", image.name), "imageState": "available",
        "imageOwnerId": image.owner_id, "imageOwnerAlias": "amazon", "isPublic": true,
        "creationDate": world.clock.precise(image.created), "architecture": image.architecture.ec2(),
        "imageType": "machine", "name": image.name, "description": image.description,
        "platformDetails": image.platform(), "usageOperation": operation, "enaSupport": true, "hypervisor": "xen",
        "rootDeviceName": image.root_device, "rootDeviceType": "ebs", "sriovNetSupport": "simple",
        "virtualizationType": "hvm", "bootMode": "uefi-preferred", "imdsSupport": "v2.0", "tagSet": [],
        "blockDeviceMapping": [{
            "deviceName": image.root_device,
            "ebs": {
                "snapshotId": image.snapshot_id, "volumeSize": image.size_gib, "deleteOnTermination": true,
                "volumeType": "gp3", "iops": 3000, "throughput": 125, "encrypted": false,
            },
        }],
    })
}
