//! What namespaces and types are for, in a sentence each. Tests hold the tables equal to what there is.

/// Namespace and what it is for.
const NAMESPACES: &[(&str, &str)] = &[
    ("eks", "Clusters and node groups: describe, make, list, scale, delete, draw"),
    ("kube", "Nodes, pods and events of a cluster"),
    ("spot", "Choosing instance types for Spot, and what the Spot Instance Advisor says about them"),
    ("tags", "Tags that the Cluster Autoscaler reads"),
    ("taint", "Taints as values"),
];

/// Type and what its values are.
const TYPES: &[(&str, &str)] = &[
    ("Advice", "rows of the Spot Instance Advisor, with where they come from"),
    ("Changes", "what a verb did to nodes"),
    ("Cluster", "an EKS cluster"),
    ("Config", "an eksctl document"),
    ("Diagram", "the architecture of a cluster, drawn from live state"),
    ("Drain", "what came of a drain"),
    ("Error", "a failure of the host, as `catch` gets it"),
    ("Group", "everything about a node group that exists"),
    ("Groups", "the node groups of a cluster, a row each"),
    ("InstanceType", "one EC2 instance type"),
    ("InstanceTypes", "a set of instance types, in an order of preference"),
    ("Labels", "labels or tags: keys with texts"),
    ("Node", "a node of a cluster"),
    ("Nodegroup", "a node group as described, whether it exists or not"),
    ("Nodes", "a list of nodes"),
    ("Pods", "a list of pods"),
    ("Report", "what a verb such as `eks::ensure` did"),
    ("Sandbox", "the levers of the sandbox's world: the variable `sandbox`"),
    ("Shape", "vCPUs, memory, architecture and GPUs: what the Cluster Autoscaler sees of a type"),
    ("Taint", "a taint of a node"),
    ("Trial", "how a runbook ended that a test ran"),
];

/// Type of the language itself and what its values are.
const PLAIN: &[(&str, &str)] = &[
    ("bool", "`true` or `false`"),
    ("char", "one character: `'a'`"),
    ("closure", "code to be called later: `|x| x + 1`"),
    ("float", "a number with a point: `0.5`"),
    ("int", "a whole number of 64 bits: `42`"),
    ("list", "values in an order: `[1, \"two\"]`"),
    ("map", "values by names: `#{ min: 0, max: 5 }`"),
    ("string", "a text: `\"m5.xlarge\"`, or with values in it, `` `${n} nodes` ``"),
];

/// What values of a type of the language are; `None` if it is none.
pub fn plain(name: &str) -> Option<&'static str> {
    PLAIN.iter().find(|(known, _)| *known == name).map(|(_, about)| *about)
}

/// The types of the language.
pub fn plain_types() -> impl Iterator<Item = &'static str> {
    PLAIN.iter().map(|(name, _)| *name)
}

/// What a namespace is for; empty if it is not ours.
pub fn namespace(name: &str) -> &'static str {
    said(NAMESPACES, name)
}

/// What values of a type are; empty if it is not ours.
pub fn kind(name: &str) -> &'static str {
    said(TYPES, name)
}

fn said(table: &[(&str, &'static str)], name: &str) -> &'static str {
    table.iter().find(|(known, _)| *known == name).map_or("", |(_, about)| about)
}
