//! The option map of `eks::nodegroup`, and the specification it describes.

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::Value;

use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{
    AddonPolicies, Distribution, NodegroupSpec, Size, SpotAllocationStrategy, SshAccess, Volume, VolumeType,
};
use crate::domain::taint::{Taint, TaintEffect};

const FUNCTION: &str = "eks::nodegroup";

/// Options of `eks::nodegroup`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NodegroupOptions {
    cluster: String,
    types: Vec<String>,
    region: Option<String>,
    min: Option<i64>,
    max: Option<i64>,
    desired: Option<i64>,
    #[serde(default)]
    spot: SpotOptions,
    ssh_key: Option<String>,
    #[serde(default)]
    ssh_from: Vec<String>,
    #[serde(default)]
    labels: IndexMap<String, String>,
    #[serde(default)]
    taints: Value,
    #[serde(default)]
    tags: IndexMap<String, String>,
    #[serde(default)]
    addons: Vec<String>,
    volume: Option<VolumeOptions>,
    #[serde(default)]
    private_networking: bool,
    #[serde(default)]
    zones: Vec<String>,
    #[serde(default)]
    subnets: Vec<String>,
    max_pods: Option<u32>,
    ami: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct SpotOptions {
    strategy: Option<String>,
    on_demand_base: i64,
    on_demand_percent: i64,
    pools: Option<i64>,
    max_price: Option<Value>,
    capacity_rebalance: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct VolumeOptions {
    size_gib: Option<u32>,
    #[serde(rename = "type")]
    kind: Option<String>,
    iops: Option<u32>,
    throughput: Option<u32>,
    encrypted: Option<bool>,
}

impl NodegroupOptions {
    /// The group of that name. Every rule that needs no request is checked here.
    pub(super) fn into_spec(self, name: &str) -> Result<NodegroupSpec> {
        let types = InstanceTypes::parse(&self.types)?;
        let ssh = match self.ssh_key {
            Some(key_name) => Some(SshAccess { key_name, sources: self.ssh_from }),
            None if self.ssh_from.is_empty() => None,
            None => {
                return Err(Error::new(
                    Code::MissingOption,
                    format!("`{FUNCTION}` needs `ssh_key` when `ssh_from` is given"),
                ));
            }
        };
        let spec = NodegroupSpec {
            region: self.region,
            size: size(self.min, self.desired, self.max)?,
            distribution: self.spot.into_distribution()?,
            ssh,
            labels: self.labels,
            taints: taints(self.taints)?,
            tags: self.tags,
            addons: addons(&self.addons)?,
            ami: self.ami,
            volume: self.volume.map_or_else(|| Ok(Volume::default()), VolumeOptions::into_volume)?,
            private_networking: self.private_networking,
            availability_zones: self.zones,
            subnets: self.subnets,
            max_pods: self.max_pods,
            ..NodegroupSpec::new(name, self.cluster, types)
        };
        spec.validate()?;
        Ok(spec)
    }
}

/// Sizes that were left out follow from those that were given; two nodes if none was.
fn size(min: Option<i64>, desired: Option<i64>, max: Option<i64>) -> Result<Size> {
    let usual = desired.or(min).unwrap_or_else(|| max.map_or(2, |max| max.min(2)));
    Size::new(min.unwrap_or(usual), usual, max.unwrap_or(usual))
}

impl SpotOptions {
    fn into_distribution(self) -> Result<Distribution> {
        let strategy = match &self.strategy {
            Some(text) => SpotAllocationStrategy::parse(text)?,
            None => SpotAllocationStrategy::PriceCapacityOptimized,
        };
        let mut distribution = Distribution::new(self.on_demand_base, self.on_demand_percent, strategy)?
            .with_capacity_rebalance(self.capacity_rebalance);
        if let Some(pools) = self.pools {
            distribution = distribution.with_spot_pools(pools)?;
        }
        match self.max_price.as_ref().and_then(price) {
            None => Ok(distribution),
            Some(price) => distribution.with_max_price(&price),
        }
    }
}

/// A price as AWS takes it: a text; scripts may write a number.
pub(super) fn price(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(price) => Some(price.clone()),
        price => Some(price.to_string()),
    }
}

