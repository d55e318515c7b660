//! What people see: the built binary on a fresh sandbox world of its own, commands one after another.
//!
//! Nothing in the snapshots is masked: a world with a fixed seed behaves the same every time.

#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

/// The tutorial's file with the region filled in.
const TUTORIAL: &str = r#"apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata:
    name: eks-spot-eksct
    region: ap-northeast-1
nodeGroups:
    - name: dev-4vcpu-16gb-spot
      minSize: 0
      maxSize: 5
      desiredCapacity: 2
      instancesDistribution:
        instanceTypes: ["m5.xlarge", "m5d.xlarge", "m4.xlarge","t3.xlarge","t3a.xlarge","m5a.xlarge","t2.xlarge"] 
        onDemandBaseCapacity: 0
        onDemandPercentageAboveBaseCapacity: 0
        spotAllocationStrategy: capacity-optimized
      ssh:
        allow: true
        publicKeyName: eks-spot-key
      labels:
        lifecycle: Ec2Spot
        intent: apps
        aws.amazon.com/spot: "true"
      taints:
        spotInstance: "true:PreferNoSchedule"
      tags:
        k8s.io/cluster-autoscaler/node-template/label/lifecycle: Ec2Spot
        k8s.io/cluster-autoscaler/node-template/label/intent: apps
        k8s.io/cluster-autoscaler/node-template/label/aws.amazon.com/spot: "true"
        k8s.io/cluster-autoscaler/node-template/taint/spotInstance: "true:PreferNoSchedule"
      iam:
        withAddonPolicies:
          autoScaler: true
          cloudWatch: true
          albIngress: true
"#;

const GROUP: &str = "dev-4vcpu-16gb-spot";

/// A sandbox world in a folder of its own.
struct World {
    folder: tempfile::TempDir,
}

/// What a command did.
struct Ran {
    stdout: String,
    stderr: String,
    code: i32,
}

impl World {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("spot_nodegroups.yml"), TUTORIAL).unwrap();
        World { folder }
    }

    /// A world in which the tutorial's group was made.
    fn with_group() -> Self {
        let world = World::new();
        world.run(&["create", "nodegroup", "-f", "spot_nodegroups.yml"]).ok();
        world
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with_input(arguments, "")
    }

    fn run_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        for (name, _) in
            std::env::vars().filter(|(name, _)| name.starts_with("AWS_") || name.starts_with("SPOTSCRIPT_"))
        {
            command.env_remove(name);
        }
        let mut child = command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("SPOTSCRIPT_STATE_DIR", self.folder.path().join("state"))
            // Whoever uses the network here fails.
            .envs([("HTTP_PROXY", "http://127.0.0.1:9"), ("HTTPS_PROXY", "http://127.0.0.1:9"), ("NO_COLOR", "1")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        Ran {
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
            code: output.status.code().unwrap(),
        }
    }
}

impl Ran {
    /// Standard output of a command that went well.
    fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}\n{}", self.stdout, self.stderr);
        self.stdout
    }

    /// Standard error of a command that failed with this exit code and printed nothing.
    fn failed(self, code: i32) -> String {
        assert_eq!((self.code, self.stdout.as_str()), (code, ""), "{}", self.stderr);
        self.stderr
    }

    /// The objects of a list in kubectl's JSON.
    fn items(self) -> Value {
        let list: Value = serde_json::from_str(&self.ok()).unwrap();
        assert_eq!(list["kind"], "List");
        list["items"].clone()
    }

    /// The data of a JSON answer of this schema.
    fn data(self, schema: &str) -> Value {
        let answer: Value = serde_json::from_str(&self.ok()).unwrap();
        assert_eq!(answer["schema"], format!("spotscript.{schema}/v1"));
        answer["data"].clone()
    }
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item.as_str().unwrap()).collect()
}

