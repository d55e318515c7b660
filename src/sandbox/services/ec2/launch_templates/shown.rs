//! Templates, versions and their data as EC2 shows them.

use serde_json::{Map, Value, json};

use crate::sandbox::services::ec2::common::tag_set;
use crate::sandbox::services::ec2::state::{LaunchTemplate, LaunchTemplateVersion};
use crate::sandbox::world::World;

pub(super) fn template(world: &World, template: &LaunchTemplate) -> Value {
    json!({
        "launchTemplateId": template.id, "launchTemplateName": template.name,
        "createTime": world.clock.seconds(template.created), "createdBy": template.created_by,
        "defaultVersionNumber": template.default_version, "latestVersionNumber": template.latest_version(),
        "tagSet": tag_set(&template.tags),
    })
}

pub(super) fn version(world: &World, template: &LaunchTemplate, version: &LaunchTemplateVersion) -> Value {
    json!({
        "launchTemplateId": template.id, "launchTemplateName": template.name, "versionNumber": version.number,
        "versionDescription": version.description, "createTime": world.clock.seconds(version.created),
        "createdBy": template.created_by, "defaultVersion": version.number == template.default_version,
        "launchTemplateData": data(&version.data),
    })
}

/// `LaunchTemplateData` in the answer's spelling: first letter small, lists named `…Set`.
pub(super) fn data(request: &Value) -> Value {
    convert(request, true)
}

fn convert(request: &Value, top: bool) -> Value {
    match request {
        Value::Object(members) => {
            let mut shown = Map::new();
            for (name, value) in members {
                let small = small(name);
                match (name.as_str(), value) {
                    // The groups of a network interface are a list of bare `groupId`s.
                    ("SecurityGroupId", Value::Array(ids)) if !top => {
                        shown.insert("groupSet".into(), json!({"groupId[]": ids}));
                    }
                    ("LicenseSpecification", Value::Array(_)) => {
                        shown.insert("licenseSet".into(), convert(value, false));
                    }
                    (_, Value::Array(_)) => {
                        shown.insert(format!("{small}Set"), convert(value, false));
                    }
                    _ => {
                        shown.insert(small, convert(value, false));
                    }
                }
            }
            Value::Object(shown)
        }
        Value::Array(items) => items.iter().map(|item| convert(item, false)).collect(),
        other => other.clone(),
    }
}

fn small(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spelling_of_the_answer() {
        let request = json!({
            "ImageId": "ami-1",
            "NetworkInterface": [{"DeviceIndex": "0", "SecurityGroupId": ["sg-1", "sg-2"]}],
            "SecurityGroupId": ["sg-3"],
            "TagSpecification": [{"ResourceType": "instance", "Tag": [{"Key": "a", "Value": "b"}]}],
            "BlockDeviceMapping": [{"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": "80"}}],
        });
        assert_eq!(
            data(&request),
            json!({
                "imageId": "ami-1",
                "networkInterfaceSet": [{"deviceIndex": "0", "groupSet": {"groupId[]": ["sg-1", "sg-2"]}}],
                "securityGroupIdSet": ["sg-3"],
                "tagSpecificationSet": [{"resourceType": "instance", "tagSet": [{"key": "a", "value": "b"}]}],
                "blockDeviceMappingSet": [{"deviceName": "/dev/xvda", "ebs": {"volumeSize": "80"}}],
            })
        );
    }
}
