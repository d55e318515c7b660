//! What a document may say and spotscript does not do: said plainly before anything is made.

use super::{Boot, Bootstrap, GroupSettings, Machine, NodeRole, NodegroupSpec, SecurityGroups};
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
        refuse(
            self.ami_family.is_windows(),
            &format!("nodes of {} are not made", self.ami_family),
            "their boot data is a PowerShell script, which is not written here",
            eksctl,
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
        for (asked, key) in self.later() {
            refuse(asked, &format!("`{key}` is not acted on yet"), "it would be lost without a word", eksctl);
        }
        found
    }

    /// What is read and kept, and not acted on yet.
    fn later(&self) -> [(bool, &'static str); 12] {
        let family = self.ami_family.bootstrap();
        let imds = Machine { disable_imds_v1: self.machine.disable_imds_v1, ..Machine::default() };
        let settings = GroupSettings { propagate_tags: self.settings.propagate_tags, ..GroupSettings::default() };
        let runtime = Boot { container_runtime: self.boot.container_runtime.clone(), ..Boot::default() };
        let ssh = self.ssh.as_ref();
        [
            (family == Bootstrap::Script || family == Bootstrap::Bottlerocket, "amiFamily"),
            (self.role != NodeRole::default(), "iam"),
            (self.security_groups != SecurityGroups::default(), "securityGroups"),
            (self.boot != runtime, "preBootstrapCommands, kubeletExtraConfig and the like"),
            (self.machine != imds || imds.disable_imds_v1 == Some(false), "placement, instanceName and the like"),
            (self.settings != settings, "asgSuspendProcesses and the like"),
            (!self.additional_volumes.is_empty(), "additionalVolumes"),
            (self.volume.kms_key.is_some() || self.volume.name.is_some(), "volumeKmsKeyID or volumeName"),
            (!self.local_zones.is_empty(), "localZones"),
            (self.managed.is_some(), "managedNodeGroups"),
            (ssh.is_some_and(|ssh| ssh.public_key.is_some() || ssh.public_key_path.is_some()), "ssh.publicKey"),
            (ssh.is_some_and(|ssh| ssh.closed || !ssh.source_security_groups.is_empty()), "ssh.allow: false"),
        ]
    }
}