impl VolumeOptions {
    fn into_volume(self) -> Result<Volume> {
        const KINDS: [VolumeType; 4] = [VolumeType::Gp2, VolumeType::Gp3, VolumeType::Io1, VolumeType::Io2];
        let usual = Volume::default();
        let volume_type = match &self.kind {
            None => usual.volume_type,
            Some(text) => KINDS.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
                let kinds = KINDS.map(VolumeType::as_str).join("`, `");
                Error::new(Code::InvalidValue, format!("`volume.type` cannot be `{text}`"))
                    .help(format!("it is one of `{kinds}`"))
            })?,
        };
        // The defaults for IOPS and throughput are gp3's.
        let gp3 = volume_type == VolumeType::Gp3;
        Ok(Volume {
            size_gib: self.size_gib.unwrap_or(usual.size_gib),
            volume_type,
            iops: self.iops.or(usual.iops.filter(|_| gp3)),
            throughput: self.throughput.or(usual.throughput.filter(|_| gp3)),
            encrypted: self.encrypted,
        })
    }
}

/// Taints as a list of texts or maps, or as one map in eksctl's older spelling.
pub(super) fn taints(value: Value) -> Result<Vec<Taint>> {
    match value {
        Value::Null => Ok(Vec::new()),
        Value::Array(items) => {
            items.into_iter().enumerate().map(|(index, item)| taint(&format!("taints[{index}]"), item)).collect()
        }
        Value::Object(map) => {
            let entry = |(key, value): (String, Value)| match value {
                Value::String(entry) => Taint::from_map_entry(&key, &entry),
                _ => Err(wrong(&format!("taints.{key}"), "a text such as `\"true:PreferNoSchedule\"`")),
            };
            map.into_iter().map(entry).collect()
        }
        _ => Err(wrong("taints", "a list such as `[\"spotInstance=true:PreferNoSchedule\"]`")),
    }
}

/// One taint: a text, or a map with `key`, `value` and `effect`.
pub(super) fn taint(path: &str, value: Value) -> Result<Taint> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Parts {
        key: String,
        #[serde(default)]
        value: String,
        effect: String,
    }
    match value {
        Value::String(text) => Taint::parse(&text),
        value @ Value::Object(_) => {
            let parts: Parts = serde_path_to_error::deserialize(value)
                .map_err(|error| super::options::explain(FUNCTION, path, &error.into_inner().to_string()))?;
            Taint::new(&parts.key, &parts.value, TaintEffect::parse(&parts.effect)?)
        }
        _ => Err(wrong(path, "a text such as `\"key=value:Effect\"`, or a map with `key`, `value` and `effect`")),
    }
}

fn wrong(path: &str, wanted: &str) -> Error {
    Error::new(Code::WrongOptionType, format!("`{path}` of `{FUNCTION}` is {wanted}"))
}

/// Add-on policies by eksctl's names.
fn addons(names: &[String]) -> Result<AddonPolicies> {
    let mut chosen = serde_json::to_value(AddonPolicies::default())
        .map_err(|error| Error::new(Code::Internal, "add-on policies cannot be listed").because(error.to_string()))?;
    for name in names {
        // eksctl's name before the controller was renamed.
        let known = if name == "albIngress" { "awsLoadBalancerController" } else { name };
        match chosen.get_mut(known) {
            Some(flag) => *flag = true.into(),
            None => {
                let all: Vec<String> = chosen.as_object().into_iter().flatten().map(|(key, _)| key.clone()).collect();
                let error = Error::new(Code::InvalidValue, format!("there is no add-on policy `{name}`"));
                return Err(match nearest(name, all.iter().map(String::as_str)) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help(format!("there are `{}`", all.join("`, `"))),
                });
            }
        }
    }
    serde_json::from_value(chosen)
        .map_err(|error| Error::new(Code::Internal, "add-on policies cannot be read").because(error.to_string()))
}
