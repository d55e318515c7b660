//! CreateTags, DeleteTags, DescribeTags: by id, whatever the resource.

use serde_json::json;

use super::common::check_tags;
use super::filter::{Field, Filters};
use super::page::Page;
use super::state::Ec2State;
use crate::domain::cloud::TagMap;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

/// The tags of a resource and its type, by id.
fn tags_of<'a>(ec2: &'a mut Ec2State, id: &str) -> Option<(&'a mut TagMap, &'static str)> {
    Some(match id.split('-').next()? {
        "i" => (&mut ec2.instances.get_mut(id)?.tags, "instance"),
        "vpc" => (&mut ec2.vpcs.get_mut(id)?.tags, "vpc"),
        "subnet" => (&mut ec2.subnets.get_mut(id)?.tags, "subnet"),
        "sg" => (&mut ec2.security_groups.get_mut(id)?.tags, "security-group"),
        "lt" => (&mut ec2.launch_templates.get_mut(id)?.tags, "launch-template"),
        "key" => (&mut ec2.key_pairs.values_mut().find(|pair| pair.id == id)?.tags, "key-pair"),
        _ => return None,
    })
}

fn check_ids(ec2: &mut Ec2State, ids: &[String]) -> Result<(), ApiError> {
    for id in ids {
        if tags_of(ec2, id).is_none() {
            return Err(ApiError::client("InvalidID", format!("The ID '{id}' is not valid")));
        }
    }
    Ok(())
}

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let ids = read::strings(&params.0, "ResourceId");
    let tags = read::tags(&params.0, "Tag");
    check_tags(&tags)?;
    check_ids(&mut world.ec2, &ids)?;
    for id in &ids {
        for (key, value) in &tags {
            let old = tags_of(&mut world.ec2, id).and_then(|(known, _)| known.insert(key.clone(), value.clone()));
            if let Some(old) = old {
                world.ec2.tag_index.remove(id, key, &old);
            }
            world.ec2.tag_index.add(id, key, value);
        }
    }
    Ok(json!({"return": true}))
}

pub(super) fn delete(world: &mut World, params: &Params) -> Reply {
    let ids = read::strings(&params.0, "ResourceId");
    check_ids(&mut world.ec2, &ids)?;
    let given = read::list(&params.0, "Tag");
    for id in &ids {
        let Some((tags, _)) = tags_of(&mut world.ec2, id) else { continue };
        let doomed: Vec<(String, String)> = tags
            .iter()
            .filter(|(key, value)| {
                let named = |tag: &&serde_json::Value| {
                    read::at(tag, "Key") == key.as_str()
                        && read::at(tag, "Value").as_str().is_none_or(|wanted| wanted == value.as_str())
                };
                !key.starts_with("aws:") && (given.is_empty() || given.iter().any(|tag| named(&tag)))
            })
            .map(|(key, value)| (key.clone(), value.clone()))
            .collect();
        for (key, _) in &doomed {
            tags.shift_remove(key);
        }
        for (key, value) in &doomed {
            world.ec2.tag_index.remove(id, key, value);
        }
    }
    Ok(json!({"return": true}))
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let mut page = Page::read(&params.0, 1000)?;
    let ids: Vec<String> = match filters.exact("resource-id") {
        Some(ids) => ids.to_vec(),
        None => match filters.exact("key") {
            Some(keys) => keys.iter().flat_map(|key| world.ec2.tag_index.find_key(key).map(str::to_owned)).collect(),
            None => everything(&world.ec2),
        },
    };
    let mut ids = ids;
    ids.sort_unstable();
    ids.dedup();
    'all: for id in &ids {
        let Some((tags, kind)) = tags_of(&mut world.ec2, id) else { continue };
        for (key, value) in tags.iter() {
            let at = format!("{id} {key}");
            let pass = filters.pass(|name| match name {
                "resource-id" => Field::one(id),
                "resource-type" => Field::one(kind),
                "key" => Field::one(key),
                "value" => Field::one(value),
                _ => Field::tag(name, tags),
            })?;
            let item = json!({"resourceId": id, "resourceType": kind, "key": key, "value": value});
            if pass && !page.seen(&at) && !page.push(&at, item) {
                break 'all;
            }
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"tagSet": items, "nextToken": token}))
}

fn everything(ec2: &Ec2State) -> Vec<String> {
    let ids = ec2.instances.keys().chain(ec2.vpcs.keys()).chain(ec2.subnets.keys());
    let ids = ids.chain(ec2.security_groups.keys()).chain(ec2.launch_templates.keys());
    ids.cloned().chain(ec2.key_pairs.values().map(|pair| pair.id.clone())).collect()
}
