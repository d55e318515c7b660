//! A world just large enough for one machine to become a node, each part of it removable.
#![allow(clippy::unwrap_used)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

use crate::domain::cloud::{AuthenticationMode, Lifecycle};
use crate::domain::nodegroup::AmiFamily;
use crate::domain::shape::Architecture;
use crate::domain::taint::Taint;
use crate::domain::user_data::{self, BootInput, encode};
use crate::sandbox::kube::store::ObjectStore;
use crate::sandbox::services::ec2::state::{
    Boot, Ec2State, Image, Instance, InstanceState, Rule, SecurityGroup, Source, Subnet, Vpc,
};
use crate::sandbox::services::eks::state::{AccessEntry, Cluster};
use crate::sandbox::services::iam::state::{Profile, Role};
use crate::sandbox::world::{World, system};

pub const ID: &str = "i-00950fafa9ca82520";
pub const NODE: &str = "ip-192-168-25-236.ap-northeast-1.compute.internal";
pub const ROLE: &str = "eksctl-dev-NodeInstanceRole-17FC8Y6PDME73";
pub const ENDPOINT: &str = "https://ABC.gr7.ap-northeast-1.eks.amazonaws.com";

/// The tutorial's first Spot machine, about to start its kubelet.
pub fn world() -> World {
    let mut world = World::fresh(7);
    world.ec2 = Ec2State::default();
    world.iam = Default::default();
    world.eks = Default::default();
    world.queue = Default::default();
    world.objects = ObjectStore::new(7);
    let account = world.account.clone();
    let arn = |kind: &str| account.iam_arn(kind);
    let policies = ["AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly"];
    world.iam.roles.insert(
        ROLE.into(),
        Role {
            name: ROLE.into(),
            id: "AROA".into(),
            arn: arn(&format!("role/{ROLE}")),
            path: "/".into(),
            description: String::new(),
            trust: crate::domain::policies::trust("amazonaws.com"),
            boundary: None,
            attached: policies.map(|name| format!("arn:aws:iam::aws:policy/{name}")).into(),
            inline: Default::default(),
            tags: Default::default(),
            created: 0,
            max_session: 3600,
        },
    );
    world.iam.profiles.insert(
        "profile".into(),
        Profile {
            name: "profile".into(),
            id: "AIPA".into(),
            arn: arn("instance-profile/profile"),
            path: "/".into(),
            role: Some(ROLE.into()),
            tags: Default::default(),
            created: 0,
            visible_at: 0,
        },
    );
    network(&mut world);
    cluster(&mut world);
    world.ec2.images.insert("ami-1".into(), image());
    world.ec2.instances.insert(ID.into(), instance(&world));
    system::install(&mut world);
    world
}

fn network(world: &mut World) {
    let rule = |peer: Source| Rule {
        id: "sgr-1".into(),
        protocol: "-1".into(),
        from_port: None,
        to_port: None,
        peer,
        description: None,
    };
    let group = |id: &str, ingress: Vec<Rule>| SecurityGroup {
        id: id.into(),
        name: id.into(),
        description: String::new(),
        vpc_id: "vpc-1".into(),
        ingress,
        egress: vec![rule(Source::Ipv4("0.0.0.0/0".into()))],
        tags: Default::default(),
    };
    let itself = rule(Source::Group("sg-cluster".into()));
    for group in [group("sg-cluster", vec![itself]), group("sg-control", vec![]), group("sg-node", vec![])] {
        world.ec2.security_groups.insert(group.id.clone(), group);
    }
    world
        .ec2
        .vpcs
        .insert("vpc-1".into(), Vpc { id: "vpc-1".into(), cidr: "192.168.0.0/16".into(), tags: Default::default() });
    let subnet = Subnet {
        id: "subnet-1".into(),
        vpc_id: "vpc-1".into(),
        zone: "ap-northeast-1a".into(),
        base: "192.168.0.0".parse().unwrap(),
        prefix: 19,
        public: true,
        tags: Default::default(),
        used: Default::default(),
    };
    world.ec2.subnets.insert("subnet-1".into(), subnet);
}

