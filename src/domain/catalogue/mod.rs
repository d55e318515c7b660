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
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_type() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().len(), lines - 1);
        assert!(all().windows(2).all(|pair| pair[0].name < pair[1].name));
    }

    #[test]
    fn a_type_has_its_facts() {
        let t2 = get("t2.xlarge").unwrap();
        assert_eq!((t2.vcpu, t2.memory_mib, t2.max_pods), (4, 16384, 44));
        assert!(t2.burstable && t2.spot && t2.hypervisor == "xen");
        assert!(get("t2.xlargee").is_none());
    }

    #[test]
    fn the_source_has_a_hash() {
        assert!(provenance().starts_with("PyPI moto "));
        assert!(provenance().contains("sha256 "));
    }
}
