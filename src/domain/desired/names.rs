//! What the resources of a group are called.

use sha2::{Digest, Sha256};

use crate::domain::nodegroup::{NodegroupSpec, PublicKey};

/// How the names of everything that we make begin.
pub const NAME_PREFIX: &str = "spotscript-";
/// IAM's limit for role names, the shortest of all that are concerned here.
const LONGEST: usize = 64;
/// Hex digits of the hash that keeps cut names apart.
const HASH: usize = 8;

/// Names of everything a group is made of.
///
/// All are `spotscript-CLUSTER-GROUP`, one name to search for in any console. It is deliberately not eksctl's
/// `eksctl-CLUSTER-nodegroup-GROUP`: that is the name of a CloudFormation stack, and a launch template or role under
/// it would make a later `eksctl create nodegroup` fail halfway, while its `delete` would never find what we made.
/// The cost, that eksctl would build a second group with the same node labels, is met by reading before writing:
/// a group of that name made by anyone else is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceNames {
    /// IAM role.
    pub role: String,
    /// Instance profile.
    pub instance_profile: String,
    /// Launch template.
    pub launch_template: String,
    /// Security group for SSH.
    pub security_group: String,
    /// Auto Scaling group.
    pub auto_scaling_group: String,
    /// How the names of key pairs begin that are made for the group.
    pub key_pairs: String,
}

impl ResourceNames {
    /// The names for a group as specified: the role may have a name of its own, or be someone else's.
    pub fn of_spec(spec: &NodegroupSpec) -> Self {
        let given = spec.role.role_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
        let role = given.or(spec.role.role_name.as_deref());
        let names = ResourceNames::of(&spec.cluster, &spec.name);
        ResourceNames { role: role.map_or(names.role, str::to_owned), ..names }
    }

    /// The names for a group of a cluster; those over AWS's limit are cut and end in a hash of the whole.
    ///
    /// Dashes make `a` + `b-c` and `a-b` + `c` meet in one name. Whoever finds a resource there compares its
    /// `spotscript/cluster` and `spotscript/nodegroup` tags before touching it.
    pub fn of(cluster: &str, group: &str) -> Self {
        let name = format!("{NAME_PREFIX}{cluster}-{group}");
        let name = if name.chars().count() > LONGEST { cut(&name, cluster, group) } else { name };
        ResourceNames {
            role: name.clone(),
            instance_profile: name.clone(),
            launch_template: name.clone(),
            security_group: format!("{name}-ssh"),
            key_pairs: format!("{name}-"),
            auto_scaling_group: name,
        }
    }
}

impl ResourceNames {
    /// The key pair for a key: `spotscript-CLUSTER-GROUP-` and the beginning of the key's SHA-256. Another key is another
    /// pair: EC2 changes none in place, and nodes that start from an older version of the launch template still need the
    /// older one. The same key under another comment is the same pair.
    pub fn key_pair(&self, key: &PublicKey) -> String {
        format!("{}{}", self.key_pairs, key.id())
    }
}

/// As much of the name as fits, then a hash of the whole.
fn cut(name: &str, cluster: &str, group: &str) -> String {
    let digest = Sha256::digest(format!("{cluster}/{group}"));
    let hash: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let head: String = name.chars().take(LONGEST - HASH - 1).collect();
    format!("{}-{}", head.trim_end_matches('-'), &hash[..HASH])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_cluster_and_the_group() {
        let names = ResourceNames::of("eks-spot-eksct", "dev-4vcpu-16gb-spot");
        assert_eq!(names.role, "spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot");
        assert_eq!(names.security_group, "spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot-ssh");
    }

    #[test]
    fn long_names_are_cut_and_stay_different() {
        let cluster = "c".repeat(60);
        let one = ResourceNames::of(&cluster, "workers-one");
        let two = ResourceNames::of(&cluster, "workers-two");
        assert!(one.role.len() <= 64, "{}", one.role);
        assert_ne!(one, two);
        assert_eq!(one, ResourceNames::of(&cluster, "workers-one"));
    }
}
