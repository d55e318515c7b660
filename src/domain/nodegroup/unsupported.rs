//! What a document may say and spotscript does not do: said plainly before anything is made.

use super::NodegroupSpec;
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
        let ssh = self.ssh.as_ref();
        refuse(
            ssh.is_some_and(|ssh| ssh.public_key.is_some() || ssh.public_key_path.is_some()),
            "keys are not imported",
            "eksctl makes a key pair of `publicKey`, `publicKeyPath` or ~/.ssh/id_rsa.pub",
            "import it once (`aws ec2 import-key-pair --key-name NAME --public-key-material fileb://FILE`) and write \
             `publicKeyName: NAME`",
        );
        refuse(
            ssh.is_some_and(|ssh| !ssh.source_security_groups.is_empty()),
            "`ssh.sourceSecurityGroupIds` is not acted on",
            "SSH is opened to addresses here",
            "leave it out, and open port 22 in a group of `securityGroups.attachIDs`",
        );
        refuse(
            self.security_groups.with_shared == Some(false) && self.security_groups.attach_ids.is_empty(),
            "`securityGroups.withShared: false` without `attachIDs`",
            "no security group would be left by which nodes and control plane reach each other",
            "name groups with `attachIDs`, or leave `withShared` out",
        );
        refuse(
            self.managed.is_some(),
            "it is managed by EKS",
            "managed groups are read and written, not made, yet",
            "use `nodeGroups`, or create this group with eksctl",
        );
        found
    }
}
