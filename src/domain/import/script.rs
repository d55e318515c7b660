//! A specification as a runbook: the option map that describes it, written out.

use serde_json::{Map, Value, json};

use super::Imported;
use crate::domain::nodegroup::{Machine, Managed, NodeRepair, NodegroupSpec, Volume, VolumeType};

/// What of a specification a script has no options for: it can only load it from a file.
pub fn wordless(spec: &NodegroupSpec) -> Vec<&'static str> {
    let machine = &spec.machine;
    let placement = machine.placement.as_ref();
    let reservation = machine.capacity_reservation.as_ref();
    let volumes = std::iter::once(&spec.volume).chain(spec.additional_volumes.iter().map(|one| &one.volume));
    let odd = |volume: &Volume| matches!(volume.volume_type, VolumeType::St1 | VolumeType::Sc1);
    let bare = |volume: &Volume| {
        volume.volume_type == VolumeType::Gp3 && (volume.iops.is_none() || volume.throughput.is_none())
    };
    let documents = [
        spec.boot.kubelet_extra_config.as_ref(),
        spec.boot.bottlerocket.as_ref().and_then(|bottlerocket| bottlerocket.settings.as_ref()),
    ];
    let repair = spec.managed.as_ref().and_then(|managed| managed.node_repair.as_ref());
    [
        ("types of several shapes", !spec.types.is_empty() && spec.types.same_shape().is_err()),
        ("no type that the catalogue knows", spec.types.is_empty() && !spec.has_own_template()),
        (
            "a key in a file",
            spec.ssh.as_ref().is_some_and(|ssh| ssh.public_key_path.is_some() && ssh.public_key.is_none()),
        ),
        ("a key without SSH", spec.ssh.as_ref().is_some_and(|ssh| ssh.closed)),
        ("security groups without the cluster's own", spec.security_groups.with_shared == Some(false)),
        ("a market type", machine.market_type.is_some()),
        ("a spread level", placement.is_some_and(|placement| placement.spread_level.is_some())),
        (
            "a capacity reservation by preference or group",
            reservation.is_some_and(|it| it.preference.is_some() || it.resource_group_arn.is_some()),
        ),
        // Maps of scripts are sorted, and boot data with its settings in another order is other boot data.
        ("settings in this order", !documents.into_iter().flatten().all(is_sorted)),
        ("a container runtime", spec.boot.container_runtime.is_some()),
        ("this kind of volume", volumes.clone().any(odd)),
        ("a gp3 volume without IOPS or throughput", volumes.clone().any(bare)),
        (
            "limits of node repair",
            repair.is_some_and(|it| *it != NodeRepair { enabled: it.enabled, ..NodeRepair::default() }),
        ),
    ]
    .into_iter()
    .filter_map(|(what, there)| there.then_some(what))
    .collect()
}

fn is_sorted(map: &Map<String, Value>) -> bool {
    let inner = |value: &Value| match value {
        Value::Object(map) => is_sorted(map),
        _ => true,
    };
    map.keys().is_sorted() && map.values().all(inner)
}

/// A runbook that makes the group. With `file`, it loads the group from there.
pub fn runbook(imported: &Imported, file: Option<&str>) -> String {
    let spec = &imported.spec;
    let mut text = format!("//! Make the node group {} of cluster {}.\n//!\n", spec.name, spec.cluster);
    text.push_str("//! Imported from the live group. Running it again changes nothing.\n\nconst PARAMS = #{\n");
    let parameter = match file {
        Some(file) => ("file", file, "eksctl file with the group"),
        None => ("cluster", spec.cluster.as_str(), "EKS cluster"),
    };
    let (name, init, help) = parameter;
    text.push_str(&format!("    {name}: #{{ type: \"string\", init: {}, help: \"{help}\" }},\n}};\n\n", quoted(init)));
    for note in &imported.notes {
        text.push_str(&format!("// Note: {note}.\n"));
    }
    if !imported.notes.is_empty() {
        text.push('\n');
    }
    match file {
        Some(_) => text.push_str("let group = eks::load(PARAM.file);\n\n"),
        None => {
            let function = if spec.managed.is_some() { "eks::managed_nodegroup" } else { "eks::nodegroup" };
            text.push_str(&format!(
                "let group = {function}({}, #{{\n    cluster: PARAM.cluster,\n",
                quoted(&spec.name)
            ));
            for (key, value) in options(spec) {
                text.push_str(&format!("    {key}: {},\n", literal(&value)));
            }
            text.push_str("});\n\n");
        }
    }
    text.push_str("step \"ensure\" {\n    print(eks::ensure(group));\n}\n");
    text
}

