//! A launch template's data, looked at as a launch looks at it.

use serde_json::Value;

use super::World;
use crate::sandbox::services::read;

/// The security groups of the instance: the first network interface's, or the instance's own.
pub fn security_groups(data: &Value) -> Vec<String> {
    match read::list(data, "NetworkInterface").first() {
        Some(interface) => read::strings(interface, "SecurityGroupId"),
        None => read::strings(data, "SecurityGroupId"),
    }
}

/// The instance profile's ARN or name.
pub fn profile(data: &Value) -> Option<&str> {
    read::text(data, "IamInstanceProfile.Arn").or_else(|| read::text(data, "IamInstanceProfile.Name"))
}

/// What keeps an instance from being launched from this data, in EC2's words.
pub fn problem(world: &World, data: &Value, vpc_id: &str) -> Option<String> {
    match read::text(data, "ImageId") {
        None => return Some("You must specify an ImageId.".into()),
        Some(id) if !world.ec2.images.contains_key(id) => {
            return Some(format!("The image id '[{id}]' does not exist"));
        }
        Some(_) => {}
    }
    if let Some(name) = read::text(data, "KeyName")
        && !world.ec2.key_pairs.contains_key(name)
    {
        return Some(format!("The key pair '{name}' does not exist"));
    }
    for id in security_groups(data) {
        match world.ec2.security_groups.get(&id) {
            None => return Some(format!("The security group '{id}' does not exist in VPC '{vpc_id}'")),
            Some(group) if group.vpc_id != vpc_id => {
                return Some(format!("The security group '{id}' does not exist in VPC '{vpc_id}'"));
            }
            Some(_) => {}
        }
    }
    let profile = profile(data)?;
    // IAM is eventually consistent: a profile that was made just now is not there yet.
    if world.iam.profile(profile).is_some_and(|known| known.visible_at <= world.now()) {
        return None;
    }
    Some(if profile.contains(':') {
        format!("Value ({profile}) for parameter iamInstanceProfile.arn is invalid. Invalid IAM Instance Profile ARN")
    } else {
        format!("Value ({profile}) for parameter iamInstanceProfile.name is invalid. Invalid IAM Instance Profile name")
    })
}
