//! DeleteSecurityGroup.

use serde_json::json;

use crate::sandbox::services::ec2::common::not_found;
use crate::sandbox::services::ec2::state::Source;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(in crate::sandbox::services::ec2) fn delete(world: &mut World, params: &Params) -> Reply {
    let Some(id) = read::text(&params.0, "GroupId") else {
        return Err(ApiError::client("MissingParameter", "The request must contain the parameter groupId"));
    };
    if !world.ec2.security_groups.contains_key(id) {
        return Err(not_found("InvalidGroup.NotFound", "security group", id));
    }
    let busy = |uses: &std::collections::BTreeMap<String, u64>| uses.get(id).is_some_and(|count| *count > 0);
    if busy(&world.ec2.security_group_uses) || busy(&world.ec2.security_group_references) {
        return Err(ApiError::client("DependencyViolation", format!("resource {id} has a dependent object")));
    }
    if let Some(group) = world.ec2.security_groups.remove(id) {
        world.ec2.security_group_names.remove(&format!("{}/{}", group.vpc_id, group.name));
        world.ec2.tag_index.remove_all(id, &group.tags);
        for rule in group.ingress.iter().chain(&group.egress) {
            if let Source::Group(peer) = &rule.peer
                && peer != id
                && let Some(count) = world.ec2.security_group_references.get_mut(peer)
            {
                *count = count.saturating_sub(1);
            }
        }
    }
    Ok(json!({"return": true, "groupId": id}))
}
