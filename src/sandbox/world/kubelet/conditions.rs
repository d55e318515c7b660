//! The conditions that a kubelet reports.

use serde_json::{Value, json};

use crate::sandbox::kube::time;
use crate::sandbox::world::clock::{MINUTE, Millis};

/// A kubelet reports its status every five minutes when nothing changes.
const PERIOD: Millis = 5 * MINUTE;

/// What a kubelet says while no network plugin has come up.
pub(super) const NO_NETWORK: &str = "container runtime network not ready: NetworkReady=false \
                                     reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin \
                                     not initialized";

/// All conditions of a node that registers at `since`.
pub(super) fn at_start(since: Millis) -> Value {
    let fine = |kind: &str, reason: &str, message: &str| condition(kind, "False", reason, message, since, since);
    json!([
        fine("MemoryPressure", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"),
        fine("DiskPressure", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"),
        fine("PIDPressure", "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
        condition("Ready", "False", "KubeletNotReady", NO_NETWORK, since, since),
    ])
}

/// The Ready condition from `since` on.
pub(super) fn ready(since: Millis) -> Value {
    condition("Ready", "True", "KubeletReady", "kubelet is posting ready status", since, since)
}

fn condition(kind: &str, status: &str, reason: &str, message: &str, heartbeat: Millis, since: Millis) -> Value {
    json!({
        "type": kind,
        "status": status,
        "lastHeartbeatTime": time::heartbeat(heartbeat, PERIOD),
        "lastTransitionTime": time::at(since),
        "reason": reason,
        "message": message,
    })
}
