//! What an instance that does not join printed while it booted.

use super::{Explained, Patience};
use crate::domain::Code;

/// Phrases of nodeadm, the kubelet and systemd → meaning; the first phrase that some line has counts. In lower case.
const MEANINGS: &[(&[&str], Explained)] = &[
    (
        &["invalid taint", "register-with-taints", "invalid node taint"],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the user data asks the kubelet for a taint that it cannot read",
            help: "a taint is `key=value:Effect`: correct it and run `ensure` on the group again, which writes new user data",
            patience: Patience::None,
        },
    ),
    (
        &["unknown 'kubernetes.io' or 'k8s.io' labels", "--node-labels"],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the user data asks the kubelet for a label that a node may not set on itself",
            help: "use labels outside `kubernetes.io` and `k8s.io`, and run `ensure` on the group again",
            patience: Patience::None,
        },
    ),
    (
        &[
            "invalid nodeconfig",
            "failed to load node config",
            "no config in chain",
            "cannot unmarshal",
            "could not find nodeconfig",
        ],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "nodeadm cannot read the user data",
            help: "run `ensure` on the group again: it writes the user data anew",
            patience: Patience::None,
        },
    ),
    (
        // PowerShell's words.
        &[
            "is missing the terminator",
            "in expression or statement.",
            "missing closing '}' in statement block",
            "missing closing ')' in expression",
            "parameter cannot be found that",
            "missing mandatory parameters",
            "missing an argument for parameter",
            "never calls start-eksbootstrap.ps1",
        ],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the PowerShell of the user data does not run",
            help: "correct the group's commands (`preBootstrapCommands`, `overrideBootstrapCommand`) and run `ensure` again, which writes new user data",
            patience: Patience::None,
        },
    ),
    (
        &["unauthorized"],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the cluster does not know the nodes' role: the kubelet is refused as Unauthorized",
            help: "run `ensure` on the group again: it puts the role's access entry (or its `aws-auth` row) back",
            patience: Patience::None,
        },
    ),
    (
        &[
            "no ec2 imds role found",
            "nocredentialproviders",
            "failed to refresh cached credentials",
            "unable to locate credentials",
            "no iam instance profile",
        ],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the instance has no credentials: its instance profile is missing or holds no role",
            help: "run `ensure` on the group again: it makes the profile anew and puts the role into it",
            patience: Patience::None,
        },
    ),
    (
        &["certificate signed by unknown authority", "x509:"],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the kubelet does not trust the API server: the user data names another cluster's authority",
            help: "run `ensure` on the group again: it writes the user data anew",
            patience: Patience::None,
        },
    ),
    (
        &["i/o timeout", "connection refused", "no route to host", "context deadline exceeded", "no such host"],
        Explained {
            code: Code::NodesNotJoining,
            sentence: "the instance cannot reach the cluster's API server",
            help: "look at the subnets' routes and at the security groups of nodes and cluster; private subnets need NAT or VPC endpoints",
            patience: Patience::Whole,
        },
    ),
];

/// The meaning of console output and the line that shows it, if it shows a fault.
pub(in crate::ops) fn explain_console(output: &str) -> Option<(Explained, String)> {
    let lines: Vec<(String, &str)> = output.lines().map(|line| (line.to_ascii_lowercase(), line)).collect();
    MEANINGS.iter().find_map(|(marks, explained)| {
        let line =
            lines.iter().rev().find(|(lower, _)| marks.iter().any(|mark| lower.contains(mark)) && !is_harmless(lower));
        line.map(|(_, line)| (*explained, line.trim().chars().take(300).collect()))
    })
}

/// A flag as the kubelet prints it at every start is no complaint about it.
fn is_harmless(lower: &str) -> bool {
    lower.contains("flag: --") || (lower.contains("kubelet_flags") && !lower.contains("invalid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_lead_to_the_cause() {
        for (line, expected) in [
            (
                "kubelet[1]: E0101 \"Unable to register node with API server\" err=\"Unauthorized\"",
                Some("does not know the nodes' role"),
            ),
            (
                "kubelet[1]: E0101 run.go:74] command failed: invalid taint: spot=true:Nope",
                Some("a taint that it cannot read"),
            ),
            ("nodeadm[9]: no EC2 IMDS role found, operation error ec2imds: GetMetadata, 404", Some("holds no role")),
            ("EC2Launch: user data: The string is missing the terminator: '.", Some("PowerShell of the user data")),
            // bash's words for its own.
            ("cloud-init[9]: syntax error near unexpected token `('", None),
            ("kubelet[1]: FLAG: --register-with-taints=\"spot=true:NoSchedule\"", None),
            ("kubelet[1]: Successfully registered node", None),
        ] {
            let found = explain_console(&format!("booting\n{line}\ndone\n"));
            match expected {
                Some(part) => assert!(found.is_some_and(|(explained, _)| explained.sentence.contains(part)), "{line}"),
                None => assert_eq!(found, None, "{line}"),
            }
        }
    }
}
