//! The kinds of objects that Kubernetes has by itself.

/// A kind and the names it goes by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// API group; empty for the core group.
    pub group: &'static str,
    /// Plural, as in paths.
    pub plural: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// Whether objects live in namespaces.
    pub namespaced: bool,
    /// Abbreviations.
    short: &'static [&'static str],
}

const fn in_namespace(
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
) -> Kind {
    Kind { group, plural, kind, namespaced: true, short }
}

const fn in_cluster(
    group: &'static str,
    plural: &'static str,
    kind: &'static str,
    short: &'static [&'static str],
) -> Kind {
    Kind { group, plural, kind, namespaced: false, short }
}

/// Nodes.
pub const NODES: Kind = in_cluster("", "nodes", "Node", &["no"]);
/// Pods.
pub const PODS: Kind = in_namespace("", "pods", "Pod", &["po"]);

/// Namespaces.
pub const NAMESPACES: Kind = in_cluster("", "namespaces", "Namespace", &["ns"]);

/// All of them, in version `v1`.
static KINDS: &[Kind] = &[
    NODES,
    PODS,
    in_namespace("", "events", "Event", &["ev"]),
    in_namespace("", "replicationcontrollers", "ReplicationController", &["rc"]),
    in_namespace("", "configmaps", "ConfigMap", &["cm"]),
    NAMESPACES,
    in_namespace("", "services", "Service", &["svc"]),
    in_namespace("", "serviceaccounts", "ServiceAccount", &["sa"]),
    in_namespace("", "secrets", "Secret", &[]),
    in_namespace("", "persistentvolumeclaims", "PersistentVolumeClaim", &["pvc"]),
    in_cluster("", "persistentvolumes", "PersistentVolume", &["pv"]),
    in_namespace("apps", "daemonsets", "DaemonSet", &["ds"]),
    in_namespace("apps", "deployments", "Deployment", &["deploy"]),
    in_namespace("apps", "replicasets", "ReplicaSet", &["rs"]),
    in_namespace("apps", "statefulsets", "StatefulSet", &["sts"]),
    in_namespace("batch", "jobs", "Job", &[]),
    in_namespace("batch", "cronjobs", "CronJob", &["cj"]),
    in_namespace("coordination.k8s.io", "leases", "Lease", &[]),
    in_cluster("node.k8s.io", "runtimeclasses", "RuntimeClass", &[]),
    in_namespace("policy", "poddisruptionbudgets", "PodDisruptionBudget", &["pdb"]),
    in_cluster("scheduling.k8s.io", "priorityclasses", "PriorityClass", &["pc"]),
    in_cluster("storage.k8s.io", "storageclasses", "StorageClass", &["sc"]),
    in_cluster("storage.k8s.io", "csinodes", "CSINode", &[]),
];

impl Kind {
    /// A kind by one of its names: plural, singular, abbreviation, with the group behind a dot or without.
    pub fn find(name: &str) -> Option<Kind> {
        let name = name.to_lowercase();
        let (name, group) = match name.split_once('.') {
            Some((name, group)) => (name, Some(group.strip_prefix("v1.").unwrap_or(group).to_owned())),
            None => (name.as_str(), None),
        };
        let fits = |kind: &&Kind| {
            let named = kind.plural == name || kind.singular() == name || kind.short.contains(&name);
            named && group.as_deref().is_none_or(|group| group == kind.group)
        };
        KINDS.iter().find(fits).copied()
    }

    /// The kind that an object's `apiVersion` and `kind` say.
    pub fn of(api_version: &str, kind: &str) -> Option<Kind> {
        KINDS.iter().find(|known| known.kind == kind && known.api_version() == api_version).copied()
    }

    /// `node`.
    pub fn singular(&self) -> String {
        self.kind.to_lowercase()
    }

    /// `v1` or `apps/v1`.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() { "v1".to_owned() } else { format!("{}/v1", self.group) }
    }

    /// `node` or `lease.coordination.k8s.io`: what stands before the slash in a name.
    pub fn qualified_singular(&self) -> String {
        if self.group.is_empty() { self.singular() } else { format!("{}.{}", self.singular(), self.group) }
    }

    /// `/v1, Resource=nodes`: how messages name it.
    pub fn spelled(&self) -> String {
        format!("{}/v1, Resource={}", self.group, self.plural)
    }

    /// The path of its objects in a namespace or in all, or of one.
    pub fn path(&self, namespace: Option<&str>, name: Option<&str>) -> String {
        let mut path = if self.group.is_empty() { "/api/v1".to_owned() } else { format!("/apis/{}/v1", self.group) };
        if let Some(namespace) = namespace.filter(|_| self.namespaced) {
            path.push_str(&format!("/namespaces/{}", encoded(namespace)));
        }
        path.push('/');
        path.push_str(self.plural);
        if let Some(name) = name {
            path.push('/');
            path.push_str(&encoded(name));
        }
        path
    }
}

/// A query string of what is not empty; empty when nothing is.
pub fn query(parts: &[(&str, &str)]) -> String {
    let parts = parts.iter().filter(|(_, value)| !value.is_empty());
    let parts: Vec<String> = parts.map(|(key, value)| format!("{key}={}", encoded(value))).collect();
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// A path segment.
fn encoded(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_found_by_all_their_names() {
        for name in ["nodes", "node", "no", "Node", "NODES"] {
            assert_eq!(Kind::find(name), Some(NODES), "{name}");
        }
        assert_eq!(Kind::find("leases.coordination.k8s.io").unwrap().kind, "Lease");
        assert_eq!(Kind::find("ds.v1.apps").unwrap().kind, "DaemonSet");
        assert_eq!(Kind::find("nodes.apps"), None);
        assert_eq!(NODES.path(Some("x"), Some("a/b")), "/api/v1/nodes/a%2Fb");
        assert_eq!(
            Kind::find("leases").unwrap().path(Some("x"), None),
            "/apis/coordination.k8s.io/v1/namespaces/x/leases"
        );
    }
}
