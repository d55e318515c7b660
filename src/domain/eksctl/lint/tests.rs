//! The tutorial's file and page, and each rule where it holds.

use super::*;
use crate::domain::code::Code;

const TUTORIAL: &str = include_str!("../../../../tests/fixtures/tutorial_nodegroups.yml");

fn tokyo(name: &str) -> Option<String> {
    (name == "AWS_REGION").then(|| "ap-northeast-1".to_owned())
}

fn told(findings: &[Finding]) -> String {
    let line = |finding: &Finding| {
        let place = finding.error.location.as_ref().unwrap();
        let fix = if finding.fix.is_empty() { "" } else { " [fix]" };
        format!(
            "{}:{} {} {}{fix} {}\n",
            place.line,
            place.column,
            finding.severity.as_str(),
            finding.error.code,
            finding.error
        )
    };
    findings.iter().map(line).collect()
}

fn codes(lines: &str) -> Vec<String> {
    let indented: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    let text = format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{name: c, region: us-west-2}}\nnodeGroups:\n  - name: g\n{indented}"
    );
    lint(&text, "f.yml", &|_| None).iter().map(|finding| finding.error.code.to_string()).collect()
}

#[test]
fn the_tutorials_file_has_these_findings_and_no_others() {
    insta::assert_snapshot!(told(&lint(TUTORIAL, "spot_nodegroups.yml", &tokyo)), @r"
    7:7 advice SPOT-0222 nothing in this file drains nodes that are interrupted: EKS does it for managed groups only
    7:7 advice SPOT-0230 [fix] no `amiFamily`: the default has changed before (Amazon Linux 2 to 2023), and with it labels and boot data
    7:7 advice SPOT-0232 a self-managed Spot group: no label for the capacity type, no draining, no health checks by EKS
    7:7 advice SPOT-0233 one group in several zones: the Cluster Autoscaler cannot choose the zone for a pod that is bound to one
    8:7 advice SPOT-0234 [fix] from zero nodes, the Cluster Autoscaler knows no disk: pods that ask for ephemeral storage never start one
    8:7 warning SPOT-0238 eksctl waits for `minSize` nodes, which is none, not for the 2 that are desired
    11:7 advice SPOT-0221 no `capacityRebalance`: replacements start only when an instance is already being taken
    12:9 advice SPOT-0223 7 types: AWS asks for 10 or more, each in each zone is a pool
    12:9 warning SPOT-0224 t3.xlarge, t3a.xlarge, t2.xlarge have CPU credits: t3 types go on at a price when they are spent, t2 types slow down
    12:9 advice SPOT-0235 the first type, `m5.xlarge`, is what the Cluster Autoscaler takes for all; `t2.xlarge` holds fewer pods (44 instead of 58)
    12:9 advice SPOT-0242 all nodes are Spot: without capacity there is no node at all, and pods that only run here stay pending
    12:9 warning SPOT-0243 not offered: t3a.xlarge in ap-northeast-1c; eksctl then leaves those zones out altogether
    15:9 advice SPOT-0220 [fix] `capacity-optimized`: AWS recommends `price-capacity-optimized`, which is interrupted as seldom and cheaper
    16:7 warning SPOT-0229 eksctl opens port 22 of nodes with public addresses to the whole world
    23:7 advice SPOT-0225 `PreferNoSchedule` keeps no pod away when other nodes are full, and the Cluster Autoscaler ignores it
    23:7 warning SPOT-0226 [fix] taints as a map: eksctl's schema has lists only, and managed groups refuse maps
    31:9 advice SPOT-0228 every pod on these nodes gets what the role is allowed: autoScaler, cloudWatch, albIngress
    34:11 warning SPOT-0227 [fix] `albIngress` is the old name of `awsLoadBalancerController`
    ");
    let unset = lint(TUTORIAL, "spot_nodegroups.yml", &|_| None);
    assert_eq!(unset[0].error.code, Code::DocumentUnresolvedVariable);
}

#[test]
fn a_mended_file_has_the_other_findings_and_its_comments() {
    let commented = TUTORIAL.replace("      taints:", "      # why\n      taints:");
    let findings = lint(&commented, "f.yml", &tokyo);
    let (fixed, count) = fix(&commented, "f.yml", &findings);
    assert_eq!(count, findings.iter().filter(|finding| !finding.fix.is_empty()).count());
    let left = lint(&fixed, "f.yml", &tokyo);
    assert!(left.iter().all(|finding| finding.fix.is_empty()), "{}", told(&left));
    assert_eq!(left.len(), findings.len() - count, "{}", told(&left));
    let diff = similar::TextDiff::from_lines(commented.as_str(), fixed.as_str());
    let changed = diff.iter_all_changes().filter(|change| change.tag() != similar::ChangeTag::Equal);
    insta::assert_snapshot!(changed.map(|change| format!("{}{change}", change.tag())).collect::<String>(), @r#"
    -        spotAllocationStrategy: capacity-optimized
    +        spotAllocationStrategy: price-capacity-optimized
    -        spotInstance: "true:PreferNoSchedule"
    +        - key: spotInstance
    +          value: "true"
    +          effect: PreferNoSchedule
    +        k8s.io/cluster-autoscaler/node-template/resources/ephemeral-storage: 80Gi
    -          albIngress: true
    +          awsLoadBalancerController: true
    +      amiFamily: AmazonLinux2023
    "#);
}

#[test]
fn each_rule_holds_where_it_should() {
    let spot = "instancesDistribution:\n  instanceTypes: [m5.large]\n  onDemandPercentageAboveBaseCapacity: 0\n";
    let has = |lines: &str, code: Code| {
        assert!(codes(lines).contains(&code.to_string()), "{code}: {:?}\n{lines}", codes(lines))
    };
    let lacks = |lines: &str, code: Code| assert!(!codes(lines).contains(&code.to_string()), "{code}\n{lines}");
    has(&format!("{spot}  maxPrice: 0.1"), Code::LintMaxPrice);
    has(&format!("{spot}  onDemandBaseCapacity: 1\nlabels: {{lifecycle: Ec2Spot}}"), Code::LintLifecycleLabel);
    lacks(&format!("{spot}labels: {{lifecycle: Ec2Spot}}"), Code::LintLifecycleLabel);
    has("instancesDistribution:\n  instanceTypes: [m5.large]", Code::LintNeverSpot);
    lacks("instanceType: m5.large", Code::LintNeverSpot);
    has(
        "instancesDistribution:\n  instanceTypes: [m5.large, m5.xlarge]\n  onDemandPercentageAboveBaseCapacity: 0",
        Code::LintMixedShapes,
    );
    has("propagateASGTags: true\ntaints: [{key: a, effect: NoSchedule}]", Code::LintPropagate);
    lacks("propagateASGTags: true", Code::LintPropagate);
    has("amiFamily: AmazonLinux2", Code::LintEndedFamily);
    has("tags: {k8s.io/cluster-autoscaler/node-template/label/a: b}", Code::LintTags);
    has("tags: {k8s.io/cluster-autoscaler/node-template/label/a: b}", Code::LintDiscovery);
    has("minSize: 0\nlabels: {a: b}\niam: {withAddonPolicies: {autoScaler: true}}", Code::LintTags);
    has(
        "taints: [{key: a, value: b, effect: NoSchedule}]\ntags: {k8s.io/cluster-autoscaler/node-template/taint/a: b}",
        Code::LintTags,
    );
    has(&format!("{spot}ssh: {{allow: true, publicKeyName: k}}"), Code::LintSsh);
    lacks("ssh: {allow: false}", Code::LintSsh);
    assert_eq!(codes("lables: {a: b}"), ["SPOT-0202"], "an unreadable file is not judged further");
}

#[test]
fn a_comment_allows_a_finding() {
    let text = "# spotscript: allow-file SPOT-0230 SPOT-0233\napiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: c, region: us-west-2}\nnodeGroups:\n  - name: g\n    # spotscript: allow SPOT-0231\n    amiFamily: AmazonLinux2\n";
    assert_eq!(told(&lint(text, "f.yml", &|_| None)), "");
}

#[test]
fn scripts_and_pages_are_read_line_by_line() {
    let page = "eksctl create cluster --name eks-spot-eksctl\ncat <<EoF > ~/environment/f.yml\nregion: $AWS_REGION\nEoF\neksctl create nodegroup -f f.yml\nkubectl get nodes --show-labels | grep Ec2Spot\nNAME=$(eksctl get nodegroup --cluster eks-spot-eksct -o json | jq -r '.[].Name')\nhelm install stable/x\nnodeSelector: {beta.kubernetes.io/instance-type: m5.large}\neksctl delete cluster --name eks-spot-eksct\n";
    insta::assert_snapshot!(told(&lint(page, "lab.sh", &|_| None)), @r"
    2:11 advice SPOT-0256 written to the home folder: a later command finds it under its bare name only from there
    3:9 warning SPOT-0255 filled in by the shell when the file is written (the document began in line 2): empty if the variable is not set
    5:1 advice SPOT-0252 eksctl may change the cluster's own stack on the way, and shows no plan
    6:1 warning SPOT-0248 `grep` loses the table's head, and ends a script with `set -e` when nothing is found
    7:8 warning SPOT-0249 `.[].Name` is the names of all groups: with a second group the variable holds two
    7:8 advice SPOT-0253 `INSTANCE TYPE` is the launch template's, the first of the list, whatever runs
    7:29 warning SPOT-0257 `eks-spot-eksct` here and `eks-spot-eksctl` above: one of the two is a slip of the hand
    8:1 error SPOT-0250 the `stable` charts ended in 2020
    9:16 warning SPOT-0246 `beta.kubernetes.io/instance-type` is the old name of a label that may go at any release
    10:1 warning SPOT-0254 load balancers of Services, key pairs and roles made by hand stay behind, and may stop the deletion
    ");
    assert_eq!(lint("echo hello\n", "x.sh", &|_| None), []);
}
