//! Whether the parts of a snapshot fit together: what one names, another has, or it says why not.

use std::collections::BTreeSet;

use super::Snapshot;
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::kubernetes::given::{self, Given};

/// Everything that does not.
pub(super) fn faults(snapshot: &Snapshot, file: &str) -> Vec<Error> {
    let missing: BTreeSet<&str> = snapshot.missing.iter().map(|one| one.what.as_str()).collect();
    let instances: BTreeSet<&str> = snapshot.instances.iter().map(|instance| instance.id.as_str()).collect();
    let mut faults = vec![];
    let mut named = |who: String, what: &str, id: &str, there: bool| {
        if !there && !missing.contains(id) {
            let message = format!("the snapshot `{file}` has no {what} `{id}`, which {who} names");
            faults.push(
                Error::new(Code::SnapshotIncomplete, message)
                    .help("take it again with `spotscript snapshot`, or undo what was changed by hand"),
            );
        }
    };
    let subnet = |id: &str| snapshot.subnets.iter().any(|subnet| subnet.id == id);
    let cluster = || format!("cluster `{}`", snapshot.cluster.name);
    for id in &snapshot.cluster.subnet_ids {
        named(cluster(), "subnet", id, subnet(id));
    }
    let firewall = |id: &str| snapshot.security_groups.iter().any(|group| group.id == id);
    if let Some(id) = &snapshot.cluster.cluster_security_group {
        named(cluster(), "security group", id, firewall(id));
    }
    for one in &snapshot.groups {
        let group = &one.group;
        let who = || format!("group `{}`", group.name);
        for id in &group.subnet_ids {
            named(who(), "subnet", id, subnet(id));
        }
        for member in &group.instances {
            named(who(), "instance", &member.id, instances.contains(member.id.as_str()));
        }
        if let Some(name) = &group.launch_template {
            let there = snapshot.launch_templates.iter().find(|template| template.name == *name);
            named(who(), "launch template", name, there.is_some());
            let version = group.launch_template_version.as_deref().unwrap_or_default();
            if let Some(there) = there {
                let id = format!("{name}:{version}");
                named(who(), "launch template version", &id, there.version(version).is_some());
            }
        }
    }
    for template in &snapshot.launch_templates {
        for version in &template.versions {
            for id in &version.data.security_group_ids {
                let who = format!("version {} of launch template `{}`", version.number, template.name);
                named(who, "security group", id, firewall(id));
            }
        }
    }
    for nodegroup in &snapshot.nodegroups {
        for name in &nodegroup.auto_scaling_groups {
            let there = snapshot.groups.iter().any(|one| one.group.name == *name);
            named(format!("node group `{}`", nodegroup.name), "Auto Scaling group", name, there);
        }
    }
    let places: Vec<String> = (0..snapshot.objects.len()).map(|number| format!("data.objects[{number}]")).collect();
    let objects = snapshot.objects.iter().zip(&places);
    let objects: Vec<Given<'_>> = objects.map(|(object, place)| Given { object, file, place }).collect();
    faults.extend(given::faults(&objects, |_| None));
    faults
}
