//! A resource's state as named texts: what a plan compares and shows.

use indexmap::IndexMap;
use sha2::{Digest, Sha256};

use super::resource::State;
use crate::domain::cloud::{AutoScalingGroup, LaunchTemplate, ManagedNodegroup, TagMap};
use crate::domain::nodegroup::{Distribution, PublicKey};

/// Names and values, in the order in which people want to read them.
pub type Fields = IndexMap<String, String>;

/// The fields of a state. What AWS decides on its own (ARNs, times, members) is not among them.
pub fn fields(state: &State) -> Fields {
    let mut fields = Fields::new();
    let mut put = |name: &str, value: String| {
        fields.insert(name.to_owned(), value);
    };
    match state {
        State::Role(role) => {
            if !role.trust.is_null() {
                put("trust", role.trust.to_string());
            }
            if let Some(boundary) = &role.permissions_boundary {
                put("permissions boundary", boundary.clone());
            }
            for policy in &role.attached {
                put(&format!("policy {}", last(policy)), policy.clone());
            }
            for (name, document) in &role.inline {
                put(&format!("inline policy {name}"), document.to_string());
            }
            tags(&mut put, &role.tags);
        }
        State::InstanceProfile(profile) => {
            put("roles", profile.roles.join(", "));
            tags(&mut put, &profile.tags);
        }
        State::AccessEntry(state) => {
            put("type", state.entry.kind.clone());
            tags(&mut put, &state.entry.tags);
        }
        State::SecurityGroup(group) => {
            put("vpc", group.vpc_id.clone());
            for rule in &group.ingress {
                let ports = match rule.from_port == rule.to_port {
                    true => rule.from_port.to_string(),
                    false => format!("{}-{}", rule.from_port, rule.to_port),
                };
                put(&format!("ingress {}/{ports} from {}", rule.protocol, rule.source()), rule.description.clone());
            }
            tags(&mut put, &group.tags);
        }
        State::KeyPair(pair) => {
            // AWS's fingerprint is known only once it is there, and its comment is none of the key's.
            let key = pair.public_key.as_deref().and_then(|text| PublicKey::parse(text).ok());
            if let Some(key) = key {
                put("public key", format!("{} SHA256:{}", key.kind(), key.fingerprint()));
            }
            tags(&mut put, &pair.tags);
        }
        State::LaunchTemplate(template) => launch_template(&mut put, template),
        State::AutoScalingGroup(group) => auto_scaling_group(&mut put, group),
        State::Nodegroup(group) => managed_nodegroup(&mut put, group),
        State::Node(node) => {
            put("unschedulable", node.unschedulable.to_string());
            for taint in &node.taints {
                let text = |key: &str| taint.get(key).and_then(|value| value.as_str()).unwrap_or_default();
                // Kubernetes sets and lifts its own as conditions come and go.
                if !text("key").starts_with("node.kubernetes.io/") {
                    put(&format!("taint {}:{}", text("key"), text("effect")), text("value").to_owned());
                }
            }
            for (key, value) in &node.labels {
                put(&format!("label {key}"), value.clone());
            }
        }
        State::Pod {} => {}
        State::ConfigMap(map) => {
            for (key, value) in &map.data {
                put(key, value.clone());
            }
        }
    }
    fields
}

