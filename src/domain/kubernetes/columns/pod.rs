//! NAME READY STATUS RESTARTS AGE, and what `-o wide` adds.

use jiff::Timestamp;
use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, Pod, PodSpec, PodStatus};

use super::{Column, narrow, or, wide};
use crate::domain::kubernetes::age;

/// Columns of pods.
pub const POD_COLUMNS: [Column; 9] = [
    narrow("Name", "Name of the pod"),
    narrow("Ready", "The aggregate readiness state of this pod for accepting traffic."),
    narrow("Status", "The aggregate status of the containers in this pod."),
    narrow("Restarts", "How often containers of this pod were restarted, and when last"),
    narrow("Age", "Time since the object was created"),
    wide("IP", "Address of the pod"),
    wide("Node", "Node that the pod is bound to"),
    wide("Nominated Node", "Node whose pods are preempted for this one"),
    wide("Readiness Gates", "Readiness gates that hold, of all"),
];

/// Cells of a pod, one for each of [`POD_COLUMNS`].
pub fn pod_cells(pod: &Pod, now: Timestamp) -> [String; 9] {
    let none = (PodSpec::default(), PodStatus::default());
    let spec = pod.spec.as_ref().unwrap_or(&none.0);
    let status = pod.status.as_ref().unwrap_or(&none.1);
    let summary = Summary::of(spec, status);
    let restarts = match summary.restarts.last {
        Some(last) if summary.restarts.count > 0 => {
            format!("{} ({} ago)", summary.restarts.count, age::since(Some(last), now))
        }
        _ => summary.restarts.count.to_string(),
    };
    let ip = status.pod_ips.iter().flatten().next().map(|ip| ip.ip.as_str());
    [
        pod.metadata.name.clone().unwrap_or_default(),
        format!("{}/{}", summary.ready, summary.total),
        leaving(pod, status).map_or(summary.reason, str::to_string),
        restarts,
        age::since(pod.metadata.creation_timestamp.as_ref().map(|time| time.0), now),
        or(ip.unwrap_or_default(), "<none>"),
        or(spec.node_name.as_deref().unwrap_or_default(), "<none>"),
        or(status.nominated_node_name.as_deref().unwrap_or_default(), "<none>"),
        readiness_gates(spec, status),
    ]
}

/// What a pod that is being deleted shows instead of its own reason.
fn leaving(pod: &Pod, status: &PodStatus) -> Option<&'static str> {
    pod.metadata.deletion_timestamp.as_ref()?;
    if status.reason.as_deref() == Some("NodeLost") {
        return Some("Unknown");
    }
    let finished = matches!(status.phase.as_deref(), Some("Succeeded" | "Failed"));
    (!finished).then_some("Terminating")
}

fn readiness_gates(spec: &PodSpec, status: &PodStatus) -> String {
    let gates = spec.readiness_gates.as_deref().unwrap_or_default();
    let conditions = status.conditions.as_deref().unwrap_or_default();
    if gates.is_empty() {
        return "<none>".to_string();
    }
    let holds = |kind: &str| {
        conditions.iter().find(|condition| condition.type_ == kind).is_some_and(|condition| condition.status == "True")
    };
    let held = gates.iter().filter(|gate| holds(&gate.condition_type)).count();
    format!("{held}/{}", gates.len())
}

#[derive(Debug, Clone, Copy, Default)]
struct Restarts {
    count: i32,
    last: Option<Timestamp>,
}

impl Restarts {
    fn add(&mut self, container: &ContainerStatus) {
        self.count = self.count.saturating_add(container.restart_count);
        let terminated = container.last_state.as_ref().and_then(|state| state.terminated.as_ref());
        let finished = terminated.and_then(|terminated| terminated.finished_at.as_ref()).map(|time| time.0);
        self.last = self.last.max(finished);
    }
}

/// What the containers of a pod add up to.
struct Summary {
    ready: usize,
    total: usize,
    reason: String,
    restarts: Restarts,
}