#[test]
fn a_group_is_created_once_and_then_unchanged() {
    let world = World::new();
    insta::assert_snapshot!(world.run(&["create", "nodegroup", "-f", "spot_nodegroups.yml"]).ok(), @r#"
    created nodegroup "dev-4vcpu-16gb-spot" in cluster "eks-spot-eksct"
      created  IAM role            spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      created  instance profile    spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      created  security group      spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot-ssh
      created  access entry        spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      created  launch template     spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      created  Auto Scaling group  spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
    2 nodes Ready: ip-192-168-11-128.ap-northeast-1.compute.internal, ip-192-168-85-228.ap-northeast-1.compute.internal
    30 requests to AWS and Kubernetes (15 mutating) in 1m9s
    "#);
    let again = world.run(&["create", "ng", "-f", "-", "-o", "json"]);
    assert_ne!(again.code, 0, "an empty document makes no group");
    let again = world.run_with_input(&["create", "ng", "-f", "-", "-o", "json"], TUTORIAL).data("changes");
    assert_eq!((&again[0]["verdict"], &again[0]["mutating_requests"]), (&"unchanged".into(), &0.into()));
    assert_eq!(again[0]["ready_nodes"].as_array().map(Vec::len), Some(2));
}

#[test]
fn a_dry_run_prints_the_resolved_specification_and_makes_nothing() {
    let world = World::new();
    insta::assert_snapshot!(world.run(&["create", "ng", "-f", "spot_nodegroups.yml", "--dry-run"]).ok(), @r#"
    apiVersion: eksctl.io/v1alpha5
    kind: ClusterConfig
    metadata:
      name: eks-spot-eksct
      region: ap-northeast-1
    nodeGroups:
    - name: dev-4vcpu-16gb-spot
      amiFamily: AmazonLinux2023
      minSize: 0
      maxSize: 5
      desiredCapacity: 2
      instancesDistribution:
        instanceTypes:
        - m5.xlarge
        - m5d.xlarge
        - m4.xlarge
        - t3.xlarge
        - t3a.xlarge
        - m5a.xlarge
        - t2.xlarge
        onDemandBaseCapacity: 0
        onDemandPercentageAboveBaseCapacity: 0
        spotAllocationStrategy: capacity-optimized
      ssh:
        allow: true
        publicKeyName: eks-spot-key
      labels:
        lifecycle: Ec2Spot
        intent: apps
        aws.amazon.com/spot: "true"
      taints:
      - key: spotInstance
        value: "true"
        effect: PreferNoSchedule
      tags:
        k8s.io/cluster-autoscaler/node-template/label/lifecycle: Ec2Spot
        k8s.io/cluster-autoscaler/node-template/label/intent: apps
        k8s.io/cluster-autoscaler/node-template/label/aws.amazon.com/spot: "true"
        k8s.io/cluster-autoscaler/node-template/taint/spotInstance: true:PreferNoSchedule
      iam:
        withAddonPolicies:
          autoScaler: true
          cloudWatch: true
          awsLoadBalancerController: true
    "#);
    let groups = world.run(&["get", "ng", "-o", "json"]).data("nodegroups");
    assert!(groups.as_array().unwrap().iter().all(|group| group["name"] != GROUP), "{groups}");
}

#[test]
fn groups_are_listed_as_eksctl_does() {
    let world = World::with_group();
    insta::assert_snapshot!(world.run(&["get", "nodegroup"]).ok().replace('\t', "→"), @r"
    CLUSTER→→NODEGROUP→→STATUS→CREATED→→→MIN SIZE→MAX SIZE→DESIRED CAPACITY→INSTANCE TYPE→IMAGE ID→→ASG NAME→→→→→→TYPE
    eks-spot-eksct→dev-4vcpu-16gb-spot→ACTIVE→2026-01-01T00:00:17Z→0→→5→→2→→→m5.xlarge→ami-0834ba2a8e29ff53a→spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot→→unmanaged
    eks-spot-eksct→ng-8f58c67c→→ACTIVE→2025-12-31T14:00:00Z→2→→2→→2→→→m5.large→ami-0834ba2a8e29ff53a→eks-ng-8f58c67c-0394714e-ada1-4c9d-9fac-45fa56680cd3→managed

    dev-4vcpu-16gb-spot: 2 of 2 Ready; running 2 × t3a.xlarge
    ng-8f58c67c: 2 of 2 Ready; running 2 × m5.large
    ");
    let one = world.run(&["get", "ng", GROUP, "-o", "json"]).data("nodegroups");
    assert_eq!((one.as_array().map(Vec::len), &one[0]["name"]), (Some(1), &GROUP.into()));
}

#[test]
fn the_auto_scaling_group_is_shown_as_the_console_does() {
    let world = World::with_group();
    insta::assert_snapshot!(world.run(&["asg", GROUP]).ok(), @r"
    Name                                           Launch template                                Instances  Desired  Min  Max  Availability Zones                                 Default cooldown  Health check grace
    ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot  spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot          2        2    0    5  ap-northeast-1a, ap-northeast-1c, ap-northeast-1d               300                   0

    Details
    Launch template            spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
    Launch template version    1
    Instance types             m5.xlarge, m5d.xlarge, m4.xlarge, t3.xlarge, t3a.xlarge, m5a.xlarge, t2.xlarge
    Spot allocation strategy   Capacity optimized
    Maximum Spot price         On-Demand price
    Optional On-Demand base    0
    On-Demand percentage       0%
    Capacity rebalancing       Off
    Desired capacity           2
    Min                        0
    Max                        5
    Availability Zones         ap-northeast-1a, ap-northeast-1c, ap-northeast-1d
    Subnets                    subnet-0aa962ac35598d20d, subnet-0629c3c16839aea8d, subnet-0776dabb767e65d6d
    Health check type          EC2
    Health check grace period  0 s
    Termination policies       Default
    Suspended processes        -
    Default cooldown           300 s
    Creation time              2026-01-01 00:00:17 UTC
    Service-linked role        arn:aws:iam::641288255406:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling

    Instances
    Instance ID          Lifecycle  Instance type  Purchase  Launch template version  Availability Zone  Health   Protected  Node
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
    i-06832f7b79eb7ccd7  InService  t3a.xlarge     spot      1                        ap-northeast-1a    Healthy  No         ip-192-168-11-128.ap-northeast-1.compute.internal
    i-0b336f76b3e5d2b83  InService  t3a.xlarge     spot      1                        ap-northeast-1d    Healthy  No         ip-192-168-85-228.ap-northeast-1.compute.internal

    Activity history
    Successful  Launching a new EC2 instance: i-0b336f76b3e5d2b83
        Cause    At 2026-01-01T00:00:17Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  At 2026-01-01T00:00:19Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2.
        Start    2026-01-01 00:00:19 UTC
        End      2026-01-01 00:00:35 UTC
    Successful  Launching a new EC2 instance: i-06832f7b79eb7ccd7
        Cause    At 2026-01-01T00:00:17Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  At 2026-01-01T00:00:19Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2.
        Start    2026-01-01 00:00:19 UTC
        End      2026-01-01 00:00:33 UTC

    Tags
    Key                                                                Value
    ───────────────────────────────────────────────────────────────────────────────────────────────────────────
    Name                                                               eks-spot-eksct-dev-4vcpu-16gb-spot-Node
    alpha.eksctl.io/cluster-name                                       eks-spot-eksct
    alpha.eksctl.io/nodegroup-name                                     dev-4vcpu-16gb-spot
    alpha.eksctl.io/nodegroup-type                                     unmanaged
    k8s.io/cluster-autoscaler/eks-spot-eksct                           owned
    k8s.io/cluster-autoscaler/enabled                                  true
    k8s.io/cluster-autoscaler/node-template/label/aws.amazon.com/spot  true
    k8s.io/cluster-autoscaler/node-template/label/intent               apps
    k8s.io/cluster-autoscaler/node-template/label/lifecycle            Ec2Spot
    k8s.io/cluster-autoscaler/node-template/taint/spotInstance         true:PreferNoSchedule
    kubernetes.io/cluster/eks-spot-eksct                               owned
    spotscript/cluster                                                 eks-spot-eksct
    spotscript/nodegroup                                               dev-4vcpu-16gb-spot
    spotscript/owner                                                   spotscript
    ");
    let detail = world.run(&["asg", GROUP, "-o", "json"]).data("nodegroup");
    assert_eq!(detail["members"].as_array().map(Vec::len), Some(2));
    assert!(detail["members"].as_array().unwrap().iter().all(|member| member["lifecycle"] == "spot"));
    let user_data = detail["launch_template"]["data"]["user_data"].as_str().unwrap();
    assert!(user_data.contains("not shown"), "{user_data}");
}

#[test]
fn nodes_are_printed_as_kubectl_does() {
    let world = World::with_group();
    insta::assert_snapshot!(world.run(&["nodes"]).ok(), @r"
    NAME                                                 STATUS   ROLES    AGE   VERSION
    ip-192-168-108-42.ap-northeast-1.compute.internal    Ready    <none>   10h   v1.33.2-eks-e46e656
    ip-192-168-11-128.ap-northeast-1.compute.internal    Ready    <none>   17s   v1.33.2-eks-e46e656
    ip-192-168-134-166.ap-northeast-1.compute.internal   Ready    <none>   10h   v1.33.2-eks-e46e656
    ip-192-168-85-228.ap-northeast-1.compute.internal    Ready    <none>   14s   v1.33.2-eks-e46e656
    ");
    insta::assert_snapshot!(world.run(&["nodes", "-l", "lifecycle=Ec2Spot", "--show-labels"]).ok(), @r"
    NAME                                                STATUS   ROLES    AGE   VERSION               LABELS
    ip-192-168-11-128.ap-northeast-1.compute.internal   Ready    <none>   17s   v1.33.2-eks-e46e656   alpha.eksctl.io/cluster-name=eks-spot-eksct,alpha.eksctl.io/nodegroup-name=dev-4vcpu-16gb-spot,aws.amazon.com/spot=true,beta.kubernetes.io/arch=amd64,beta.kubernetes.io/instance-type=t3a.xlarge,beta.kubernetes.io/os=linux,failure-domain.beta.kubernetes.io/region=ap-northeast-1,failure-domain.beta.kubernetes.io/zone=ap-northeast-1a,intent=apps,k8s.io/cloud-provider-aws=85533c3ce0e7e44d00a8b12489be4c52,kubernetes.io/arch=amd64,kubernetes.io/hostname=ip-192-168-11-128.ap-northeast-1.compute.internal,kubernetes.io/os=linux,lifecycle=Ec2Spot,node.kubernetes.io/instance-type=t3a.xlarge,topology.k8s.aws/zone-id=apne1-az2,topology.kubernetes.io/region=ap-northeast-1,topology.kubernetes.io/zone=ap-northeast-1a
    ip-192-168-85-228.ap-northeast-1.compute.internal   Ready    <none>   14s   v1.33.2-eks-e46e656   alpha.eksctl.io/cluster-name=eks-spot-eksct,alpha.eksctl.io/nodegroup-name=dev-4vcpu-16gb-spot,aws.amazon.com/spot=true,beta.kubernetes.io/arch=amd64,beta.kubernetes.io/instance-type=t3a.xlarge,beta.kubernetes.io/os=linux,failure-domain.beta.kubernetes.io/region=ap-northeast-1,failure-domain.beta.kubernetes.io/zone=ap-northeast-1d,intent=apps,k8s.io/cloud-provider-aws=85533c3ce0e7e44d00a8b12489be4c52,kubernetes.io/arch=amd64,kubernetes.io/hostname=ip-192-168-85-228.ap-northeast-1.compute.internal,kubernetes.io/os=linux,lifecycle=Ec2Spot,node.kubernetes.io/instance-type=t3a.xlarge,topology.k8s.aws/zone-id=apne1-az1,topology.kubernetes.io/region=ap-northeast-1,topology.kubernetes.io/zone=ap-northeast-1d
    ");
    insta::assert_snapshot!(world.run(&["nodes", "-l", "lifecycle=Ec2Spot", "-o", "wide"]).ok(), @r"
    NAME                                                STATUS   ROLES    AGE   VERSION               INTERNAL-IP      EXTERNAL-IP      OS-IMAGE                       KERNEL-VERSION                   CONTAINER-RUNTIME
    ip-192-168-11-128.ap-northeast-1.compute.internal   Ready    <none>   17s   v1.33.2-eks-e46e656   192.168.11.128   52.112.146.110   Amazon Linux 2023.9.20251208   6.12.58-82.121.amzn2023.x86_64   containerd://2.1.5
    ip-192-168-85-228.ap-northeast-1.compute.internal   Ready    <none>   14s   v1.33.2-eks-e46e656   192.168.85.228   35.123.194.37    Amazon Linux 2023.9.20251208   6.12.58-82.121.amzn2023.x86_64   containerd://2.1.5
    ");
    let none = world.run(&["nodes", "-l", "lifecycle=other"]);
    assert_eq!((none.code, none.stdout.as_str()), (0, ""));
    assert!(none.stderr.contains("No resources found"), "{}", none.stderr);
}

#[test]
fn kubectls_verbs_change_nodes_and_say_so_in_its_words() {
    let world = World::with_group();
    let names = world.run(&["get", "nodes", "-l", "lifecycle=Ec2Spot", "-o", "name"]).ok();
    let name = names.lines().next().unwrap().strip_prefix("node/").unwrap();
    insta::assert_snapshot!(world.run(&["taint", "nodes", name, "drill=yes:NoSchedule"]).ok(), @r"
    node/ip-192-168-11-128.ap-northeast-1.compute.internal tainted
    ");
    insta::assert_snapshot!(world.run(&["label", "node", name, "drill=yes"]).ok(), @r"
    node/ip-192-168-11-128.ap-northeast-1.compute.internal labeled
    ");
    insta::assert_snapshot!(world.run(&["nodes", "-l", "drill", "-L", "drill", "--no-headers"]).ok(), @r"
    ip-192-168-11-128.ap-northeast-1.compute.internal   Ready   <none>   17s   v1.33.2-eks-e46e656   yes
    ");
    insta::assert_snapshot!(world.run(&["drain", name, "--ignore-daemonsets", "--timeout=1m"]).ok(), @r"
    node/ip-192-168-11-128.ap-northeast-1.compute.internal cordoned
    node/ip-192-168-11-128.ap-northeast-1.compute.internal drained
    ");
    insta::assert_snapshot!(world.run(&["cordon", name]).ok(), @r"
    node/ip-192-168-11-128.ap-northeast-1.compute.internal already cordoned
    ");
    insta::assert_snapshot!(world.run(&["uncordon", name]).ok(), @r"
    node/ip-192-168-11-128.ap-northeast-1.compute.internal uncordoned
    ");
    insta::assert_snapshot!(world.run(&["get", "leases", "-n", "kube-node-lease", "--no-headers", "-o", "custom-columns=N:.spec.leaseDurationSeconds"]).ok(), @r"
    40
    40
    40
    40
    ");
    insta::assert_snapshot!(world.run(&["delete", "node", name]).ok(), @r#"
    node "ip-192-168-11-128.ap-northeast-1.compute.internal" deleted
    "#);
    // The changes are in the journal, one for each that was one.
    let runs = world.run(&["runs", "-o", "json"]).data("runs");
    let last: Vec<&str> = runs["runs"].as_array().unwrap().iter().map(|run| run["script"].as_str().unwrap()).collect();
    assert!(last[0].starts_with("delete node") && last[1].starts_with("uncordon"), "{last:?}");
    assert!(!last.iter().any(|script| script.starts_with("cordon")), "it was cordoned already: {last:?}");
}

#[test]
fn kubectls_refusals_are_told_as_kubectl_tells_them() {
    let world = World::with_group();
    let mut told = String::new();
    for (arguments, code) in [
        (&["get", "foos"][..], 1),
        (&["get", "nodes", "-o", "jsonpath={.items"], 1),
        (&["get", "nodes", "--sort-by", ".nope"], 1),
        (&["get", "nodes", "-o", "jsonfile"], 2),
        (&["asg", GROUP, "-o", "yaml"], 2),
        (&["delete", "ng", "", "--yes"], 2),
        (&["import", ""], 2),
        (&["describe", "leases"], 1),
        (&["taint", "nodes", "nobody", "a=b:Nope"], 1),
        (&["label", "pods", "x", "a=b"], 1),
        (&["drain", "nobody"], 1),
        (&["drain"], 1),
        (&["drain", "nobody", "--disable-eviction"], 1),
        (&["drain", "nobody", "--max-unavailable", "0"], 2),
        (&["delete", "node", "nobody"], 1),
        (&["nodes", ""], 1),
        (&["cordon", ""], 1),
        (&["delete", "node", "", "nobody"], 1),
        (&["describe", "node", ""], 1),
        (&["get", "nodes,"], 1),
        (&["get", "pods", "x", "-n", "nowhere"], 1),
        (&["drain", "nobody", "--pod-selector", "a in"], 1),
        (&["sandbox", "load", "absent.json"], 2),
    ] {
        let said = world.run(arguments).failed(code);
        let said = said.replace("sandbox (world default): nothing real is touched\n", "");
        told.push_str(&format!("$ {}\n{}\n", arguments.join(" "), said.trim_end()));
    }
    insta::assert_snapshot!(told, @r#"
    $ get foos
    error: the server doesn't have a resource type "foos"
    $ get nodes -o jsonpath={.items
    error: error parsing jsonpath {.items, unclosed action
    $ get nodes --sort-by .nope
    error: couldn't find any field with path "{.nope}" in the list of objects
    $ get nodes -o jsonfile
    error: invalid value 'jsonfile' for '--output <OUTPUT>': write `text`, `wide` or `json`; for what the cluster holds also `yaml`, `name`, `jsonpath=…` or `custom-columns=…`

    For more information, try '--help'.
    $ asg dev-4vcpu-16gb-spot -o yaml
    SPOT-0606

      × this command has no output of the form `yaml`
      help: use `text`, `wide` or `json`
    $ delete ng  --yes
    error: invalid value '' for '<NAME>': name a group: `spotscript get nodegroup` lists them

    For more information, try '--help'.
    $ import 
    error: invalid value '' for '[GROUP]': name a group: `spotscript get nodegroup` lists them

    For more information, try '--help'.
    $ describe leases
    error: leases are not described here: nodes and pods are
    $ taint nodes nobody a=b:Nope
    error: invalid taint effect: Nope, unsupported taint effect
    See 'kubectl taint -h' for help and examples
    $ label pods x a=b
    error: pods are not labeled here: nodes are
    $ drain nobody
    Error from server (NotFound): nodes "nobody" not found
    $ drain
    error: USAGE: drain NODE [flags]
    See 'kubectl drain -h' for help and examples
    $ drain nobody --disable-eviction
    error: pods are only evicted here: --disable-eviction would pass over their disruption budgets
    $ drain nobody --max-unavailable 0
    error: invalid value '0' for '--max-unavailable <N>': write a number such as `2`, or a part such as `25%`

    For more information, try '--help'.
    $ delete node nobody
    Error from server (NotFound): nodes "nobody" not found
    $ nodes 
    error: resource name may not be empty
    $ cordon 
    error: resource name may not be empty
    $ delete node  nobody
    resource name may not be empty
    Error from server (NotFound): nodes "nobody" not found
    $ describe node 
    error: resource name may not be empty
    $ get nodes,
    error: the server doesn't have a resource type ""
    $ get pods x -n nowhere
    Error from server (NotFound): namespaces "nowhere" not found
    $ drain nobody --pod-selector a in
    error: --pod-selector=<pod_selector> must be a valid label selector
    $ sandbox load absent.json
    SPOT-0801

      × `absent.json` cannot be read
      ╰─▶ No such file or directory (os error 2)
    "#);
}

#[test]
fn nodes_are_shown_with_their_machines() {
    let world = World::with_group();
    let table = world.run(&["nodes", "--instances", "-l", "lifecycle=Ec2Spot"]).ok();
    insta::assert_snapshot!(table, @r"
    NAME                                                STATUS   LIFECYCLE   TYPE         ZONE              GROUP                 PODS   AGE   INSTANCE              STATE
    ip-192-168-11-128.ap-northeast-1.compute.internal   Ready    spot        t3a.xlarge   ap-northeast-1a   dev-4vcpu-16gb-spot   2      17s   i-06832f7b79eb7ccd7   running
    ip-192-168-85-228.ap-northeast-1.compute.internal   Ready    spot        t3a.xlarge   ap-northeast-1d   dev-4vcpu-16gb-spot   2      14s   i-0b336f76b3e5d2b83   running
    ");
    let rows = world.run(&["nodes", "--instances", "-o", "json"]).data("node-instances");
    let bought: Vec<&str> = rows.as_array().unwrap().iter().map(|row| row["lifecycle"].as_str().unwrap()).collect();
    assert_eq!(bought.iter().filter(|lifecycle| **lifecycle == "spot").count(), 2, "{rows}");
}

#[test]
fn a_node_is_described_with_its_taint() {
    let world = World::with_group();
    let nodes = world.run(&["nodes", "-l", "lifecycle=Ec2Spot", "-o", "json"]).items();
    let name = nodes[0]["metadata"]["name"].as_str().unwrap();
    let text = world.run(&["describe", "node", name]).ok();
    insta::assert_snapshot!(text, @r"
    Name:               ip-192-168-11-128.ap-northeast-1.compute.internal
    Roles:              <none>
    Labels:             alpha.eksctl.io/cluster-name=eks-spot-eksct
                        alpha.eksctl.io/nodegroup-name=dev-4vcpu-16gb-spot
                        aws.amazon.com/spot=true
                        beta.kubernetes.io/arch=amd64
                        beta.kubernetes.io/instance-type=t3a.xlarge
                        beta.kubernetes.io/os=linux
                        failure-domain.beta.kubernetes.io/region=ap-northeast-1
                        failure-domain.beta.kubernetes.io/zone=ap-northeast-1a
                        intent=apps
                        k8s.io/cloud-provider-aws=85533c3ce0e7e44d00a8b12489be4c52
                        kubernetes.io/arch=amd64
                        kubernetes.io/hostname=ip-192-168-11-128.ap-northeast-1.compute.internal
                        kubernetes.io/os=linux
                        lifecycle=Ec2Spot
                        node.kubernetes.io/instance-type=t3a.xlarge
                        topology.k8s.aws/zone-id=apne1-az2
                        topology.kubernetes.io/region=ap-northeast-1
                        topology.kubernetes.io/zone=ap-northeast-1a
    Annotations:        alpha.kubernetes.io/provided-node-ip: 192.168.11.128
                        node.alpha.kubernetes.io/ttl: 0
                        volumes.kubernetes.io/controller-managed-attach-detach: true
    CreationTimestamp:  Thu, 01 Jan 2026 00:00:52 +0000
    Taints:             spotInstance=true:PreferNoSchedule
    Unschedulable:      false
    Lease:
      HolderIdentity:  ip-192-168-11-128.ap-northeast-1.compute.internal
      AcquireTime:     <unset>
      RenewTime:       Thu, 01 Jan 2026 00:01:02 +0000
    Conditions:
      Type             Status  LastHeartbeatTime                 LastTransitionTime                Reason                       Message
      ----             ------  -----------------                 ------------------                ------                       -------
      MemoryPressure   False   Thu, 01 Jan 2026 00:00:52 +0000   Thu, 01 Jan 2026 00:00:52 +0000   KubeletHasSufficientMemory   kubelet has sufficient memory available
      DiskPressure     False   Thu, 01 Jan 2026 00:00:52 +0000   Thu, 01 Jan 2026 00:00:52 +0000   KubeletHasNoDiskPressure     kubelet has no disk pressure
      PIDPressure      False   Thu, 01 Jan 2026 00:00:52 +0000   Thu, 01 Jan 2026 00:00:52 +0000   KubeletHasSufficientPID      kubelet has sufficient PID available
      Ready            True    Thu, 01 Jan 2026 00:01:09 +0000   Thu, 01 Jan 2026 00:01:09 +0000   KubeletReady                 kubelet is posting ready status
    Addresses:
      InternalIP:   192.168.11.128
      ExternalIP:   52.112.146.110
      InternalDNS:  ip-192-168-11-128.ap-northeast-1.compute.internal
      Hostname:     ip-192-168-11-128.ap-northeast-1.compute.internal
      ExternalDNS:  ec2-52-112-146-110.ap-northeast-1.compute.amazonaws.com
    Capacity:
      cpu:                4
      ephemeral-storage:  83873772Ki
      hugepages-1Gi:      0
      hugepages-2Mi:      0
      memory:             15895576Ki
      pods:               58
    Allocatable:
      cpu:                3920m
      ephemeral-storage:  76224326324
      hugepages-1Gi:      0
      hugepages-2Mi:      0
      memory:             14878744Ki
      pods:               58
    System Info:
      Machine ID:                 ec27de62a22b094c3da24e665c6263a4
      System UUID:                ec27de62-a22b-094c-3da2-4e665c6263a4
      Boot ID:                    761db653-78c2-e087-ac91-7e7f6f00c78c
      Kernel Version:             6.12.58-82.121.amzn2023.x86_64
      OS Image:                   Amazon Linux 2023.9.20251208
      Operating System:           linux
      Architecture:               amd64
      Container Runtime Version:  containerd://2.1.5
      Kubelet Version:            v1.33.2-eks-e46e656
      Kube-Proxy Version:         
    ProviderID:                   aws:///ap-northeast-1a/i-06832f7b79eb7ccd7
    Non-terminated Pods:          (2 in total)
      Namespace                   Name                CPU Requests  CPU Limits  Memory Requests  Memory Limits  Age
      ---------                   ----                ------------  ----------  ---------------  -------------  ---
      kube-system                 aws-node-gmmck      50m (1%)      0 (0%)      0 (0%)           0 (0%)         17s
      kube-system                 kube-proxy-g8scw    100m (2%)     0 (0%)      0 (0%)           0 (0%)         17s
    Allocated resources:
      (Total limits may be over 100 percent, i.e., overcommitted.)
      Resource           Requests   Limits
      --------           --------   ------
      cpu                150m (3%)  0 (0%)
      memory             0 (0%)     0 (0%)
      ephemeral-storage  0 (0%)     0 (0%)
      hugepages-1Gi      0 (0%)     0 (0%)
      hugepages-2Mi      0 (0%)     0 (0%)
    Events:
      Type    Reason                   Age   From                   Message
      ----    ------                   ----  ----                   -------
      Normal  RegisteredNode           17s   node-controller        Node ip-192-168-11-128.ap-northeast-1.compute.internal event: Registered Node ip-192-168-11-128.ap-northeast-1.compute.internal in Controller
      Normal  Synced                   17s   cloud-node-controller  Node synced successfully
      Normal  NodeHasNoDiskPressure    17s   kubelet                Node ip-192-168-11-128.ap-northeast-1.compute.internal status is now: NodeHasNoDiskPressure
      Normal  NodeAllocatableEnforced  17s   kubelet                Updated Node Allocatable limit across pods
      Normal  NodeHasSufficientMemory  17s   kubelet                Node ip-192-168-11-128.ap-northeast-1.compute.internal status is now: NodeHasSufficientMemory
      Normal  NodeHasSufficientPID     17s   kubelet                Node ip-192-168-11-128.ap-northeast-1.compute.internal status is now: NodeHasSufficientPID
      Normal  Starting                 17s   kubelet                Starting kubelet.
      Normal  NodeReady                0s    kubelet                Node ip-192-168-11-128.ap-northeast-1.compute.internal status is now: NodeReady
    ");
    let short = name.split('.').next().unwrap();
    // kubectl ends each of those with one more line break.
    let by_part = world.run(&["describe", "node", short]).ok();
    assert_eq!(by_part, format!("{text}\n"), "the first part of the name is enough");
}

#[test]
fn the_architecture_is_drawn_from_live_state() {
    let world = World::with_group();
    insta::assert_snapshot!(world.run(&["diagram"]).ok(), @r"
    ┌──────────────────────────────────────────────────────────────────────────┐
    │               Amazon EKS  eks-spot-eksct  Kubernetes 1.33                │
    │                              ap-northeast-1                              │
    └───────────▲────────────────────────▲────────────────────────▲────────────┘
                │                        │                        │
         ap-northeast-1a          ap-northeast-1c          ap-northeast-1d
    ┌┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┐
    ┆ dev-4vcpu-16gb-spot · 4 vCPU / 16 GiB · Spot · min 0 desired 2 max 5     ┆
    ┆ taints spotInstance=true:PreferNoSchedule                                ┆
    ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┬┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┬┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤
    ┆ ● t3a.xlarge spot      ┆ -                      ┆ ● t3a.xlarge spot      ┆
    ┆   ip-192-168-11-128    ┆                        ┆   ip-192-168-85-228    ┆
    └┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┴┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┴┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┘
    ┌┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┐
    ┆ ng-8f58c67c · 2 vCPU / 8 GiB · On-Demand · min 2 desired 2 max 2         ┆
    ├┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┬┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┬┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┤
    ┆ ● m5.large on-demand   ┆ ● m5.large on-demand   ┆ -                      ┆
    ┆   ip-192-168-108-42    ┆   ip-192-168-134-166   ┆                        ┆
    └┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┴┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┴┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┘
    ● Ready  ○ not Ready or not joined
    ┄ discovered by the Cluster Autoscaler (tags k8s.io/cluster-autoscaler/…)  ─ not discovered
    ");
    insta::assert_snapshot!(world.run(&["diagram", "--mermaid"]).ok(), @r#"
    flowchart BT
      eks["Amazon EKS<br/>eks-spot-eksct<br/>Kubernetes 1.33<br/>ap-northeast-1"]
      subgraph g0["dev-4vcpu-16gb-spot<br/>4 vCPU / 16 GiB · Spot · min 0 desired 2 max 5<br/>taints spotInstance=true:PreferNoSchedule<br/>Cluster Autoscaler"]
        subgraph g0z0["ap-northeast-1a"]
          g0z0n0["t3a.xlarge spot<br/>ip-192-168-11-128"]:::spot
        end
        subgraph g0z1["ap-northeast-1c"]
          g0z1none["no nodes"]:::none
        end
        subgraph g0z2["ap-northeast-1d"]
          g0z2n0["t3a.xlarge spot<br/>ip-192-168-85-228"]:::spot
        end
      end
      g0 --> eks
      style g0 stroke:#e8820c,stroke-dasharray: 5 5
      subgraph g1["ng-8f58c67c<br/>2 vCPU / 8 GiB · On-Demand · min 2 desired 2 max 2<br/>Cluster Autoscaler"]
        subgraph g1z0["ap-northeast-1a"]
          g1z0n0["m5.large on-demand<br/>ip-192-168-108-42"]:::ondemand
        end
        subgraph g1z1["ap-northeast-1c"]
          g1z1n0["m5.large on-demand<br/>ip-192-168-134-166"]:::ondemand
        end
        subgraph g1z2["ap-northeast-1d"]
          g1z2none["no nodes"]:::none
        end
      end
      g1 --> eks
      style g1 stroke:#e8820c,stroke-dasharray: 5 5
      classDef spot fill:#e3f4e3,stroke:#2e8b2e,color:#111
      classDef ondemand fill:#e3ecf9,stroke:#2e5c9e,color:#111
      classDef none fill:none,stroke:none,color:#888
    "#);
    let topology = world.run(&["diagram", "-o", "json"]).data("topology");
    assert_eq!(strings(&topology["zones"]).len(), 3);
}

#[test]
fn the_advisor_is_labelled_synthetic_in_the_sandbox() {
    let world = World::new();
    let arguments = ["advisor", "--types", "m5.xlarge,m4.xlarge,t3.xlarge", "--sort", "savings"];
    insta::assert_snapshot!(world.run(&arguments).ok(), @r"
    Spot Instance Advisor  ap-northeast-1  Linux/UNIX
    SYNTHETIC data: it says nothing about AWS
    Instance Type  vCPU  Memory GiB  Savings over On-Demand  Frequency of interruption
    ───────────────────────────────────────────────────────────────────────────────────
    m4.xlarge         4          16                     66%  ■■□□□ 5-10%
    t3.xlarge         4          16                     57%  ■■■■□ 15-20%
    m5.xlarge         4          16                     54%  ■■□□□ 5-10%
    Source: synthetic, made from instance type and region names
    ");
}

#[test]
fn a_group_is_scaled_and_deleted() {
    let world = World::with_group();
    insta::assert_snapshot!(world.run(&["scale", "nodegroup", GROUP, "--nodes", "3"]).ok(), @r#"
    changed nodegroup "dev-4vcpu-16gb-spot" in cluster "eks-spot-eksct"
      changed  Auto Scaling group  spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
    3 nodes Ready: ip-192-168-11-128.ap-northeast-1.compute.internal, ip-192-168-62-234.ap-northeast-1.compute.internal, ip-192-168-85-228.ap-northeast-1.compute.internal
    3 requests to AWS and Kubernetes (1 mutating) in 1m6s
    "#);
    assert_eq!(world.run(&["nodes", "-l", "lifecycle=Ec2Spot", "-o", "json"]).items().as_array().unwrap().len(), 3);
    insta::assert_snapshot!(world.run(&["delete", "nodegroup", GROUP, "--yes"]).ok(), @r#"
    deleted nodegroup "dev-4vcpu-16gb-spot" in cluster "eks-spot-eksct"
      deleted  Auto Scaling group  spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      deleted  launch template     spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      deleted  access entry        spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      deleted  security group      spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot-ssh
      deleted  instance profile    spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
      deleted  IAM role            spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
    34 requests to AWS and Kubernetes (17 mutating) in 1m14s
    "#);
    let gone = world.run(&["asg", GROUP]).failed(5);
    assert!(gone.contains("SPOT-0312"), "{gone}");
}

#[test]
fn a_deleted_group_leaves_no_nodes() {
    let world = World::with_group();
    world.run(&["delete", "nodegroup", GROUP, "--yes"]).ok();
    assert_eq!(world.run(&["nodes", "-l", "lifecycle=Ec2Spot"]).ok(), "");
}

#[test]
fn the_world_is_told_and_can_be_made_anew() {
    let world = World::with_group();
    let status = world.run(&["sandbox", "status", "-o", "json"]).data("world");
    assert_eq!((&status["spot_instances"], &status["ready_nodes"]), (&2.into(), &4.into()));
    world.run(&["sandbox", "reset", "--seed", "7", "--region", "us-west-2"]).ok();
    let status = world.run(&["sandbox", "status", "-o", "json"]).data("world");
    assert_eq!((&status["seed"], &status["region"]), (&7.into(), &"us-west-2".into()));
    assert_eq!(status["spot_instances"], 0);
}

#[test]
fn two_worlds_of_one_seed_say_the_same() {
    let told = || World::with_group().run(&["asg", GROUP]).ok();
    assert_eq!(told(), told());
}

#[test]
fn mistakes_are_answered_with_code_and_remedy() {
    let world = World::with_group();
    let cases: [(&[&str], i32, &str); 8] = [
        (&["asg", "dev-4vcpu-16gb-spt"], 5, "SPOT-0312"),
        (&["get", "ng", "--cluster", "eks-spot-eksctl"], 5, "SPOT-0310"),
        (&["delete", "ng", GROUP], 2, "--yes"),
        // kubectl's words and code where it has some.
        (&["nodes", "-l", "a=b=c"], 1, "found '=', expected: ',' or 'end of string'"),
        (
            &["describe", "node", "ip-192-168-0-1"],
            1,
            "Error from server (NotFound): nodes \"ip-192-168-0-1\" not found",
        ),
        (&["scale", "ng", GROUP, "--nodes", "9"], 1, "SPOT-0130"),
        (&["scale", "ng", GROUP], 2, "--nodes"),
        (&["create", "ng", "-f", "absent.yml"], 2, "SPOT-0801"),
    ];
    for (arguments, code, said) in cases {
        let stderr = world.run(arguments).failed(code);
        assert!(stderr.contains(said), "{arguments:?} should say {said}:\n{stderr}");
    }
    let misspelt = world.run(&["get", "ng", "--cluster", "eks-spot-eksctl"]).failed(5);
    assert!(misspelt.contains("eks-spot-eksct`"), "the nearest name is offered:\n{misspelt}");
}

#[test]
fn help_has_examples() {
    let world = World::new();
    for command in
        [&["get", "nodegroup"] as &[_], &["asg"], &["nodes"], &["diagram"], &["advisor"], &["create", "nodegroup"]]
    {
        let help = world.run(&[command, &["--help"]].concat()).ok();
        assert!(help.contains("Example"), "{command:?}:\n{help}");
    }
}
