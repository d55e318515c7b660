//! DescribeAutoScalingGroups.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::policy::invalid;
use super::shown;
use super::state::Group;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::wire::page;
use crate::sandbox::world::World;

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let tree = &params.0;
    let names = read::strings(tree, "AutoScalingGroupNames");
    let filters = read::list(tree, "Filters");
    let after = page::after(read::text(tree, "NextToken"), "InvalidNextToken")?;
    let limit = read::int(tree, "MaxRecords").and_then(|n| usize::try_from(n).ok()).unwrap_or(50);
    if !(1..=100).contains(&limit) {
        return Err(invalid("MaxRecords must be between 1 and 100"));
    }
    check(filters)?;
    let fresh = |name: &str| after.as_deref().is_none_or(|after| name > after);
    let groups = &world.autoscaling.groups;
    // The narrowest index decides what is looked at; the filters then decide what is shown.
    let candidates: Box<dyn Iterator<Item = &Group>> = if !names.is_empty() {
        let sorted: BTreeSet<&str> = names.iter().map(String::as_str).collect();
        Box::new(sorted.into_iter().filter_map(|name| groups.get(name)))
    } else if let Some(found) = by_tag(world, filters) {
        Box::new(found.into_iter().filter_map(|name| groups.get(name)))
    } else {
        let start = after.clone().unwrap_or_default();
        Box::new(
            groups
                .range::<str, _>((std::ops::Bound::Excluded(start.as_str()), std::ops::Bound::Unbounded))
                .map(|(_, group)| group)
                .collect::<Vec<_>>()
                .into_iter(),
        )
    };
    let passing = candidates.filter(|group| fresh(&group.name) && filters.iter().all(|filter| passes(group, filter)));
    let page = page::take(passing, limit, |group| group.name.as_str());
    let shown: Vec<Value> = page.items.iter().map(|group| shown::group(world, group)).collect();
    Ok(json!({"AutoScalingGroups": shown, "NextToken": page.next}))
}

fn check(filters: &[Value]) -> Result<(), ApiError> {
    for filter in filters {
        let name = read::string(filter, "Name");
        if !(["tag-key", "tag-value"].contains(&name.as_str()) || name.starts_with("tag:")) {
            return Err(invalid(format!(
                "Filter type {name} is not correct. Allowed Filter types are: [tag-key, tag-value, tag:<key>]"
            )));
        }
    }
    Ok(())
}

/// Names by the tag filter that finds the fewest groups.
fn by_tag<'a>(world: &'a World, filters: &[Value]) -> Option<BTreeSet<&'a str>> {
    let index = &world.autoscaling.tag_index;
    let sets = filters.iter().filter_map(|filter| {
        let (name, values) = (read::string(filter, "Name"), read::strings(filter, "Values"));
        if let Some(key) = name.strip_prefix("tag:") {
            let set: BTreeSet<&'a str> =
                values.iter().flat_map(|value| index.find(key, value).collect::<Vec<_>>()).collect();
            return Some(set);
        }
        (name == "tag-key").then(|| values.iter().flat_map(|key| index.find_key(key).collect::<Vec<_>>()).collect())
    });
    sets.min_by_key(BTreeSet::len)
}

fn passes(group: &Group, filter: &Value) -> bool {
    let (name, values) = (read::string(filter, "Name"), read::strings(filter, "Values"));
    match name.as_str() {
        "tag-key" => group.tags.keys().any(|key| values.contains(key)),
        "tag-value" => group.tags.values().any(|tag| values.contains(&tag.value)),
        name => {
            name.strip_prefix("tag:").and_then(|key| group.tags.get(key)).is_some_and(|tag| values.contains(&tag.value))
        }
    }
}
