//! `spotscript lint` as a user meets it.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::process::{Command, Output};

const TUTORIAL: &str = include_str!("fixtures/tutorial_nodegroups.yml");

fn lint(folder: &std::path::Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .arg("lint")
        .args(arguments)
        .current_dir(folder)
        .env("AWS_REGION", "ap-northeast-1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap()
}

fn folder(name: &str) -> std::path::PathBuf {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn findings_end_with_three_and_say_what_to_do() {
    let folder = folder("lint-findings");
    std::fs::write(
        folder.join("f.yml"),
        TUTORIAL.replace("lifecycle: Ec2Spot\n        intent", "lifecycle: Ec2 Spot\n        intent"),
    )
    .unwrap();
    let output = lint(&folder, &["--no-advice", "f.yml"]);
    assert_eq!(output.status.code(), Some(3));
    insta::assert_snapshot!(String::from_utf8(output.stdout).unwrap(), @r"
    f.yml:8:7: warning SPOT-0238: eksctl waits for `minSize` nodes, which is none, not for the 2 that are desired
        help: verify that nodes are Ready, or make the group with spotscript, which waits for them
    f.yml:12:9: warning SPOT-0224: t3.xlarge, t3a.xlarge, t2.xlarge have CPU credits: t3 types go on at a price when they are spent, t2 types slow down
        help: leave them out, or decide with `cpuCredits` (AWS recommends `standard` for short-lived Spot nodes)
    f.yml:12:9: warning SPOT-0243: not offered: t3a.xlarge in ap-northeast-1c; eksctl then leaves those zones out altogether
        help: leave those types out, or make the group with spotscript, which keeps every zone that has one of them
    f.yml:16:7: warning SPOT-0229: eksctl opens port 22 of nodes with public addresses to the whole world
        help: leave `ssh` out: Session Manager reaches every node without a key or a port
    f.yml:20:9: error SPOT-0121: label `lifecycle` has the value `Ec2 Spot`: it contains ' '; letters, digits, `-`, `_` and `.` are allowed
    f.yml:23:7: warning SPOT-0226: taints as a map: eksctl's schema has lists only, and managed groups refuse maps
        help: write a list of `key`, `value` and `effect`
        `--fix` does it
    f.yml:26:9: warning SPOT-0240: tag `k8s.io/cluster-autoscaler/node-template/label/lifecycle` is `Ec2Spot`, nodes will have `Ec2 Spot`
        help: let the tags say what labels and taints say; a taint's is `value:Effect`
        `--fix` does it
    f.yml:34:11: warning SPOT-0227: `albIngress` is the old name of `awsLoadBalancerController`
        help: write `awsLoadBalancerController`
        `--fix` does it

    1 file, 8 findings
    ");
    let json = lint(&folder, &["-o", "json", "f.yml"]);
    let answer: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let text = answer.to_string();
    assert!(text.contains("\"code\":\"SPOT-0121\"") && text.contains("\"severity\":\"error\""), "{text}");
    assert_eq!(json.status.code(), Some(3));
}

#[test]
fn what_is_mended_is_written_and_a_file_without_findings_ends_with_zero() {
    let folder = folder("lint-fix");
    let file = folder.join("f.yml");
    std::fs::write(&file, TUTORIAL).unwrap();
    let output = lint(&folder, &["--fix", "f.yml"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&output.stdout).contains(", 5 mended, "), "{output:?}");
    let mended = std::fs::read_to_string(&file).unwrap();
    assert!(mended.contains("price-capacity-optimized") && mended.contains("region: $AWS_REGION"));
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "nothing else is left in the folder");
    std::fs::write(folder.join("good.sh"), "echo hello\n").unwrap();
    let output = lint(&folder, &["good.sh"]);
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stdout).unwrap().as_str()),
        (Some(0), "1 file, no findings\n")
    );
    let output = lint(&folder, &["absent.yml"]);
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn types_that_are_often_interrupted_are_told_with_the_date_of_the_data() {
    let folder = folder("lint-advisor");
    std::fs::write(folder.join("f.yml"), TUTORIAL).unwrap();
    std::fs::write(folder.join("feed.json"), include_str!("fixtures/advisor_feed.json")).unwrap();
    let told = |arguments: &[&str]| String::from_utf8(lint(&folder, arguments).stdout).unwrap();
    assert!(!told(&["f.yml"]).contains("SPOT-0258"), "nobody was asked");
    let text = told(&["--feed", "feed.json", "f.yml"]);
    let line = text.lines().find(|line| line.contains("SPOT-0258")).unwrap_or_else(|| panic!("{text}"));
    assert!(
        line.starts_with("f.yml:12:9: warning SPOT-0258: m5.xlarge interrupted >20% of the month before"),
        "{line}"
    );
    assert!(line.contains("(data of 20") || line.contains("(data of an unknown date"), "{line}");
    let refused = lint(&folder, &["--advisor", "f.yml"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(refused.status.code() == Some(2) && said.contains("made up"), "{said}");
}

#[test]
fn what_is_no_cluster_config_by_its_first_lines_is_looked_at_all_the_same() {
    let folder = folder("lint-kinds");
    let head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: c, region: us-west-2}\n";
    let files = [
        (
            "one_line.json",
            r#"{"apiVersion":"eksctl.io/v1alpha5","kind":"ClusterConfig","metadata":{"name":"c","region":"us-west-2"},"nodeGroups":[{"name":"a","bogus":1}]}"#.to_owned(),
        ),
        (
            "flow.yaml",
            "{kind: ClusterConfig, apiVersion: eksctl.io/v1alpha5, metadata: {name: c, region: us-west-2}, nodeGroups: [{name: a, bogus: 1}]}".to_owned(),
        ),
        ("directive.yml", format!("%YAML 1.2\n---\n{head}nodeGroups: [{{name: a, bogus: 1}}]\n")),
        ("bad_directive.yml", format!("%YAML 9\n---\n{head}")),
        ("no_version.yml", "kind: ClusterConfig\nmetadata: {name: c, region: us-west-2}\n".to_owned()),
        ("groups_alone.yml", "nodeGroups: [{name: a}]\n".to_owned()),
        ("other_map.yml", "replicas: 1\n# helm 2 had a tiller\n".to_owned()),
        ("broken.yml", "a: [b\n".to_owned()),
        ("empty.yml", String::new()),
        ("comment.yml", "# nothing\n".to_owned()),
        ("list.yml", "- a\n- b\n".to_owned()),
        ("no_extension", format!("%YAML 1.2\n---\n{head}nodeGroups: [{{name: a, bogus: 1}}]\n")),
    ];
    let mut told = String::new();
    for (name, text) in &files {
        std::fs::write(folder.join(name), text).unwrap();
        let output = lint(&folder, &["--no-advice", name]);
        assert_eq!(output.status.code(), Some(3), "{name}");
        let text = String::from_utf8(output.stdout).unwrap();
        let lines = text.lines().filter(|line| line.contains(" error ") || line.contains(" warning "));
        told.extend(lines.map(|line| format!("{line}\n")));
    }
    insta::assert_snapshot!(told, @r"
    one_line.json:1:130: error SPOT-0202: `nodeGroups[0].bogus` is not a key that eksctl knows
    flow.yaml:1:118: error SPOT-0202: `nodeGroups[0].bogus` is not a key that eksctl knows
    directive.yml:6:24: error SPOT-0202: `nodeGroups[0].bogus` is not a key that eksctl knows
    bad_directive.yml:1:1: error SPOT-0201: not YAML: while scanning a YAML directive, did not find expected digit or '.' character
    no_version.yml:1:1: error SPOT-0204: `apiVersion` is missing
    groups_alone.yml:1:1: error SPOT-0204: `apiVersion` is missing
    groups_alone.yml:1:1: error SPOT-0204: `kind` is missing
    other_map.yml:1:1: error SPOT-0204: `apiVersion` is missing
    other_map.yml:1:1: error SPOT-0204: `kind` is missing
    broken.yml:1:4: error SPOT-0201: not YAML: unclosed bracket '['
    empty.yml:1:1: error SPOT-0204: `apiVersion` is missing
    empty.yml:1:1: error SPOT-0204: `kind` is missing
    comment.yml:1:1: error SPOT-0204: `apiVersion` is missing
    comment.yml:1:1: error SPOT-0204: `kind` is missing
    list.yml:1:1: error SPOT-0203: `the document` is a list, it must be a map
    no_extension:6:24: error SPOT-0202: `nodeGroups[0].bogus` is not a key that eksctl knows
    ");
}

#[test]
fn manifests_templates_and_pages_are_looked_at_line_by_line() {
    let folder = folder("lint-around");
    let files = [
        ("pod.yml", "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\n"),
        ("two.yml", "apiVersion: v1\nkind: Pod\n---\napiVersion: v1\nkind: Pod\n"),
        (
            "wrapped.yml",
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata:\n  f.yml: |\n    apiVersion: eksctl.io/v1alpha5\n    bogus: 1\n",
        ),
        ("helm.yaml", "{{- if .Values.on }}\napiVersion: v1\nkind: Pod\n{{- end }}\n"),
        ("stack.yml", "AWSTemplateFormatVersion: 2010-09-09\nResources: {A: {Type: X, Name: !Sub \"${A}\"}}\n"),
        ("workflow.yml", "on: push\njobs: {a: {steps: [{run: eksctl version}]}}\n"),
        ("page.md", "Write this:\n\n    apiVersion: eksctl.io/v1alpha5\n"),
        ("empty.sh", ""),
    ];
    for (name, text) in files {
        std::fs::write(folder.join(name), text).unwrap();
        let output = lint(&folder, &[name]);
        let told = String::from_utf8(output.stdout).unwrap();
        assert_eq!((output.status.code(), told.as_str()), (Some(0), "1 file, no findings\n"), "{name}");
    }
}
