//! Every EC2 instance type, with facts from a capture of DescribeInstanceTypes.
//!
//! The tables under `data/` are derived by `scripts/maintain/derive_catalogue.py`. Where a type is
//! offered is in [`crate::domain::offerings`]; prices and interruption rates are elsewhere.

mod filter;
mod table;

pub use filter::{Filter, select};
pub(super) use table::source as source_of;

use std::sync::{Arc, OnceLock};

use super::instance_type::InstanceType;

const TABLE: &str = include_str!("../data/instance_types.tsv");

/// All instance types, sorted by name. Parsed on first use.
pub fn all() -> &'static [Arc<InstanceType>] {
    static ALL: OnceLock<Vec<Arc<InstanceType>>> = OnceLock::new();
    ALL.get_or_init(|| table::parse(TABLE))
}

/// One instance type by its exact name.
pub fn get(name: &str) -> Option<&'static Arc<InstanceType>> {
    let all = all();
    all.binary_search_by(|known| known.name.as_str().cmp(name)).ok().and_then(|index| all.get(index))
}

/// Where the facts come from: package, version, date and SHA-256.
pub fn provenance() -> &'static str {
    table::source(TABLE)
}

#[cfg(test)]
mod tests;
