//! Which pods of a node leave.

use std::collections::HashMap;

use jiff::Timestamp;
use k8s_openapi::api::core::v1::Pod;

use super::DrainOptions;
use crate::domain::kubernetes::pod::key;

/// What was found of the DaemonSets that own pods, by namespace and name: nothing, or the sentence that says why not.
pub type DaemonSets = HashMap<(String, String), Result<(), Missing>>;

/// Why a DaemonSet was not found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Whether there is none, rather than that it could not be asked for.
    pub absent: bool,
    /// The server's sentence.
    pub why: String,
}

/// What happens to a pod.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fate {
    /// It leaves.
    Leaves,
    /// It leaves, which is worth a word.
    LeavesWith(&'static str),
    /// It leaves although its owner is not there: the sentence about that.
    LeavesOrphaned(String),
    /// It stays.
    Stays,
    /// It stays, which is worth a word.
    StaysWith(&'static str),
    /// The node cannot be drained because of it.
    Forbids(String),
}

impl Fate {
    fn leaves(&self) -> bool {
        matches!(self, Fate::Leaves | Fate::LeavesWith(_) | Fate::LeavesOrphaned(_))
    }

    fn warning(&self) -> Option<&str> {
        match self {
            Fate::LeavesWith(text) | Fate::StaysWith(text) => Some(text),
            Fate::LeavesOrphaned(text) => Some(text),
            _ => None,
        }
    }
}

/// The fates of a node's pods.
#[derive(Debug, Clone, Default)]
pub struct Decisions {
    /// Pods in the server's order.
    pub pods: Vec<(Pod, Fate)>,
}

impl Decisions {
    /// Decides about each pod.
    pub fn of(pods: Vec<Pod>, daemon_sets: &DaemonSets, options: &DrainOptions, now: Timestamp) -> Self {
        let decide = |pod: Pod| {
            let fate = fate(&pod, daemon_sets, options, now);
            (pod, fate)
        };
        Decisions { pods: pods.into_iter().map(decide).collect() }
    }

    /// The pods that leave.
    pub fn leaving(&self) -> Vec<Pod> {
        self.pods.iter().filter(|(_, fate)| fate.leaves()).map(|(pod, _)| pod.clone()).collect()
    }

    /// The pods that stay without being a reason to refuse: `namespace/name`.
    pub fn staying(&self) -> Vec<String> {
        let stays = |fate: &Fate| matches!(fate, Fate::Stays | Fate::StaysWith(_));
        self.pods.iter().filter(|(_, fate)| stays(fate)).map(|(pod, _)| key(pod)).collect()
    }

    /// Why the node cannot be drained, a sentence for each reason.
    pub fn refusals(&self) -> Vec<String> {
        let reason = |fate: &Fate| match fate {
            Fate::Forbids(reason) => Some(reason.clone()),
            _ => None,
        };
        let groups = self.grouped(reason).into_iter();
        groups.map(|(reason, pods)| format!("cannot delete {reason}: {}", pods.join(", "))).collect()
    }

    /// What is worth a word, in one line.
    pub fn warning(&self) -> Option<String> {
        let groups = self.grouped(|fate| fate.warning().map(str::to_owned));
        let lines: Vec<String> =
            groups.into_iter().map(|(reason, pods)| format!("{reason}: {}", pods.join(", "))).collect();
        (!lines.is_empty()).then(|| lines.join("; "))
    }

    /// Pods by reason, in the order in which reasons are met.
    fn grouped(&self, reason: impl Fn(&Fate) -> Option<String>) -> Vec<(String, Vec<String>)> {
        let mut groups: Vec<(String, Vec<String>)> = vec![];
        for (pod, fate) in &self.pods {
            let Some(reason) = reason(fate) else { continue };
            match groups.iter_mut().find(|(known, _)| *known == reason) {
                Some((_, pods)) => pods.push(key(pod)),
                None => groups.push((reason, vec![key(pod)])),
            }
        }
        groups
    }
}

/// kubectl's filters in its order. One that lets a pod pass overrides what an earlier one wanted to say about it.
fn fate(pod: &Pod, daemon_sets: &DaemonSets, options: &DrainOptions, now: Timestamp) -> Fate {
    if let (Some(limit), Some(deleted)) = (options.skip_deleted_after, &pod.metadata.deletion_timestamp)
        && now.duration_since(deleted.0).as_secs() > i64::try_from(limit.as_secs()).unwrap_or(i64::MAX)
    {
        return Fate::Stays;
    }
    let phase = pod.status.as_ref().and_then(|status| status.phase.as_deref());
    let finished = matches!(phase, Some("Succeeded" | "Failed"));
    let owner = pod.metadata.owner_references.iter().flatten().find(|owner| owner.controller == Some(true));
    if let Some(owner) = owner.filter(|owner| owner.kind == "DaemonSet" && !finished) {
        let set = (pod.metadata.namespace.clone().unwrap_or_default(), owner.name.clone());
        match daemon_sets.get(&set) {
            Some(Err(missing)) if !(missing.absent && options.force) => return Fate::Forbids(missing.why.clone()),
            // An orphan leaves; the filters below may say something else about it.
            Some(Err(_)) => {}
            _ if !options.ignore_daemon_sets => {
                return Fate::Forbids("DaemonSet-managed Pods (use --ignore-daemonsets to ignore)".to_owned());
            }
            _ => return Fate::StaysWith("ignoring DaemonSet-managed Pods"),
        }
    }
    if pod.metadata.annotations.as_ref().is_some_and(|map| map.contains_key("kubernetes.io/config.mirror")) {
        return Fate::Stays;
    }
    let volumes = pod.spec.iter().flat_map(|spec| spec.volumes.iter().flatten());
    if !finished && !options.delete_empty_dir_data && volumes.into_iter().any(|volume| volume.empty_dir.is_some()) {
        let why = "Pods with local storage (use --delete-emptydir-data to override)";
        return Fate::Forbids(why.to_owned());
    }
    match owner {
        None if !finished && options.force => Fate::LeavesWith("deleting Pods that declare no controller"),
        None if !finished => {
            // The doubled words are kubectl's.
            let why = "cannot delete Pods that declare no controller (use --force to override)";
            Fate::Forbids(why.to_owned())
        }
        _ => Fate::Leaves,
    }
}

/// What is said last about a node that cannot be drained: one sentence or several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastWord(pub Vec<String>);

impl std::fmt::Display for LastWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut said: Vec<&str> = vec![];
        for sentence in &self.0 {
            if !said.contains(&sentence.as_str()) {
                said.push(sentence);
            }
        }
        match said.as_slice() {
            [one] => f.write_str(one),
            many => write!(f, "[{}]", many.join(", ")),
        }
    }
}
