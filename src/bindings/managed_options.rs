//! The option map of `eks::managed_nodegroup`.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::nodegroup_options::{NodegroupOptions, SpotOptions, VolumeOptions, addon_names, checked};
use super::nodegroup_parts::{BootOptions, MachineOptions, RoleOptions, ScalingOptions, families};
use super::roll::{anything, share};
use super::schema;
use crate::domain::Code;
use crate::domain::drain::Share;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{GivenTemplate, Managed, NodeRepair, NodegroupSpec, UpdateConfig};

const FUNCTION: &str = "eks::managed_nodegroup";

/// Options of `eks::managed_nodegroup`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ManagedOptions {
    /// Name of the EKS cluster that the nodes join.
    cluster: String,
    /// Instance types of one shape: a list of names, or what `spot::types` and `spot::select` give. Left out only with a
    /// `launch_template` that names one.
    #[serde(default)]
    types: Vec<String>,
    /// Whether the capacity is Spot; `true` unless said.
    spot: Option<bool>,
    /// Region of the cluster; the session's unless said.
    region: Option<String>,
    /// Fewest nodes; as many as `desired` unless said.
    min: Option<i64>,
    /// Most nodes, 1 or more; as many as `desired` unless said.
    max: Option<i64>,
    /// Nodes wanted; `min` unless said, 2 if no size is given.
    desired: Option<i64>,
    /// Name of an EC2 key pair: opens SSH to the nodes.
    ssh_key: Option<String>,
    /// A public key, the line of a `.pub` file, in place of `ssh_key`: becomes a key pair of the group's own.
    ssh_public_key: Option<String>,
    /// Address ranges that SSH is open to, such as `203.0.113.0/24`; needs a key.
    #[serde(default)]
    ssh_from: Vec<String>,
    /// Ids of security groups whose members SSH is open to; needs a key.
    #[serde(default)]
    ssh_from_groups: Vec<String>,
    /// Labels of the nodes: keys and texts.
    #[serde(default)]
    labels: IndexMap<String, String>,
    /// Taints of the nodes, written as for `eks::nodegroup`.
    #[serde(default)]
    taints: Value,
    /// AWS tags of the group, its instances and their volumes: keys and texts.
    #[serde(default)]
    tags: IndexMap<String, String>,
    /// Policies that the nodes' role gets, by eksctl's names.
    #[serde(default)]
    #[schemars(extend("items" = schema::texts(addon_names())))]
    addons: Vec<String>,
    /// Root volume of the nodes.
    volume: Option<VolumeOptions>,
    /// Whether the nodes are in private subnets only; `false` unless said.
    #[serde(default)]
    private_networking: bool,
    /// Availability zones; all of the cluster unless said.
    #[serde(default)]
    zones: Vec<String>,
    /// Ids of subnets; all of the cluster's that fit unless said.
    #[serde(default)]
    subnets: Vec<String>,
    /// Most pods of a node; what the instance type allows unless said.
    max_pods: Option<u32>,
    /// Id of an image; EKS's newest for the cluster's version unless said.
    ami: Option<String>,
    /// Family of the image; `AmazonLinux2023` unless said.
    #[schemars(extend("enum" = families()))]
    family: Option<String>,
    /// Release of EKS's image, such as `1.33.5-20251209`; the newest unless said.
    release: Option<String>,
    /// Ids of security groups that the nodes get too.
    #[serde(default)]
    security_groups: Vec<String>,
    /// Volumes beside the root volume; each needs a `device`.
    #[serde(default)]
    volumes: Vec<VolumeOptions>,
    /// The role of the nodes, where it is not the usual.
    #[serde(default)]
    role: RoleOptions,
    /// What happens at boot beside joining.
    #[serde(default)]
    boot: BootOptions,
    /// Settings of the instances.
    #[serde(default)]
    machine: MachineOptions,
    /// How many nodes EKS may take away at once when it replaces them: a number, or a part such as `"33%"`. One unless said.
    #[serde(default)]
    #[schemars(schema_with = "anything")]
    max_unavailable: Option<Value>,
    /// Whether EKS replaces nodes that its monitoring finds broken; as EKS decides unless said.
    node_repair: Option<bool>,
    /// A launch template of your own: what it says is left out here.
    launch_template: Option<TemplateOptions>,
}

/// A launch template of the user's own.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct TemplateOptions {
    /// `lt-…`.
    id: String,
    /// Number of the version; the default version unless said.
    version: Option<i64>,
}

impl ManagedOptions {
    /// The group of that name. Every rule that needs no request is checked here.
    pub(super) fn into_spec(self, name: &str) -> Result<NodegroupSpec> {
        let spot = self.spot.unwrap_or(true);
        if self.types.is_empty() && self.launch_template.is_none() {
            return Err(Error::new(Code::MissingOption, format!("`{FUNCTION}` needs `types`"))
                .help("name instance types of one shape, such as `types: [\"m5.xlarge\", \"m5a.xlarge\"]`"));
        }
        let managed = Managed {
            spot: Some(spot),
            launch_template: self.launch_template.map(|template| GivenTemplate {
                id: template.id,
                version: template.version.map(|version| version.to_string()),
            }),
            release_version: self.release,
            node_repair: self.node_repair.map(|on| NodeRepair { enabled: Some(on), ..NodeRepair::default() }),
        };
        let update_config = update(self.max_unavailable)?;
        let options = NodegroupOptions {
            cluster: self.cluster,
            types: self.types,
            region: self.region,
            min: self.min,
            max: self.max,
            desired: self.desired,
            spot: SpotOptions::default(),
            ssh_key: self.ssh_key,
            ssh_public_key: self.ssh_public_key,
            ssh_from: self.ssh_from,
            ssh_from_groups: self.ssh_from_groups,
            labels: self.labels,
            taints: self.taints,
            tags: self.tags,
            addons: self.addons,
            volume: self.volume,
            private_networking: self.private_networking,
            zones: self.zones,
            subnets: self.subnets,
            max_pods: self.max_pods,
            ami: self.ami,
            family: self.family,
            local_zones: vec![],
            security_groups: self.security_groups,
            volumes: self.volumes,
            role: self.role,
            boot: self.boot,
            machine: self.machine,
            scaling: ScalingOptions::default(),
        };
        let mut spec = options.assemble(name)?;
        spec.distribution = Managed::distribution(spot);
        spec.update_config = update_config;
        spec.managed = Some(managed);
        if !spec.types.is_empty() {
            spec.types.same_shape()?;
        }
        checked(spec)
    }
}

fn update(given: Option<Value>) -> Result<Option<UpdateConfig>> {
    let (number, percentage) = match share(FUNCTION, "max_unavailable", given)? {
        None => return Ok(None),
        Some(Share::Number(number)) => (Some(i64::try_from(number).unwrap_or(i64::MAX)), None),
        Some(Share::Percent(percent)) => (None, Some(i64::from(percent))),
    };
    if number.or(percentage).is_some_and(|value| !(1..=100).contains(&value)) {
        let message = format!("`max_unavailable` of `{FUNCTION}` is not from 1 to 100");
        return Err(
            Error::new(Code::InvalidValue, message).help("write a number such as `2`, or a part such as `\"33%\"`")
        );
    }
    Ok(Some(UpdateConfig { max_unavailable: number, max_unavailable_percentage: percentage }))
}
