//! The specification of one self-managed node group.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{Distribution, Size, SpotAllocationStrategy};
use crate::domain::autoscaler_tags;
use crate::domain::cloud::TagMap;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::label;
use crate::domain::taint::Taint;

/// eksctl's label and tag for the cluster of a group.
pub const CLUSTER_LABEL: &str = "alpha.eksctl.io/cluster-name";
/// eksctl's label and tag for the name of a group.
pub const NODEGROUP_LABEL: &str = "alpha.eksctl.io/nodegroup-name";

/// Operating system family of the nodes' image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AmiFamily {
    /// Amazon Linux 2023, booted by nodeadm.
    AmazonLinux2023,
}

impl AmiFamily {
    /// eksctl's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            AmiFamily::AmazonLinux2023 => "AmazonLinux2023",
        }
    }
}

/// EBS volume types a root volume can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VolumeType {
    /// General purpose, previous generation.
    Gp2,
    /// General purpose.
    Gp3,
    /// Provisioned IOPS.
    Io1,
    /// Provisioned IOPS, durable.
    Io2,
}

impl VolumeType {
    /// EC2's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            VolumeType::Gp2 => "gp2",
            VolumeType::Gp3 => "gp3",
            VolumeType::Io1 => "io1",
            VolumeType::Io2 => "io2",
        }
    }
}

/// Root volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// GiB.
    pub size_gib: u32,
    /// Type.
    pub volume_type: VolumeType,
    /// IOPS; `None` takes the type's default (3000 for gp3).
    pub iops: Option<u32>,
    /// MiB/s; `None` takes the type's default (125 for gp3).
    pub throughput: Option<u32>,
    /// Encrypted or not; `None` leaves it to the account's default.
    pub encrypted: Option<bool>,
}

impl Default for Volume {
    /// eksctl's default: 80 GiB gp3 with 3000 IOPS and 125 MiB/s.
    fn default() -> Self {
        Volume { size_gib: 80, volume_type: VolumeType::Gp3, iops: Some(3000), throughput: Some(125), encrypted: None }
    }
}

/// SSH access to the nodes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshAccess {
    /// Name of an EC2 key pair of the region.
    pub key_name: String,
    /// CIDRs that may reach port 22. Empty means the VPC's own CIDR: never the whole world unless it is written here.
    pub sources: Vec<String>,
}

/// eksctl's `iam.withAddonPolicies`: what pods on the nodes may do through the node role.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct AddonPolicies {
    /// Cluster Autoscaler; also puts the discovery tags on the group.
    pub auto_scaler: bool,
    /// CloudWatch agent.
    pub cloud_watch: bool,
    /// AWS Load Balancer Controller (eksctl's `awsLoadBalancerController`, formerly `albIngress`).
    pub aws_load_balancer_controller: bool,
    /// EBS CSI driver.
    pub ebs: bool,
    /// ECR push (image builders).
    pub image_builder: bool,
    /// ExternalDNS.
    pub external_dns: bool,
    /// cert-manager.
    pub cert_manager: bool,
    /// X-Ray daemon.
    pub x_ray: bool,
}

/// A self-managed Spot worker group. Valid once [`NodegroupSpec::validate`] has passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodegroupSpec {
    /// Group name, eksctl's rule: letters, digits and `-`.
    pub name: String,
    /// EKS cluster name.
    pub cluster: String,
    /// Region; `None` takes the session's.
    pub region: Option<String>,
    /// Instance types in the order of preference.
    pub types: InstanceTypes,
    /// Sizes.
    pub size: Size,
    /// On-Demand and Spot.
    pub distribution: Distribution,
    /// SSH; `None` is no SSH.
    pub ssh: Option<SshAccess>,
    /// Node labels as the user gave them, without eksctl's own two.
    pub labels: IndexMap<String, String>,
    /// Node taints.
    pub taints: Vec<Taint>,
    /// AWS tags as the user gave them, for the group, instances and volumes.
    pub tags: TagMap,
    /// Add-on policies of the node role.
    pub addons: AddonPolicies,
    /// Image family.
    pub ami_family: AmiFamily,
    /// Image id, instead of the family's newest.
    pub ami: Option<String>,
    /// Root volume.
    pub volume: Volume,
    /// Nodes only in private subnets.
    pub private_networking: bool,
    /// Only these zones; empty is all zones of the cluster.
    pub availability_zones: Vec<String>,
    /// Only these subnets; empty is all.
    pub subnets: Vec<String>,
    /// Kubelet's max pods; `None` is what the network interfaces of each type allow.
    pub max_pods: Option<u32>,
}

