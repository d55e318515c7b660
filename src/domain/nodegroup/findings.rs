//! What is wrong with a specification, all of it at once, before any request is made.

use std::collections::BTreeSet;

use super::names::{
    MAX_NAME, validate_ami, validate_cidr, validate_cluster_name, validate_name, validate_security_group,
};
use super::{CLUSTER_LABEL, NODEGROUP_LABEL, NodegroupSpec, Size};
use crate::domain::autoscaler_tags;
use crate::domain::boot_syntax::powershell;
use crate::domain::catalogue;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::label;
use crate::domain::shape::Architecture;
use crate::domain::tag;
use crate::domain::taint;
use crate::domain::user_data;

/// Most instance types that an Auto Scaling group takes.
const MAX_TYPES: usize = 40;
/// Longest `eksctl-CLUSTER-nodegroup-NAME`: a launch template's name.
const MAX_RESOURCE_NAME: usize = 128;
/// Size of the root volume of EKS's images of Windows: EC2 makes no smaller one of them.
const WINDOWS_GIB: u32 = 50;
/// Tags that say who made a group, in which run.
const OWNER_TAGS: usize = 3;

impl NodegroupSpec {
    /// The first fault, if there is one.
    ///
    /// # Errors
    /// The first of [`NodegroupSpec::findings`]; the others are told in its causes.
    pub fn validate(&self) -> Result<()> {
        let mut findings = self.findings().into_iter();
        match findings.next() {
            None => Ok(()),
            Some(first) => Err(findings.fold(first, |error, next| error.because(format!("also: {next}")))),
        }
    }

    /// Every fault. Each has its code, the rule, and the count or length that breaks it.
    pub fn findings(&self) -> Vec<Error> {
        let mut found = Vec::new();
        let mut check = |result: Result<()>| found.extend(result.err());
        check(validate_name(&self.name));
        check(validate_cluster_name(&self.cluster));
        check(self.validate_resource_name());
        self.check_types(&mut check);
        check(Size::new(self.size.min.into(), self.size.desired.into(), self.size.max.into()).map(drop));
        check(self.distribution.validate());
        self.check_labels_and_taints(&mut check);
        self.check_tags(&mut check);
        self.check_ssh(&mut check);
        check(self.volume.validate());
        self.check_places(&mut check);
        self.check_windows(&mut check);
        self.unsupported().into_iter().for_each(|error| check(Err(error)));
        check(user_data::check_size(&user_data::write(
            self.ami_family,
            &user_data::BootInput {
                labels: &self.node_labels(),
                taints: &self.taints,
                max_pods: self.max_pods,
                boot: &self.boot,
                ..user_data::BootInput::default()
            },
        )));
        found
    }

    fn validate_resource_name(&self) -> Result<()> {
        let length = format!("eksctl-{}-nodegroup-{}", self.cluster, self.name).len();
        if length <= MAX_RESOURCE_NAME || self.name.len() > MAX_NAME {
            return Ok(());
        }
        let over = length - MAX_RESOURCE_NAME;
        Err(Error::new(
            Code::InvalidValue,
            format!(
                "`eksctl-{}-nodegroup-{}` has {length} characters, AWS allows {MAX_RESOURCE_NAME}",
                self.cluster, self.name
            ),
        )
        .help(format!("give the group a name that is {over} characters shorter")))
    }

