//! Everything that is read before the first write: in two rounds, each of requests that go out together.

use crate::domain::Code;
use crate::domain::cloud::{
    AccessEntry, AutoScalingGroup, CallerIdentity, Cluster, Firewall, InstanceProfile, KeyPair, LaunchTemplate,
    ManagedNodegroup, Offering, Role, SecurityGroup, Subnet,
};
use crate::domain::desired::{NODEGROUP_TAG, ResourceNames, image_parameter, needs_vpc_cidrs, role_arn};
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::{NODEGROUP_LABEL, NodegroupSpec};
use crate::ops::access::{Way, way};
use crate::ops::clusters::account_of;
use crate::ops::{Session, cluster};

/// The role that EC2 needs to start Spot instances for an account.
pub(super) const SPOT_ROLE: &str = "AWSServiceRoleForEC2Spot";

/// What is there.
pub(super) struct Facts {
    pub(super) cluster: Cluster,
    pub(super) caller: CallerIdentity,
    pub(super) offerings: Vec<Offering>,
    /// All of the region when one is named; else those that may have been made for the group. `None` for a group that has no
    /// SSH and is new, or whose pairs may not be read.
    pub(super) key_pairs: Option<Vec<KeyPair>>,
    /// Security groups that SSH is to be open to, those of them that are there.
    pub(super) ssh_groups: Vec<Firewall>,
    /// Groups of that name, by whomever.
    pub(super) namesakes: Vec<AutoScalingGroup>,
    /// The group as EKS knows it; `None` for a self-managed one.
    pub(super) nodegroup: Option<ManagedNodegroup>,
    pub(super) role: Option<Role>,
    pub(super) profile: Option<InstanceProfile>,
    /// ARN of the role that the nodes have or will have.
    pub(super) role_arn: String,
    pub(super) template: Option<LaunchTemplate>,
    /// Whether the account has the Spot service-linked role; an error when it may not be asked.
    pub(super) spot_role: Option<Result<bool, Error>>,
    /// vCPUs of Spot that the account may run; `None` when nothing has to be known about that.
    pub(super) spot_quota: Option<Result<Option<f64>, Error>>,
    pub(super) subnets: Vec<Subnet>,
    /// The image that was named, or the newest one; `None` when there is none.
    pub(super) image: Option<String>,
    pub(super) image_parameter: String,
    pub(super) access_entry: Option<AccessEntry>,
    pub(super) vpc_id: Option<String>,
    /// The group's own for SSH; looked for as well where it may be from an earlier time.
    pub(super) security_group: Option<SecurityGroup>,
    /// Of the VPC; empty when SSH does not need them.
    pub(super) vpc_cidrs: Vec<String>,
}