/// The options, in the order in which people write them.
fn options(spec: &NodegroupSpec) -> Map<String, Value> {
    let mut all = Map::new();
    let mut put = |key: &str, value: Value| {
        if !is_empty(&value) {
            all.insert(key.to_owned(), value);
        }
    };
    put("types", json!(spec.types.names()));
    put("min", spec.size.min.into());
    put("max", spec.size.max.into());
    put("desired", spec.size.desired.into());
    if spec.managed.is_none() {
        put("spot", spot(spec).into());
    }
    if let Some(ssh) = &spec.ssh {
        // Either a pair of the region or the key itself.
        put("ssh_key", json!(Some(&ssh.key_name).filter(|name| !name.is_empty())));
        put("ssh_public_key", json!(ssh.public_key));
        put("ssh_from", json!(ssh.sources));
        put("ssh_from_groups", json!(ssh.source_security_groups));
    }
    put("labels", json!(spec.labels));
    put("taints", spec.taints.iter().map(|taint| Value::from(taint.to_string())).collect());
    put("tags", json!(spec.tags));
    let addons = serde_json::to_value(spec.addons).unwrap_or_default();
    let on = addons.as_object().into_iter().flatten().filter(|(_, on)| **on == json!(true));
    put("addons", on.map(|(name, _)| Value::from(name.as_str())).collect());
    if spec.volume != Volume::default() {
        put("volume", volume(&spec.volume, None).into());
    }
    put(
        "volumes",
        spec.additional_volumes.iter().map(|one| Value::from(volume(&one.volume, one.snapshot.as_ref()))).collect(),
    );
    put("private_networking", spec.private_networking.into());
    put("zones", json!(spec.availability_zones));
    put("subnets", json!(spec.subnets));
    put("local_zones", json!(spec.local_zones));
    put("security_groups", json!(spec.security_groups.attach_ids));
    put("max_pods", json!(spec.max_pods));
    put("ami", json!(spec.ami));
    put("family", spec.ami_family.as_str().into());
    put("role", role(spec).into());
    put("boot", boot(spec).into());
    put("machine", machine(&spec.machine).into());
    put("scaling", scaling(spec).into());
    if let Some(managed) = &spec.managed {
        all.extend(managed_options(spec, managed));
    }
    all
}

/// Those of a group that EKS manages.
fn managed_options(spec: &NodegroupSpec, managed: &Managed) -> Map<String, Value> {
    let update = spec.update_config.unwrap_or_default();
    let max_unavailable = match (update.max_unavailable, update.max_unavailable_percentage) {
        (Some(number), _) => number.into(),
        (None, Some(percent)) => format!("{percent}%").into(),
        (None, None) => Value::Null,
    };
    let template = managed.launch_template.as_ref().map(|template| {
        let version = template.version.as_ref().and_then(|version| version.parse::<i64>().ok());
        filled([("id", json!(template.id)), ("version", json!(version))])
    });
    filled([
        // Spot is the usual of a managed group, so that On-Demand has to be said.
        ("spot", (managed.spot == Some(true)).into()),
        ("release", json!(managed.release_version)),
        ("max_unavailable", max_unavailable),
        ("node_repair", json!(managed.node_repair.as_ref().and_then(|repair| repair.enabled))),
        ("launch_template", json!(template)),
    ])
}

/// Whether an option says nothing.
fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}

/// A map of what is not null.
fn filled<const N: usize>(pairs: [(&str, Value); N]) -> Map<String, Value> {
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_null());
    pairs.map(|(key, value)| (key.to_owned(), value)).collect()
}

fn some_list(list: &[String]) -> Value {
    if list.is_empty() { Value::Null } else { json!(list) }
}

fn spot(spec: &NodegroupSpec) -> Map<String, Value> {
    let it = &spec.distribution;
    filled([
        ("strategy", it.strategy.as_str().into()),
        ("on_demand_base", it.on_demand_base.into()),
        ("on_demand_percent", it.on_demand_percentage.into()),
        ("pools", json!(it.spot_pools)),
        ("max_price", json!(it.max_price)),
        ("capacity_rebalance", it.capacity_rebalance.then_some(true).into()),
    ])
}

