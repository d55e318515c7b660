//! Maps inside the option map of `eks::nodegroup`: the role, what happens at boot, the machines, the scaling.

use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{
    AmiFamily, Boot, Bottlerocket, CapacityReservation, CpuCredits, GroupSettings, Machine, MetricsCollection,
    NodeRole, PROCESSES, Placement,
};

/// The names of the image families.
pub(super) fn families() -> Vec<&'static str> {
    AmiFamily::ALL.iter().map(|family| family.as_str()).collect()
}

/// Who the nodes are.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct RoleOptions {
    /// Name of the role that is made, instead of the usual.
    name: Option<String>,
    /// An inline policy document of your own.
    policy: Option<Map<String, Value>>,
    /// ARNs of managed policies, instead of those that every node gets.
    policy_arns: Vec<String>,
    /// ARN of a policy that bounds the role.
    permissions_boundary: Option<String>,
    /// ARN of a role that is there: it is used and never changed.
    role_arn: Option<String>,
    /// ARN of an instance profile that is there.
    profile_arn: Option<String>,
}

impl From<RoleOptions> for NodeRole {
    fn from(options: RoleOptions) -> Self {
        NodeRole {
            attach_policy: options.policy,
            attach_policy_arns: options.policy_arns,
            instance_profile_arn: options.profile_arn,
            role_arn: options.role_arn,
            role_name: options.name,
            permissions_boundary: options.permissions_boundary,
        }
    }
}

/// What happens at boot.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct BootOptions {
    /// Commands that run before the node joins.
    commands: Vec<String>,
    /// A script instead of the family's own; for Amazon Linux 2023 a NodeConfig that is merged into ours.
    override_command: Option<String>,
    /// Settings of the kubelet's configuration file.
    kubelet: Option<Map<String, Value>>,
    /// Address of the cluster's DNS.
    cluster_dns: Option<String>,
    /// Bottlerocket's settings.
    bottlerocket: Option<Map<String, Value>>,
    /// Whether Bottlerocket's admin container is started.
    admin_container: Option<bool>,
}

impl From<BootOptions> for Boot {
    fn from(options: BootOptions) -> Self {
        let bottlerocket =
            (options.bottlerocket.is_some() || options.admin_container.is_some()).then_some(Bottlerocket {
                enable_admin_container: options.admin_container,
                settings: options.bottlerocket,
            });
        Boot {
            pre_bootstrap_commands: options.commands,
            override_command: options.override_command,
            kubelet_extra_config: options.kubelet,
            cluster_dns: options.cluster_dns,
            bottlerocket,
            container_runtime: None,
        }
    }
}

/// The instances themselves.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct MachineOptions {
    /// `Name` tag of the instances, instead of the usual.
    name: Option<String>,
    /// Put before the usual `Name` tag.
    name_prefix: Option<String>,
    /// Name of an existing placement group.
    placement_group: Option<String>,
    /// Dedicated throughput to EBS.
    ebs_optimized: Option<bool>,
    /// CloudWatch metrics each minute.
    detailed_monitoring: Option<bool>,
    /// Nitro Enclaves.
    enclaves: Option<bool>,
    /// What burstable types do when their credits are spent.
    #[schemars(extend("enum" = ["standard", "unlimited"]))]
    cpu_credits: Option<String>,
    /// Whether IMDSv1, which asks for no token, is on; `false` unless said.
    imds_v1: Option<bool>,
    /// Whether pods reach the metadata service; `true` unless said.
    pod_imds: Option<bool>,
    /// Id of a capacity reservation.
    reservation: Option<String>,
}

impl MachineOptions {
    pub(super) fn into_machine(self) -> Result<Machine> {
        let cpu_credits = match self.cpu_credits.as_deref() {
            None => None,
            Some("standard") => Some(CpuCredits::Standard),
            Some("unlimited") => Some(CpuCredits::Unlimited),
            Some(other) => {
                return Err(Error::new(Code::InvalidValue, format!("`machine.cpu_credits` cannot be `{other}`"))
                    .help("it is `standard` or `unlimited`"));
            }
        };
        Ok(Machine {
            name_prefix: self.name_prefix,
            name: self.name,
            placement: self.placement_group.map(|group| Placement { group: Some(group), spread_level: None }),
            ebs_optimized: self.ebs_optimized,
            detailed_monitoring: self.detailed_monitoring,
            enclaves: self.enclaves,
            cpu_credits,
            capacity_reservation: self
                .reservation
                .map(|id| CapacityReservation { id: Some(id), ..CapacityReservation::default() }),
            disable_imds_v1: self.imds_v1.map(|on| !on),
            disable_pod_imds: self.pod_imds.map(|on| !on),
            ..Machine::default()
        })
    }
}

/// The Auto Scaling group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ScalingOptions {
    /// Processes that are suspended.
    #[schemars(extend("items" = { "type": "string", "enum": PROCESSES }))]
    suspend: Vec<String>,
    /// Seconds after which an instance is replaced; a day or more.
    max_lifetime: Option<u32>,
    /// Metrics that the group reports each minute.
    metrics: Vec<String>,
    /// ARNs of target groups that the instances join.
    target_groups: Vec<String>,
    /// Names of classic load balancers that the instances join.
    load_balancers: Vec<String>,
    /// Whether labels and taints are told to the Cluster Autoscaler by tags, without its policy too.
    propagate_tags: Option<bool>,
}

impl From<ScalingOptions> for GroupSettings {
    fn from(options: ScalingOptions) -> Self {
        let metrics = MetricsCollection { granularity: "1Minute".to_owned(), metrics: options.metrics };
        GroupSettings {
            suspended_processes: options.suspend,
            max_instance_lifetime: options.max_lifetime,
            metrics: if metrics.metrics.is_empty() { Vec::new() } else { vec![metrics] },
            target_group_arns: options.target_groups,
            load_balancers: options.load_balancers,
            propagate_tags: options.propagate_tags,
        }
    }
}
