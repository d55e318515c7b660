//! An instance, from launch to being forgotten.

use std::net::Ipv4Addr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::domain::cloud::{Lifecycle, TagMap};
use crate::sandbox::world::clock::Millis;

/// EC2's instance states that occur here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstanceState {
    /// Being started.
    Pending,
    /// Up.
    Running,
    /// Being terminated.
    ShuttingDown,
    /// Gone, still described for an hour.
    Terminated,
}

impl InstanceState {
    /// EC2's name.
    pub const fn name(self) -> &'static str {
        match self {
            InstanceState::Pending => "pending",
            InstanceState::Running => "running",
            InstanceState::ShuttingDown => "shutting-down",
            InstanceState::Terminated => "terminated",
        }
    }

    /// EC2's number.
    pub const fn code(self) -> i64 {
        match self {
            InstanceState::Pending => 0,
            InstanceState::Running => 16,
            InstanceState::ShuttingDown => 32,
            InstanceState::Terminated => 48,
        }
    }

    /// Whether it still runs or will.
    pub const fn alive(self) -> bool {
        matches!(self, InstanceState::Pending | InstanceState::Running)
    }
}

/// Why an instance is in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StateReason {
    /// `Server.SpotInstanceTermination`, `Client.UserInitiatedShutdown`.
    pub code: String,
    /// EC2's words.
    pub message: String,
}

/// How far the machine came towards being a node.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "boot")]
#[allow(missing_docs, reason = "texts of the console and of the node")]
pub enum Boot {
    /// The kernel is on its way.
    #[default]
    Starting,
    /// Registered with the API server.
    Joined { node: String, ready: bool },
    /// Registered, but the network plugin cannot work: stays NotReady.
    NoNetwork { node: String, reason: String },
    /// Never joined; the console says why.
    Failed { stage: String, lines: Vec<String> },
}

/// An instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instance {
    /// `i-…`.
    pub id: String,
    /// `r-…`.
    pub reservation_id: String,
    /// Instance type name.
    pub instance_type: String,
    /// Zone name.
    pub zone: String,
    /// Subnet id.
    pub subnet_id: String,
    /// VPC id.
    pub vpc_id: String,
    /// Private address.
    pub private_ip: Ipv4Addr,
    /// Public address.
    pub public_ip: Option<Ipv4Addr>,
    /// `ip-192-168-25-236.ap-northeast-1.compute.internal`.
    pub private_dns: String,
    /// `ami-…`.
    pub image_id: String,
    /// Key pair.
    pub key_name: Option<String>,
    /// Instance profile ARN.
    pub profile_arn: Option<String>,
    /// Security groups.
    pub security_group_ids: Vec<String>,
    /// Boot data, base64; dropped once it was read.
    pub user_data: Arc<str>,
    /// Launch template id and version number.
    pub launch_template: Option<(String, i64)>,
    /// How it is bought.
    pub lifecycle: Lifecycle,
    /// `sir-…` of a Spot instance.
    pub spot_request_id: Option<String>,
    /// `eni-…`.
    pub interface_id: String,
    /// `vol-…`.
    pub volume_id: String,
    /// GiB of the root volume.
    pub volume_gib: i64,
    /// `required` or `optional`.
    pub http_tokens: String,
    /// Metadata hop limit.
    pub hop_limit: i64,
    /// State.
    pub state: InstanceState,
    /// Why it is going or gone.
    pub reason: Option<StateReason>,
    /// Launched.
    pub launched: Millis,
    /// Ended.
    pub ended: Option<Millis>,
    /// Spot: when a rebalance recommendation came.
    pub rebalance_at: Option<Millis>,
    /// Spot: when it will be taken away, from the two-minute notice on.
    pub reclaim_at: Option<Millis>,
    /// The Auto Scaling group it belongs to.
    pub group: Option<String>,
    /// How far it came towards being a node.
    pub boot: Boot,
    /// Tags.
    pub tags: TagMap,
}

impl Instance {
    /// The public DNS name; empty without a public address.
    pub fn public_dns(&self, region: &str) -> String {
        let domain = if region == "us-east-1" { "compute-1".to_owned() } else { format!("{region}.compute") };
        self.public_ip.map_or_else(String::new, |address| {
            format!("ec2-{}.{domain}.amazonaws.com", address.to_string().replace('.', "-"))
        })
    }
}
