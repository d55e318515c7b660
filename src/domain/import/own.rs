//! A group that nobody manages: an Auto Scaling group and its launch template, whoever made them.

use super::boot::{self, BootRead};
use super::{Facts, Imported, machine, place, role, secure, tags};
use crate::domain::boot_syntax::text_of;
use crate::domain::cloud::{AutoScalingGroup, Cluster, LaunchTemplateData, TemplateVersion};
use crate::domain::desired::image_parameter;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::inventory::Owner;
use crate::domain::nodegroup::{
    AmiFamily, Boot, Bootstrap, CLUSTER_LABEL, Distribution, GroupSettings, MetricsCollection, NODEGROUP_LABEL,
    NodegroupSpec, SpotAllocationStrategy,
};
use crate::domain::roll::lasting_size;
use crate::domain::user_data::{BootInput, encode, write};

/// Reads it back.
pub fn own(facts: &Facts) -> Imported {
    let mut notes = vec![];
    let mut spec = NodegroupSpec::new(&facts.name, &facts.cluster.name, InstanceTypes::default());
    spec.region = Some(facts.region.clone());
    if let Some(group) = &facts.group {
        scaling(group, facts.template.as_ref(), &mut spec, &mut notes);
    }
    match &facts.template {
        Some(version) => {
            let data = &version.data;
            booted(facts, data, &mut spec, &mut notes);
            machine::read(version, &mut spec, &mut notes);
            secure::read(facts, data, &mut spec, &mut notes);
        }
        None => {
            notes.push("its launch template is gone or is a launch configuration: what it said is not known".to_owned())
        }
    }
    role::read(facts, &mut spec, &mut notes);
    if let Some(group) = &facts.group {
        place::read(facts, &group.subnet_ids, &mut spec, &mut notes);
        tags::read(&group.tags, &mut spec, &mut notes);
    }
    if facts.owner == Owner::CloudFormation {
        notes.push(
            "a CloudFormation stack owns the group: what is named by id or ARN goes when the stack is deleted"
                .to_owned(),
        );
    }
    Imported { spec, owner: facts.owner, notes }
}

/// Sizes, types, distribution and settings of the Auto Scaling group.
fn scaling(
    group: &AutoScalingGroup,
    template: Option<&TemplateVersion>,
    spec: &mut NodegroupSpec,
    notes: &mut Vec<String>,
) {
    // What a roll has added it takes away itself.
    spec.size = lasting_size(group);
    let names: Vec<&String> = match group.types.as_slice() {
        [] => template.and_then(|version| version.data.instance_type.as_ref()).into_iter().collect(),
        names => names.iter().collect(),
    };
    types(&names, spec, notes);
    let market = template.and_then(|version| version.data.settings.market_type.as_deref());
    match (&group.distribution, market) {
        (Some(distribution), _) => spec.distribution = distribution.clone(),
        (None, Some("spot")) => {
            notes.push("it buys Spot by its launch template; a file says that by a distribution".to_owned());
        }
        (None, _) => {
            let usual = Distribution::spot(SpotAllocationStrategy::PriceCapacityOptimized);
            spec.distribution = Distribution { on_demand_percentage: 100, ..usual };
            notes.push("it has no mixed-instances policy; a file says On-Demand by a distribution".to_owned());
        }
    }
    let metrics = MetricsCollection { granularity: "1Minute".to_owned(), metrics: group.enabled_metrics.clone() };
    spec.settings = GroupSettings {
        suspended_processes: group.suspended_processes.clone(),
        max_instance_lifetime: group.max_instance_lifetime,
        metrics: if metrics.metrics.is_empty() { vec![] } else { vec![metrics] },
        target_group_arns: group.target_group_arns.clone(),
        load_balancers: group.load_balancers.clone(),
        propagate_tags: None,
    };
    if group.health_check_type.contains("ELB") {
        notes.push(format!("health checks of type {}: a file has no words for it", group.health_check_type));
    }
    let usual = ["Default"];
    if !group.termination_policies.is_empty() && group.termination_policies != usual {
        notes.push(format!(
            "termination policies {}: a file has no words for them",
            group.termination_policies.join(", ")
        ));
    }
}

/// Types that are known; the others are told.
pub(super) fn types(names: &[&String], spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let (known, unknown): (Vec<&&String>, Vec<&&String>) =
        names.iter().partition(|name| crate::domain::catalogue::get(name).is_some());
    spec.types = InstanceTypes::parse(known.into_iter().map(|name| name.as_str())).unwrap_or_default();
    if !unknown.is_empty() {
        let unknown: Vec<&str> = unknown.into_iter().map(|name| name.as_str()).collect();
        notes.push(format!("instance types that the catalogue does not know: {}", unknown.join(", ")));
    }
}

