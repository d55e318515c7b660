//! Picks types from the catalogue by what they are.

use crate::domain::catalogue;
use crate::domain::instance_type::InstanceType;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::shape::Architecture;

/// What a type must be. Every `None` and empty list lets all pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Exactly as many virtual CPUs.
    pub vcpu: Option<u32>,
    /// Exactly as much memory, in GiB.
    pub memory_gib: Option<f64>,
    /// Architecture.
    pub architecture: Option<Architecture>,
    /// With or without CPU credits.
    pub burstable: Option<bool>,
    /// EC2's CurrentGeneration flag. EC2 has cleared it for types in wide use, `m5.xlarge` among them.
    pub current_generation: Option<bool>,
    /// Whole machines or not.
    pub bare_metal: Option<bool>,
    /// Offered as Spot or not.
    pub spot: Option<bool>,
    /// Exactly as many GPUs.
    pub gpus: Option<u32>,
    /// Exactly as many accelerators that are not whole GPUs.
    pub accelerators: Option<u32>,
    /// Only these families (`m5`, `t3a`).
    pub families: Vec<String>,
    /// None of these families.
    pub exclude_families: Vec<String>,
}

impl Filter {
    /// What can be a plain Spot worker: offered as Spot, no GPU, no accelerator, not bare metal.
    pub fn spot_worker() -> Self {
        Filter { spot: Some(true), gpus: Some(0), accelerators: Some(0), bare_metal: Some(false), ..Filter::default() }
    }

    /// Whether a type is what is asked for.
    pub fn matches(&self, known: &InstanceType) -> bool {
        fn same<T: PartialEq>(wanted: Option<T>, is: T) -> bool {
            wanted.is_none_or(|wanted| wanted == is)
        }
        same(self.vcpu, known.vcpu)
            && self.memory_gib.is_none_or(|gib| gib * 1024.0 == known.memory_mib as f64)
            && same(self.architecture, known.architecture)
            && same(self.burstable, known.burstable)
            && same(self.current_generation, known.current_generation)
            && same(self.bare_metal, known.bare_metal)
            && same(self.spot, known.spot)
            && same(self.gpus, known.gpus)
            && same(self.accelerators, known.accelerators)
            && (self.families.is_empty() || self.families.iter().any(|family| family == known.family()))
            && !self.exclude_families.iter().any(|family| family == known.family())
    }
}

/// All types that a filter lets pass, sorted by name.
pub fn select(filter: &Filter) -> InstanceTypes {
    catalogue::all().iter().filter(|known| filter.matches(known)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tutorials_shape_has_many_types() {
        let filter = Filter {
            vcpu: Some(4),
            memory_gib: Some(16.0),
            architecture: Some(Architecture::Amd64),
            ..Filter::spot_worker()
        };
        let types = select(&filter);
        assert_eq!(types.len(), 30, "{:?}", types.names());
        assert!(types.contains("m5.xlarge") && types.contains("t2.xlarge"));
        assert_eq!(types.same_shape().unwrap().to_string(), "4 vCPU / 16 GiB");
    }

    #[test]
    fn families_are_kept_and_left_out() {
        let only = select(&Filter { families: vec!["m5".into()], ..Filter::default() });
        assert!(only.iter().all(|known| known.family() == "m5") && only.contains("m5.large"));
        let without = select(&Filter { exclude_families: vec!["m5".into()], ..Filter::default() });
        assert_eq!(only.len() + without.len(), catalogue::all().len());
    }
}
