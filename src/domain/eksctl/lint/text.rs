//! Scripts, pages and manifests: lines that no longer do what they did, or never did what they seem to.

use super::finding::{Finding, Severity};
use crate::domain::code::Code;
use crate::domain::error::{Error, Location};

/// A line that has all of these words.
struct Rule {
    code: Code,
    severity: Severity,
    words: &'static [&'static str],
    message: &'static str,
    help: &'static str,
}

const RULES: &[Rule] = &[
    Rule {
        code: Code::LintOldLabel,
        severity: Severity::Warning,
        words: &["beta.kubernetes.io/instance-type"],
        message: "`beta.kubernetes.io/instance-type` is the old name of a label that may go at any release",
        help: "use `node.kubernetes.io/instance-type`",
    },
    Rule {
        code: Code::LintLaunchConfiguration,
        severity: Severity::Warning,
        words: &["create-launch-configuration"],
        message: "launch configurations are no more: new accounts cannot make them, and they know no mix of types",
        help: "use launch templates",
    },
    Rule {
        code: Code::LintLaunchConfiguration,
        severity: Severity::Warning,
        words: &["AWS::AutoScaling::LaunchConfiguration"],
        message: "launch configurations are no more: new accounts cannot make them, and they know no mix of types",
        help: "use `AWS::EC2::LaunchTemplate`",
    },
    Rule {
        code: Code::LintGrep,
        severity: Severity::Warning,
        words: &["kubectl", "| grep"],
        message: "`grep` loses the table's head, and ends a script with `set -e` when nothing is found",
        help: "use a selector: `kubectl get nodes -l lifecycle=Ec2Spot`, `spotscript nodes -l …`",
    },
    Rule {
        code: Code::LintFirstGroup,
        severity: Severity::Warning,
        words: &["eksctl get nodegroup", ".[].Name"],
        message: "`.[].Name` is the names of all groups: with a second group the variable holds two",
        help: "name the group",
    },
    Rule {
        code: Code::LintDeadDependency,
        severity: Severity::Error,
        words: &["tiller"],
        message: "Helm 2 and tiller ended in 2020",
        help: "use Helm 3, which needs no tiller",
    },
    Rule {
        code: Code::LintDeadDependency,
        severity: Severity::Error,
        words: &["helm", " stable/"],
        message: "the `stable` charts ended in 2020",
        help: "use the project's own chart",
    },
    Rule {
        code: Code::LintDeadDependency,
        severity: Severity::Error,
        words: &["k8s.gcr.io"],
        message: "`k8s.gcr.io` is frozen",
        help: "use `registry.k8s.io`",
    },
    Rule {
        code: Code::LintDeadDependency,
        severity: Severity::Error,
        words: &["rbac.authorization.k8s.io/v1beta1"],
        message: "`rbac.authorization.k8s.io/v1beta1` went with Kubernetes 1.22",
        help: "use `rbac.authorization.k8s.io/v1`",
    },
    Rule {
        code: Code::LintDeadDependency,
        severity: Severity::Warning,
        words: &["weaveworks/eksctl"],
        message: "eksctl moved to `eksctl-io/eksctl`",
        help: "fetch it from there",
    },
    Rule {
        code: Code::LintKeyGeneration,
        severity: Severity::Advice,
        words: &["ssh-keygen"],
        message: "a key for nodes: it must be imported in the region of the cluster, and the file may exist already",
        help: "use Session Manager, or `aws ec2 create-key-pair --region …`",
    },
    Rule {
        code: Code::LintStackRewrite,
        severity: Severity::Advice,
        words: &["eksctl create nodegroup"],
        message: "eksctl may change the cluster's own stack on the way, and shows no plan",
        help: "look first: `spotscript create nodegroup -f FILE --dry-run`",
    },
    Rule {
        code: Code::LintTemplateType,
        severity: Severity::Advice,
        words: &["eksctl get nodegroup"],
        message: "`INSTANCE TYPE` is the launch template's, the first of the list, whatever runs",
        help: "`spotscript get nodegroup` shows the types that run",
    },
    Rule {
        code: Code::LintCleanup,
        severity: Severity::Warning,
        words: &["eksctl delete cluster"],
        message: "load balancers of Services, key pairs and roles made by hand stay behind, and may stop the deletion",
        help: "delete Services of type LoadBalancer first; then keys and roles",
    },
];

pub(super) fn lint(text: &str, file: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut find = |code: Code, severity: Severity, line: usize, column: usize, message: String, help: &str| {
        let location = Location { file: file.to_owned(), line, column };
        let error = Error::new(code, message).help(help).at(location);
        findings.push(Finding { error, severity, fix: Vec::new() });
    };
    let column = |line: &str, word: &str| line.find(word).map_or(1, |at| line[..at].chars().count() + 1);
    let mut here: Option<(String, usize)> = None;
    let mut clusters: Vec<(String, usize, usize)> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let number = index + 1;
        if !line.trim_start().starts_with('#') {
            for rule in RULES {
                if rule.words.iter().all(|word| line.contains(word)) {
                    let at = column(line, rule.words.first().unwrap_or(&""));
                    find(rule.code, rule.severity, number, at, rule.message.to_owned(), rule.help);
                }
            }
        }
        // An unquoted here-document, and a variable in it.
        match &here {
            Some((end, begun)) => {
                if line.trim_start_matches('\t') == end {
                    here = None;
                } else if let Some(at) = line.find('$').filter(|_| line.contains("$AWS_") || line.contains("${")) {
                    let message = format!(
                        "filled in by the shell when the file is written (the document began in line {begun}): empty if the variable is not set"
                    );
                    let at = line[..at].chars().count() + 1;
                    find(
                        Code::LintHereDocument,
                        Severity::Warning,
                        number,
                        at,
                        message,
                        "stop when it is unset: `${AWS_REGION:?}`",
                    );
                }
            }
            None => {
                if let Some((_, marker)) = line.split_once("<<")
                    && let Some(end) = marker.trim_start_matches('-').split_whitespace().next()
                    && end.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
                {
                    here = Some((end.to_owned(), number));
                    if line.contains("> ~/") {
                        let message =
                            "written to the home folder: a later command finds it under its bare name only from there";
                        find(
                            Code::LintRelativePath,
                            Severity::Advice,
                            number,
                            column(line, "> ~/"),
                            message.to_owned(),
                            "use one path in both places",
                        );
                    }
                }
            }
        }
        for word in ["--cluster ", "--cluster=", "--name eks", "--cluster-name "] {
            if let Some((before, rest)) = line.split_once(word) {
                let head = if word == "--name eks" { "eks" } else { "" };
                let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
                let name = format!("{head}{}", &rest[..end]);
                if name.len() > 3 && !name.starts_with('-') {
                    clusters.push((name, number, before.chars().count() + 1));
                }
            }
        }
    }
    if let Some((first, ..)) = clusters.first().cloned()
        && let Some((other, line, column)) = clusters
            .iter()
            .find(|(name, ..)| *name != first && crate::domain::error::nearest(name, [first.as_str()]).is_some())
    {
        let message = format!("`{other}` here and `{first}` above: one of the two is a slip of the hand");
        find(Code::LintClusterName, Severity::Warning, *line, *column, message, "name the cluster once, in a variable");
    }
    findings
}