impl Summary {
    fn of(spec: &PodSpec, status: &PodStatus) -> Self {
        let conditions = status.conditions.as_deref().unwrap_or_default();
        let phase = status.phase.clone().unwrap_or_default();
        let mut summary = Summary {
            ready: 0,
            total: spec.containers.len() + init_containers(spec).filter(|(_, sidecar)| *sidecar).count(),
            reason: status.reason.clone().filter(|reason| !reason.is_empty()).unwrap_or(phase),
            restarts: Restarts::default(),
        };
        if conditions.iter().any(|condition| {
            condition.type_ == "PodScheduled" && condition.reason.as_deref() == Some("SchedulingGated")
        }) {
            summary.reason = "SchedulingGated".to_string();
        }
        let mut sidecar_restarts = Restarts::default();
        let initializing = summary.init(spec, status, &mut sidecar_restarts);
        let holds =
            |kind: &str| conditions.iter().any(|condition| condition.type_ == kind && condition.status == "True");
        if !initializing || holds("Initialized") {
            summary.restarts = sidecar_restarts;
            let running = summary.containers(status);
            if running && summary.reason == "Completed" {
                summary.reason = if holds("Ready") { "Running" } else { "NotReady" }.to_string();
            }
        }
        summary
    }

    /// Walks the init containers up to the first that is not through; tells whether there is one.
    fn init(&mut self, spec: &PodSpec, status: &PodStatus, sidecars: &mut Restarts) -> bool {
        let total = spec.init_containers.as_deref().unwrap_or_default().len();
        for (index, container) in status.init_container_statuses.iter().flatten().enumerate() {
            let sidecar = init_containers(spec).any(|(name, sidecar)| sidecar && name == container.name);
            self.restarts.add(container);
            if sidecar {
                sidecars.add(container);
            }
            let none = ContainerState::default();
            let state = container.state.as_ref().unwrap_or(&none);
            if state.terminated.as_ref().is_some_and(|terminated| terminated.exit_code == 0) {
                continue;
            }
            if sidecar && container.started == Some(true) {
                self.ready += usize::from(container.ready);
                continue;
            }
            let waiting = state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref()).unwrap_or_default();
            self.reason = match termination(state) {
                Some(reason) => format!("Init:{reason}"),
                None if !waiting.is_empty() && waiting != "PodInitializing" => format!("Init:{waiting}"),
                None => format!("Init:{index}/{total}"),
            };
            return true;
        }
        false
    }

    /// Walks the containers, the first one last so that its reason wins; tells whether one runs and is ready.
    fn containers(&mut self, status: &PodStatus) -> bool {
        let mut running = false;
        for container in status.container_statuses.iter().flatten().rev() {
            self.restarts.add(container);
            let none = ContainerState::default();
            let state = container.state.as_ref().unwrap_or(&none);
            let waiting = state.waiting.as_ref().and_then(|waiting| waiting.reason.as_deref()).unwrap_or_default();
            if !waiting.is_empty() {
                self.reason = waiting.to_string();
            } else if let Some(reason) = termination(state) {
                self.reason = reason;
            } else if container.ready && state.running.is_some() {
                running = true;
                self.ready += 1;
            }
        }
        running
    }
}

/// Init containers with whether they keep running beside the others.
fn init_containers(spec: &PodSpec) -> impl Iterator<Item = (&str, bool)> {
    let containers = spec.init_containers.as_deref().unwrap_or_default();
    containers.iter().map(|container| (container.name.as_str(), container.restart_policy.as_deref() == Some("Always")))
}

/// Why a container ended, if it did: its reason, its signal or its exit code.
fn termination(state: &ContainerState) -> Option<String> {
    let terminated = state.terminated.as_ref()?;
    let reason = terminated.reason.as_deref().unwrap_or_default();
    Some(match terminated.signal {
        _ if !reason.is_empty() => reason.to_string(),
        Some(signal) if signal != 0 => format!("Signal:{signal}"),
        _ => format!("ExitCode:{}", terminated.exit_code),
    })
}
