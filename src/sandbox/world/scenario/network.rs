//! The VPC as eksctl makes it: one public and one private /19 per zone, and the cluster's security groups.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use indexmap::IndexMap;

use super::Scenario;
use crate::domain::cloud::TagMap;
use crate::domain::offerings;
use crate::sandbox::services::ec2::state::{Rule, SecurityGroup, Source, Subnet, Vpc};
use crate::sandbox::world::World;

/// Ids that the rest of the scenario needs.
pub(super) struct Network {
    pub vpc_id: String,
    pub public: Vec<String>,
    pub private: Vec<String>,
    pub cluster_group: String,
    pub control_plane_group: String,
}

pub(super) fn build(scenario: &Scenario, world: &mut World) -> Network {
    let vpc_id = world.ids.ec2("vpc");
    let vpc =
        Vpc { id: vpc_id.clone(), cidr: "192.168.0.0/16".into(), tags: eksctl_tags(scenario, "VPC", &IndexMap::new()) };
    world.ec2.tag_index.add_all(&vpc_id, &vpc.tags);
    world.ec2.vpcs.insert(vpc_id.clone(), vpc);
    let zones: Vec<String> = offerings::region_zones(&scenario.region).into_iter().take(3).collect();
    let mut network = Network {
        vpc_id: vpc_id.clone(),
        public: Vec::new(),
        private: Vec::new(),
        cluster_group: String::new(),
        control_plane_group: String::new(),
    };
    for (block, (zone, public)) in
        [true, false].iter().flat_map(|public| zones.iter().map(move |zone| (zone, *public))).enumerate()
    {
        let kind = if public { "Public" } else { "Private" };
        let role = if public { "kubernetes.io/role/elb" } else { "kubernetes.io/role/internal-elb" };
        let extra = IndexMap::from([(role.to_owned(), "1".to_owned())]);
        let suffix = zone.replace('-', "").to_uppercase();
        let id = world.ids.ec2("subnet");
        let third = u8::try_from(block * 32).unwrap_or(224);
        let subnet = Subnet {
            id: id.clone(),
            vpc_id: vpc_id.clone(),
            zone: zone.clone(),
            base: Ipv4Addr::new(192, 168, third, 0),
            prefix: 19,
            public,
            tags: eksctl_tags(scenario, &format!("Subnet{kind}{suffix}"), &extra),
            used: BTreeSet::new(),
        };
        world.ec2.tag_index.add_all(&id, &subnet.tags);
        world.ec2.subnets.insert(id.clone(), subnet);
        if public { &mut network.public } else { &mut network.private }.push(id);
    }
    network.control_plane_group = group(
        world,
        &vpc_id,
        &format!("eksctl-{}-cluster-ControlPlaneSecurityGroup-{}", scenario.cluster, suffix(world, "control-plane-sg")),
        "Communication between the control plane and worker nodegroups",
        eksctl_tags(scenario, "ControlPlaneSecurityGroup", &IndexMap::new()),
        false,
    );
    let name = format!("eks-cluster-sg-{}-{}", scenario.cluster, world.ids.next("cluster-sg").0 % 10_000_000_000);
    let tags = IndexMap::from([
        ("Name".to_owned(), name.clone()),
        (format!("kubernetes.io/cluster/{}", scenario.cluster), "owned".to_owned()),
        ("aws:eks:cluster-name".to_owned(), scenario.cluster.clone()),
    ]);
    let description = "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, \
                       as well as any managed workloads.";
    network.cluster_group = group(world, &vpc_id, &name, description, tags, true);
    group(world, &vpc_id, "default", "default VPC security group", IndexMap::new(), true);
    network
}

/// CloudFormation's suffix of a generated name.
pub(super) fn suffix(world: &World, purpose: &str) -> String {
    const LETTERS: &[u8; 36] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    let mut hash = crate::sandbox::world::hash::hash(world.seed, &["suffix", purpose]);
    let mut suffix = String::new();
    for _ in 0..12 {
        suffix.push(char::from(LETTERS[(hash % 36) as usize]));
        hash /= 36;
    }
    suffix
}

fn eksctl_tags(scenario: &Scenario, resource: &str, extra: &TagMap) -> TagMap {
    let mut tags = IndexMap::from([
        ("Name".to_owned(), format!("eksctl-{}-cluster/{resource}", scenario.cluster)),
        ("alpha.eksctl.io/cluster-name".to_owned(), scenario.cluster.clone()),
        ("eksctl.cluster.k8s.io/v1alpha1/cluster-name".to_owned(), scenario.cluster.clone()),
    ]);
    tags.extend(extra.clone());
    tags
}

fn group(world: &mut World, vpc_id: &str, name: &str, description: &str, tags: TagMap, open_to_itself: bool) -> String {
    let id = world.ids.ec2("sg");
    let mut rule = |peer: Source| Rule {
        id: world.ids.ec2("sgr"),
        protocol: "-1".into(),
        from_port: None,
        to_port: None,
        peer,
        description: None,
    };
    let ingress = if open_to_itself { vec![rule(Source::Group(id.clone()))] } else { Vec::new() };
    let egress = vec![rule(Source::Ipv4("0.0.0.0/0".into()))];
    world.ec2.tag_index.add_all(&id, &tags);
    world.ec2.security_group_names.insert(format!("{vpc_id}/{name}"), id.clone());
    world.ec2.security_groups.insert(
        id.clone(),
        SecurityGroup {
            id: id.clone(),
            name: name.into(),
            description: description.into(),
            vpc_id: vpc_id.into(),
            ingress,
            egress,
            tags,
        },
    );
    id
}
