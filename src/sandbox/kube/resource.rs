//! The resources that the API server knows.

/// A resource of the API.
#[derive(Debug, PartialEq, Eq)]
pub struct Resource {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Plural name, as in paths.
    pub plural: &'static str,
    /// Singular name.
    pub singular: &'static str,
    /// Kind of its objects.
    pub kind: &'static str,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// Abbreviations for people.
    pub short: &'static [&'static str],
    /// Whether objects have a `status` of their own.
    pub has_status: bool,
}

const fn namespaced(
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
    has_status: bool,
) -> Resource {
    Resource { group, plural, singular, kind, namespaced: true, short, has_status }
}

const fn cluster(
    group: &'static str,
    plural: &'static str,
    singular: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
    has_status: bool,
) -> Resource {
    Resource { group, plural, singular, kind, namespaced: false, short, has_status }
}

/// All resources, groups together. Every group has one version, `v1`.
pub static RESOURCES: &[Resource] = &[
    namespaced("", "configmaps", "configmap", "ConfigMap", &["cm"], false),
    namespaced("", "events", "event", "Event", &["ev"], false),
    cluster("", "namespaces", "namespace", "Namespace", &["ns"], true),
    cluster("", "nodes", "node", "Node", &["no"], true),
    namespaced("", "pods", "pod", "Pod", &["po"], true),
    namespaced("", "replicationcontrollers", "replicationcontroller", "ReplicationController", &["rc"], true),
    namespaced("", "serviceaccounts", "serviceaccount", "ServiceAccount", &["sa"], false),
    namespaced("", "services", "service", "Service", &["svc"], true),
    namespaced("apps", "daemonsets", "daemonset", "DaemonSet", &["ds"], true),
    namespaced("apps", "deployments", "deployment", "Deployment", &["deploy"], true),
    namespaced("apps", "replicasets", "replicaset", "ReplicaSet", &["rs"], true),
    namespaced("apps", "statefulsets", "statefulset", "StatefulSet", &["sts"], true),
    namespaced("batch", "jobs", "job", "Job", &[], true),
    namespaced("coordination.k8s.io", "leases", "lease", "Lease", &[], false),
    cluster("node.k8s.io", "runtimeclasses", "runtimeclass", "RuntimeClass", &[], false),
    namespaced("policy", "poddisruptionbudgets", "poddisruptionbudget", "PodDisruptionBudget", &["pdb"], true),
];

impl Resource {
    /// A resource by its group and plural name.
    pub fn find(group: &str, plural: &str) -> Option<&'static Resource> {
        RESOURCES.iter().find(|resource| resource.group == group && resource.plural == plural)
    }

    /// A resource by its plural name alone.
    pub fn by_plural(plural: &str) -> Option<&'static Resource> {
        RESOURCES.iter().find(|resource| resource.plural == plural)
    }

    /// The resource of a kind in a version: `apps/v1` and `ReplicaSet`.
    pub fn of_kind(api_version: &str, kind: &str) -> Option<&'static Resource> {
        RESOURCES.iter().find(|resource| resource.kind == kind && resource.api_version() == api_version)
    }

    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { "v1".to_string() } else { format!("{}/v1", self.group) }
    }

    /// `nodes` or `leases.coordination.k8s.io`, as messages say it.
    pub fn qualified(&self) -> String {
        if self.group.is_empty() { self.plural.to_string() } else { format!("{}.{}", self.plural, self.group) }
    }
}

/// Names of the groups beside the core group.
pub fn groups() -> Vec<&'static str> {
    let mut groups: Vec<_> = RESOURCES.iter().map(|resource| resource.group).filter(|name| !name.is_empty()).collect();
    groups.dedup();
    groups
}
