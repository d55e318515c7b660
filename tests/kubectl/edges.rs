//! Odd objects: real kubectl against our face, and our own commands, print the same.

use serde_json::{Value, json};
use spotscript::adapters::kube::KubeCluster;
use spotscript::cli::kubectl::{Line, Stream};
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::kube::store::ObjectStore;
use spotscript::sandbox::kube::time::{Now, to_stored};
use spotscript::sandbox::world::World;

use clap::Parser;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::sync::Mutex;

use super::drain::session;
use super::real::{no_kubectl, serve, unordered};

/// Nodes and pods with what is rare: nothing at all, odd quantities, long and odd texts.
fn odd_world() -> Sandbox {
    let mut world = World::fresh(1);
    world.objects = ObjectStore::new(1).still();
    let now = Timestamp::now();
    world.clock.rebase(now);
    let at = Now { epoch: now, millis: 0 };
    let ago = |hours: i64| (now - jiff::SignedDuration::from_hours(hours)).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    let mut put = |resource: &str, mut object: Value| {
        to_stored(&mut object, &Value::Null, at);
        world.objects.restore(resource, object);
    };
    for name in ["default", "kube-system", "kube-node-lease", "a-namespace-with-a-name-that-is-longer-than-most"] {
        put("namespaces", json!({"metadata": {"name": name, "uid": name}, "status": {"phase": "Active"}}));
    }
    put("nodes", json!({"metadata": {"name": "bare", "uid": "u-bare", "resourceVersion": "7"}}));
    put(
        "nodes",
        json!({
            "metadata": {
                "name": "odd", "uid": "u-odd", "resourceVersion": "9", "creationTimestamp": ago(49),
                "labels": {"kubernetes.io/role": "master", "node-role.kubernetes.io/worker": "", "a-b": "1", "a": "2", "a10": "x", "a9": "y", "on": "yes", "no": "1e3", "v": "0x1F", "empty": "", "octal": "010"},
                "annotations": {
                    "lines": "first\nsecond line\n\nfourth", "trailing": "x\n", "long": "word ".repeat(60), "quote": "it's \"quoted\"",
                    "json": "{\"a\":[1,2],\"b\":\"<&>\"}", "spaces": "  two leading", "colon": "a: b", "hash": "x #y", "tab": "a\tb", "uni": "日本語 ü", "emoji": "😀 ok",
                    "dash": "- x", "null": "null", "date": "2026-11-23", "time": "2026-11-23T19:39:07Z", "tilde": "~", "star": "*x", "percent": "%d", "end-space": "x ", "crlf": "a\r\nb",
                    "longlines": format!("{}\n{}", "a".repeat(200), "日".repeat(80)),
                    "kubectl.kubernetes.io/last-applied-configuration": "{}",
                },
            },
            "spec": {
                "podCIDR": "10.0.0.0/24", "podCIDRs": ["10.0.0.0/24", "fd00::/64"], "providerID": "aws:///ap-northeast-1a/i-0123456789abcdef0", "unschedulable": true,
                "taints": [{"key": "z", "effect": "NoSchedule", "timeAdded": ago(3)}, {"key": "a", "value": "b", "effect": "NoExecute"}, {"key": "a", "value": "b", "effect": "NoSchedule"}],
            },
            "status": {
                "capacity": {"cpu": "2", "memory": "7998Mi", "pods": "29", "nvidia.com/gpu": "4", "hugepages-2Mi": "64Mi", "ephemeral-storage": "20Gi", "attachable-volumes-aws-ebs": "25", "x/odd": "1500m", "x/exp": "1e3"},
                "allocatable": {"cpu": "1930m", "memory": "7.5Gi", "pods": "29", "nvidia.com/gpu": "4", "hugepages-2Mi": "64Mi", "hugepages-1Gi": "0", "ephemeral-storage": "18242267924", "x/odd": "1500m", "x/exp": "1e3"},
                "addresses": [{"type": "InternalIP", "address": "10.0.0.1"}, {"type": "Hostname", "address": "odd"}, {"type": "ExternalDNS", "address": ""}],
                "conditions": [
                    {"type": "Ready", "status": "False", "lastHeartbeatTime": ago(1), "lastTransitionTime": ago(200), "reason": "KubeletNotReady", "message": "container runtime network not ready: NetworkReady=false reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized"},
                    {"type": "Odd", "status": "Unknown", "lastHeartbeatTime": null, "lastTransitionTime": null},
                ],
                "nodeInfo": {"machineID": "m", "systemUUID": "s", "bootID": "b", "kernelVersion": "6.1", "osImage": "Amazon Linux 2023", "containerRuntimeVersion": "containerd://1.7", "kubeletVersion": "v1.32.3", "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "arm64"},
                "images": [{"names": ["a@sha256:1", "a:1"], "sizeBytes": 12345678901_i64}],
            },
        }),
    );
    put(
        "nodes",
        json!({
            "metadata": {"name": "zero", "uid": "u-zero", "resourceVersion": "11", "creationTimestamp": ago(24 * 800)},
            "status": {"capacity": {"cpu": "0", "memory": "0"}, "conditions": [{"type": "Ready", "status": "True", "lastHeartbeatTime": ago(1), "lastTransitionTime": ago(100)}], "nodeInfo": {"machineID": "", "systemUUID": "", "bootID": "", "kernelVersion": "", "osImage": "", "containerRuntimeVersion": "", "kubeletVersion": "", "kubeProxyVersion": "v1.30.0", "operatingSystem": "", "architecture": ""}},
        }),
    );
    put(
        "leases",
        json!({"metadata": {"name": "odd", "namespace": "kube-node-lease", "uid": "l", "creationTimestamp": ago(49)}, "spec": {"holderIdentity": "odd", "renewTime": format!("{}.123456Z", ago(1).trim_end_matches('Z'))}}),
    );
    put("leases", json!({"metadata": {"name": "zero", "namespace": "kube-node-lease", "uid": "l2"}, "spec": {}}));
    let pod = |name: &str, namespace: &str, node: &str, spec: Value, status: Value| {
        let mut spec = spec;
        spec["nodeName"] = node.into();
        json!({"metadata": {"name": name, "namespace": namespace, "uid": name, "creationTimestamp": ago(60)}, "spec": spec, "status": status})
    };
    let running = || json!({"phase": "Running"});
    let with = |requests: Value, limits: Value| json!({"containers": [{"name": "c", "resources": {"requests": requests, "limits": limits}}]});
    put(
        "pods",
        pod(
            "huge",
            "default",
            "odd",
            with(json!({"cpu": "8Ei", "memory": "1Ei"}), json!({"memory": "8Ei"})),
            running(),
        ),
    );
    put(
        "pods",
        pod(
            "huger",
            "default",
            "odd",
            with(json!({"memory": "7Ei"}), json!({"memory": "7Ei", "cpu": "9223372036854775807"})),
            running(),
        ),
    );
    put(
        "pods",
        pod(
            "sums",
            "default",
            "odd",
            json!({"containers": [{"name": "a", "resources": {"limits": {"memory": "4Ei"}}}, {"name": "b", "resources": {"limits": {"memory": "4Ei"}}}]}),
            running(),
        ),
    );
    put(
        "pods",
        pod(
            "odd-units",
            "a-namespace-with-a-name-that-is-longer-than-most",
            "odd",
            with(
                json!({"cpu": "1.5", "memory": "1e3", "ephemeral-storage": "100M"}),
                json!({"cpu": "100n", "memory": "0.5Gi", "nvidia.com/gpu": "1", "hugepages-2Mi": "4Mi"}),
            ),
            running(),
        ),
    );
    put(
        "pods",
        pod(
            "overhead",
            "default",
            "odd",
            json!({
                "overhead": {"cpu": "250m", "memory": "120Mi"},
                "containers": [{"name": "c", "resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}, {"name": "d", "resources": {"requests": {"cpu": "1m"}}}],
                "initContainers": [{"name": "i", "resources": {"requests": {"cpu": "3", "memory": "1Gi"}}}, {"name": "s", "restartPolicy": "Always", "resources": {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}}}, {"name": "j", "resources": {"limits": {"cpu": "4"}}}],
            }),
            running(),
        ),
    );
    put(
        "pods",
        pod(
            "resized",
            "default",
            "odd",
            with(json!({"cpu": "1"}), json!({"cpu": "1"})),
            json!({"phase": "Running", "containerStatuses": [{"name": "c", "ready": true, "restartCount": 3, "image": "", "imageID": "", "resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "5"}}, "state": {"waiting": {"reason": "CrashLoopBackOff"}}, "lastState": {"terminated": {"exitCode": 1, "finishedAt": ago(50)}}}]}),
        ),
    );
    put("pods", pod("ended", "default", "odd", with(json!({"cpu": "1"}), json!({})), json!({"phase": "Succeeded"})));
    put("pods", pod("on-zero", "default", "zero", with(json!({"cpu": "1"}), json!({})), running()));
    let event = |name: &str, uid: &str, more: Value| {
        let mut event = json!({"metadata": {"name": name, "namespace": "default", "uid": name, "creationTimestamp": ago(9)}, "involvedObject": {"kind": "Node", "name": "odd", "uid": uid}, "type": "Normal", "reason": name, "message": format!("  message of {name}\n"), "source": {"component": "kubelet", "host": "odd"}});
        event.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        event
    };
    put("events", event("plain", "odd", json!({"firstTimestamp": ago(100), "lastTimestamp": ago(60), "count": 4})));
    put("events", event("single", "u-odd", json!({"firstTimestamp": ago(120), "lastTimestamp": ago(120), "count": 1})));
    put(
        "events",
        event(
            "series",
            "u-odd",
            json!({"eventTime": format!("{}.000001Z", ago(90).trim_end_matches('Z')), "series": {"count": 7, "lastObservedTime": format!("{}.000001Z", ago(55).trim_end_matches('Z'))}, "source": {}, "reportingComponent": "karpenter", "reportingInstance": "k-1", "firstTimestamp": null, "lastTimestamp": null}),
        ),
    );
    put(
        "events",
        event(
            "untimed",
            "odd",
            json!({"firstTimestamp": null, "lastTimestamp": null, "source": {}, "type": "Warning"}),
        ),
    );
    Sandbox::of(world)
}

async fn ours(sandbox: &Sandbox, arguments: &[&str]) -> String {
    let cluster = KubeCluster::new(sandbox.kube_client()).in_zone(TimeZone::UTC);
    let said = Mutex::new([String::new(), String::new()]);
    let to = |stream, text: &str| said.lock().unwrap()[usize::from(stream == Stream::Err)].push_str(text);
    let line = Line::try_parse_from(std::iter::once("kubectl").chain(arguments.iter().copied())).unwrap();
    let code = line.respond(&session(sandbox), &cluster, &to).await.unwrap();
    let [out, err] = said.into_inner().unwrap();
    format!("{out}{err}exit {code}\n")
}

#[tokio::test(flavor = "multi_thread")]
async fn odd_objects_print_as_with_kubectl() {
    if no_kubectl() {
        return;
    }
    let served = serve(odd_world()).await;
    let columns = "custom-columns=NAME:.metadata.name,ROLE:.metadata.labels.kubernetes\\.io/role,ALL:.status.capacity,A:.spec.taints[*],N:.status.images[0].sizeBytes";
    let cases: &[&[&str]] = &[
        &["describe", "nodes"],
        &["describe", "node", "odd"],
        &["describe", "node", "odd", "--show-events=false"],
        &["describe", "node", "bare", "zero"],
        &["describe", "node", "od"],
        &["describe", "node", "missing", "zero"],
        &["describe", "nodes", "-l", "nothing=here"],
        &["get", "nodes"],
        &["get", "nodes", "-o", "wide"],
        &["get", "nodes", "--show-labels"],
        &["get", "nodes", "-L", "a,kubernetes.io/role", "--no-headers"],
        &["get", "nodes", "-o", "json"],
        &["get", "nodes", "-o", "yaml"],
        &["get", "node", "odd", "-o", "yaml"],
        &["get", "node", "odd", "-o", "json"],
        &["get", "node", "odd", "bare", "-o", "json"],
        &["get", "node", "odd", "missing", "-o", "name"],
        &["get", "node", "odd", "missing", "bare", "gone"],
        &["get", "node", "missing", "--ignore-not-found"],
        &["get", "nodes,pods", "-A"],
        &["get", "pods"],
        &["get", "pods", "-A", "-o", "wide"],
        &["get", "pods", "-n", "nowhere"],
        &["get", "pods", "-A", "-o", "name"],
        &["get", "pods", "-l", "a in (b", "-A"],
        &["get", "nodes", "--field-selector", "spec.nope=1"],
        &["get", "nodes", "--field-selector", "metadata.name=odd,spec.unschedulable=true"],
        &["get", "nodes", "--field-selector", "nonsense"],
        &["get", "nodes", "-l", "a notin (1,2),!gpu"],
        &["get", "nodes", "--sort-by", ".metadata.creationTimestamp"],
        &["get", "nodes", "--sort-by", "{.status.capacity.cpu}"],
        // Not here: a field to sort by that nothing has. kubectl says that there are no resources; we say what is wrong.
        &["get", "nodes", "--sort-by", ".nope", "-o", "name"],
        &["get", "pods", "-A", "--sort-by=.spec.containers[0].resources.requests.memory", "-o", "name"],
        &["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"],
        &["get", "nodes", "-o", "jsonpath={range .items[*]}{.metadata.name}{'\\t'}{.status.capacity}{\"\\n\"}{end}"],
        &["get", "nodes", "-o", "jsonpath={.items[?(@.spec.unschedulable==true)].metadata.name}"],
        &["get", "nodes", "-o", "jsonpath={.items[?(@.metadata.name!=\"odd\")]['metadata.name','metadata.uid']}"],
        &[
            "get",
            "nodes",
            "-o",
            "jsonpath={.items[-1:].metadata.name} {.items[0:2].metadata.name} {.items[::2].metadata.name}",
        ],
        &["get", "nodes", "-o", "jsonpath={..sizeBytes} {.items[*].status.images[*].names[0]}"],
        &[
            "get",
            "nodes",
            "-o",
            "jsonpath={.items[?(@.status.conditions[?(@.type==\"Ready\")].status==\"False\")].metadata.name}",
        ],
        &[
            "get",
            "node",
            "odd",
            "-o",
            "jsonpath={.metadata.annotations.json}{.metadata.labels.node-role\\.kubernetes\\.io/worker}{.spec.taints}",
        ],
        &["get", "node", "odd", "-o", "jsonpath={.metadata"],
        &["get", "node", "odd", "-o", "jsonpath={.spec.taints[9].key}"],
        &["get", "node", "zero", "-o", "jsonpath={.status.conditions[0].status[0]}"],
        &["get", "node", "odd", "-o", "jsonpath={nope}"],
        &["get", "node", "odd", "-o", "jsonpath-as-json={.spec.taints[*].key}"],
        &["get", "nodes", "-o", columns],
        &["get", "nodes", "-o", "custom-columns=A"],
        &["get", "nodes", "-o", "custom-columns="],
        &["get", "nodes", "-o", "custom-columns=X:.x.y,Y:{.metadata.uid}", "--no-headers"],
        &["get", "nodes", "-l", "nothing=here", "-o", "custom-columns=X:.x"],
        &["get", "nodes", "-l", "nothing=here", "-o", "json"],
        &["get", "nodes", "-l", "nothing=here", "-o", "name"],
        &["get", "foos"],
        &["get"],
        &["get", "node/odd", "node/bare"],
        &["get", "node/odd", "lease/odd", "-n", "kube-node-lease"],
        &["get", "node", "odd", "-l", "a=2"],
        &["get", "pod", "x", "-A"],
        &["get", "events", "-o", "wide"],
        &["get", "leases", "-n", "kube-node-lease"],
        &["get", "ns"],
        &["taint", "nodes", "odd", "a=b:NoSchedule", "--dry-run=server"],
        &["taint", "nodes", "odd", "q-", "w-"],
        &["taint", "nodes", "odd", "bare", "q-", "w-"],
        &["taint", "nodes", "odd", "a-", "x=y:NoExecute", "--dry-run=client"],
        &["taint", "nodes", "odd", "x=y:NoExecute", "x-"],
        &["taint", "nodes", "odd", "x=y:NoExecute", "x=z:NoExecute"],
        &["taint", "nodes", "odd", "x=y=z:NoExecute"],
        &["taint", "nodes", "odd", "x y:NoExecute"],
        &["taint", "nodes", "odd", "=y:NoExecute"],
        &["taint", "nodes", "x=y:NoExecute"],
        &["taint", "pods", "odd", "x=y:NoExecute"],
        &["taint", "nodes", "odd", "x=y:NoExecute", "late"],
        &["taint", "nodes", "missing", "gone", "x=y:NoExecute"],
        &["label", "nodes", "odd", "a=3", "b=4"],
        &["label", "nodes", "odd", "a=3", "on=4"],
        &["label", "nodes", "odd", "nope-", "--dry-run=client"],
        &["label", "nodes", "odd", "nope-", "a-", "--dry-run=server"],
        &["label", "nodes", "odd", "a=b c"],
        &["label", "nodes", "odd"],
        &["label", "nodes", "a=b"],
        &["label", "nodes", "--all", "fleet=x"],
        &["label", "node/odd", "fleet-"],
        &["label", "nodes", "odd", "a=2", "a-"],
        &["cordon", "bare", "odd"],
        &["uncordon", "bare", "missing"],
        &["cordon"],
        &["cordon", "-l", "nothing=here"],
        &["cordon", "odd", "-l", "a=2"],
        &["drain", "bare", "zero", "--dry-run=client"],
        &["drain", "zero", "odd", "--force", "--dry-run=client"],
        &["drain", "odd", "--pod-selector", "a=b", "--dry-run=client"],
        // Not here: a dry run that deletes what is not there. kubectl says that it would; we look.
        &["delete", "node", "bare", "--dry-run=client"],
        &["delete", "node", "missing", "--ignore-not-found"],
        &["delete", "node", "missing", "gone"],
        &["delete", "nodes", "-l", "nothing=here"],
        &["delete", "node"],
        &["delete", "node", "bare", "--timeout=5s"],
        &["get", "node", ""],
        &["get", "node", "odd", ""],
        &["get", "node", "", "-o", "json"],
        &["get", "nodes,"],
        &["get", ""],
        &["get", "nodes.v1", "odd"],
        &["get", "nodes.v1.", "odd"],
        &["get", "pods.apps", "x"],
        &["get", "node/"],
        &["get", "nodes/a/b"],
        &["get", "nodes,pods/x"],
        &["get", "pods,nodes", "-A"],
        &["get", "ns,po,no", "-A", "--no-headers"],
        &["get", "pods", "x", "-n", "nowhere"],
        &["get", "pods/x", "node/missing", "-n", "nowhere", "-o", "json"],
        &["get", "pods", "x", "-n", "kube-system"],
        &["get", "nodes", "-o", "jsonpath={.}"],
        &["get", "nodes", "-o", "jsonpath={range .items[*]}{.}-{end}{@.}{.items[0].metadata.}"],
        &["describe", "node", ""],
        &["describe", "node", "odd", ""],
        &["describe", "pod", "x", "-n", "nowhere"],
        &["describe", "nodes/odd", "pods/x"],
        &["describe", "nodes/missing", "pods/x"],
        &["describe", "nodes,pods", "odd"],
        &["describe", "nodes,pods", "od"],
        &["taint", "node", "", "x=y:NoExecute"],
        &["label", "node", "", "fleet=x"],
        &["label", "node", "bare", "a b=c"],
        &["label", "node", "bare", "a b=c", "d e=f"],
        &["cordon", ""],
        &["cordon", "", "odd"],
        &["cordon", "node/"],
        &["cordon", "pods/x"],
        &["drain", ""],
        &["drain", "missing", "--pod-selector", "a in"],
        &["drain", "--pod-selector", "a in"],
        &["delete", "node", ""],
        &["delete", "node", "", "missing"],
    ];
    let mut differing = vec![];
    for case in cases {
        // Each on the world as it was: what one changes does not reach the other.
        let version = served.sandbox.read(|world| world.objects.clone());
        let output = served.kubectl(case).await;
        let code = output.status.code().unwrap_or(-1);
        let [out, err] = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let expected = format!("{out}{err}exit {code}\n");
        served.sandbox.world(|world| world.objects = version);
        let actual = ours(&served.sandbox, case).await;
        // kubectl tells several labels that are taken in the order of a Go map: in none.
        let seen = |text: &str| if case[0] == "label" { unordered(text) } else { text.to_owned() };
        if seen(&expected) != seen(&actual) {
            println!(
                "--- kubectl {}\n{}",
                case.join(" "),
                similar::TextDiff::from_lines(&expected, &actual).unified_diff().context_radius(1)
            );
            differing.push(case.join(" "));
        }
    }
    println!("odd objects: {} of {} equal", cases.len() - differing.len(), cases.len());
    assert!(differing.is_empty(), "{differing:#?}");
}
