//! The option map of `eks::nodegroup`, and the specification it describes.

use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::nodegroup_parts::{BootOptions, MachineOptions, RoleOptions, ScalingOptions, families};
use super::schema;
use crate::domain::Code;
use crate::domain::eksctl;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{
    AddonPolicies, AmiFamily, DataVolume, Distribution, NodegroupSpec, PublicKey, SecurityGroups, Size,
    SpotAllocationStrategy, SshAccess, Volume, VolumeType,
};
use crate::domain::taint::{Taint, TaintEffect};

const FUNCTION: &str = "eks::nodegroup";

/// Options of `eks::nodegroup`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NodegroupOptions {
    /// Name of the EKS cluster that the nodes join.
    pub(super) cluster: String,
    /// Instance types of one shape, the preferred first: a list of names, or what `spot::types` and `spot::select` give.
    pub(super) types: Vec<String>,
    /// Region of the cluster; the session's unless said.
    pub(super) region: Option<String>,
    /// Fewest nodes; as many as `desired` unless said.
    pub(super) min: Option<i64>,
    /// Most nodes; as many as `desired` unless said.
    pub(super) max: Option<i64>,
    /// Nodes wanted; `min` unless said, 2 if no size is given.
    pub(super) desired: Option<i64>,
    /// How Spot and On-Demand are divided; all Spot unless said.
    #[serde(default)]
    pub(super) spot: SpotOptions,
    /// Name of an EC2 key pair: opens SSH to the nodes.
    pub(super) ssh_key: Option<String>,
    /// A public key, the line of a `.pub` file, in place of `ssh_key`: becomes a key pair of the group's own.
    pub(super) ssh_public_key: Option<String>,
    /// Address ranges that SSH is open to, such as `203.0.113.0/24`; needs a key.
    #[serde(default)]
    pub(super) ssh_from: Vec<String>,
    /// Ids of security groups whose members SSH is open to; needs a key.
    #[serde(default)]
    pub(super) ssh_from_groups: Vec<String>,
    /// Labels of the nodes: keys and texts.
    #[serde(default)]
    pub(super) labels: IndexMap<String, String>,
    /// Taints of the nodes: a list of texts such as `"key=value:NoSchedule"`, of values of `taint::…`, or of maps with `key`, `value` and `effect`; or one map in eksctl's older spelling.
    #[serde(default)]
    pub(super) taints: Value,
    /// AWS tags of the group, its instances and their volumes: keys and texts.
    #[serde(default)]
    pub(super) tags: IndexMap<String, String>,
    /// Policies that the nodes' role gets, by eksctl's names.
    #[serde(default)]
    #[schemars(extend("items" = schema::texts(addon_names())))]
    pub(super) addons: Vec<String>,
    /// Root volume of the nodes.
    pub(super) volume: Option<VolumeOptions>,
    /// Whether the nodes are in private subnets only; `false` unless said.
    #[serde(default)]
    pub(super) private_networking: bool,
    /// Availability zones; all of the cluster unless said.
    #[serde(default)]
    pub(super) zones: Vec<String>,
    /// Ids of subnets; all of the cluster's that fit unless said.
    #[serde(default)]
    pub(super) subnets: Vec<String>,
    /// Most pods of a node; what the instance type allows unless said.
    pub(super) max_pods: Option<u32>,
    /// Id of an image; the newest of EKS for the cluster's version unless said.
    pub(super) ami: Option<String>,
    /// Family of the image; `AmazonLinux2023` unless said.
    #[schemars(extend("enum" = families()))]
    pub(super) family: Option<String>,
    /// Local Zones, instead of the cluster's zones.
    #[serde(default)]
    pub(super) local_zones: Vec<String>,
    /// Ids of security groups that the nodes get too.
    #[serde(default)]
    pub(super) security_groups: Vec<String>,
    /// Volumes beside the root volume; each needs a `device`.
    #[serde(default)]
    pub(super) volumes: Vec<VolumeOptions>,
    /// The role of the nodes, where it is not the usual.
    #[serde(default)]
    pub(super) role: RoleOptions,
    /// What happens at boot beside joining.
    #[serde(default)]
    pub(super) boot: BootOptions,
    /// Settings of the instances.
    #[serde(default)]
    pub(super) machine: MachineOptions,
    /// Settings of the Auto Scaling group.
    #[serde(default)]
    pub(super) scaling: ScalingOptions,
}

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct SpotOptions {
    /// How Spot pools are chosen; `price-capacity-optimized` unless said.
    #[schemars(extend("enum" = schema::strategies()))]
    strategy: Option<String>,
    /// On-Demand nodes before any Spot node; 0 unless said.
    on_demand_base: i64,
    /// Percentage of On-Demand nodes above the base, 0 to 100; 0 unless said.
    on_demand_percent: i64,
    /// Number of Spot pools, for `lowest-price` alone.
    pools: Option<i64>,
    /// Most to pay for an instance hour in US dollars: a text such as `"0.12"`, or a number; the On-Demand price unless said.
    max_price: Option<Value>,
    /// Whether a replacement starts when a Spot instance is at risk; `false` unless said.
    capacity_rebalance: bool,
}

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct VolumeOptions {
    /// Size in GiB; 80 unless said.
    size_gib: Option<u32>,
    /// Kind of EBS volume; `gp3` unless said.
    #[serde(rename = "type")]
    #[schemars(extend("enum" = VOLUME_TYPES.map(VolumeType::as_str)))]
    kind: Option<String>,
    /// Operations per second; 3000 for `gp3` unless said.
    iops: Option<u32>,
    /// MiB per second; 125 for `gp3` unless said.
    throughput: Option<u32>,
    /// Whether the volume is encrypted; as the account says unless said.
    encrypted: Option<bool>,
    /// KMS key that it is encrypted with; needs `encrypted: true`.
    kms_key: Option<String>,
    /// Device, such as `/dev/xvdf`; the image's root device unless said.
    device: Option<String>,
    /// Snapshot that it begins with; not for the root volume.
    snapshot: Option<String>,
}

