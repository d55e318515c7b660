//! The keys of option maps: path, type, whether required, and what they mean.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde_json::{Map, Value};

use crate::bindings::schema;

/// What an option takes.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case", tag = "type", content = "of")]
pub enum OptionKind {
    /// A text.
    String,
    /// A whole number.
    Int,
    /// A number, whole or not.
    Float,
    /// `true` or `false`.
    Bool,
    /// A list of these.
    List(Box<OptionKind>),
    /// A map whose keys follow, with longer paths.
    Map,
    /// A map with free keys.
    MapOf(Box<OptionKind>),
    /// One of these texts.
    OneOf(Vec<String>),
    /// More than one type: the documentation says which.
    Any,
}

impl std::fmt::Display for OptionKind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            OptionKind::String | OptionKind::OneOf(_) => f.write_str("string"),
            OptionKind::Int => f.write_str("int"),
            OptionKind::Float => f.write_str("float"),
            OptionKind::Bool => f.write_str("bool"),
            OptionKind::List(of) => write!(f, "list of {of}"),
            OptionKind::Map => f.write_str("map"),
            OptionKind::MapOf(of) => write!(f, "map of {of}"),
            OptionKind::Any => f.write_str("any"),
        }
    }
}

impl OptionKind {
    /// The texts that it takes, alone or in a list; empty if any text will do.
    pub fn choices(&self) -> &[String] {
        match self {
            OptionKind::OneOf(known) => known,
            OptionKind::List(of) | OptionKind::MapOf(of) => of.choices(),
            _ => &[],
        }
    }
}

/// One key of an option map.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct OptionKey {
    /// `spot.strategy`.
    pub path: String,
    /// What it takes.
    pub kind: OptionKind,
    /// Whether the map it stands in needs it.
    pub required: bool,
    /// What it means.
    pub documentation: String,
}

static OPTIONS: LazyLock<HashMap<&'static str, Vec<OptionKey>>> =
    LazyLock::new(|| schema::all().map(|(function, schema)| (function, keys(&schema))).collect());

/// The keys that the option map of a function has, in the order of the source; empty if it takes none.
pub fn options_of(function_path: &str) -> &'static [OptionKey] {
    OPTIONS.get(function_path).map(Vec::as_slice).unwrap_or_default()
}

fn keys(schema: &Value) -> Vec<OptionKey> {
    let mut found = Vec::new();
    collect(schema, "", &mut found);
    found
}

fn collect(schema: &Value, prefix: &str, into: &mut Vec<OptionKey>) {
    let required: Vec<&str> = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    for (name, property) in schema["properties"].as_object().into_iter().flatten() {
        let path = if prefix.is_empty() { name.clone() } else { format!("{prefix}.{name}") };
        let described = property["description"].as_str().unwrap_or_default().replace('\n', " ");
        let property = present(property);
        let kind = kind(property);
        let nested = kind == OptionKind::Map;
        let required = required.contains(&name.as_str());
        into.push(OptionKey { path: path.clone(), kind, required, documentation: described });
        if nested {
            collect(property, &path, into);
        }
    }
}

/// What an optional value is when it is there: `anyOf: [X, null]` is X.
fn present(schema: &Value) -> &Value {
    let mut choices = schema["anyOf"].as_array().into_iter().flatten();
    choices.find(|choice| choice["type"] != "null").unwrap_or(schema)
}