    fn check_types(&self, check: &mut impl FnMut(Result<()>)) {
        let count = self.types.len();
        if count > MAX_TYPES {
            check(Err(Error::new(
                Code::UnusableInstanceTypes,
                format!("{count} instance types, an Auto Scaling group takes {MAX_TYPES}"),
            )
            .help(format!("leave out {} or more", count - MAX_TYPES))));
        }
        if self.distribution.on_demand_percentage < 100 {
            let never: Vec<&str> =
                self.types.iter().filter(|known| !known.spot).map(|known| known.name.as_str()).collect();
            if !never.is_empty() {
                check(Err(Error::new(
                    Code::UnusableInstanceTypes,
                    format!("EC2 does not offer `{}` as Spot", never.join("`, `")),
                )
                .help("leave them out of a Spot group")));
            }
        }
        if self.types.is_empty() && self.unknown_types.is_empty() && !self.has_own_template() {
            check(self.types.same_shape().map(drop));
        }
        if let Some(first) = self.unknown_types.first() {
            check(Err(Error::new(Code::UnknownInstanceType, format!("EC2 has no instance type `{first}`"))
                .because(format!("the known types are those of {}", catalogue::provenance()))
                .help("leave it out")));
        }
        let architectures: BTreeSet<_> = self.types.iter().map(|known| known.architecture).collect();
        if architectures.len() > 1 {
            check(self.types.same_shape().map(drop));
        }
    }

    /// Whether types, image and boot data are in a launch template of the user's own.
    pub fn has_own_template(&self) -> bool {
        self.managed.as_ref().is_some_and(|managed| managed.launch_template.is_some())
    }

    /// What a label or tag must be that says whose a node or group is.
    fn identity(&self, key: &str) -> Option<&String> {
        match key {
            CLUSTER_LABEL => Some(&self.cluster),
            NODEGROUP_LABEL => Some(&self.name),
            _ => None,
        }
    }

    fn check_labels_and_taints(&self, check: &mut impl FnMut(Result<()>)) {
        for (key, value) in &self.labels {
            check(label::validate_node_label(key, value));
            if let Some(own) = self.identity(key).filter(|own| *own != value) {
                check(Err(Error::new(Code::InvalidLabel, format!("label `{key}` is `{value}`, it is always `{own}`"))
                    .help("leave it out: nodes of a group are found by it")));
            }
        }
        for given in &self.taints {
            check(taint::Taint::new(&given.key, &given.value, given.effect).map(drop));
        }
        if let Some(twice) = taint::duplicate(&self.taints) {
            check(Err(Error::new(
                Code::InvalidTaint,
                format!("two taints with key `{}` and effect `{}`", twice.key, twice.effect),
            )
            .help("Kubernetes allows one of each key and effect")));
        }
    }

    fn check_tags(&self, check: &mut impl FnMut(Result<()>)) {
        for (key, value) in &self.tags {
            check(tag::validate(key, value));
            if let Some(own) = self.identity(key).filter(|own| *own != value) {
                check(Err(Error::new(Code::InvalidTag, format!("tag `{key}` is `{value}`, it is always `{own}`"))
                    .help("leave it out: groups are found by it")));
            }
            if key.starts_with("spotscript/") {
                check(Err(Error::new(
                    Code::InvalidTag,
                    format!("tag `{key}`: keys that begin with `spotscript/` say who made a resource"),
                )
                .help("use a key of your own")));
            }
        }
        let all = self.group_tags();
        for (key, value) in all.iter().filter(|(key, _)| !self.tags.contains_key(*key)) {
            check(tag::validate(key, value).map_err(|error| {
                let prefixes = [autoscaler_tags::LABEL_PREFIX, autoscaler_tags::TAINT_PREFIX];
                match prefixes.iter().find_map(|prefix| key.strip_prefix(prefix)) {
                    Some(name) => error
                        .because(format!("it is the tag that tells the Cluster Autoscaler of `{name}`"))
                        .help("give the label or taint a shorter key: 82 characters are left of a tag's 128"),
                    None => error,
                }
            }));
        }
        let count = all.len() + OWNER_TAGS;
        if count > tag::MAX_TAGS {
            check(Err(Error::new(
                Code::InvalidTag,
                format!("the group would have {count} tags, AWS allows {} on one resource", tag::MAX_TAGS),
            )
            .because(format!(
                "{} given, {} derived from labels, taints, names and policies",
                self.tags.len(),
                count - self.tags.len()
            ))
            .help(format!("leave out {} or more", count - tag::MAX_TAGS))));
        }
    }