fn volume(volume: &Volume, snapshot: Option<&String>) -> Map<String, Value> {
    filled([
        ("size_gib", volume.size_gib.into()),
        ("type", volume.volume_type.as_str().into()),
        ("iops", json!(volume.iops)),
        ("throughput", json!(volume.throughput)),
        ("encrypted", json!(volume.encrypted)),
        ("kms_key", json!(volume.kms_key)),
        ("device", json!(volume.name)),
        ("snapshot", json!(snapshot)),
    ])
}

fn role(spec: &NodegroupSpec) -> Map<String, Value> {
    let it = &spec.role;
    filled([
        ("name", json!(it.role_name)),
        ("policy", json!(it.attach_policy)),
        ("policy_arns", some_list(&it.attach_policy_arns)),
        ("permissions_boundary", json!(it.permissions_boundary)),
        ("role_arn", json!(it.role_arn)),
        ("profile_arn", json!(it.instance_profile_arn)),
    ])
}

fn boot(spec: &NodegroupSpec) -> Map<String, Value> {
    let it = &spec.boot;
    let bottlerocket = it.bottlerocket.clone().unwrap_or_default();
    filled([
        ("commands", some_list(&it.pre_bootstrap_commands)),
        ("override_command", json!(it.override_command)),
        ("kubelet", json!(it.kubelet_extra_config)),
        ("cluster_dns", json!(it.cluster_dns)),
        ("bottlerocket", json!(bottlerocket.settings)),
        ("admin_container", json!(bottlerocket.enable_admin_container)),
    ])
}

fn machine(it: &Machine) -> Map<String, Value> {
    let placement = it.placement.as_ref().and_then(|placement| placement.group.as_ref());
    let reservation = it.capacity_reservation.as_ref().and_then(|reservation| reservation.id.as_ref());
    filled([
        ("name", json!(it.name)),
        ("name_prefix", json!(it.name_prefix)),
        ("placement_group", json!(placement)),
        ("ebs_optimized", json!(it.ebs_optimized)),
        ("detailed_monitoring", json!(it.detailed_monitoring)),
        ("enclaves", json!(it.enclaves)),
        ("cpu_credits", json!(it.cpu_credits.map(|credits| credits.as_str()))),
        ("imds_v1", json!(it.disable_imds_v1.map(|off| !off))),
        ("pod_imds", json!(it.disable_pod_imds.map(|off| !off))),
        ("reservation", json!(reservation)),
    ])
}

fn scaling(spec: &NodegroupSpec) -> Map<String, Value> {
    let it = &spec.settings;
    let metrics: Vec<String> = it.metrics.iter().flat_map(|one| one.metrics.clone()).collect();
    filled([
        ("suspend", some_list(&it.suspended_processes)),
        ("max_lifetime", json!(it.max_instance_lifetime)),
        ("metrics", some_list(&metrics)),
        ("target_groups", some_list(&it.target_group_arns)),
        ("load_balancers", some_list(&it.load_balancers)),
        ("propagate_tags", json!(it.propagate_tags)),
    ])
}

/// A value as a script writes it.
fn literal(value: &Value) -> String {
    match value {
        Value::Null => "()".to_owned(),
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(literal).collect::<Vec<_>>().join(", ")),
        Value::Object(map) if map.is_empty() => "#{}".to_owned(),
        Value::Object(map) => {
            let pairs = map.iter().map(|(key, value)| format!("{}: {}", name(key), literal(value)));
            format!("#{{ {} }}", pairs.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// A key of a map, in quotes where it is no identifier.
fn name(key: &str) -> String {
    let mut chars = key.chars();
    let begins = chars.next().is_some_and(|c| c.is_ascii_alphabetic());
    let plain = begins && chars.all(|c| c.is_ascii_alphanumeric() || c == '_') && !RESERVED.contains(&key);
    if plain { key.to_owned() } else { quoted(key) }
}

/// Words that a script cannot use as names.
const RESERVED: [&str; 34] = [
    "as", "async", "await", "break", "case", "catch", "const", "continue", "default", "do", "else", "exit", "export",
    "false", "fn", "for", "go", "if", "import", "in", "let", "loop", "match", "new", "private", "return", "shared",
    "static", "step", "switch", "this", "throw", "true", "while",
];

/// A text in quotes, with the escapes that scripts know.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => quoted.push_str("\\\""),
            '\\' => quoted.push_str("\\\\"),
            '\n' => quoted.push_str("\\n"),
            '\r' => quoted.push_str("\\r"),
            '\t' => quoted.push_str("\\t"),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