/// The kinds of volume that a group can have.
const VOLUME_TYPES: [VolumeType; 4] = [VolumeType::Gp2, VolumeType::Gp3, VolumeType::Io1, VolumeType::Io2];

impl NodegroupOptions {
    /// The group of that name. Every rule that needs no request is checked here.
    pub(super) fn into_spec(self, name: &str) -> Result<NodegroupSpec> {
        let spec = self.assemble(name)?;
        spec.types.same_shape()?;
        checked(spec)
    }

    /// The same, unchecked.
    pub(super) fn assemble(self, name: &str) -> Result<NodegroupSpec> {
        let types = InstanceTypes::parse(&self.types)?;
        let ssh = ssh(self.ssh_key, self.ssh_public_key, self.ssh_from, self.ssh_from_groups)?;
        Ok(NodegroupSpec {
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
            ami_family: self.family.as_deref().map_or(Ok(AmiFamily::AmazonLinux2023), AmiFamily::parse)?,
            local_zones: self.local_zones,
            security_groups: SecurityGroups { attach_ids: self.security_groups, ..SecurityGroups::default() },
            additional_volumes: self.volumes.into_iter().map(VolumeOptions::into_data_volume).collect::<Result<_>>()?,
            role: self.role.into(),
            boot: self.boot.into(),
            machine: self.machine.into_machine()?,
            settings: self.scaling.into(),
            ..NodegroupSpec::new(name, self.cluster, types)
        })
    }
}

/// Which key, and who may connect.
fn ssh(
    name: Option<String>,
    key: Option<String>,
    sources: Vec<String>,
    source_security_groups: Vec<String>,
) -> Result<Option<SshAccess>> {
    let access = match (name, key) {
        (Some(_), Some(_)) => {
            let message = format!("`{FUNCTION}` has both `ssh_key` and `ssh_public_key`: a node has one key");
            return Err(Error::new(Code::InvalidValue, message).help("leave one of them out"));
        }
        (Some(name), None) => SshAccess::with_key_pair(name),
        (None, Some(key)) => SshAccess::with_public_key(PublicKey::parse(&key)?.openssh()),
        (None, None) => {
            let given = if sources.is_empty() { "ssh_from_groups" } else { "ssh_from" };
            if sources.is_empty() && source_security_groups.is_empty() {
                return Ok(None);
            }
            let message = format!("`{FUNCTION}` needs `ssh_key` or `ssh_public_key` when `{given}` is given");
            return Err(Error::new(Code::MissingOption, message));
        }
    };
    Ok(Some(SshAccess { sources, source_security_groups, ..access }))
}

/// A group that breaks no rule that can be checked without a request.
pub(super) fn checked(spec: NodegroupSpec) -> Result<NodegroupSpec> {
    spec.validate()?;
    eksctl::check(&spec)?;
    Ok(spec)
}

