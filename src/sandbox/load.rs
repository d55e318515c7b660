//! A world made of what `kubectl get … -o json|yaml` printed: a copy to rehearse on.
//!
//! Objects keep their names, uids, times and resource versions. The clock stands at the newest moment that they show, so
//! that ages are as they were. Behind each node stands an instance, as far as the node tells of it; who launched it is not
//! in the objects, so there is no Auto Scaling group. Controllers and the scheduler go on from there, unless the world is
//! to stand still.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value, json};

use super::kube::resource::Resource;
use super::kube::store::ObjectStore;
use super::kube::time::{Now, to_stored};
use super::services::ec2::state::{Boot, Instance, InstanceState};
use super::world::{Scenario, World};
use crate::domain::cloud::Lifecycle;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node::provided;

/// What was loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize)]
pub struct Loaded {
    /// Objects by resource.
    pub objects: BTreeMap<String, usize>,
    /// Kinds that the sandbox does not have, with how many objects of each were left out.
    pub left_out: BTreeMap<String, usize>,
}

/// How the world is made.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// What chance derives from.
    pub seed: u64,
    /// The cluster's name; told by the nodes' labels unless said.
    pub cluster: Option<String>,
    /// Its time; the newest moment that the objects show unless said.
    pub now: Option<Timestamp>,
    /// Without controllers and kubelets.
    pub still: bool,
}

/// The objects of a text: JSON or YAML, lists or single objects, several documents.
///
/// # Errors
/// `SPOT-0201` when it is neither, `SPOT-0204` when it holds something other than Kubernetes objects.
pub fn objects(text: &str, file: &str) -> Result<Vec<Value>> {
    let broken = |error: &dyn std::fmt::Display| {
        Error::new(Code::DocumentSyntax, format!("`{file}` is neither JSON nor YAML"))
            .because(error.to_string())
            .help("give what `kubectl get nodes,pods -A -o json` printed")
    };
    let text = text.trim_start_matches('\u{feff}');
    let mut all = vec![];
    if text.trim_start().starts_with('{') {
        for document in serde_json::Deserializer::from_str(text).into_iter::<Value>() {
            take(document.map_err(|error| broken(&error))?, file, &mut all)?;
        }
        return Ok(all);
    }
    for document in serde_yaml::Deserializer::from_str(text) {
        let document = Value::deserialize(document).map_err(|error| broken(&error))?;
        if !document.is_null() {
            take(document, file, &mut all)?;
        }
    }
    Ok(all)
}

fn take(document: Value, file: &str, into: &mut Vec<Value>) -> Result<()> {
    let kind = document["kind"].as_str().unwrap_or_default().to_owned();
    let version = document["apiVersion"].clone();
    let Value::Object(mut map) = document else { return Err(no_object(file, "a document")) };
    let Some(Value::Array(items)) = map.shift_remove("items") else {
        return match map.get("metadata").and_then(|metadata| metadata["name"].as_str()) {
            Some(_) if !kind.is_empty() => {
                into.push(Value::Object(map));
                Ok(())
            }
            _ => Err(no_object(file, &format!("a document of kind `{kind}`"))),
        };
    };
    // The items of `NodeList` do not say what they are; those of `List` do.
    let of = kind.strip_suffix("List").unwrap_or_default().to_owned();
    for (index, mut item) in items.into_iter().enumerate() {
        if !item["metadata"]["name"].is_string() {
            return Err(no_object(file, &format!("item {index}")));
        }
        if item["kind"].is_null() {
            item["kind"] = of.clone().into();
            item["apiVersion"] = version.clone();
        }
        into.push(item);
    }
    Ok(())
}

fn no_object(file: &str, what: &str) -> Error {
    Error::new(Code::DocumentKind, format!("{what} of `{file}` is no Kubernetes object"))
        .help("give what `kubectl get nodes,pods -A -o json` printed")
}

/// Makes a world of objects.
///
/// # Errors
/// `SPOT-0204` when there is no node among them.
pub fn world(objects: Vec<Value>, options: &Options) -> Result<(World, Loaded)> {
    let nodes: Vec<&Value> = objects.iter().filter(|object| object["kind"] == "Node").collect();
    let Some(first) = nodes.first() else {
        return Err(Error::new(Code::DocumentKind, "there is no node among the objects")
            .help("give what `kubectl get nodes,pods -A -o json` printed"));
    };
    let label = |key: &str| first["metadata"]["labels"][key].as_str().map(str::to_owned);
    let mut scenario = Scenario { control_nodes: 0, ..Scenario::default() };
    scenario.region = label("topology.kubernetes.io/region").unwrap_or(scenario.region);
    let told = ["alpha.eksctl.io/cluster-name", "eks.amazonaws.com/cluster-name"].into_iter().find_map(label);
    scenario.cluster = options.cluster.clone().or(told).unwrap_or(scenario.cluster);
    if let Some(minor) = first["status"]["nodeInfo"]["kubeletVersion"].as_str().and_then(minor) {
        scenario.kubernetes = minor;
    }
    let seed = options.seed;
    let mut world = scenario.build(seed);
    // Who launched the nodes is not in the objects: the group that a fresh world begins with is not theirs.
    world.autoscaling = Default::default();
    world.eks.clusters.values_mut().for_each(|cluster| cluster.nodegroups.clear());
    let newest = objects.iter().filter_map(newest).max();
    world.clock.rebase(options.now.or(newest).unwrap_or_else(|| world.clock.timestamp()));
    world.objects = if options.still { ObjectStore::new(seed).still() } else { ObjectStore::new(seed) };
    let loaded = put(&mut world, objects);
    Ok((world, loaded))
}

