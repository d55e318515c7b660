//! A group that EKS manages, whoever asked for it.

use super::own::{booted, types};
use super::{Facts, Imported, machine, place, role, secure, tags};
use crate::domain::cloud::{LaunchTemplateData, ManagedNodegroup, TagMap, TemplateVersion};
use crate::domain::desired::ami_type;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{
    AmiFamily, CLUSTER_LABEL, GivenTemplate, Managed, NODEGROUP_LABEL, NodegroupSpec, UpdateConfig,
};

/// Reads it back. Nothing when EKS does not manage it.
pub fn managed(facts: &Facts) -> Imported {
    let mut notes = vec![];
    let mut spec = NodegroupSpec::new(&facts.name, &facts.cluster.name, InstanceTypes::default());
    spec.region = Some(facts.region.clone());
    let Some(there) = &facts.managed else { return Imported { spec, owner: facts.owner, notes } };
    spec.size = there.size;
    types(&there.instance_types.iter().collect::<Vec<_>>(), &mut spec, &mut notes);
    spec.distribution = Managed::distribution(there.spot);
    spec.managed =
        Some(Managed { spot: Some(there.spot), node_repair: there.node_repair.clone(), ..Managed::default() });
    let usual = UpdateConfig { max_unavailable: Some(1), max_unavailable_percentage: None };
    spec.update_config = Some(there.update_config).filter(|update| *update != usual);
    spec.ami_family = family(&there.ami_type);
    match (&facts.template, &there.launch_template) {
        (Some(version), Some(given)) => template(facts, there, version, given.id.as_deref(), &mut spec, &mut notes),
        _ => notes.push(
            "EKS made its launch template: size of the volume and who may use SSH are not told; the usual is written"
                .to_owned(),
        ),
    }
    spec.labels = there.labels.clone();
    spec.labels.retain(|key, _| key != CLUSTER_LABEL && key != NODEGROUP_LABEL);
    spec.taints.clone_from(&there.taints);
    role::read(facts, &mut spec, &mut notes);
    place::read(facts, &there.subnet_ids, &mut spec, &mut notes);
    own_tags(&there.tags, &mut spec, &mut notes);
    if let Some(kind) = ami_type(&spec)
        && kind != there.ami_type
        && spec.managed.as_ref().is_some_and(|managed| managed.launch_template.is_none())
    {
        notes.push(format!("image type {}: a file comes to {kind}", there.ami_type));
    }
    if there.tags.contains_key("aws:cloudformation:stack-name") {
        notes.push(
            "a CloudFormation stack owns the group: what is named by id or ARN goes when the stack is deleted"
                .to_owned(),
        );
    }
    Imported { spec, owner: facts.owner, notes }
}

fn family(ami_type: &str) -> AmiFamily {
    match ami_type {
        _ if ami_type.starts_with("BOTTLEROCKET_") && ami_type.ends_with("_FIPS") => AmiFamily::BottlerocketFips,
        _ if ami_type.starts_with("BOTTLEROCKET_") => AmiFamily::Bottlerocket,
        _ if ami_type.starts_with("AL2_") => AmiFamily::AmazonLinux2,
        "WINDOWS_CORE_2019_x86_64" => AmiFamily::WindowsServer2019CoreContainer,
        "WINDOWS_FULL_2019_x86_64" => AmiFamily::WindowsServer2019FullContainer,
        "WINDOWS_CORE_2022_x86_64" => AmiFamily::WindowsServer2022CoreContainer,
        "WINDOWS_FULL_2022_x86_64" => AmiFamily::WindowsServer2022FullContainer,
        "WINDOWS_CORE_2025_x86_64" => AmiFamily::WindowsServer2025CoreContainer,
        "WINDOWS_FULL_2025_x86_64" => AmiFamily::WindowsServer2025FullContainer,
        _ => AmiFamily::AmazonLinux2023,
    }
}

/// The template that EKS was given: in words where they say it all, else by its id.
fn template(
    facts: &Facts,
    there: &ManagedNodegroup,
    version: &TemplateVersion,
    id: Option<&str>,
    spec: &mut NodegroupSpec,
    notes: &mut Vec<String>,
) {
    let data = &version.data;
    let mut tried = spec.clone();
    let mut told = vec![];
    boot(facts, there, data, &mut tried, &mut told);
    let readable = told.is_empty();
    machine::read(version, &mut tried, &mut told);
    secure::read(facts, data, &mut tried, &mut told);
    let whole = readable && version.unread.is_empty() && !data.block_devices.is_empty();
    match id.filter(|_| !whole) {
        None => {
            *spec = tried;
            notes.append(&mut told);
            let name = data.tag_specifications.iter().find(|one| one.resource_type == "instance");
            let name = name.and_then(|one| one.tags.get("Name")).cloned();
            let usual = spec.instance_name();
            spec.machine.name = name.filter(|name| *name != usual);
        }
        Some(id) => {
            notes.push(format!("launch template `{id}` is named, for words do not say all that is in it"));
            if let Some(managed) = &mut spec.managed {
                managed.launch_template =
                    Some(GivenTemplate { id: id.to_owned(), version: Some(version.number.to_string()) });
            }
        }
    }
}

/// Boot data beside what EKS puts in: commands and settings, or all of it beside an image of one's own.
fn boot(
    facts: &Facts,
    there: &ManagedNodegroup,
    data: &LaunchTemplateData,
    spec: &mut NodegroupSpec,
    notes: &mut Vec<String>,
) {
    if there.has_own_image() {
        booted(facts, data, spec, notes);
        spec.ami = Some(data.image_id.clone()).filter(|id| !id.is_empty());
        notes.retain(|note| !note.starts_with("image `"));
        return;
    }
    if data.user_data.is_empty() {
        return;
    }
    let text = crate::domain::boot_syntax::text_of(&data.user_data);
    if spec.ami_family.is_windows()
        && let Some(commands) = text.as_deref().and_then(super::boot::windows_commands)
    {
        spec.boot.pre_bootstrap_commands = vec![commands];
        return;
    }
    let parts = text.and_then(|text| super::boot::read(&text));
    match parts {
        Some(read) if read.notes.is_empty() => {
            spec.max_pods = read.max_pods;
            spec.boot = read.boot;
        }
        _ => notes.push("its boot data".to_owned()),
    }
}

/// Tags of the node group.
fn own_tags(there: &TagMap, spec: &mut NodegroupSpec, notes: &mut Vec<String>) {
    let name = spec.machine.name.clone();
    tags::read(there, spec, notes);
    spec.machine.name = name;
    // EKS does not tell the autoscaler by tags of the node group.
    notes.retain(|note| !note.starts_with("tag `k8s.io/"));
}