fn cluster(world: &mut World) {
    let role = world.account.iam_arn(&format!("role/{ROLE}"));
    let entry = AccessEntry {
        principal_arn: role.clone(),
        arn: String::new(),
        kind: "EC2_LINUX".into(),
        username: "system:node:{{EC2PrivateDNSName}}".into(),
        groups: vec!["system:nodes".into()],
        tags: Default::default(),
        created: 0,
        modified: 0,
        client_token: None,
    };
    let cluster = Cluster {
        name: "eks-spot-eksct".into(),
        arn: String::new(),
        version: "1.33".into(),
        platform_version: "eks.28".into(),
        status: "ACTIVE".into(),
        endpoint: ENDPOINT.into(),
        certificate_authority: "LS0tLS1CRUdJTg==".into(),
        service_cidr: "10.100.0.0/16".into(),
        role_arn: String::new(),
        vpc_id: "vpc-1".into(),
        subnet_ids: vec!["subnet-1".into()],
        security_group_ids: vec!["sg-control".into()],
        cluster_security_group: "sg-cluster".into(),
        authentication_mode: AuthenticationMode::ApiAndConfigMap,
        oidc_issuer: String::new(),
        tags: Default::default(),
        created: 0,
        access_entries: [(role, entry)].into(),
        nodegroups: Default::default(),
    };
    world.eks.clusters.insert(cluster.name.clone(), cluster);
}

fn image() -> Image {
    Image {
        id: "ami-1".into(),
        name: "amazon-eks-node-al2023-x86_64-standard-1.33-v20251209".into(),
        description: String::new(),
        architecture: Architecture::Amd64,
        root_device: "/dev/xvda".into(),
        snapshot_id: "snap-1".into(),
        size_gib: 20,
        owner_id: "602401143452".into(),
        family: "al2023".into(),
        kubernetes: "1.33".into(),
        kubelet: "v1.33.5-eks-113cf36".into(),
        created: 0,
    }
}

fn instance(world: &World) -> Instance {
    Instance {
        id: ID.into(),
        reservation_id: "r-1".into(),
        instance_type: "t2.xlarge".into(),
        zone: "ap-northeast-1a".into(),
        subnet_id: "subnet-1".into(),
        vpc_id: "vpc-1".into(),
        private_ip: "192.168.25.236".parse().unwrap(),
        public_ip: Some("3.112.211.180".parse().unwrap()),
        private_dns: NODE.into(),
        image_id: "ami-1".into(),
        key_name: None,
        profile_arn: Some(world.account.iam_arn("instance-profile/profile")),
        security_group_ids: vec!["sg-node".into(), "sg-cluster".into()],
        user_data: encode(&user_data(&["spotInstance=true:PreferNoSchedule"])).unwrap().into(),
        launch_template: None,
        lifecycle: Lifecycle::Spot,
        spot_request_id: None,
        interface_id: "eni-1".into(),
        volume_id: "vol-1".into(),
        volume_gib: 20,
        http_tokens: "required".into(),
        hop_limit: 2,
        state: InstanceState::Running,
        reason: None,
        launched: 0,
        ended: None,
        rebalance_at: None,
        reclaim_at: None,
        group: None,
        boot: Boot::Starting,
        tags: Default::default(),
    }
}

/// The tutorial's boot data, before base64.
pub fn user_data(taints: &[&str]) -> String {
    let labels: IndexMap<String, String> = [
        ("alpha.eksctl.io/cluster-name", "eks-spot-eksct"),
        ("alpha.eksctl.io/nodegroup-name", "dev-4vcpu-16gb-spot"),
        ("lifecycle", "Ec2Spot"),
        ("intent", "apps"),
        ("aws.amazon.com/spot", "true"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .into();
    let taints: Vec<Taint> = taints.iter().map(|text| Taint::parse(text).unwrap()).collect();
    boot_data(AmiFamily::AmazonLinux2023, &labels, &taints)
}

/// What a machine of a family is told to join the cluster of this world.
pub fn boot_data(family: AmiFamily, labels: &IndexMap<String, String>, taints: &[Taint]) -> String {
    user_data::write(
        family,
        &BootInput {
            cluster: "eks-spot-eksct",
            endpoint: ENDPOINT,
            certificate_authority: "LS0tLS1CRUdJTg==",
            service_cidr: "10.100.0.0/16",
            labels,
            taints,
            ..BootInput::default()
        },
    )
}

impl World {
    pub(super) fn machine(&mut self) -> &mut Instance {
        self.ec2.instances.get_mut(ID).unwrap()
    }

    pub(super) fn node_role(&mut self) -> &mut Role {
        self.iam.roles.get_mut(ROLE).unwrap()
    }

    pub(super) fn home(&mut self) -> &mut Cluster {
        self.eks.clusters.get_mut("eks-spot-eksct").unwrap()
    }

    /// Replaces text in the machine's boot data.
    pub(super) fn rewrite(&mut self, from: &str, to: &str) {
        let text = String::from_utf8(STANDARD.decode(&*self.machine().user_data).unwrap()).unwrap();
        assert!(text.contains(from), "{text}");
        self.machine().user_data = STANDARD.encode(text.replace(from, to)).into();
    }
}
