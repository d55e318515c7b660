//! Everything that can happen by itself as time goes by.

use serde::{Deserialize, Serialize};

/// A thing that happens at its moment. An event whose subject has gone meanwhile does nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event")]
#[allow(missing_docs, reason = "fields are the names and ids of the subject")]
pub enum Event {
    /// An Auto Scaling group compares desired with actual.
    Reconcile { group: String },
    /// An Auto Scaling group with `Delete in progress` is gone once its instances are.
    GroupGone { group: String },
    /// EC2: `pending` → `running`.
    InstanceRunning { instance: String },
    /// Auto Scaling: `Pending` → `InService`.
    MemberInService { instance: String },
    /// The boot data is read and the kubelet tries to register.
    KubeletStarts { instance: String },
    /// The network plugin is up: the node turns Ready.
    NodeReady { instance: String },
    /// The two-minute Spot interruption notice.
    SpotNotice { instance: String },
    /// The Spot instance is taken away.
    SpotReclaim { instance: String },
    /// EC2: `shutting-down` → `terminated`.
    InstanceTerminated { instance: String },
    /// The cloud controller finds the instance gone and removes its Node.
    NodeRemoved { instance: String },
    /// EC2 forgets a terminated instance.
    InstanceForgotten { instance: String },
    /// EKS looks at a managed node group.
    NodegroupStep { cluster: String, nodegroup: String },
    /// EKS empties the node of a member of a managed group that is to end.
    MemberDrains { instance: String, since: i64 },
    /// A pod's grace period is over.
    PodGone { namespace: String, name: String, uid: String },
}
