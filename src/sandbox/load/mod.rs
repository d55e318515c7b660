//! A world made of what `kubectl get … -o json|yaml` printed: a copy to rehearse on.
//!
//! Objects keep their names, uids, times and resource versions. The clock stands at the newest moment that they show, so
//! that ages are as they were. Behind each node stands an instance, as far as the node tells of it; who launched it is not
//! in the objects, so there is no Auto Scaling group. Controllers and the scheduler go on from there, unless the world is
//! to stand still.

mod decode;
mod read;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use jiff::Timestamp;
use serde_json::{Value, json};

pub use decode::text;
pub use read::objects;

use super::kube::resource::Resource;
use super::kube::store::ObjectStore;
use super::kube::time::{self, Now, to_stored};
use super::kube::unseen::{self, Unseen};
use super::services::ec2::state::{Boot, Instance, InstanceState};
use super::world::event::Event;
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
    /// Kinds that the sandbox does not have, such as `Odd (example.com/v1)`, with how many objects of each were left out.
    pub left_out: BTreeMap<String, usize>,
    /// Pods whose owners are not among the objects. In a world that stands still nobody is made anew anyway.
    pub unseen: Unseen,
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

/// So many objects of a resource: `1 node`, `2 nodes`.
pub fn spelled(plural: &str, count: usize) -> String {
    let one = Resource::by_plural(plural).filter(|_| count == 1).map(|resource| resource.singular);
    format!("{count} {}", one.unwrap_or(plural))
}

/// Makes a world of objects.
///
/// # Errors
/// `SPOT-0707` when there is no node among them.
pub fn world(objects: Vec<Value>, options: &Options) -> Result<(World, Loaded)> {
    let nodes: Vec<&Value> = objects.iter().filter(|object| object["kind"] == "Node").collect();
    let Some(first) = nodes.first() else {
        return Err(Error::new(Code::ObjectsUnusable, "there is no node among the objects").help(read::give()));
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
        let text = |field: &str| object[field].as_str().unwrap_or_default();
        let Some(resource) = Resource::of_kind(text("apiVersion"), text("kind")) else {
            let kind = unseen::spelled(text("apiVersion"), text("kind"));
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
    // Drains ask for the DaemonSets of pods in a world that stands still, too.
    let unseen = unseen::remember(&mut world.objects);
    if !world.objects.is_still() {
        loaded.unseen = unseen;
        end_leaving(world);
    }
    world.objects.settle();
    loaded
}

/// Pods that were on their way out when they were read go at the end of their grace period. One that should be gone by
/// then is held by something that is not in the objects: it stays.
fn end_leaving(world: &mut World) {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let ends = |pod: &Value| -> Option<(i64, Event)> {
        let left = time::millis(&pod["metadata"]["deletionTimestamp"])?.saturating_sub(world.clock.now);
        let [namespace, name, uid] = ["namespace", "name", "uid"].map(|field| text(&pod["metadata"][field]));
        (left >= 0).then_some((left, Event::PodGone { namespace, name, uid }))
    };
    let leaving: Vec<(i64, Event)> = world.objects.list("pods", None).filter_map(|pod| ends(pod)).collect();
    for (left, event) in leaving {
        world.after(left, event);
    }
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

    fn read(text: &str) -> Result<Vec<Value>> {
        objects(&[("f".to_owned(), text.to_owned())])
    }

    #[test]
    fn a_world_is_made_of_what_kubectl_printed() {
        let (world, loaded) = world(read(TEXT).unwrap(), &Options::default()).unwrap();
        assert_eq!(loaded.objects, BTreeMap::from([("nodes".to_owned(), 1), ("pods".to_owned(), 1)]));
        assert_eq!(loaded.left_out, BTreeMap::from([("Odd (example.com/v1)".to_owned(), 1)]));
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
            let error = read(text).and_then(|objects| world(objects, &Options::default())).err().unwrap();
            let place = error.location.as_ref().map(|at| format!("{at}: ")).unwrap_or_default();
            format!("{}: {place}{}", error.code, error.message)
        };
        assert_eq!(refused("{"), "SPOT-0201: f:1:1: `f` is neither JSON nor YAML");
        assert!(refused("a: [1\n").ends_with("`f` is neither JSON nor YAML"));
        assert_eq!(refused("- 1\n"), "SPOT-0707: f:1:1: `f` holds no Kubernetes objects: it is a list, not a map");
        assert_eq!(
            refused("apiVersion: v1\nkind: List\nitems:\n- {a: 1}\n"),
            "SPOT-0707: f:4:3: item 0 of `f` is no object that a cluster could hold"
        );
        assert_eq!(refused(""), "SPOT-0707: f:1:1: `f` holds no Kubernetes objects: it is empty");
        assert_eq!(refused(" \n# c\n---\n"), "SPOT-0707: f:1:1: `f` holds no Kubernetes objects: it is empty");
        assert_eq!(refused("apiVersion: v1\nkind: List\nitems: []\n"), "SPOT-0707: there is no node among the objects");
        // Aliases that would unfold without end.
        let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d]\nf: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e]\ng: &g [*f,*f,*f,*f,*f,*f,*f,*f,*f]\nh: [*g,*g,*g,*g,*g,*g,*g,*g,*g]\n";
        assert!(refused(bomb).ends_with("`f` is neither JSON nor YAML"));
    }

    #[test]
    fn objects_are_told_by_their_lines_also_in_a_stream_of_json() {
        let node = |name: &str| {
            format!("{{\"apiVersion\": \"v1\", \"kind\": \"Node\",\n \"metadata\": {{\"name\": \"{name}\"}}}}")
        };
        let text = format!("{}\n{}\n{}", node("a"), node("b"), node("a"));
        let error = read(&text).err().unwrap();
        assert_eq!(error.message, "Node `a` (document 3 of `f`) is there twice");
        assert_eq!(error.location.unwrap().line, 5);
    }
}
