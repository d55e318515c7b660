//! Writes groups as a ClusterConfig that eksctl and our own reader take.

use indexmap::IndexMap;
use serde::{Serialize, Serializer};

use super::{API_VERSION, KIND, SSH_SOURCES_ANNOTATION};
use crate::domain::cloud::TagMap;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{AddonPolicies, NodegroupSpec, Volume};
use crate::domain::yaml::scalar::{Kind, kind};

/// Marks a text that must be quoted. No value can hold it: AWS and Kubernetes refuse it everywhere.
const QUOTE: char = '\u{e000}';

/// A text. `serde_yaml` quotes what YAML 1.2 takes for something else; eksctl's parser follows
/// YAML 1.1, where `yes` and `1_000` are no texts either.
struct Text<'a>(&'a str);

impl Serialize for Text<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if kind(self.0) == Kind::Text || self.0.is_empty() {
            serializer.serialize_str(self.0)
        } else {
            serializer.serialize_str(&format!("{QUOTE}{}", self.0))
        }
    }
}

type Texts<'a> = IndexMap<KeyText<'a>, Text<'a>>;

/// A text as the key of a map.
#[derive(PartialEq, Eq, Hash)]
struct KeyText<'a>(&'a str);

impl Serialize for KeyText<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Text(self.0).serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ClusterConfig<'a> {
    api_version: &'static str,
    kind: &'static str,
    metadata: Metadata<'a>,
    node_groups: Vec<NodeGroup<'a>>,
}

#[derive(Serialize)]
struct Metadata<'a> {
    name: Text<'a>,
    region: Text<'a>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    annotations: IndexMap<String, String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeGroup<'a> {
    name: Text<'a>,
    ami_family: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    ami: Option<Text<'a>>,
    min_size: u32,
    max_size: u32,
    desired_capacity: u32,
    instances_distribution: InstancesDistribution<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_size: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_type: Option<&'static str>,
    #[serde(rename = "volumeIOPS", skip_serializing_if = "Option::is_none")]
    volume_iops: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_throughput: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    volume_encrypted: Option<bool>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    private_networking: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    availability_zones: Vec<Text<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    subnets: Vec<Text<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ssh: Option<Ssh<'a>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    labels: Texts<'a>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    taints: Vec<Taint<'a>>,
    #[serde(skip_serializing_if = "IndexMap::is_empty")]
    tags: Texts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_pods_per_node: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iam: Option<Iam>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InstancesDistribution<'a> {
    instance_types: Vec<Text<'a>>,
    on_demand_base_capacity: u32,
    on_demand_percentage_above_base_capacity: u8,
    spot_allocation_strategy: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    spot_instance_pools: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_price: Option<Number<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    capacity_rebalance: bool,
}

/// A number as it is written: a price must keep its digits.
struct Number<'a>(&'a str);

/// Marks a text that must stand without quotes.
const BARE: char = '\u{e001}';

impl Serialize for Number<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&format!("{BARE}{}", self.0))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Ssh<'a> {
    allow: bool,
    public_key_name: Text<'a>,
}

#[derive(Serialize)]
struct Taint<'a> {
    key: Text<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<Text<'a>>,
    effect: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Iam {
    with_addon_policies: IndexMap<&'static str, bool>,
}

/// Writes groups of one cluster.
///
/// # Errors
/// `SPOT-0203` when a group has faults that would show in the document, when groups are of several
/// clusters or regions, when the region is not known, or when there is no group.
pub fn write(groups: &[NodegroupSpec]) -> Result<String> {
    let refuse = |message: String, help: &str| Err(Error::new(Code::DocumentValue, message).help(help));
    let Some(first) = groups.first() else {
        return refuse("no group to write".to_owned(), "a document has one group or more");
    };
    let Some(region) = first.region.as_deref() else {
        return refuse(format!("the region of `{}` is not known", first.name), "set `region` of the group");
    };
    if let Some(other) = groups.iter().find(|group| group.cluster != first.cluster || group.region != first.region) {
        return refuse(
            format!("`{}` and `{}` are of different clusters or regions", first.name, other.name),
            "write one document for each cluster",
        );
    }
    let all_tags: Vec<TagMap> = groups.iter().map(tags).collect();
    let config = ClusterConfig {
        api_version: API_VERSION,
        kind: KIND,
        metadata: Metadata {
            name: Text(&first.cluster),
            region: Text(region),
            annotations: groups.iter().filter_map(ssh_sources).collect(),
        },
        node_groups: groups.iter().zip(&all_tags).map(|(group, tags)| node_group(group, tags)).collect(),
    };
    let yaml = serde_yaml::to_string(&config)
        .map_err(|error| Error::new(Code::Internal, "a ClusterConfig cannot be written").because(error.to_string()))?;
    let text = settle_quotes(&yaml);
    // What goes out must come back equal, whatever the values were.
    match super::read(&text, "the document to be written") {
        Ok(document) if document.nodegroups == groups => Ok(text),
        Ok(_) => Err(Error::new(Code::Internal, "what was written reads back as something else")),
        Err(error) => Err(Error::new(Code::DocumentValue, format!("a group cannot be written: {error}"))
            .help(error.help.unwrap_or_else(|| "correct the group first".to_owned()))),
    }
}

