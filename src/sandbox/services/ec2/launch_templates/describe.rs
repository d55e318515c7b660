//! DescribeLaunchTemplates and DescribeLaunchTemplateVersions.

use serde_json::json;

use super::{find, shown};
use crate::sandbox::services::ec2::filter::{Field, Filters};
use crate::sandbox::services::ec2::page::Page;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(in crate::sandbox::services::ec2) fn templates(world: &mut World, params: &Params) -> Reply {
    let filters = Filters::read(&params.0);
    let mut page = Page::read(&params.0, 200)?;
    let (names, given) = (read::strings(&params.0, "LaunchTemplateName"), read::strings(&params.0, "LaunchTemplateId"));
    let mut ids: Vec<&str> = Vec::new();
    for name in &names {
        let found = world.ec2.launch_template_named(name);
        // The Describe operation spells its refusal differently from the others.
        let template = found.ok_or_else(|| {
            let message = "At least one of the launch templates specified in the request does not exist.";
            ApiError::client("InvalidLaunchTemplateName.NotFoundException", message)
        })?;
        ids.push(&template.id);
    }
    for id in &given {
        let template = world.ec2.launch_templates.get(id).ok_or_else(|| find::unknown_id(id))?;
        ids.push(&template.id);
    }
    if names.is_empty() && given.is_empty() {
        if let Some(names) = filters.exact("launch-template-name") {
            ids.extend(names.iter().filter_map(|name| Some(world.ec2.launch_template_named(name)?.id.as_str())));
        } else if let Some((key, values)) = filters.exact_tags().next() {
            let found = values.iter().flat_map(|value| world.ec2.tag_index.find(key, value));
            ids.extend(found.filter(|id| id.starts_with("lt-")));
        } else {
            ids.extend(world.ec2.launch_templates.keys().map(String::as_str));
        }
    }
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let Some(template) = world.ec2.launch_templates.get(id) else { continue };
        let pass = filters.pass(|name| match name {
            "launch-template-name" => Field::one(&template.name),
            "create-time" => Field::one(world.clock.seconds(template.created)),
            _ => Field::tag(name, &template.tags),
        })?;
        if pass && !page.seen(id) && !page.push(id, shown::template(world, template)) {
            break;
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"launchTemplates": items, "nextToken": token}))
}

pub(in crate::sandbox::services::ec2) fn versions(world: &mut World, params: &Params) -> Reply {
    let wanted = read::strings(&params.0, "LaunchTemplateVersion");
    let of_all = wanted.iter().all(|version| matches!(version.as_str(), "$Latest" | "$Default"));
    let named = ["LaunchTemplateId", "LaunchTemplateName"].iter().any(|key| read::text(&params.0, key).is_some());
    if !named && !wanted.is_empty() && of_all {
        return newest_of_all(world, params, &wanted);
    }
    let template = find::find(world, &params.0)?;
    let mut numbers = Vec::new();
    for version in &wanted {
        let found = template.version(version).ok_or_else(|| {
            let message =
                format!("Could not find launch template version {version} for launch template {}.", template.id);
            ApiError::client("InvalidLaunchTemplateId.VersionNotFound", message)
        })?;
        numbers.push(found.number);
    }
    let low = read::int(&params.0, "MinVersion").unwrap_or(i64::MIN);
    let high = read::int(&params.0, "MaxVersion").unwrap_or(i64::MAX);
    if wanted.is_empty() {
        numbers.extend(template.versions.keys().filter(|number| (low..=high).contains(*number)));
    }
    // EC2 lists the newest first.
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    numbers.dedup();
    let mut page = Page::read(&params.0, 200)?;
    for number in numbers {
        let Some(version) = template.versions.get(&number) else { continue };
        let key = format!("{:020}", i64::MAX - number);
        if !page.seen(&key) && !page.push(&key, shown::version(world, template, version)) {
            break;
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"launchTemplateVersionSet": items, "nextToken": token}))
}

/// The latest or default versions of every template: all that EC2 gives without the name of one.
fn newest_of_all(world: &World, params: &Params, wanted: &[String]) -> Reply {
    let mut page = Page::read(&params.0, 200)?;
    'all: for (id, template) in &world.ec2.launch_templates {
        let found = wanted.iter().filter_map(|version| template.version(version));
        let numbers: std::collections::BTreeSet<i64> = found.map(|version| version.number).collect();
        for version in numbers.iter().rev().filter_map(|number| template.versions.get(number)) {
            let key = format!("{id}/{:020}", i64::MAX - version.number);
            if !page.seen(&key) && !page.push(&key, shown::version(world, template, version)) {
                break 'all;
            }
        }
    }
    let (items, token) = page.finish();
    Ok(json!({"launchTemplateVersionSet": items, "nextToken": token}))
}
