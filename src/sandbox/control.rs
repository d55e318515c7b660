//! Faults and time from outside, with names checked: a fault that hits nothing would prove nothing.

use std::time::Duration;

use super::Sandbox;
use super::wire::service;
use super::wire::traffic::Loss;
use super::world::World;
use super::world::clock::Millis;
use crate::domain::cloud::Lifecycle;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::{catalogue, offerings};

impl Sandbox {
    /// [`World::exhaust`] of a type and a zone that exist, or `*`.
    ///
    /// # Errors
    /// `SPOT-0111` for an unknown type, `SPOT-0101` for an unknown zone.
    pub fn exhaust(&self, instance_type: &str, zone: &str) -> Result<()> {
        self.known_pool(instance_type, zone)?;
        self.world(|world| world.exhaust(instance_type, zone));
        Ok(())
    }

    /// [`World::restore`] of a type and a zone that exist, or `*`.
    ///
    /// # Errors
    /// As [`Sandbox::exhaust`].
    pub fn restore(&self, instance_type: &str, zone: &str) -> Result<()> {
        self.known_pool(instance_type, zone)?;
        self.world(|world| world.restore(instance_type, zone));
        Ok(())
    }

    /// [`World::reclaim`] of the instance with this id, or of the living instance behind the node of this name.
    ///
    /// # Errors
    /// `SPOT-0403` when there is none, `SPOT-0101` when it cannot be reclaimed.
    pub fn reclaim(&self, node_or_instance: &str) -> Result<()> {
        self.world(|world| reclaim(world, node_or_instance))
    }

    /// Throttles requests for an operation of AWS, or `*`.
    ///
    /// # Errors
    /// `SPOT-0101` for an operation that the world does not have.
    pub fn throttle(&self, operation: &str, times: u32) -> Result<()> {
        known_operation(operation)?;
        self.world(|world| world.traffic.throttle(operation, times));
        Ok(())
    }

    /// Refuses requests for an operation of AWS, or `*`, with AWS's code.
    ///
    /// # Errors
    /// `SPOT-0101` for an operation that the world does not have.
    pub fn fail(&self, operation: &str, code: &str, times: u32) -> Result<()> {
        known_operation(operation)?;
        self.world(|world| world.traffic.fail(operation, code, times));
        Ok(())
    }

    /// Harms requests for an operation, or `*`, on the way.
    ///
    /// # Errors
    /// `SPOT-0101` for an operation that the world does not have.
    pub fn lose(&self, operation: &str, loss: Loss, times: u32) -> Result<()> {
        known_operation(operation)?;
        self.world(|world| world.traffic.lose_after(operation, loss, 0, times));
        Ok(())
    }

    /// [`World::delay_join`].
    pub fn delay_join(&self, span: Duration) {
        let millis = Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX);
        self.world(|world| world.delay_join(millis));
    }

    /// Takes back every fault, those on the wire too.
    pub fn heal(&self) {
        self.world(|world| {
            world.faults = super::world::faults::Faults::default();
            world.traffic.heal();
        });
    }

    fn known_pool(&self, instance_type: &str, zone: &str) -> Result<()> {
        if instance_type != "*" && catalogue::get(instance_type).is_none() {
            let known = catalogue::all().iter().map(|known| known.name.as_str());
            let error = Error::new(Code::UnknownInstanceType, format!("EC2 has no instance type `{instance_type}`"));
            return Err(match nearest(instance_type, known) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("`*` stands for every type"),
            });
        }
        let zones = offerings::region_zones(&self.region());
        if zone != "*" && !zones.iter().any(|known| known == zone) {
            let error = Error::new(Code::InvalidValue, format!("the world has no zone `{zone}`"));
            return Err(error.help(format!("it has `{}`; `*` stands for all", zones.join("`, `"))));
        }
        Ok(())
    }
}

/// What is changed in the cluster, in the words of access rules.
const KUBERNETES: [&str; 7] = [
    "create configmaps",
    "create pods/eviction",
    "delete configmaps",
    "delete nodes",
    "get configmaps",
    "patch nodes",
    "update configmaps",
];

fn known_operation(operation: &str) -> Result<()> {
    let aws = || service::SERVICES.iter().flat_map(service::Service::operations);
    if operation == "*" || aws().chain(KUBERNETES).any(|known| known == operation) {
        return Ok(());
    }
    let known = aws().chain(KUBERNETES);
    let error = Error::new(Code::InvalidValue, format!("the world has no operation `{operation}`"));
    Err(match nearest(operation, known) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => error.help(
            "write it as AWS does, `CreateAutoScalingGroup`, or as Kubernetes' access rules do, `patch nodes`; `*` stands \
             for all of AWS",
        ),
    })
}

fn reclaim(world: &mut World, named: &str) -> Result<()> {
    let alive = |id: &str| world.ec2.instances.get(id).filter(|instance| instance.state.alive());
    let by_node = || world.ec2.instances.values().find(|it| it.state.alive() && it.private_dns == named);
    let Some(instance) = alive(named).or_else(by_node) else {
        return Err(Error::new(Code::NodeNotFound, format!("there is no living instance or node `{named}`"))
            .help("`kube::nodes()` lists nodes, `eks::get(group).members` instances"));
    };
    let refused = |why: &str| Error::new(Code::InvalidValue, format!("`{named}` {why}"));
    if instance.lifecycle != Lifecycle::Spot {
        return Err(refused("is no Spot instance").help("AWS takes only Spot instances back"));
    }
    if instance.rebalance_at.is_some() {
        return Err(refused("is being interrupted already"));
    }
    let id = instance.id.clone();
    if world.reclaim(&id) { Ok(()) } else { Err(refused("cannot be reclaimed now")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_fault_with_a_name_that_the_world_does_not_know_is_refused() {
        let sandbox = Sandbox::fresh(1);
        let zone = offerings::region_zones(&sandbox.region())[0].clone();
        sandbox.exhaust("m5.xlarge", &zone).unwrap();
        assert_eq!(sandbox.read(|world| world.faults.exhausted.len()), 1);
        sandbox.restore("*", "*").unwrap();
        assert_eq!(sandbox.read(|world| world.faults.exhausted.len()), 0);
        assert_eq!(sandbox.exhaust("m5.xlrage", "*").unwrap_err().code, Code::UnknownInstanceType);
        assert_eq!(sandbox.exhaust("*", "eu-nowhere-1a").unwrap_err().code, Code::InvalidValue);
        let help = sandbox.throttle("CreateAutoScalingGroups", 1).unwrap_err().help.unwrap();
        assert_eq!(help, "did you mean `CreateAutoScalingGroup`?");
    }

    #[test]
    fn on_demand_instances_are_not_reclaimed() {
        let sandbox = Sandbox::fresh(1);
        let node = sandbox.read(|world| world.ec2.instances.values().next().unwrap().private_dns.clone());
        assert_eq!(sandbox.reclaim(&node).unwrap_err().message, format!("`{node}` is no Spot instance"));
        assert_eq!(sandbox.reclaim("i-0").unwrap_err().code, Code::NodeNotFound);
    }
}