/// Puts objects into a world as they are; behind each node whose instance the world does not have stands one.
pub(super) fn put(world: &mut World, objects: Vec<Value>) -> Loaded {
    let now = Now { epoch: world.clock.epoch, millis: world.clock.now };
    let mut loaded = Loaded::default();
    for mut object in objects {
        let kind = object["kind"].as_str().unwrap_or_default().to_owned();
        let Some(resource) = Resource::by_kind(&kind) else {
            *loaded.left_out.entry(kind).or_default() += 1;
            continue;
        };
        if resource.plural == "nodes" {
            stand_behind(world, &object);
        }
        to_stored(&mut object, &Value::Null, now);
        world.objects.restore(resource.plural, object);
        *loaded.objects.entry(resource.plural.to_owned()).or_default() += 1;
    }
    make_namespaces(world);
    world.objects.settle();
    loaded
}

/// Namespaces that objects are in but that were not given themselves.
fn make_namespaces(world: &mut World) {
    let mut wanted: Vec<String> = ["default", "kube-system", "kube-node-lease"].map(str::to_owned).into();
    for resource in super::kube::resource::RESOURCES.iter().filter(|resource| resource.namespaced) {
        let own = world.objects.list(resource.plural, None);
        wanted.extend(own.filter_map(|object| object["metadata"]["namespace"].as_str().map(str::to_owned)));
    }
    wanted.sort_unstable();
    wanted.dedup();
    let now = world.clock.now;
    for name in wanted {
        if world.objects.get("namespaces", "", &name).is_none() {
            let namespace = json!({"metadata": {"name": name}, "status": {"phase": "Active"}});
            let _ = world.objects.create("namespaces", namespace, now);
        }
    }
}

/// The instance that a node says it runs on.
fn stand_behind(world: &mut World, node: &Value) {
    let Some(id) = node["spec"]["providerID"].as_str().and_then(provided) else { return };
    if world.ec2.instances.contains_key(id) {
        return;
    }
    let labels = &node["metadata"]["labels"];
    let label = |keys: &[&str]| keys.iter().find_map(|key| labels[*key].as_str()).unwrap_or_default().to_owned();
    let zone = label(&["topology.kubernetes.io/zone", "failure-domain.beta.kubernetes.io/zone"]);
    let bought =
        label(&["eks.amazonaws.com/capacityType", "karpenter.sh/capacity-type", "node-lifecycle", "lifecycle"]);
    let spot = bought.to_lowercase().contains("spot");
    let subnets = world.ec2.subnets.values();
    let subnet = subnets.clone().find(|subnet| subnet.zone == zone).or(world.ec2.subnets.values().next());
    let (subnet_id, vpc_id) = subnet.map(|it| (it.id.clone(), it.vpc_id.clone())).unwrap_or_default();
    let address = |kind: &str| {
        let all = node["status"]["addresses"].as_array().into_iter().flatten();
        all.filter(|it| it["type"] == kind).find_map(|it| it["address"].as_str()?.parse::<Ipv4Addr>().ok())
    };
    let name = node["metadata"]["name"].as_str().unwrap_or_default().to_owned();
    let tail = id.trim_start_matches("i-");
    let created = node["metadata"]["creationTimestamp"].as_str().and_then(|time| time.parse::<Timestamp>().ok());
    let launched = created.map(|time| time.duration_since(world.clock.epoch).as_millis());
    let group = label(&["alpha.eksctl.io/nodegroup-name", "eks.amazonaws.com/nodegroup"]);
    let tags = [("alpha.eksctl.io/nodegroup-name", group), ("Name", name.clone())];
    let instance = Instance {
        id: id.to_owned(),
        reservation_id: format!("r-{tail}"),
        instance_type: label(&["node.kubernetes.io/instance-type", "beta.kubernetes.io/instance-type"]),
        zone,
        subnet_id,
        vpc_id,
        private_ip: address("InternalIP").unwrap_or(Ipv4Addr::UNSPECIFIED),
        public_ip: address("ExternalIP"),
        private_dns: name.clone(),
        image_id: label(&["eks.amazonaws.com/nodegroup-image"]),
        key_name: None,
        profile_arn: None,
        security_group_ids: vec![],
        user_data: "".into(),
        launch_template: None,
        lifecycle: if spot { Lifecycle::Spot } else { Lifecycle::OnDemand },
        spot_request_id: spot.then(|| format!("sir-{}", tail.get(..8).unwrap_or(tail))),
        interface_id: format!("eni-{tail}"),
        volume_id: format!("vol-{tail}"),
        volume_gib: 80,
        http_tokens: "required".to_owned(),
        hop_limit: 2,
        state: InstanceState::Running,
        reason: None,
        launched: launched.and_then(|millis| i64::try_from(millis).ok()).unwrap_or_default(),
        ended: None,
        rebalance_at: None,
        reclaim_at: None,
        group: None,
        boot: Boot::Joined { node: name.clone(), ready: true },
        tags: tags.into_iter().filter(|(_, value)| !value.is_empty()).map(|(key, value)| (key.into(), value)).collect(),
    };
    world.ec2.instance_names.insert(name, id.to_owned());
    world.ec2.instances.insert(id.to_owned(), instance);
}

