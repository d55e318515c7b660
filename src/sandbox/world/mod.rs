//! The world: what there is, and what happens as time goes by.
//!
//! Deterministic: state plus requests decide everything. Chance is a hash of seed, purpose and counter ([`ids`],
//! [`hash`]); time is milliseconds since an epoch that is added only on output ([`clock`]). Services read and change
//! the world in `sandbox::services`; this folder has what no single request does.

pub mod account;
pub mod capacity;
pub mod clock;
pub mod event;
pub mod faults;
pub mod fleet;
pub mod groups;
pub mod hash;
pub mod ids;
pub mod kubelet;
pub mod nodegroups;
pub mod queue;
pub mod scenario;
pub(in crate::sandbox) mod spot;
pub mod system;
pub mod template;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::kube::store::ObjectStore;
use super::services::autoscaling::state::AutoScalingState;
use super::services::ec2::state::Ec2State;
use super::services::eks::state::EksState;
use super::services::iam::state::IamState;
use super::services::ssm::state::SsmState;
use super::wire::traffic::Traffic;
use account::Account;
use clock::{Clock, Millis};
use event::Event;
use faults::Faults;
use ids::Ids;
use queue::Queue;
pub use scenario::Scenario;

/// Everything there is.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct World {
    /// What chance derives from.
    pub seed: u64,
    /// The present.
    pub clock: Clock,
    /// The future.
    pub queue: Queue,
    /// Identifiers.
    pub ids: Ids,
    /// Whose world this is.
    pub account: Account,
    /// What is broken on purpose.
    pub faults: Faults,
    /// EC2.
    pub ec2: Ec2State,
    /// Auto Scaling.
    pub autoscaling: AutoScalingState,
    /// IAM.
    pub iam: IamState,
    /// EKS.
    pub eks: EksState,
    /// SSM.
    pub ssm: SsmState,
    /// The cluster's objects.
    pub objects: ObjectStore,
    /// Requests that came, and faults on their way.
    #[serde(default)]
    pub traffic: Traffic,
}

impl World {
    /// The world as the tutorial begins.
    pub fn fresh(seed: u64) -> Self {
        Scenario::default().build(seed)
    }

    /// The present, in milliseconds since the epoch.
    pub fn now(&self) -> Millis {
        self.clock.now
    }

    /// Schedules an event `delay` milliseconds from now.
    pub fn after(&mut self, delay: Millis, event: Event) {
        self.queue.push(self.clock.now.saturating_add(delay.max(0)), event);
    }

    /// Lets time pass: jumps from event to event, then to the end of the span.
    pub fn advance(&mut self, span: Duration) {
        let span = Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX);
        self.advance_to(self.clock.now.saturating_add(span));
    }

    /// Lets time pass until a moment; a moment in the past changes nothing but fires what is due now.
    pub fn advance_to(&mut self, moment: Millis) {
        while let Some((at, event)) = self.queue.pop_due(moment.max(self.clock.now)) {
            self.clock.now = self.clock.now.max(at);
            self.happen(event);
        }
        self.clock.now = self.clock.now.max(moment);
    }

    /// One event.
    fn happen(&mut self, event: Event) {
        match event {
            Event::Reconcile { group } => groups::reconcile(self, &group),
            Event::GroupGone { group } => groups::gone(self, &group),
            Event::InstanceRunning { instance } => fleet::running(self, &instance),
            Event::MemberInService { instance } => groups::in_service(self, &instance),
            Event::KubeletStarts { instance } => kubelet::start(self, &instance),
            Event::NodeReady { instance } => kubelet::network_up(self, &instance),
            Event::SpotNotice { instance } => spot::notice(self, &instance),
            Event::SpotReclaim { instance } => spot::taken(self, &instance),
            Event::InstanceTerminated { instance } => fleet::terminated(self, &instance),
            Event::NodeRemoved { instance } => kubelet::remove_node(self, &instance),
            Event::InstanceForgotten { instance } => fleet::forgotten(self, &instance),
            Event::NodegroupStep { cluster, nodegroup } => nodegroups::step(self, &cluster, &nodegroup),
            Event::MemberDrains { instance, since } => nodegroups::drain_step(self, &instance, since),
            Event::PodGone { namespace, name, uid } => super::kube::world::pod_gone(self, &namespace, &name, &uid),
        }
    }
}