/// Reads it.
pub(super) async fn observe(session: &Session, spec: &NodegroupSpec) -> Result<Facts> {
    let names = ResourceNames::of_spec(spec);
    let given_profile = spec.role.instance_profile_arn.as_deref().and_then(|arn| arn.rsplit('/').next());
    let profile_name = given_profile.unwrap_or(&names.instance_profile);
    let cloud = &*session.cloud;
    let given_key = super::keys::given(spec)?.is_some();
    let types: Vec<String> = spec.types.names().into_iter().map(str::to_owned).collect();
    // All answers are awaited and then looked at in order: which refusal is told does not depend on which came first.
    let (cluster, offerings, key_pairs, namesakes, role, profile, template, spot_role, nodegroup) = tokio::join!(
        cluster(session, &spec.cluster),
        // Types that a launch template of the user's own names are not known.
        async { if types.is_empty() { Ok(vec![]) } else { cloud.offerings(&types).await } },
        when(spec.ssh.is_some(), async {
            match given_key {
                true => cloud.key_pairs_beginning(&names.key_pairs).await,
                false => cloud.key_pairs().await,
            }
        }),
        cloud.groups_by_tag(&[NODEGROUP_TAG, "eks:nodegroup-name", NODEGROUP_LABEL], &spec.name),
        cloud.role(&names.role),
        async {
            // EKS makes the profile of a managed group.
            if spec.managed.is_some() { Ok(None) } else { cloud.instance_profile(profile_name).await }
        },
        cloud.launch_template(&names.launch_template),
        when(buys_spot(spec), cloud.role_exists(SPOT_ROLE)),
        when(spec.managed.is_some(), cloud.nodegroup(&spec.cluster, &spec.name)),
    );
    let (cluster, mut namesakes, role) = (cluster?, namesakes?, role?);
    let caller = account_of(&cluster);
    namesakes.retain(|group| group.tags.get(&format!("kubernetes.io/cluster/{}", spec.cluster)).is_some());

    let mut subnet_ids = cluster.subnet_ids.clone();
    subnet_ids.extend(spec.subnets.iter().filter(|id| !cluster.subnet_ids.contains(id)).cloned());
    let image_parameter = image_parameter(spec, &cluster.version);
    let arn = match &spec.role.role_arn {
        Some(given) => given.clone(),
        None => match profile.as_ref().ok().and_then(|profile| profile.as_ref()).filter(|_| given_profile.is_some()) {
            Some(profile) => role_arn(&caller, profile.roles.first().map_or("", String::as_str)),
            None => role_arn(&caller, &names.role),
        },
    };
    let asks_entry = spec.managed.is_none()
        && (role.is_some() || given_profile.is_some())
        && way(cluster.authentication_mode) == Way::AccessEntry;
    let ours = namesakes.iter().find(|group| group.name == names.auto_scaling_group);
    let quota = super::room::quota(spec).filter(|_| buys_spot(spec) && super::room::grows(spec, ours));
    let (subnets, image, access_entry, spot_quota) = tokio::join!(
        cloud.subnets(&subnet_ids),
        async {
            match &spec.ami {
                // The group starts nodes from it already, or nobody may look: its absence would be told elsewhere.
                Some(ami) if starts_from(&template, ami) => Ok(Some(ami.clone())),
                Some(ami) => match unless_denied(Some(cloud.image_exists(ami).await)) {
                    Ok(Some(false)) => Ok(None),
                    Ok(_) => Ok(Some(ami.clone())),
                    Err(error) => Err(error),
                },
                None => cloud.image_parameter(&image_parameter).await,
            }
        },
        when(asks_entry, cloud.access_entry(&spec.cluster, &arn)),
        async {
            match quota {
                Some(quota) => Some(cloud.ec2_quota(quota.code).await),
                None => None,
            }
        },
    );
    let (subnets, template) = (subnets?, template?);
    // An earlier run, perhaps one that was cut off, may have left a key pair and an open port that nobody wants any more.
    let had_ssh = spec.ssh.is_none() && template.is_some() && !spec.has_own_template();
    let vpc_id = cluster.vpc_id.clone().or_else(|| subnets.first().map(|subnet| subnet.vpc_id.clone()));
    let vpc = vpc_id.clone().unwrap_or_default();
    let asks_cidrs = spec.ssh.as_ref().is_some_and(needs_vpc_cidrs) && vpc_id.is_some();
    let ssh_groups = spec.ssh.as_ref().filter(|ssh| !ssh.closed).map(|ssh| ssh.source_security_groups.as_slice());
    let ssh_groups = ssh_groups.unwrap_or_default();
    let (security_group, left_pairs, vpc_cidrs, ssh_groups) = tokio::join!(
        when((spec.ssh.is_some() || had_ssh) && vpc_id.is_some(), cloud.security_group(&vpc, &names.security_group)),
        when(had_ssh, cloud.key_pairs_beginning(&names.key_pairs)),
        when(asks_cidrs, cloud.vpc_cidrs(&vpc)),
        when(!ssh_groups.is_empty(), cloud.firewalls(ssh_groups)),
    );
    // Who wants no SSH needs no permission to read of it.
    let security_group = if had_ssh { unless_denied(security_group) } else { security_group.transpose() };
    Ok(Facts {
        cluster,
        caller,
        offerings: offerings?,
        key_pairs: key_pairs.transpose()?.or(unless_denied(left_pairs)?),
        namesakes,
        nodegroup: nodegroup.transpose()?.flatten(),
        role,
        profile: profile?,
        template,
        spot_role,
        spot_quota,
        subnets,
        image: image?,
        image_parameter,
        role_arn: arn,
        access_entry: access_entry.transpose()?.flatten(),
        vpc_id,
        security_group: security_group?.flatten(),
        vpc_cidrs: vpc_cidrs.transpose()?.unwrap_or_default(),
        ssh_groups: ssh_groups.transpose()?.unwrap_or_default(),
    })
}

/// Whether the group can ask for a Spot instance at all.
fn buys_spot(spec: &NodegroupSpec) -> bool {
    spec.distribution.on_demand_percentage < 100 && spec.size.max > spec.distribution.on_demand_base
}

/// Makes a request only if it is needed.
async fn when<T>(needed: bool, request: impl Future<Output = T>) -> Option<T> {
    if needed { Some(request.await) } else { None }
}

/// Whether a launch template that was read names the image.
fn starts_from(template: &Result<Option<LaunchTemplate>>, ami: &str) -> bool {
    template.as_ref().is_ok_and(|there| there.as_ref().is_some_and(|there| there.data.image_id == ami))
}

/// What was read; nothing when it may not be.
fn unless_denied<T>(read: Option<Result<T>>) -> Result<Option<T>> {
    match read {
        Some(Err(error)) if error.code == Code::AwsAccessDenied => Ok(None),
        other => other.transpose(),
    }
}