impl NodegroupSpec {
    /// A group with eksctl's defaults (two nodes, 80 GiB gp3, public subnets, no SSH), all Spot with
    /// AWS's recommended strategy.
    pub fn new(name: impl Into<String>, cluster: impl Into<String>, types: InstanceTypes) -> Self {
        NodegroupSpec {
            name: name.into(),
            cluster: cluster.into(),
            region: None,
            types,
            size: Size { min: 2, desired: 2, max: 2 },
            distribution: Distribution::spot(SpotAllocationStrategy::PriceCapacityOptimized),
            ssh: None,
            labels: IndexMap::new(),
            taints: Vec::new(),
            tags: TagMap::new(),
            addons: AddonPolicies::default(),
            ami_family: AmiFamily::AmazonLinux2023,
            ami: None,
            volume: Volume::default(),
            private_networking: false,
            availability_zones: Vec::new(),
            subnets: Vec::new(),
            max_pods: None,
        }
    }

    /// The labels of the nodes: eksctl's own two, then the user's by key. A script's maps and a
    /// file's keys come in different orders, and a group that says the same must be the same, byte
    /// for byte of its user data.
    ///
    /// eksctl's label for the cluster is left out where the cluster's name is no label value (EKS
    /// allows up to 100 characters): a kubelet told to set it would not start.
    pub fn node_labels(&self) -> IndexMap<String, String> {
        let own = [(CLUSTER_LABEL, &self.cluster), (NODEGROUP_LABEL, &self.name)];
        let mut labels: IndexMap<String, String> = own
            .into_iter()
            .filter(|(_, value)| label::validate_value(value).is_ok())
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect();
        let mut given: Vec<_> = self.labels.iter().collect();
        given.sort_unstable();
        labels.extend(given.into_iter().map(|(key, value)| (key.clone(), value.clone())));
        labels
    }

    /// The Cluster Autoscaler's node-template tags that the add-on policy `autoScaler` asks for, derived from labels and
    /// taints. Empty without that policy.
    pub fn template_tags(&self) -> TagMap {
        if self.addons.auto_scaler { autoscaler_tags::derive(&self.labels, &self.taints) } else { TagMap::new() }
    }

    /// The tags of the Auto Scaling group that follow from the specification, in a fixed order:
    /// eksctl's own, the Cluster Autoscaler's for discovery and for its node template, the user's.
    /// The user's win. Tags that say who made the group are not among them.
    ///
    /// The Cluster Autoscaler's are there when its policy is on, or when the user's tags speak to it.
    pub fn group_tags(&self) -> TagMap {
        let mut tags = TagMap::from([
            ("Name".to_owned(), format!("{}-{}-Node", self.cluster, self.name)),
            (format!("kubernetes.io/cluster/{}", self.cluster), "owned".to_owned()),
            (CLUSTER_LABEL.to_owned(), self.cluster.clone()),
            (NODEGROUP_LABEL.to_owned(), self.name.clone()),
            ("alpha.eksctl.io/nodegroup-type".to_owned(), "unmanaged".to_owned()),
        ]);
        if self.addons.auto_scaler {
            tags.extend(autoscaler_tags::discovery(&self.cluster));
        }
        if self.addons.auto_scaler || self.tags.keys().any(|key| key.starts_with("k8s.io/cluster-autoscaler/")) {
            tags.extend(autoscaler_tags::derive(&self.labels, &self.taints));
        }
        tags.extend(self.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags
    }
}