fn kind(schema: &Value) -> OptionKind {
    let texts = |known: &Vec<Value>| known.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    if let Some(known) = schema["enum"].as_array() {
        return OptionKind::OneOf(texts(known));
    }
    let named = schema["type"].as_str().or_else(|| {
        let mut kinds = schema["type"].as_array()?.iter().filter_map(Value::as_str);
        kinds.find(|kind| *kind != "null")
    });
    match named {
        Some("string") => OptionKind::String,
        Some("integer") => OptionKind::Int,
        Some("number") => OptionKind::Float,
        Some("boolean") => OptionKind::Bool,
        Some("array") => OptionKind::List(Box::new(kind(&schema["items"]))),
        Some("object") if schema["properties"].as_object().is_some_and(|keys: &Map<_, _>| !keys.is_empty()) => {
            OptionKind::Map
        }
        Some("object") => OptionKind::MapOf(Box::new(kind(&schema["additionalProperties"]))),
        _ => OptionKind::Any,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn listed(function: &str) -> String {
        let line = |key: &OptionKey| {
            let mark = if key.required { "!" } else { "" };
            format!("{}{mark}: {} {}", key.path, key.kind, key.kind.choices().join("|")).trim_end().to_owned()
        };
        options_of(function).iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn keys_have_types_and_say_whether_they_are_needed() {
        insta::assert_snapshot!(listed("eks::nodegroup"), @"
        cluster!: string
        types!: list of string
        region: string
        min: int
        max: int
        desired: int
        spot: map
        spot.strategy: string lowest-price|capacity-optimized|capacity-optimized-prioritized|price-capacity-optimized
        spot.on_demand_base: int
        spot.on_demand_percent: int
        spot.pools: int
        spot.max_price: any
        spot.capacity_rebalance: bool
        ssh_key: string
        ssh_public_key: string
        ssh_from: list of string
        ssh_from_groups: list of string
        labels: map of string
        taints: any
        tags: map of string
        addons: list of string autoScaler|cloudWatch|awsLoadBalancerController|ebs|imageBuilder|externalDns|certManager|xRay|appMesh|appMeshPreview|efs|fsx|albIngress
        volume: map
        volume.size_gib: int
        volume.type: string gp2|gp3|io1|io2
        volume.iops: int
        volume.throughput: int
        volume.encrypted: bool
        volume.kms_key: string
        volume.device: string
        volume.snapshot: string
        private_networking: bool
        zones: list of string
        subnets: list of string
        max_pods: int
        ami: string
        family: string AmazonLinux2023|AmazonLinux2|UbuntuPro2604|Ubuntu2604|UbuntuPro2404|Ubuntu2404|UbuntuPro2204|Ubuntu2204|UbuntuPro2004|Ubuntu2004|Bottlerocket|BottlerocketFips|WindowsServer2019CoreContainer|WindowsServer2019FullContainer|WindowsServer2022CoreContainer|WindowsServer2022FullContainer|WindowsServer2025CoreContainer|WindowsServer2025FullContainer
        local_zones: list of string
        security_groups: list of string
        volumes: list of map
        role: map
        role.name: string
        role.policy: map of any
        role.policy_arns: list of string
        role.permissions_boundary: string
        role.role_arn: string
        role.profile_arn: string
        boot: map
        boot.commands: list of string
        boot.override_command: string
        boot.kubelet: map of any
        boot.cluster_dns: string
        boot.bottlerocket: map of any
        boot.admin_container: bool
        machine: map
        machine.name: string
        machine.name_prefix: string
        machine.placement_group: string
        machine.ebs_optimized: bool
        machine.detailed_monitoring: bool
        machine.enclaves: bool
        machine.cpu_credits: string standard|unlimited
        machine.imds_v1: bool
        machine.pod_imds: bool
        machine.reservation: string
        scaling: map
        scaling.suspend: list of string Launch|Terminate|AddToLoadBalancer|AlarmNotification|AZRebalance|HealthCheck|InstanceRefresh|ReplaceUnhealthy|ScheduledActions
        scaling.max_lifetime: int
        scaling.metrics: list of string
        scaling.target_groups: list of string
        scaling.load_balancers: list of string
        scaling.propagate_tags: bool
        ");
        insta::assert_snapshot!(listed("spot::advisor"), @"
        region: string
        types: list of string
        vcpu: int
        memory_gib: float
        os: string linux|windows
        max_interruption: int
        min_savings: int
        sort: string interruption|savings|type
        ");
    }

    #[test]
    fn every_key_is_documented() {
        for (function, _) in schema::all() {
            let keys = options_of(function);
            assert!(!keys.is_empty(), "{function} has no keys");
            for key in keys {
                assert!(!key.documentation.is_empty(), "`{}` of {function} has no documentation", key.path);
            }
        }
    }
}
