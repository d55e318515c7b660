//! A fresh world, and operations on it through the unchanged adapters.
#![allow(dead_code, reason = "each test binary uses its part")]
#![allow(clippy::expect_used, reason = "a test says what it expected")]

#[cfg(unix)]
pub mod served;
pub mod verbs;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use spotscript::adapters::aws::AwsCloud;
use spotscript::adapters::kube::ClientAccess;
use spotscript::adapters::terminal::RecordingOperator;
use spotscript::domain::error::Error;
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::domain::nodegroup::{Distribution, NodegroupSpec, Size, SpotAllocationStrategy, SshAccess};
use spotscript::domain::taint::Taint;
use spotscript::ops::{EnsureOptions, ScaleOptions, Session};
use spotscript::ports::Clock;
use spotscript::sandbox::Sandbox;

/// The tutorial's cluster.
pub const CLUSTER: &str = "eks-spot-eksct";
/// The tutorial's group.
pub const GROUP: &str = "dev-4vcpu-16gb-spot";
/// What its resources are called.
pub const NAME: &str = "spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot";

/// A public key of `ssh-keygen`, whose private half nobody has.
pub const NODE_KEY: &str = include_str!("../fixtures/node_key_ed25519.pub");

/// The world's time.
struct WorldClock(Sandbox);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }
    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }
}

/// A world and a session with it.
pub struct Rig {
    pub sandbox: Sandbox,
    pub session: Session,
    pub operator: Arc<RecordingOperator>,
}

impl Rig {
    /// A fresh world.
    pub fn new() -> Self {
        Rig::in_sandbox(Sandbox::fresh(1))
    }

    /// A world that was made for the occasion.
    pub fn of(world: spotscript::sandbox::world::World) -> Self {
        Rig::in_sandbox(Sandbox::of(world))
    }

    fn in_sandbox(sandbox: Sandbox) -> Self {
        let operator = Arc::new(RecordingOperator::default());
        let session = Session {
            cloud: Arc::new(AwsCloud::new(sandbox.sdk_config())),
            clusters: Arc::new(ClientAccess(sandbox.kube_client())),
            clock: Arc::new(WorldClock(sandbox.clone())),
            operator: operator.clone(),
        };
        Rig { sandbox, session, operator }
    }

    /// What the operator was told, as text.
    pub fn log(&self) -> String {
        self.operator.lines().join("\n")
    }
}

/// The tutorial's group.
pub fn spec() -> NodegroupSpec {
    let types = ["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge", "t3a.xlarge", "m5a.xlarge", "t2.xlarge"];
    let mut spec = NodegroupSpec::new(GROUP, CLUSTER, InstanceTypes::parse(types).unwrap());
    spec.size = Size::new(0, 2, 5).unwrap();
    spec.distribution = Distribution::new(0, 0, SpotAllocationStrategy::CapacityOptimized).unwrap();
    spec.ssh = Some(SshAccess::with_key_pair("eks-spot-key"));
    for (key, value) in [("lifecycle", "Ec2Spot"), ("intent", "apps"), ("aws.amazon.com/spot", "true")] {
        spec.labels.insert(key.to_owned(), value.to_owned());
    }
    spec.taints = vec![Taint::parse("spotInstance=true:PreferNoSchedule").unwrap()];
    spec.addons.auto_scaler = true;
    spec.addons.cloud_watch = true;
    spec.addons.aws_load_balancer_controller = true;
    spec
}

/// Create and wait.
pub fn waiting() -> EnsureOptions {
    EnsureOptions::default()
}

/// Sizes to reach.
pub fn desired(desired: u32) -> ScaleOptions {
    ScaleOptions { desired: Some(desired), ..ScaleOptions::default() }
}

/// Everything that a user sees of an error.
pub fn told(error: &Error) -> String {
    let mut text = format!("{}: {}", error.code, error.message);
    for cause in &error.causes {
        text.push_str(&format!("\n  because {cause}"));
    }
    if let Some(help) = &error.help {
        text.push_str(&format!("\n  help: {help}"));
    }
    text
}
