//! The option maps of the bindings as JSON Schema, read off the very structs that deserialise them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value, json};

use super::nodegroup_options::NodegroupOptions;
use super::{attempts, eks, kube, managed_options, node_changes, nodegroup_copies, roll, spot};
use crate::domain::nodegroup::SpotAllocationStrategy;

/// Makes the schema of one map.
type Schema = fn() -> Value;

/// Every function that takes an option map: how scripts call it, and the map's schema.
const TABLE: &[(&str, Schema)] = &[
    ("eks::nodegroup", of::<NodegroupOptions>),
    ("eks::managed_nodegroup", of::<managed_options::ManagedOptions>),
    ("eks::ensure", of::<eks::Ensure>),
    ("eks::scale", of::<eks::Scale>),
    ("eks::delete", of::<eks::Delete>),
    ("eks::roll", of::<roll::Roll>),
    ("kube::nodes", of::<kube::NodeOptions>),
    ("kube::objects", of::<kube::ObjectOptions>),
    ("kube::pods", of::<kube::PodOptions>),
    ("drain", of::<node_changes::DrainWish>),
    ("retry", of::<attempts::Retry>),
    ("spot::select", of::<spot::Select>),
    ("spot::advisor", of::<spot::Advise>),
    ("with_size", of::<nodegroup_copies::SizeChange>),
    ("with_spot", of::<nodegroup_copies::SpotChange>),
];

/// Functions that take a map of free keys: no option has a name.
pub const FREE: &[&str] = &["edit", "label", "with_labels", "tags::autoscaler", "run_script"];

/// Function and schema of every option map.
pub fn all() -> impl Iterator<Item = (&'static str, Value)> {
    TABLE.iter().map(|(function, schema)| (*function, schema()))
}

fn of<T: JsonSchema>() -> Value {
    let settings = SchemaSettings::default().with(|settings| settings.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>().to_value()
}

/// The schema of a text that is one of a few.
pub(super) fn texts(known: Vec<String>) -> Value {
    json!({ "type": "string", "enum": known })
}

/// The names of the Spot allocation strategies.
pub(super) fn strategies() -> [&'static str; 4] {
    SpotAllocationStrategy::ALL.map(SpotAllocationStrategy::as_str)
}
