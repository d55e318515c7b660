//! Whether there is room for the nodes: free addresses in the subnets, vCPUs in the account's Spot quota.

use super::observe::Facts;
use crate::domain::Code;
use crate::domain::cloud::{AutoScalingGroup, SpotQuota};
use crate::domain::desired::Placement;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::Session;

/// The quota that all types of the group count against; `None` when they count against several.
pub(super) fn quota(spec: &NodegroupSpec) -> Option<SpotQuota> {
    let names = spec.types.names();
    let first = SpotQuota::of(names.first()?);
    names.iter().all(|name| SpotQuota::of(name) == first).then_some(first)
}

/// Whether more Spot instances may be asked for than before: else nothing about quotas has to be known.
pub(super) fn grows(spec: &NodegroupSpec, there: Option<&AutoScalingGroup>) -> bool {
    spec.distribution.spot_among(spec.size.max) > there.map_or(0, |group| spec.distribution.spot_among(group.size.max))
}

/// A node needs an address of its own; its pods need more, which is worth a word only when the subnets run dry.
pub(super) fn addresses(
    session: &Session,
    spec: &NodegroupSpec,
    placement: &Placement,
    there: Option<&AutoScalingGroup>,
) -> Result<()> {
    let running = |group: &AutoScalingGroup| u32::try_from(group.instances.len()).unwrap_or(u32::MAX);
    let new = spec.size.desired.saturating_sub(there.map_or(0, running));
    let free: u32 = placement.subnets.iter().fold(0, |sum, subnet| sum.saturating_add(subnet.free_addresses));
    let list = || {
        let one = |subnet: &crate::domain::cloud::Subnet| {
            format!("{} ({}) {}", subnet.id, subnet.zone, subnet.free_addresses)
        };
        placement.subnets.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    if free < new {
        return Err(Error::new(
            Code::TooFewAddresses,
            format!("{new} nodes are to start and the subnets have {free} free addresses"),
        )
        .because(format!("free: {}", list()))
        .help("name other subnets or zones, add a CIDR to the VPC, or ask for fewer nodes"));
    }
    let most = spec.size.max.saturating_sub(there.map_or(0, running));
    if free < most {
        session.warn(format!(
            "at its maximum the group needs {most} addresses more and its subnets have {free}: {}",
            list()
        ));
    }
    Ok(())
}

/// What is wanted now must fit the account's Spot quota; what the group may grow to should.
pub(super) fn spot_quota(session: &Session, spec: &NodegroupSpec, facts: &Facts) -> Result<()> {
    let (Some(quota), Some(answer)) = (quota(spec), &facts.spot_quota) else { return Ok(()) };
    let limit = match answer {
        Ok(Some(limit)) => *limit,
        Ok(None) => return Ok(()),
        Err(error) => {
            session.warn(format!("the Spot quota of the account could not be read: {error}"));
            return Ok(());
        }
    };
    let vcpus = |of: fn(u32, u32) -> u32| spec.types.iter().map(|known| known.vcpu).reduce(of).unwrap_or(0);
    let (fewest, most) = (vcpus(u32::min), vcpus(u32::max));
    let at_least = f64::from(spec.distribution.spot_among(spec.size.desired)) * f64::from(fewest);
    let at_most = f64::from(spec.distribution.spot_among(spec.size.max)) * f64::from(most);
    let region = session.cloud.region();
    let ask = format!(
        "ask for more: `aws service-quotas request-service-quota-increase --region {region} --service-code ec2 \
         --quota-code {} --desired-value {}`",
        quota.code,
        at_most.max(at_least)
    );
    if at_least > limit {
        let message =
            format!("the nodes wanted have {at_least} vCPUs of Spot at least and the account may run {limit}");
        return Err(Error::new(Code::QuotaExceeded, message)
            .because(format!("quota `{}` ({}) in {region}", quota.name(), quota.code))
            .help(format!("want fewer nodes, or {ask}")));
    }
    if at_most > limit {
        session.warn(format!(
            "at its maximum the group can have {at_most} vCPUs of Spot and the account may run {limit} (quota {}): {ask}",
            quota.code
        ));
    }
    Ok(())
}