    fn check_ssh(&self, check: &mut impl FnMut(Result<()>)) {
        let Some(ssh) = &self.ssh else { return };
        let given = ssh.public_key.is_some() || ssh.public_key_path.is_some();
        if !given && (ssh.key_name.trim().is_empty() || ssh.key_name.len() > 255) {
            check(Err(Error::new(Code::InvalidValue, format!("`{}` is not the name of a key pair", ssh.key_name))
                .help("a key pair's name has 1 to 255 characters")));
        }
        check(ssh.key().map(drop));
        for source in &ssh.sources {
            check(validate_cidr(source));
        }
        for group in &ssh.source_security_groups {
            check(validate_security_group(group));
        }
    }

    fn check_windows(&self, check: &mut impl FnMut(Result<()>)) {
        if !self.ami_family.is_windows() {
            return;
        }
        let arm = self.types.iter().filter(|known| known.architecture != Architecture::Amd64);
        let arm: Vec<&str> = arm.map(|known| known.name.as_str()).collect();
        if !arm.is_empty() {
            check(Err(Error::new(
                Code::UnusableInstanceTypes,
                format!("`{}` cannot run {}", arm.join("`, `"), self.ami_family),
            )
            .because("images of Windows are built for x86_64 alone")
            .help("leave them out, or take another family")));
        }
        if self.ami.is_none() && self.volume.size_gib < WINDOWS_GIB {
            check(Err(Error::new(
                Code::InvalidValue,
                format!("volume size {} GiB, images of Windows have {WINDOWS_GIB} GiB", self.volume.size_gib),
            )
            .help(format!("give {WINDOWS_GIB} or more"))));
        }
        let commands = self.boot.pre_bootstrap_commands.iter().chain(&self.boot.override_command);
        if commands.into_iter().any(|command| powershell::has_tag(command)) {
            check(Err(Error::new(Code::InvalidValue, "a command has a tag `<powershell>` or `</powershell>`")
                .because("the tags are put around all commands, and EC2 runs what stands between the first two")
                .help("leave the tags out")));
        }
    }

