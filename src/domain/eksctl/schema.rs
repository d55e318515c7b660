//! The keys of a ClusterConfig and the types of their values, from a table that is derived from eksctl's own.

use std::collections::HashMap;
use std::sync::OnceLock;

use crate::domain::error::nearest;

const TABLE: &str = include_str!("../data/eksctl_schema.txt");
/// The type that a document is.
pub(super) const ROOT: &str = "ClusterConfig";

/// The type of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Type {
    Text,
    /// Text for a shell on the node: no variable in it is for the shell that wrote the file.
    Script,
    Bool,
    Int,
    Number,
    /// Any map, passed on as it is.
    Document,
    /// A map of texts, or a list of `NodeGroupTaint`.
    Taints,
    List(Box<Type>),
    Map(Box<Type>),
    Struct(&'static str),
}

/// The keys of one map.
pub(super) type Keys = HashMap<&'static str, Type>;

fn table() -> &'static HashMap<&'static str, Keys> {
    static TYPES: OnceLock<HashMap<&'static str, Keys>> = OnceLock::new();
    TYPES.get_or_init(|| {
        let mut types: HashMap<&'static str, Keys> = HashMap::new();
        let mut owner = "";
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            match line.strip_prefix("  ").and_then(|line| line.split_once(' ')) {
                Some((key, kind)) => {
                    types.entry(owner).or_default().insert(key, parse(kind));
                }
                None => {
                    owner = line;
                    types.entry(owner).or_default();
                }
            }
        }
        types
    })
}

fn parse(text: &'static str) -> Type {
    let inside = |open, close| text.strip_prefix(open).and_then(|rest: &'static str| rest.strip_suffix(close));
    if let Some(item) = inside('[', ']') {
        return Type::List(parse(item).into());
    }
    if let Some(value) = inside('{', '}') {
        return Type::Map(parse(value).into());
    }
    match text {
        "text" => Type::Text,
        "script" => Type::Script,
        "bool" => Type::Bool,
        "int" => Type::Int,
        "number" => Type::Number,
        "document" => Type::Document,
        "taints" => Type::Taints,
        name => Type::Struct(name),
    }
}

/// The keys of a type.
pub(super) fn keys(name: &str) -> Option<&'static Keys> {
    table().get(name)
}

/// Where a key that is unknown here belongs, or what was meant.
pub(super) fn hint(owner: &str, key: &str) -> Option<String> {
    let keys = keys(owner)?;
    let other = match owner {
        "NodeGroup" => "ManagedNodeGroup",
        "ManagedNodeGroup" => "NodeGroup",
        _ => "",
    };
    let elsewhere = self::keys(other).is_some_and(|keys| keys.contains_key(key));
    if elsewhere && owner == "NodeGroup" {
        return Some(match key {
            "spot" => "it is a key of `managedNodeGroups`; here `instancesDistribution` makes a group Spot".to_owned(),
            "instanceTypes" => {
                "it is a key of `managedNodeGroups`; here the types go into `instancesDistribution`".to_owned()
            }
            _ => "it is a key of `managedNodeGroups`".to_owned(),
        });
    }
    if elsewhere {
        return Some(match key {
            "instancesDistribution" => {
                "EKS chooses how a managed group is divided: write `spot: true` and `instanceTypes`, or use `nodeGroups`"
                    .to_owned()
            }
            _ => "it is a key of `nodeGroups`".to_owned(),
        });
    }
    if let Some(near) = nearest(key, sorted(keys)) {
        return Some(format!("did you mean `{near}`?"));
    }
    // A key of the group written one level too deep or too high.
    ["NodeGroup", "NodeGroupInstancesDistribution", "NodeGroupIAMAddonPolicies", "NodeGroupSSH"]
        .into_iter()
        .filter(|name| *name != owner && owner.starts_with("NodeGroup"))
        .find(|name| self::keys(name).is_some_and(|keys| keys.contains_key(key)))
        .map(|name| match name {
            "NodeGroup" => "it is a key of the group itself: indent it less".to_owned(),
            "NodeGroupInstancesDistribution" => "it is a key of `instancesDistribution`".to_owned(),
            "NodeGroupSSH" => "it is a key of `ssh`".to_owned(),
            _ => "it is a key of `iam.withAddonPolicies`".to_owned(),
        })
}

/// The key that differs in the case of letters alone. eksctl lets it pass and takes no notice of it.
pub(super) fn other_case(owner: &str, key: &str) -> Option<&'static str> {
    sorted(keys(owner)?).into_iter().find(|known| known.eq_ignore_ascii_case(key))
}

fn sorted(keys: &'static Keys) -> Vec<&'static str> {
    let mut names: Vec<&'static str> = keys.keys().copied().collect();
    names.sort_unstable();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_that_is_named_is_there() {
        fn named(kind: &Type) -> Option<&'static str> {
            match kind {
                Type::Struct(name) => Some(name),
                Type::List(inner) | Type::Map(inner) => named(inner),
                _ => None,
            }
        }
        assert_eq!(keys(ROOT).unwrap().len(), 31);
        assert_eq!((keys("NodeGroup").unwrap().len(), keys("ManagedNodeGroup").unwrap().len()), (54, 48));
        for (owner, keys) in table() {
            for (key, kind) in keys {
                assert!(named(kind).is_none_or(|name| table().contains_key(name)), "{owner}.{key}");
            }
        }
    }

    #[test]
    fn a_key_in_the_wrong_place_is_sent_to_the_right_one() {
        let hint = |owner, key| hint(owner, key).unwrap_or_default();
        assert_eq!(hint("NodeGroup", "lables"), "did you mean `labels`?");
        assert!(hint("NodeGroup", "spot").contains("managedNodeGroups"));
        assert!(hint("ManagedNodeGroup", "instancesDistribution").contains("spot: true"));
        assert!(hint("NodeGroup", "spotAllocationStrategy").contains("instancesDistribution"));
        assert_eq!(other_case("NodeGroupInstancesDistribution", "CapacityRebalance"), Some("capacityRebalance"));
    }
}