/// Puts quotes around marked texts and takes the marks away. A marked text has no character that YAML
/// would escape, and ends its line or stands before `: `.
fn settle_quotes(yaml: &str) -> String {
    let mut text = String::with_capacity(yaml.len());
    for line in yaml.split_inclusive('\n') {
        let mut rest = line;
        while let Some((before, marked)) = rest.split_once([QUOTE, BARE]) {
            let quote = rest[before.len()..].starts_with(QUOTE);
            let end = marked.find(": ").unwrap_or(marked.trim_end().len());
            text.push_str(before);
            let (value, after) = marked.split_at(end);
            text.push_str(&if quote { format!("\"{value}\"") } else { value.to_owned() });
            rest = after;
        }
        text.push_str(rest);
    }
    text
}

fn ssh_sources(group: &NodegroupSpec) -> Option<(String, String)> {
    let sources = &group.ssh.as_ref()?.sources;
    (!sources.is_empty()).then(|| (format!("{SSH_SOURCES_ANNOTATION}{}", group.name), sources.join(",")))
}

fn node_group<'a>(group: &'a NodegroupSpec, tags: &'a TagMap) -> NodeGroup<'a> {
    let volume = Some(&group.volume).filter(|volume| **volume != Volume::default());
    NodeGroup {
        name: Text(&group.name),
        ami_family: group.ami_family.as_str(),
        ami: group.ami.as_deref().map(Text),
        min_size: group.size.min,
        max_size: group.size.max,
        desired_capacity: group.size.desired,
        instances_distribution: distribution(group),
        volume_size: volume.map(|volume| volume.size_gib),
        volume_type: volume.map(|volume| volume.volume_type.as_str()),
        volume_iops: volume.and_then(|volume| volume.iops),
        volume_throughput: volume.and_then(|volume| volume.throughput),
        volume_encrypted: volume.and_then(|volume| volume.encrypted),
        private_networking: group.private_networking,
        availability_zones: texts(&group.availability_zones),
        subnets: texts(&group.subnets),
        ssh: group.ssh.as_ref().map(|ssh| Ssh { allow: true, public_key_name: Text(&ssh.key_name) }),
        labels: map(&group.labels),
        taints: group.taints.iter().map(taint).collect(),
        tags: map(tags),
        max_pods_per_node: group.max_pods,
        iam: iam(&group.addons),
    }
}

/// The user's tags, and those that eksctl does not derive: without them the Cluster Autoscaler cannot scale a group
/// that eksctl made of this file from zero.
fn tags(group: &NodegroupSpec) -> TagMap {
    group.template_tags().into_iter().chain(group.tags.clone()).collect()
}

fn distribution(group: &NodegroupSpec) -> InstancesDistribution<'_> {
    InstancesDistribution {
        instance_types: group.types.iter().map(|known| Text(&known.name)).collect(),
        on_demand_base_capacity: group.distribution.on_demand_base,
        on_demand_percentage_above_base_capacity: group.distribution.on_demand_percentage,
        spot_allocation_strategy: group.distribution.strategy.as_str(),
        spot_instance_pools: group.distribution.spot_pools,
        max_price: group.distribution.max_price.as_deref().map(Number),
        capacity_rebalance: group.distribution.capacity_rebalance,
    }
}

fn texts(texts: &[String]) -> Vec<Text<'_>> {
    texts.iter().map(|text| Text(text)).collect()
}

fn map(texts: &IndexMap<String, String>) -> Texts<'_> {
    texts.iter().map(|(key, value)| (KeyText(key), Text(value))).collect()
}

fn taint(taint: &crate::domain::taint::Taint) -> Taint<'_> {
    let value = (!taint.value.is_empty()).then_some(Text(&taint.value));
    Taint { key: Text(&taint.key), value, effect: taint.effect.as_str() }
}

fn iam(addons: &AddonPolicies) -> Option<Iam> {
    let on: IndexMap<&'static str, bool> = [
        ("autoScaler", addons.auto_scaler),
        ("cloudWatch", addons.cloud_watch),
        ("awsLoadBalancerController", addons.aws_load_balancer_controller),
        ("ebs", addons.ebs),
        ("imageBuilder", addons.image_builder),
        ("externalDNS", addons.external_dns),
        ("certManager", addons.cert_manager),
        ("xRay", addons.x_ray),
    ]
    .into_iter()
    .filter(|(_, on)| *on)
    .collect();
    (!on.is_empty()).then_some(Iam { with_addon_policies: on })
}
