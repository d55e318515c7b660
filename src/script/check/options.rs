//! Option maps that are written out: unknown keys, missing ones, values of the wrong type, values the domain refuses.

use rhai::{Expr, Ident, Position};

use super::literals::{self, Fault};
use super::position;
use crate::domain::Code;
use crate::domain::error::{Error, nearest};
use crate::script::catalog::{OptionKey, OptionKind, options_of};
use crate::script::types::Kind;

/// eksctl's spellings, and ours.
const SPELLINGS: &[(&str, &str)] = &[
    ("desiredCapacity", "desired"),
    ("minSize", "min"),
    ("maxSize", "max"),
    ("instanceTypes", "types"),
    ("instanceType", "types"),
    ("instancesDistribution", "spot"),
    ("spotAllocationStrategy", "spot.strategy"),
    ("spotInstancePools", "spot.pools"),
    ("onDemandBaseCapacity", "spot.on_demand_base"),
    ("onDemandPercentageAboveBaseCapacity", "spot.on_demand_percent"),
    ("maxPrice", "spot.max_price"),
    ("capacityRebalance", "spot.capacity_rebalance"),
    ("privateNetworking", "private_networking"),
    ("volumeSize", "volume.size_gib"),
    ("volumeType", "volume.type"),
    ("volumeIOPS", "volume.iops"),
    ("availabilityZones", "zones"),
    ("maxPodsPerNode", "max_pods"),
    ("nodeGroupName", "the first argument"),
    ("publicKeyName", "ssh_key"),
    ("withAddonPolicies", "addons"),
];

type Entries = [(Ident, Expr)];

/// Faults of the option map of a function. `kind_of` tells the type of a value; `whole` is where the call is, if the map
/// is written out there: then nothing can come later, and what is missing is told.
pub(super) fn judge(
    function: &str,
    entries: &Entries,
    whole: Option<Position>,
    kind_of: &dyn Fn(&Expr) -> Kind,
) -> Vec<Fault> {
    let known = options_of(function);
    if known.is_empty() {
        return Vec::new();
    }
    let mut faults = Vec::new();
    level(function, known, "", entries, whole, kind_of, &mut faults);
    faults
}

fn level(
    function: &str,
    known: &[OptionKey],
    prefix: &str,
    entries: &Entries,
    whole: Option<Position>,
    kind_of: &dyn Fn(&Expr) -> Kind,
    faults: &mut Vec<Fault>,
) {
    let inside = |path: &str| path.strip_prefix(prefix).is_some_and(|rest| !rest.contains('.'));
    let here: Vec<&OptionKey> = known.iter().filter(|key| inside(&key.path)).collect();
    for (name, value) in entries {
        let path = format!("{prefix}{}", name.name);
        let Some(key) = here.iter().find(|key| key.path == path) else {
            let names: Vec<&str> = here.iter().map(|key| &key.path[prefix.len()..]).collect();
            faults.push((unknown(function, &path, &name.name, &names), name.pos));
            continue;
        };
        let kind = kind_of(value);
        if !fits(&key.kind, &kind) {
            let given = kind.name().unwrap_or("any");
            let error = Error::new(
                Code::WrongOptionType,
                format!("`{path}` of `{function}` is of type {}, not {given}", key.kind),
            );
            faults.push((error.help(key.documentation.clone()), position::start(value)));
            continue;
        }
        for (wrong, of) in misfits(&key.kind, value, kind_of) {
            let given = kind_of(wrong).name().unwrap_or("any").to_owned();
            let message = format!("`{path}` of `{function}` has values of type {of}, not {given}");
            faults.push((
                Error::new(Code::WrongOptionType, message).help(key.documentation.clone()),
                position::start(wrong),
            ));
        }
        faults.extend(literals::option(function, &path, value));
        if let (OptionKind::Map, Expr::Map(map, at)) = (&key.kind, value) {
            level(function, known, &format!("{path}."), &map.0, whole.map(|_| *at), kind_of, faults);
        }
    }
    let Some(at) = whole else { return };
    for key in here.iter().filter(|key| key.required) {
        if !entries.iter().any(|(name, _)| key.path[prefix.len()..] == *name.name) {
            let error = Error::new(Code::MissingOption, format!("`{function}` needs the option `{}`", key.path));
            faults.push((error.help(key.documentation.clone()), at));
        }
    }
}

fn unknown(function: &str, path: &str, name: &str, names: &[&str]) -> Error {
    if let Some((_, ours)) = SPELLINGS.iter().find(|(theirs, _)| *theirs == name) {
        return Error::new(
            Code::EksctlSpelling,
            format!("`{name}` is eksctl's name in a file; a script says `{ours}`"),
        )
        .help(format!("write `{ours}`"));
    }
    let error = Error::new(Code::UnknownOption, format!("`{function}` has no option `{path}`"));
    match nearest(name, names.iter().copied()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(format!("there are `{}`", names.join("`, `"))),
    }
}

/// The values in a list or a map that are written out and of another type than it holds.
fn misfits<'a>(
    wanted: &'a OptionKind,
    value: &'a Expr,
    kind_of: &dyn Fn(&Expr) -> Kind,
) -> Vec<(&'a Expr, &'a OptionKind)> {
    let (of, values): (&OptionKind, Vec<&Expr>) = match (wanted, value) {
        (OptionKind::List(of), Expr::Array(items, _)) => (of, items.iter().collect()),
        (OptionKind::MapOf(of), Expr::Map(map, _)) => (of, map.0.iter().map(|(_, value)| value).collect()),
        _ => return Vec::new(),
    };
    values.into_iter().filter(|value| !fits(of, &kind_of(value))).map(|value| (value, of)).collect()
}

/// Whether a value of a type may be what an option takes.
fn fits(wanted: &OptionKind, given: &Kind) -> bool {
    let Some(given) = given.name() else { return true };
    match wanted {
        OptionKind::String | OptionKind::OneOf(_) => given == "string",
        OptionKind::Int => given == "int",
        OptionKind::Float => matches!(given, "int" | "float"),
        OptionKind::Bool => given == "bool",
        OptionKind::List(_) => matches!(given, "list" | "InstanceTypes"),
        OptionKind::Map => given == "map",
        OptionKind::MapOf(_) => matches!(given, "map" | "Labels"),
        OptionKind::Any => true,
    }
}
