//! An ordered set of instance types with the algebra that Spot groups need.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::instance_type::InstanceType;

/// Known instance types, without repetition, in the order given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InstanceTypes(Vec<Arc<InstanceType>>);

impl InstanceTypes {
    /// The types, in order.
    pub fn iter(&self) -> impl Iterator<Item = &InstanceType> {
        self.0.iter().map(AsRef::as_ref)
    }

    /// The names, in order.
    pub fn names(&self) -> Vec<&str> {
        self.iter().map(|instance_type| instance_type.name.as_str()).collect()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