/// Family, image, labels, taints, and what else happens at boot.
pub(super) fn booted(facts: &Facts, data: &LaunchTemplateData, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let read = text_of(&data.user_data).and_then(|text| boot::read(&text));
    spec.ami_family = family(facts, data, read.as_ref(), spec);
    if spec.ami_family.is_windows() && newest(facts, spec.ami_family, spec) != Some(&data.image_id) {
        let what = if facts.os_image.is_some() { "edition" } else { "year and edition" };
        notes.push(format!("{what} of its Windows cannot be told: {} is written", spec.ami_family));
    }
    image(facts, data, spec, notes);
    let Some(mut read) = read else {
        notes.push(format!(
            "its boot data cannot be read: its family is taken to be {}, labels and taints are those that its nodes have now",
            spec.ami_family
        ));
        spec.labels.clone_from(&facts.node_labels);
        spec.taints.clone_from(&facts.node_taints);
        spec.labels.retain(|key, _| key != CLUSTER_LABEL && key != NODEGROUP_LABEL);
        return;
    };
    notes.append(&mut read.notes);
    apply(&facts.cluster, &data.user_data, read, spec, notes);
}

/// Puts what was read into the specification, in that of its readings which gives the same bytes.
fn apply(cluster: &Cluster, user_data: &str, read: BootRead, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    spec.labels = read.labels;
    for (key, own) in [(CLUSTER_LABEL, spec.cluster.clone()), (NODEGROUP_LABEL, spec.name.clone())] {
        if let Some(value) = spec.labels.shift_remove(key)
            && value != own
        {
            notes.push(format!("label `{key}` is `{value}`; nodes of this file have `{own}`"));
        }
    }
    spec.taints = read.taints;
    spec.max_pods = read.max_pods;
    let readings: Vec<Boot> = std::iter::once(read.boot).chain(read.others).collect();
    let same = readings.iter().find(|boot| {
        let labels = spec.node_labels();
        let input = BootInput {
            cluster: &cluster.name,
            endpoint: &cluster.endpoint,
            certificate_authority: &cluster.certificate_authority,
            service_cidr: cluster.service_cidr.as_deref().unwrap_or_default(),
            labels: &labels,
            taints: &spec.taints,
            max_pods: spec.max_pods,
            boot,
        };
        encode(&write(spec.ami_family, &input)).is_ok_and(|text| text == user_data)
    });
    if same.is_none() {
        notes.push(
            "its boot data is written otherwise than spotscript writes it; it says the same, beside what is told here"
                .to_owned(),
        );
    }
    spec.boot = same.or(readings.first()).cloned().unwrap_or_default();
    let has_commands = !spec.boot.pre_bootstrap_commands.is_empty() || spec.boot.override_command.is_some();
    if has_commands && same.is_none() {
        notes.push("its boot data has commands of its own: look whether they hold secrets".to_owned());
    }
}

/// The family whose way of booting fits: among those the one whose newest image it starts, else by its root device.
fn family(facts: &Facts, data: &LaunchTemplateData, read: Option<&BootRead>, spec: &NodegroupSpec) -> AmiFamily {
    let Some(read) = read else { return AmiFamily::AmazonLinux2023 };
    let fits = AmiFamily::ALL.iter().copied().filter(|family| family.bootstrap() == read.bootstrap);
    let newest = fits.clone().find(|family| newest(facts, *family, spec) == Some(&data.image_id));
    let ubuntu = data.block_devices.first().is_some_and(|device| device.device_name == "/dev/sda1");
    let usual = match read.bootstrap {
        Bootstrap::Script if ubuntu => AmiFamily::Ubuntu2204,
        Bootstrap::Windows => windows(facts.os_image.as_deref().unwrap_or_default()),
        _ => fits.clone().next().unwrap_or(AmiFamily::AmazonLinux2023),
    };
    newest.unwrap_or(usual)
}

/// The Windows of the year that a node tells; which edition of it none tells.
fn windows(os_image: &str) -> AmiFamily {
    let year = |family: &&AmiFamily| family.windows_release().is_some_and(|(year, _)| os_image.contains(year));
    AmiFamily::ALL.iter().copied().find(|family| year(&family)).unwrap_or(AmiFamily::WindowsServer2022CoreContainer)
}

/// The newest image of a family for the group's types and the cluster's version.
fn newest<'f>(facts: &'f Facts, family: AmiFamily, spec: &NodegroupSpec) -> Option<&'f String> {
    let like = NodegroupSpec { ami_family: family, ..spec.clone() };
    facts.images.get(&image_parameter(&like, &facts.cluster.version))
}

fn image(facts: &Facts, data: &LaunchTemplateData, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    if data.image_id.is_empty() || newest(facts, spec.ami_family, spec) == Some(&data.image_id) {
        return;
    }
    notes.push(format!(
        "image `{}` is not the newest of {}, so it is named; without `ami` new nodes start from the newest",
        data.image_id, spec.ami_family
    ));
    spec.ami = Some(data.image_id.clone());
}