fn launch_template(put: &mut impl FnMut(&str, String), template: &LaunchTemplate) {
    let data = &template.data;
    put("version", template.latest_version.to_string());
    // The template of a managed node group leaves these to EKS.
    if !data.image_id.is_empty() {
        put("image", data.image_id.clone());
    }
    for (name, value) in [
        ("instance type", &data.instance_type),
        ("key pair", &data.key_name),
        ("instance profile", &data.instance_profile_arn),
    ] {
        if let Some(value) = value {
            put(name, value.clone());
        }
    }
    put("security groups", data.security_group_ids.join(", "));
    if !data.user_data.is_empty() {
        put("user data", digest(&data.user_data));
    }
    let metadata = &data.metadata_options;
    put("metadata", format!("tokens {}, {} hops", metadata.http_tokens, metadata.hop_limit));
    for volume in &data.block_devices {
        let mut text = format!("{} GiB {}", volume.size_gib, volume.volume_type);
        for (number, unit) in [(volume.iops, "IOPS"), (volume.throughput, "MiB/s")] {
            if let Some(number) = number {
                text.push_str(&format!(", {number} {unit}"));
            }
        }
        if volume.encrypted == Some(true) {
            text.push_str(", encrypted");
        }
        put(&format!("volume {}", volume.device_name), text);
    }
    let settings = serde_json::to_value(&data.settings).unwrap_or_default();
    for (name, value) in settings.as_object().into_iter().flatten() {
        put(&name.replace('_', " "), value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    }
    for specification in &data.tag_specifications {
        for (key, value) in &specification.tags {
            put(&format!("{} tag {key}", specification.resource_type), value.clone());
        }
    }
    tags(put, &template.tags);
}

fn auto_scaling_group(put: &mut impl FnMut(&str, String), group: &AutoScalingGroup) {
    put("min", group.size.min.to_string());
    put("desired", group.size.desired.to_string());
    put("max", group.size.max.to_string());
    put("types", group.types.join(", "));
    // AWS tells its default of what a request left out: the two are one.
    if let Some(distribution) = group.distribution.as_ref().map(Distribution::in_force) {
        put("on-demand base", distribution.on_demand_base.to_string());
        put("on-demand percentage", distribution.on_demand_percentage.to_string());
        put("spot strategy", distribution.strategy.to_string());
        if let Some(pools) = distribution.spot_pools {
            put("spot pools", pools.to_string());
        }
        if let Some(price) = &distribution.max_price {
            put("max price", price.to_string());
        }
        if distribution.capacity_rebalance {
            put("capacity rebalance", "true".to_owned());
        }
    }
    if let Some(name) = &group.launch_template {
        put("launch template", format!("{name}:{}", group.launch_template_version.as_deref().unwrap_or("$Default")));
    }
    put("subnets", group.subnet_ids.join(", "));
    if let Some(seconds) = group.max_instance_lifetime {
        put("max instance lifetime", format!("{seconds} s"));
    }
    for (name, list) in [
        ("target groups", &group.target_group_arns),
        ("load balancers", &group.load_balancers),
        ("suspended processes", &group.suspended_processes),
        ("metrics", &group.enabled_metrics),
    ] {
        if !list.is_empty() {
            put(name, sorted(list));
        }
    }
    tags(put, &group.tags);
}

fn managed_nodegroup(put: &mut impl FnMut(&str, String), group: &ManagedNodegroup) {
    put("capacity", if group.spot { "SPOT" } else { "ON_DEMAND" }.to_owned());
    put("min", group.size.min.to_string());
    put("desired", group.size.desired.to_string());
    put("max", group.size.max.to_string());
    put("types", group.instance_types.join(", "));
    put("image type", group.ami_type.clone());
    put("release", group.release_version.clone());
    if let Some(template) = &group.launch_template {
        let name = template.name.as_ref().or(template.id.as_ref()).map(String::as_str).unwrap_or_default();
        put("launch template", format!("{name}:{}", template.version));
    }
    put("node role", last(&group.node_role).to_owned());
    put("subnets", group.subnet_ids.join(", "));
    for (name, number) in [
        ("max unavailable", group.update_config.max_unavailable),
        ("max unavailable percentage", group.update_config.max_unavailable_percentage),
    ] {
        if let Some(number) = number {
            put(name, number.to_string());
        }
    }
    // Off is as good as never said.
    if let Some(repair) = group.node_repair.as_ref().filter(|repair| repair.enabled == Some(true)) {
        put("node repair", "true".to_owned());
        for (name, number) in [
            ("unhealthy nodes percentage", repair.unhealthy_threshold_percentage),
            ("unhealthy nodes", repair.unhealthy_threshold_count),
            ("parallel repairs percentage", repair.parallel_percentage),
            ("parallel repairs", repair.parallel_count),
        ] {
            if let Some(number) = number {
                put(&format!("node repair {name}"), number.to_string());
            }
        }
        for one in &repair.overrides {
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            let minutes = one.wait_minutes.map(|minutes| format!(" after {minutes} min")).unwrap_or_default();
            let name = format!("node repair of {} {}", text(&one.condition), text(&one.reason));
            put(name.trim_end(), format!("{}{minutes}", text(&one.action)));
        }
    }
    for (key, value) in &group.labels {
        put(&format!("label {key}"), value.clone());
    }
    for taint in &group.taints {
        put(&format!("taint {}:{}", taint.key, taint.effect), taint.value.clone());
    }
    tags(put, &group.tags);
}

/// A list whose order says nothing: AWS has one of its own.
fn sorted(list: &[String]) -> String {
    let mut list: Vec<&str> = list.iter().map(String::as_str).collect();
    list.sort_unstable();
    list.join(", ")
}

fn tags(put: &mut impl FnMut(&str, String), tags: &TagMap) {
    for (key, value) in tags {
        put(&format!("tag {key}"), value.clone());
    }
}

/// Boot data can hold secrets: told by size and hash. What is told so already, as in a journal, stays as it is; boot data
/// is base64 and never looks like that. None at all hides nothing, and stays none.
pub fn digest(text: &str) -> String {
    if text.is_empty() || is_digest(text) {
        return text.to_owned();
    }
    let digest = Sha256::digest(text);
    let start: String = digest.iter().take(6).map(|byte| format!("{byte:02x}")).collect();
    format!("<{} bytes, sha256 {start}…>", text.len())
}

/// Whether a text is what [`digest`] made of another: all that is left of boot data that was not kept.
pub fn is_digest(text: &str) -> bool {
    text.starts_with('<') && text.ends_with("…>") && text.contains(" bytes, sha256 ")
}

fn last(arn: &str) -> &str {
    arn.rsplit('/').next().unwrap_or(arn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_told_by_its_hash_is_told_the_same_again() {
        let told = digest("Ym9vdA==");
        assert!(told.starts_with("<8 bytes, sha256 "), "{told}");
        assert_eq!(digest(&told), told);
        assert_eq!(digest(""), "", "no boot data is no secret");
    }
}
