//! The table against other data, and laws of shapes and sets over the whole of it.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::shape::Architecture;
use crate::domain::testing::shared;

#[test]
fn facts_agree_with_the_conformance_table() {
    let Some(path) = shared("data/instance-facts.tsv") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let mut compared = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        let known = get(cells[0]).unwrap_or_else(|| panic!("{} is not in the catalogue", cells[0]));
        let flag = |value: bool| if value { "1" } else { "0" };
        let arch = if cells[3].contains("arm64") { Architecture::Arm64 } else { Architecture::Amd64 };
        assert_eq!(
            (known.vcpu.to_string().as_str(), known.memory_mib.to_string().as_str(), known.architecture),
            (cells[1], cells[2], arch),
            "{line}"
        );
        assert_eq!(
            [flag(known.current_generation), flag(known.bare_metal), flag(known.burstable), &known.gpus.to_string()],
            cells[4..8],
            "{line}"
        );
        assert_eq!([known.max_pods.to_string().as_str(), &known.network], cells[8..10], "{line}");
        assert_eq!(known.spot, cells[11].contains("spot"), "{line}");
        compared += 1;
    }
    assert_eq!(compared, all().len());
}

#[test]
fn devices_are_counted_exactly_where_there_is_a_kind() {
    for known in all() {
        assert_eq!(known.device.is_some(), known.gpus + known.accelerators > 0, "{}", known.name);
        assert!(known.vcpu > 0 && known.memory_mib > 0 && known.max_pods > 0, "{}", known.name);
    }
}

#[test]
fn a_fraction_of_a_gpu_is_a_shape_of_its_own() {
    let types = InstanceTypes::parse(["m5.xlarge", "g6f.xlarge"]).unwrap();
    assert!(types.same_shape().unwrap_err().message.contains("`g6f.xlarge` (4 vCPU / 16 GiB / 1 NVIDIA GPU fraction)"));
    assert!(!select(&Filter::spot_worker()).contains("g6f.xlarge"));
}

#[test]
fn selecting_every_shape_cuts_the_whole_catalogue_into_its_shapes() {
    let whole: InstanceTypes = all().iter().cloned().collect();
    let mut seen = 0;
    for (shape, types) in whole.by_shape() {
        let same = select(&Filter {
            vcpu: Some(shape.vcpu),
            memory_gib: Some(shape.memory_gib()),
            architecture: Some(shape.architecture),
            gpus: Some(shape.gpus),
            accelerators: Some(shape.accelerators),
            ..Filter::default()
        });
        let of_device = same.filter(|known| known.device == shape.device);
        assert_eq!(of_device.names(), types.names());
        seen += types.len();
    }
    assert_eq!(seen, all().len());
}

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

/// Sets of any types, and sets of nearly one shape, in any order.
fn any_set() -> impl Strategy<Value = InstanceTypes> {
    let whole = || prop::sample::subsequence(all().to_vec(), 0..12).prop_shuffle();
    let alike = prop::sample::select(all().to_vec()).prop_flat_map(|one| {
        let same: Vec<_> = all().iter().filter(|known| known.shape() == one.shape()).cloned().collect();
        let most = same.len().min(8);
        prop::sample::subsequence(same, 1..=most).prop_shuffle()
    });
    let few = prop::sample::subsequence(all().to_vec(), 0..2);
    prop_oneof![whole(), (alike, few).prop_map(|(alike, few)| alike.into_iter().chain(few).collect())]
        .prop_map(|types| types.into_iter().collect())
}

fn set(types: &InstanceTypes) -> BTreeSet<String> {
    types.names().into_iter().map(str::to_owned).collect()
}

proptest! {
    #[test]
    fn one_shape_is_accepted_and_anything_else_refused(types in any_set()) {
        let shapes: BTreeSet<_> =
            types.iter().map(|t| (t.vcpu, t.memory_mib, t.architecture, t.gpus, t.accelerators, t.device)).collect();
        match types.same_shape() {
            Ok(shape) => {
                prop_assert_eq!(shapes.len(), 1);
                prop_assert!(types.iter().all(|known| known.shape() == shape));
            }
            Err(error) => {
                prop_assert_ne!(shapes.len(), 1);
                if !types.is_empty() {
                    let common = types.by_shape().iter().map(|(_, same)| same.len()).max().unwrap();
                    let odd = types.iter().filter(|known| error.message.contains(&format!("`{}` (", known.name))).count();
                    prop_assert_eq!(odd, types.len() - common);
                    let legal = error.causes.iter().filter(|cause| cause.starts_with("legal")).count();
                    prop_assert_eq!(legal, shapes.len());
                }
            }
        }
    }

    #[test]
    fn by_shape_cuts_a_set_into_legal_parts(types in any_set()) {
        let parts = types.by_shape();
        let mut count: BTreeMap<&str, usize> = BTreeMap::new();
        for (shape, part) in &parts {
            prop_assert_eq!(part.same_shape().unwrap(), *shape);
            for name in part.names() {
                *count.entry(name).or_default() += 1;
            }
        }
        prop_assert_eq!(count.keys().map(|name| (*name).to_owned()).collect::<BTreeSet<_>>(), set(&types));
        prop_assert!(count.values().all(|times| *times == 1));
    }

    #[test]
    fn sets_obey_their_laws(a in any_set(), b in any_set()) {
        let (union, both, rest) = (a.union(&b), a.intersection(&b), a.difference(&b));
        prop_assert_eq!(set(&union), set(&b.union(&a)));
        prop_assert_eq!(set(&both), set(&b.intersection(&a)));
        prop_assert_eq!(union.len() + both.len(), a.len() + b.len());
        prop_assert_eq!(set(&both.union(&rest)), set(&a));
        prop_assert!(rest.intersection(&b).is_empty());
        prop_assert_eq!(&a.union(&a), &a);
        prop_assert!(union.names().starts_with(&a.names()));
        prop_assert_eq!(&InstanceTypes::parse(a.names()).unwrap(), &a);
    }
}
