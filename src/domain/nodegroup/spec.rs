//! The specification of one node group.

use indexmap::IndexMap;
use serde::{Deserialize, Serialize};

use super::{
    AmiFamily, Boot, DataVolume, Distribution, GroupSettings, InstanceSelector, Machine, Managed, NodeRole,
    SecurityGroups, Size, SpotAllocationStrategy, SshAccess, UpdateConfig, Volume,
};
use crate::domain::autoscaler_tags;
use crate::domain::cloud::TagMap;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::label;
use crate::domain::taint::Taint;

/// eksctl's label and tag for the cluster of a group.
pub const CLUSTER_LABEL: &str = "alpha.eksctl.io/cluster-name";
/// eksctl's label and tag for the name of a group.
pub const NODEGROUP_LABEL: &str = "alpha.eksctl.io/nodegroup-name";

/// The label selector that picks the nodes of a group.
pub fn node_selector(group: &str) -> String {
    format!("{NODEGROUP_LABEL}={group}")
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
    /// App Mesh controller.
    pub app_mesh: bool,
    /// App Mesh controller, preview channel.
    pub app_mesh_preview: bool,
    /// EFS CSI driver.
    pub efs: bool,
    /// FSx CSI driver.
    pub fsx: bool,
}

/// A Spot worker group, self-managed unless [`NodegroupSpec::managed`] is set. Valid once [`NodegroupSpec::validate`] has passed.
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
    /// Names in a document that the catalogue does not know: kept, and refused when the group is to be made.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown_types: Vec<String>,
    /// What the types were chosen by, when they were not named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub selector: Option<InstanceSelector>,
    /// Local Zones; empty is the cluster's ordinary zones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub local_zones: Vec<String>,
    /// Volumes beside the root volume.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub additional_volumes: Vec<DataVolume>,
    /// The role of the nodes, where it is not the usual.
    #[serde(default, skip_serializing_if = "is_default")]
    pub role: NodeRole,
    /// Security groups of the nodes.
    #[serde(default, skip_serializing_if = "is_default")]
    pub security_groups: SecurityGroups,
    /// What happens at boot.
    #[serde(default, skip_serializing_if = "is_default")]
    pub boot: Boot,
    /// Settings of the instances.
    #[serde(default, skip_serializing_if = "is_default")]
    pub machine: Machine,
    /// Settings of the Auto Scaling group.
    #[serde(default, skip_serializing_if = "is_default")]
    pub settings: GroupSettings,
    /// How many nodes an update may take away. Without effect on a self-managed group, in eksctl too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_config: Option<UpdateConfig>,
    /// Set for a group that EKS manages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub managed: Option<Managed>,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
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
            unknown_types: Vec::new(),
            selector: None,
            local_zones: Vec::new(),
            additional_volumes: Vec::new(),
            role: NodeRole::default(),
            security_groups: SecurityGroups::default(),
            boot: Boot::default(),
            machine: Machine::default(),
            settings: GroupSettings::default(),
            update_config: None,
            managed: None,
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

    /// The Cluster Autoscaler's node-template tags that the add-on policy `autoScaler` or `propagateASGTags` ask for,
    /// derived from labels and taints. Empty without them.
    pub fn template_tags(&self) -> TagMap {
        if self.tells_autoscaler() { autoscaler_tags::derive(&self.labels, &self.taints) } else { TagMap::new() }
    }

    /// The `Name` tag of the instances.
    pub fn instance_name(&self) -> String {
        let usual = format!("{}-{}-Node", self.cluster, self.name);
        match (&self.machine.name, &self.machine.name_prefix) {
            (Some(name), _) => name.clone(),
            (None, Some(prefix)) => format!("{prefix}-{usual}"),
            (None, None) => usual,
        }
    }

    /// Whether labels and taints are told to the Cluster Autoscaler by tags.
    fn tells_autoscaler(&self) -> bool {
        self.addons.auto_scaler || self.settings.propagate_tags == Some(true)
    }

    /// The tags of the Auto Scaling group that follow from the specification, in a fixed order:
    /// eksctl's own, the Cluster Autoscaler's for discovery and for its node template, the user's.
    /// The user's win. Tags that say who made the group are not among them.
    ///
    /// The Cluster Autoscaler's are there when its policy is on, or when the user's tags speak to it. That nodes run Windows
    /// is always said: the group itself does not tell, and the autoscaler takes one without nodes for Linux.
    pub fn group_tags(&self) -> TagMap {
        let mut tags = TagMap::from([
            ("Name".to_owned(), self.instance_name()),
            (format!("kubernetes.io/cluster/{}", self.cluster), "owned".to_owned()),
            (CLUSTER_LABEL.to_owned(), self.cluster.clone()),
            (NODEGROUP_LABEL.to_owned(), self.name.clone()),
            (
                "alpha.eksctl.io/nodegroup-type".to_owned(),
                if self.managed.is_some() { "managed" } else { "unmanaged" }.to_owned(),
            ),
        ]);
        if self.addons.auto_scaler {
            tags.extend(autoscaler_tags::discovery(&self.cluster));
        }
        if self.tells_autoscaler() || self.tags.keys().any(|key| key.starts_with("k8s.io/cluster-autoscaler/")) {
            tags.extend(autoscaler_tags::derive(&self.labels, &self.taints));
        }
        if self.ami_family.is_windows() && self.managed.is_none() {
            tags.insert(autoscaler_tags::OS.to_owned(), "windows".to_owned());
        }
        tags.extend(self.tags.iter().map(|(key, value)| (key.clone(), value.clone())));
        tags
    }
}
