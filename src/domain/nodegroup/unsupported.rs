//! What a document may say and spotscript does not do: said plainly before anything is made.

use super::{AmiFamily, GroupSettings, NodegroupSpec};
use crate::domain::code::Code;
use crate::domain::error::Error;

impl NodegroupSpec {
    /// Settings that would be lost if the group were made.
    pub(super) fn unsupported(&self) -> Vec<Error> {
        let mut found = Vec::new();
        let mut refuse = |asked: bool, what: &str, why: &str, help: &str| {
            if asked {
                let error = Error::new(Code::DocumentUnsupported, format!("group `{}`: {what}", self.name));
                found.push(error.because(why).help(help));
            }
        };
        let eksctl = "leave it out, or create this group with eksctl";
        let windows = self.ami_family.is_windows();
        refuse(
            windows && self.boot.kubelet_extra_config.is_some(),
            &format!("`kubeletExtraConfig` for nodes of {}", self.ami_family),
            "EKS's bootstrap script for Windows takes flags of the kubelet, not its configuration",
            "leave it out; `maxPodsPerNode` and `clusterDNS` are told by flags",
        );
        refuse(
            self.machine.efa == Some(true),
            "`efaEnabled` is not acted on",
            "each type wants other interfaces, a security group and a device plugin of its own",
            eksctl,
        );
        refuse(
            self.machine.outpost_arn.is_some(),
            "`outpostARN` is not acted on",
            "an Outpost offers other types and volumes than its region",
            eksctl,
        );
        refuse(
            self.security_groups.with_shared == Some(false) && self.security_groups.attach_ids.is_empty(),
            "`securityGroups.withShared: false` without `attachIDs`",
            "no security group would be left by which nodes and control plane reach each other",
            "name groups with `attachIDs`, or leave `withShared` out",
        );
        if self.managed.is_some() {
            let theirs = "the Auto Scaling group of a managed node group is EKS's: it is not edited here";
            let plain = GroupSettings { propagate_tags: self.settings.propagate_tags, ..GroupSettings::default() };
            refuse(
                self.settings != plain,
                "settings of its Auto Scaling group",
                theirs,
                "leave them out, or use `nodeGroups`",
            );
            refuse(
                !self.local_zones.is_empty(),
                "`localZones` on a managed group",
                "EKS manages no nodes in Local Zones",
                "use `nodeGroups`",
            );
            refuse(
                self.role.instance_profile_arn.is_some() && self.role.role_arn.is_none(),
                "`iam.instanceProfileARN` on a managed group",
                "EKS makes the instance profile itself, of a role",
                "give `iam.instanceRoleARN`",
            );
            refuse(
                self.machine.market_type.is_some(),
                "a market type on a managed group",
                "EKS buys the capacity itself",
                "say `spot: true` or leave it out",
            );
            let kubelet = self.max_pods.is_some() || self.boot.kubelet_extra_config.is_some();
            refuse(
                self.ami_family == AmiFamily::AmazonLinux2 && self.ami.is_none() && kubelet,
                "settings of the kubelet on a managed group of AmazonLinux2",
                "EKS calls the bootstrap script of that family itself",
                "name an image with `ami`, or use AmazonLinux2023",
            );
            refuse(
                windows && self.ami.is_some(),
                &format!("an image of one's own on a managed group of {}", self.ami_family),
                "EKS lets nodes of such a group in as Linux nodes, and kube-proxy of Windows may not work as one",
                "leave `ami` out, or use `nodeGroups`",
            );
            let told = self.max_pods.is_some()
                || self.boot.cluster_dns.is_some()
                || self.boot.override_command.is_some()
                || self.boot.container_runtime.is_some();
            refuse(
                windows && self.ami.is_none() && told,
                &format!("settings of the bootstrap on a managed group of {}", self.ami_family),
                "EKS calls the bootstrap script of that family itself",
                "leave them out, or use `nodeGroups`; `preBootstrapCommands` may stay",
            );
            refuse(
                self.size.max == 0,
                "it may have no node at all (`maxSize: 0`)",
                "EKS wants a largest size of 1 or more",
                "give `maxSize: 1` and `desiredCapacity: 0`",
            );
            refuse(
                self.types.len() > 20,
                "more than 20 instance types on a managed group",
                "EKS takes 20",
                "leave some out, or use `nodeGroups`, which takes 40",
            );
        }
        found
    }
}