/// `1.32` of `v1.32.3-eks-473151a`.
fn minor(version: &str) -> Option<String> {
    let mut parts = version.strip_prefix('v')?.split('.');
    let (major, minor) = (parts.next()?, parts.next()?);
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    (plain(major) && plain(minor)).then(|| format!("{major}.{minor}"))
}

/// The newest time in an object that says when something was seen.
fn newest(object: &Value) -> Option<Timestamp> {
    match object {
        Value::Array(items) => items.iter().filter_map(newest).max(),
        Value::Object(map) => {
            let moment = |(key, value): (&String, &Value)| match value {
                Value::String(text)
                    if [
                        "creationTimestamp",
                        "renewTime",
                        "lastHeartbeatTime",
                        "lastTimestamp",
                        "lastTransitionTime",
                        "startedAt",
                    ]
                    .contains(&key.as_str()) =>
                {
                    text.parse().ok()
                }
                _ => newest(value),
            };
            map.iter().filter_map(moment).max()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const TEXT: &str = "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Node\n  metadata:\n    name: a\n    resourceVersion: '41'\n    uid: u\n    creationTimestamp: '2026-11-20T00:00:00Z'\n    labels: {lifecycle: Ec2Spot, alpha.eksctl.io/cluster-name: mine, topology.kubernetes.io/region: us-west-2}\n  spec: {providerID: 'aws:///us-west-2a/i-0123456789abcdef0'}\n  status: {nodeInfo: {kubeletVersion: v1.31.2-eks}, conditions: [{type: Ready, status: 'True', lastHeartbeatTime: '2026-11-23T00:00:05Z'}]}\n- apiVersion: example.com/v1\n  kind: Odd\n  metadata: {name: o}\n---\napiVersion: v1\nkind: Pod\nmetadata: {name: p, namespace: apps}\nspec: {nodeName: a}\n";

    #[test]
    fn a_world_is_made_of_what_kubectl_printed() {
        let (world, loaded) = world(objects(TEXT, "f").unwrap(), &Options::default()).unwrap();
        assert_eq!(loaded.objects, BTreeMap::from([("nodes".to_owned(), 1), ("pods".to_owned(), 1)]));
        assert_eq!(loaded.left_out, BTreeMap::from([("Odd".to_owned(), 1)]));
        assert_eq!(world.clock.timestamp().to_string(), "2026-11-23T00:00:05Z");
        assert_eq!(world.account.region, "us-west-2");
        assert_eq!(world.eks.clusters["mine"].version, "1.31");
        assert_eq!(world.ec2.instances["i-0123456789abcdef0"].lifecycle, Lifecycle::Spot);
        assert_eq!(world.objects.get("nodes", "", "a").unwrap()["metadata"]["resourceVersion"], "41");
        assert!(world.objects.get("namespaces", "", "apps").is_some());
    }

    #[test]
    fn what_is_no_object_is_refused() {
        let refused = |text: &str| {
            let error = objects(text, "f").and_then(|objects| world(objects, &Options::default())).err().unwrap();
            format!("{}: {}", error.code, error.message)
        };
        assert_eq!(refused("{"), "SPOT-0201: `f` is neither JSON nor YAML");
        assert_eq!(refused("a: [1\n"), "SPOT-0201: `f` is neither JSON nor YAML");
        assert_eq!(refused("- 1\n"), "SPOT-0204: a document of `f` is no Kubernetes object");
        assert_eq!(refused("kind: List\nitems: [{a: 1}]\n"), "SPOT-0204: item 0 of `f` is no Kubernetes object");
        assert_eq!(refused(""), "SPOT-0204: there is no node among the objects");
        // Aliases that would unfold without end.
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
        assert_eq!(refused(bomb), "SPOT-0201: `f` is neither JSON nor YAML");
    }
}
