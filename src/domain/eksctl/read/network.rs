//! Where nodes may be, and which security groups they get.

use super::cluster::Surroundings;
use super::{Fields, Reader};
use crate::domain::nodegroup::{NodegroupSpec, SecurityGroups};

impl Reader<'_> {
    pub(super) fn network(&mut self, group: &Fields, around: &Surroundings, spec: &mut NodegroupSpec) {
        spec.private_networking = group.bool("privateNetworking").unwrap_or_default();
        spec.availability_zones = group.bare_texts("availabilityZones");
        spec.subnets = group.bare_texts("subnets");
        spec.local_zones = group.bare_texts("localZones");
        for (one, other) in
            [("availabilityZones", "subnets"), ("availabilityZones", "localZones"), ("subnets", "localZones")]
        {
            if group.asks(one) && group.asks(other) {
                let message = format!("`{}` has both `{one}` and `{other}`", group.path);
                self.bad(group.key_at(other), message, format!("give `{one}` or `{other}`"));
            }
        }
        // A subnet that the document itself names by id is known by it.
        for subnet in &mut spec.subnets {
            if let Some(Some(id)) = around.subnets.get(subnet) {
                subnet.clone_from(id);
            }
        }
        if around.fully_private && !spec.private_networking {
            let message = format!(
                "`{}` must be true in a cluster with `privateCluster.enabled`",
                group.path("privateNetworking")
            );
            self.bad(group.key_at("privateNetworking"), message, "set `privateNetworking: true`");
        }
        let Some(groups) = group.fields("securityGroups") else { return };
        spec.security_groups = SecurityGroups {
            attach_ids: groups.bare_texts("attachIDs"),
            with_shared: groups.bool("withShared"),
            with_local: groups.bool("withLocal"),
        };
        if spec.managed.is_some() {
            for key in ["withShared", "withLocal"].iter().filter(|key| groups.has(key)) {
                let message = format!("`{}`: EKS chooses the groups of a managed group", groups.path(key));
                self.bad(groups.key_at(key), message, "leave it out");
            }
        }
    }
}