/// Sizes that were left out follow from those that were given; two nodes if none was.
fn size(min: Option<i64>, desired: Option<i64>, max: Option<i64>) -> Result<Size> {
    let usual = desired.or(min).unwrap_or_else(|| max.map_or(2, |max| max.min(2)));
    // What is not said does not contradict what is.
    let low = min.unwrap_or_else(|| max.map_or(usual, |max| usual.min(max)));
    let high = max.unwrap_or_else(|| min.map_or(usual, |min| usual.max(min)));
    Size::new(low, usual, high)
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
    fn into_data_volume(mut self) -> Result<DataVolume> {
        let snapshot = self.snapshot.take();
        Ok(DataVolume { volume: self.into_volume()?, snapshot })
    }

    fn into_volume(self) -> Result<Volume> {
        let usual = Volume::default();
        let volume_type = match &self.kind {
            None => usual.volume_type,
            Some(text) => VOLUME_TYPES.into_iter().find(|kind| kind.as_str() == text).ok_or_else(|| {
                let kinds = VOLUME_TYPES.map(VolumeType::as_str).join("`, `");
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
            name: self.device,
            kms_key: self.kms_key,
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

/// The names that `addons` takes.
pub(super) fn addon_names() -> Vec<String> {
    let all = serde_json::to_value(AddonPolicies::default()).unwrap_or_default();
    let names = all.as_object().into_iter().flatten().map(|(name, _)| name.clone());
    names.chain(["albIngress".to_owned()]).collect()
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn spec(mut options: Value) -> Result<NodegroupSpec> {
        options["cluster"] = "c".into();
        options["types"] = json!(["m5.xlarge"]);
        serde_json::from_value::<NodegroupOptions>(options).unwrap().into_spec("g")
    }

    #[test]
    fn what_a_document_can_say_a_script_can_say() {
        let group = spec(json!({
            "region": "us-west-2", "family": "AmazonLinux2023", "security_groups": ["sg-1"],
            "volumes": [{"device": "/dev/xvdf", "size_gib": 20, "snapshot": "snap-1"}],
            "volume": {"encrypted": true, "kms_key": "k"},
            "role": {"name": "r", "policy_arns": ["p"], "permissions_boundary": "b", "policy": {"Version": "2012-10-17"}},
            "boot": {"commands": ["date"], "kubelet": {"registryPullQPS": 0}, "cluster_dns": "10.0.0.10"},
            "machine": {"name_prefix": "blue", "placement_group": "pg", "imds_v1": true, "pod_imds": false},
            "scaling": {"suspend": ["AZRebalance"], "max_lifetime": 86400, "metrics": ["GroupMinSize"]},
        }))
        .unwrap();
        insta::assert_snapshot!(eksctl::write(&[group]).unwrap(), @r"
        apiVersion: eksctl.io/v1alpha5
        kind: ClusterConfig
        metadata:
          name: c
          region: us-west-2
        nodeGroups:
        - name: g
          amiFamily: AmazonLinux2023
          minSize: 2
          maxSize: 2
          desiredCapacity: 2
          instancesDistribution:
            instanceTypes:
            - m5.xlarge
            onDemandBaseCapacity: 0
            onDemandPercentageAboveBaseCapacity: 0
            spotAllocationStrategy: price-capacity-optimized
          volumeSize: 80
          volumeType: gp3
          volumeIOPS: 3000
          volumeThroughput: 125
          volumeEncrypted: true
          volumeKmsKeyID: k
          additionalVolumes:
          - volumeSize: 20
            volumeType: gp3
            volumeName: /dev/xvdf
            volumeIOPS: 3000
            volumeThroughput: 125
            snapshotID: snap-1
          securityGroups:
            attachIDs:
            - sg-1
          iam:
            attachPolicy:
              Version: 2012-10-17
            attachPolicyARNs:
            - p
            instanceRoleName: r
            instanceRolePermissionsBoundary: b
          instancePrefix: blue
          placement:
            groupName: pg
          disableIMDSv1: false
          disablePodIMDS: true
          preBootstrapCommands:
          - date
          kubeletExtraConfig:
            registryPullQPS: 0
          clusterDNS: 10.0.0.10
          asgSuspendProcesses:
          - AZRebalance
          maxInstanceLifetime: 86400
          asgMetricsCollection:
          - granularity: 1Minute
            metrics:
            - GroupMinSize
        ");
    }

    #[test]
    fn the_rules_of_documents_hold_for_scripts() {
        let fault = |options: Value| {
            let error = spec(options).unwrap_err();
            format!("{} {error} | {}", error.code, error.help.clone().unwrap_or_default())
        };
        insta::assert_snapshot!(fault(json!({"role": {"role_arn": "arn:aws:iam::1:role/r", "name": "x"}})), @r"
        SPOT-0101 `nodeGroups[0].iam.instanceRoleName` together with `instanceRoleARN`: a role that is given is not changed | leave it out, or leave `instanceRoleARN` out
        ");
        insta::assert_snapshot!(fault(json!({"boot": {"override_command": "echo"}})), @r"
        SPOT-0101 `nodeGroups[0].overrideBootstrapCommand` is no NodeConfig | Amazon Linux 2023 is told by a NodeConfig (`apiVersion: node.eks.aws/v1alpha1`), not by a script; scripts go into `preBootstrapCommands`
        ");
        insta::assert_snapshot!(fault(json!({"machine": {"cpu_credits": "standard"}})), @r"
        SPOT-0101 `nodeGroups[0].cpuCredits` is set, and none of the types has CPU credits | leave it out, or name t2, t3, t3a or t4g types
        ");
        insta::assert_snapshot!(fault(json!({"scaling": {"suspend": ["Lunch"]}})), @r"
        SPOT-0101 `Lunch` is no process of an Auto Scaling group | did you mean `Launch`?
        ");
        insta::assert_snapshot!(fault(json!({"volumes": [{"size_gib": 5}]})), @r"
        SPOT-0101 `nodeGroups[0].additionalVolumes[0].volumeName` must be set | name the device, for example `/dev/xvdf`
        ");
    }
}
