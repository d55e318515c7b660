//! One item of `managedNodeGroups`.

use super::cluster::Surroundings;
use super::{Fields, Reader};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{
    AmiFamily, Bootstrap, GivenTemplate, Managed, NodeRepair, NodegroupSpec, RepairOverride, Size, UpdateConfig,
};

/// What a launch template of one's own says itself.
const IN_TEMPLATE: [&str; 22] = [
    "instanceType",
    "ami",
    "volumeSize",
    "volumeType",
    "volumeName",
    "volumeEncrypted",
    "volumeKmsKeyID",
    "volumeIOPS",
    "volumeThroughput",
    "additionalVolumes",
    "maxPodsPerNode",
    "preBootstrapCommands",
    "overrideBootstrapCommand",
    "securityGroups",
    "instanceName",
    "instancePrefix",
    "placement",
    "ebsOptimized",
    "disablePodIMDS",
    "efaEnabled",
    "bottlerocket",
    "enableDetailedMonitoring",
];

impl Reader<'_> {
    /// A managed group, or `None` when it has no name; its other faults are told one by one.
    pub(super) fn managed_group(&mut self, group: &Fields, around: &Surroundings) -> Option<NodegroupSpec> {
        let mut spec = self.named(group, around)?;
        self.keep(group.value_at("name"), managed_name(&spec.name));
        self.image(group, &mut spec);
        self.managed_types(group, &mut spec);
        self.managed_size(group, &mut spec);
        self.base(group, around, &mut spec);
        spec.settings.suspended_processes = self.suspended(group);
        spec.settings.propagate_tags = group.bool("propagateASGTags");
        self.propagation(group);
        spec.update_config = self.update_config(group);
        let launch_template = self.launch_template(group);
        let node_repair = self.node_repair(group);
        spec.managed = Some(Managed {
            spot: group.bool("spot"),
            launch_template,
            release_version: group.filled("releaseVersion"),
            node_repair,
        });
        self.managed_image_rules(group, &spec);
        let derived = spec.template_tags();
        spec.tags.retain(|key, value| derived.get(key) != Some(value));
        Some(spec)
    }

    fn managed_types(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let single = group.text("instanceType").filter(|(single, _)| !single.is_empty());
        let mut names = group.texts("instanceTypes");
        if single.is_some() && !names.is_empty() {
            let message = format!("`{}` has both `instanceType` and `instanceTypes`", group.path);
            self.bad(group.key_at("instanceType"), message, "keep `instanceTypes`");
        }
        names.extend(single);
        let selects = group.asks("instanceSelector") || group.fields("instanceSelector").is_some_and(|s| s.has("gpus"));
        if names.is_empty() && !selects && !group.has("launchTemplate") {
            names.push(("m5.large".to_owned(), group.at));
        }
        self.types(&names, spec);
        self.selector(group, spec);
        self.one_architecture(group.key_at("instanceTypes"), spec);
        spec.distribution = Managed::distribution(group.bool("spot") == Some(true));
    }

    fn managed_size(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let desired = group.int("desiredCapacity");
        let min = group.int("minSize").or(desired).unwrap_or(2);
        let max = group.int("maxSize").unwrap_or_else(|| desired.unwrap_or(min).max(1));
        let max = if max == 0 { 1 } else { max };
        let written = ["desiredCapacity", "minSize", "maxSize"].into_iter().find(|key| group.has(key));
        let at = written.map_or(group.at, |key| group.key_at(key));
        if let Some(size) = self.keep(at, Size::new(min, desired.unwrap_or(min), max)) {
            spec.size = size;
        }
    }

    fn update_config(&mut self, group: &Fields) -> Option<UpdateConfig> {
        let fields = group.fields("updateConfig")?;
        let update = UpdateConfig {
            max_unavailable: self.positive(&fields, "maxUnavailable").map(i64::from),
            max_unavailable_percentage: self.percentage(&fields, "maxUnavailablePercentage"),
        };
        if fields.has("maxUnavailable") == fields.has("maxUnavailablePercentage") {
            let message = format!("`{}` is a number or a percentage", fields.path);
            self.bad(group.key_at("updateConfig"), message, "give `maxUnavailable` or `maxUnavailablePercentage`");
        }
        Some(update)
    }

    fn percentage(&mut self, fields: &Fields, key: &str) -> Option<i64> {
        let value = fields.int(key)?;
        if !(1..=100).contains(&value) {
            self.bad(fields.value_at(key), format!("`{}` is {value}", fields.path(key)), "it is from 1 to 100");
        }
        Some(value)
    }

    fn launch_template(&mut self, group: &Fields) -> Option<GivenTemplate> {
        let fields = group.fields("launchTemplate")?;
        let Some(id) = fields.filled("id") else {
            let message = format!("`{}` must be set", fields.path("id"));
            self.bad(group.key_at("launchTemplate"), message, "it is written like `lt-0123456789abcdef0`");
            return None;
        };
        for key in IN_TEMPLATE.iter().filter(|key| group.asks(key)) {
            let message = format!("`{}` together with `launchTemplate`, which says it itself", group.path(key));
            self.bad(group.key_at(key), message, "set it in the template, or leave the template out");
        }
        if group.fields("ssh").and_then(|ssh| ssh.bool("allow")) == Some(true) {
            let message = format!("`{}` together with `launchTemplate`, which says it itself", group.path("ssh"));
            self.bad(group.key_at("ssh"), message, "set the key in the template");
        }
        if let Some((version, at)) = fields.text("version").filter(|(version, _)| version.parse::<u64>().is_err()) {
            let message = format!("`{}` is `{version}`", fields.path("version"));
            self.bad(at, message, "it is the number of a version, in quotes");
        }
        Some(GivenTemplate { id, version: fields.filled("version") })
    }

    fn node_repair(&mut self, group: &Fields) -> Option<NodeRepair> {
        let fields = group.fields("nodeRepairConfig")?;
        for (one, other) in [
            ("maxUnhealthyNodeThresholdPercentage", "maxUnhealthyNodeThresholdCount"),
            ("maxParallelNodesRepairedPercentage", "maxParallelNodesRepairedCount"),
        ] {
            if fields.has(one) && fields.has(other) {
                let message = format!("`{}` has both `{one}` and `{other}`", fields.path);
                self.bad(fields.key_at(other), message, "keep one of them");
            }
        }
        let overrides = fields.maps("nodeRepairConfigOverrides");
        let overrides = overrides.iter().map(|one| RepairOverride {
            condition: one.filled("nodeMonitoringCondition"),
            reason: one.filled("nodeUnhealthyReason"),
            wait_minutes: one.int("minRepairWaitTimeMins"),
            action: self.one_of(one, "repairAction", &["Terminate", "Restart", "NoAction"]),
        });
        let overrides = overrides.collect();
        Some(NodeRepair {
            enabled: fields.bool("enabled"),
            unhealthy_threshold_percentage: self.percentage(&fields, "maxUnhealthyNodeThresholdPercentage"),
            unhealthy_threshold_count: self.positive(&fields, "maxUnhealthyNodeThresholdCount").map(i64::from),
            parallel_percentage: self.percentage(&fields, "maxParallelNodesRepairedPercentage"),
            parallel_count: self.positive(&fields, "maxParallelNodesRepairedCount").map(i64::from),
            overrides,
        })
    }

    fn managed_image_rules(&mut self, group: &Fields, spec: &NodegroupSpec) {
        if spec.ami_family.bootstrap() == Bootstrap::Script {
            let (ami, command) = (spec.ami.is_some(), spec.boot.override_command.is_some());
            let family: AmiFamily = spec.ami_family;
            if ami && !command {
                let message = format!("`{}` of {family} without `overrideBootstrapCommand`", group.path("ami"));
                let help = "EKS writes no boot data for an image of one's own: say how the node joins";
                self.bad(group.key_at("ami"), message, help);
            } else if command && !ami {
                let message = format!("`{}` of {family} without `ami`", group.path("overrideBootstrapCommand"));
                self.bad(group.key_at("overrideBootstrapCommand"), message, "name an image with `ami`");
            }
        }
        if group.asks("releaseVersion") && (spec.ami.is_some() || group.has("launchTemplate")) && spec.ami.is_some() {
            let message = format!("`{}` together with `ami`", group.path("releaseVersion"));
            self.bad(group.key_at("releaseVersion"), message, "an image of one's own has no release of EKS's");
        }
    }
}

/// EKS's rule for the name of a managed group.
fn managed_name(name: &str) -> Result<()> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.len() <= 63 && name.chars().all(good) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(Error::new(Code::InvalidValue, format!("`{name}` is no name for a managed group"))
        .help("letters, digits, `-` and `_`, at most 63, a letter or digit first"))
}