    fn check_places(&self, check: &mut impl FnMut(Result<()>)) {
        if !self.availability_zones.is_empty() && !self.subnets.is_empty() {
            check(Err(Error::new(Code::InvalidValue, "both zones and subnets are given").help("give one of them")));
        }
        if let Some(ami) = &self.ami {
            check(validate_ami(ami));
        }
        if self.max_pods == Some(0) {
            check(Err(
                Error::new(Code::InvalidValue, "the most pods of a node are 0").help("leave it out, or give 1 or more")
            ));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::instance_types::InstanceTypes;
    use crate::domain::nodegroup::SshAccess;
    use crate::domain::taint::Taint;

    fn spec() -> NodegroupSpec {
        NodegroupSpec::new(
            "dev-4vcpu-16gb-spot",
            "eks-spot-eksct",
            InstanceTypes::parse(["m5.xlarge", "t3.xlarge"]).unwrap(),
        )
    }

    #[test]
    fn the_default_has_no_faults() {
        assert_eq!(spec().findings(), []);
    }

    #[test]
    fn all_faults_are_told_at_once() {
        let mut bad = spec();
        bad.name = "1 group".into();
        bad.types = InstanceTypes::parse(["m5.large", "m5.xlarge"]).unwrap();
        bad.size.min = 9;
        bad.labels.insert("kubernetes.io/role".into(), "x".into());
        bad.taints = vec![Taint::parse("a=1:NoSchedule").unwrap(), Taint::parse("a=2:NoSchedule").unwrap()];
        bad.tags.insert("aws:x".into(), "y".into());
        bad.ssh = Some(SshAccess { sources: vec!["10.0.0.0/33".into()], ..SshAccess::default() });
        bad.volume.iops = Some(99);
        bad.max_pods = Some(0);
        let codes: Vec<String> = bad.findings().iter().map(|error| error.code.to_string()).collect();
        assert_eq!(
            codes,
            [
                "SPOT-0101",
                "SPOT-0130",
                "SPOT-0121",
                "SPOT-0120",
                "SPOT-0122",
                "SPOT-0101",
                "SPOT-0101",
                "SPOT-0101",
                "SPOT-0101"
            ]
        );
        assert_eq!(bad.validate().unwrap_err().causes.len(), codes.len() - 1);
    }

    #[test]
    fn counts_are_told() {
        let mut bad = spec();
        bad.tags = (0..60).map(|i| (format!("k{i}"), String::new())).collect();
        assert!(
            bad.findings()[0].message.starts_with("the group would have 68 tags, AWS allows 50"),
            "{:?}",
            bad.findings()
        );
        let mut bad = spec();
        bad.labels = (0..400).map(|i| (format!("label-{i}"), "v".repeat(60))).collect();
        let error = bad.findings().remove(0);
        assert_eq!(error.code, Code::UserDataTooLarge);
        let mut bad = spec();
        bad.types = crate::domain::catalogue::all().iter().take(41).cloned().collect();
        assert_eq!(bad.findings()[0].message, "41 instance types, an Auto Scaling group takes 40");
    }

    #[test]
    fn a_label_too_long_for_its_autoscaler_tag_is_told() {
        let mut bad = spec();
        bad.addons.auto_scaler = true;
        bad.labels.insert(format!("{}/name", "p".repeat(80)), "x".into());
        let error = bad.findings().remove(0);
        assert_eq!(error.code, Code::InvalidTag);
        assert!(error.message.ends_with("has 131 characters, AWS allows 128"), "{error}");
    }

    #[test]
    fn names_made_of_both_names_fit_aws() {
        let mut long = spec();
        long.cluster = "c".repeat(99);
        assert!(long.findings()[0].message.contains("AWS allows 128"));
    }

    #[test]
    fn labels_and_tags_that_say_whose_a_node_is_are_ours() {
        let mut bad = spec();
        bad.labels.insert(CLUSTER_LABEL.into(), "eks-spot-eksct".into());
        bad.tags.insert(NODEGROUP_LABEL.into(), bad.name.clone());
        assert_eq!(bad.findings(), []);
        bad.labels.insert(CLUSTER_LABEL.into(), "other".into());
        bad.tags.insert(NODEGROUP_LABEL.into(), "other".into());
        bad.tags.insert("spotscript/owner".into(), "me".into());
        let codes: Vec<Code> = bad.findings().iter().map(|error| error.code).collect();
        assert_eq!(codes, [Code::InvalidLabel, Code::InvalidTag, Code::InvalidTag]);
    }

    #[test]
    fn windows_runs_on_x86_and_has_its_tags_already() {
        let mut bad = spec();
        bad.ami_family = crate::domain::nodegroup::AmiFamily::WindowsServer2022CoreContainer;
        assert_eq!(bad.findings(), []);
        bad.types = InstanceTypes::parse(["m6g.xlarge", "t4g.xlarge"]).unwrap();
        bad.boot.pre_bootstrap_commands = vec!["<powershell>date</powershell>".into()];
        bad.volume.size_gib = 30;
        let found: Vec<String> = bad.findings().iter().map(|error| error.message.clone()).collect();
        assert_eq!(
            found,
            [
                "`m6g.xlarge`, `t4g.xlarge` cannot run WindowsServer2022CoreContainer",
                "volume size 30 GiB, images of Windows have 50 GiB",
                "a command has a tag `<powershell>` or `</powershell>`"
            ]
        );
    }

    #[test]
    fn types_that_are_never_spot_are_refused() {
        let mut bad = spec();
        bad.types = InstanceTypes::parse(["mac1.metal"]).unwrap();
        assert_eq!(bad.findings()[0].code, Code::UnusableInstanceTypes);
    }
}
