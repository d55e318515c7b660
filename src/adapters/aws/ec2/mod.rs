//! EC2: the network, key pairs, offerings, launch templates, instances, prices.

mod firewall;
mod history;
mod instances;
mod key_pairs;
mod launch_template;
mod mutate;
mod network;
mod settings;

use aws_sdk_ec2::types as sdk;

pub(super) use network::security_group as security_group_from_sdk;

use super::convert::tag_map;
use crate::domain::cloud::TagMap;

/// A filter of a describe request.
fn filter<S: Into<String>>(name: &str, values: impl IntoIterator<Item = S>) -> sdk::Filter {
    sdk::Filter::builder().name(name).set_values(Some(values.into_iter().map(Into::into).collect())).build()
}

fn from_tags(tags: Option<&[sdk::Tag]>) -> TagMap {
    tag_map(tags.unwrap_or_default().iter().map(|tag| (tag.key(), tag.value())))
}

fn to_tags(map: &TagMap) -> Vec<sdk::Tag> {
    map.iter().map(|(key, value)| sdk::Tag::builder().key(key).value(value).build()).collect()
}

/// Tags given with a create request.
fn specification(resource: sdk::ResourceType, map: &TagMap) -> Option<Vec<sdk::TagSpecification>> {
    let specification =
        || sdk::TagSpecification::builder().resource_type(resource).set_tags(Some(to_tags(map))).build();
    (!map.is_empty()).then(|| vec![specification()])
}
