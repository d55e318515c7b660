"""Nodes with pods, events and leases as odd as the API allows: for a seed always the same ones."""

from __future__ import annotations

import random

TIMES = ["2019-12-31T23:59:59Z", "2020-01-01T00:00:00Z", "2021-06-05T04:03:02Z"]
QUANTITIES = (
    "1 100m 1500m 4 0 0.5 1k 250Mi 1Gi 16074884Ki 1e3 1.5Gi 128974848 129M 3920m 20Gi 1Ti 110 17 80Gi 0Mi "
    "9007199254740993 1u 100n 2.345 1500Mi"
).split()
LABELS = {
    "app": "web",
    "node-role.kubernetes.io/control-plane": "",
    "node-role.kubernetes.io/worker": "true",
    "kubernetes.io/role": "node",
    "topology.kubernetes.io/zone": "ap-northeast-1a",
    "node.kubernetes.io/instance-type": "m5.xlarge",
    "eks.amazonaws.com/capacityType": "SPOT",
    "long.example.com/" + "a" * 63: "b" * 63,
    "empty": "",
    "lifecycle": "Ec2Spot",
}
ANNOTATIONS = {
    "csi.volume.kubernetes.io/nodeid": '{"ebs.csi.aws.com":"i-0abc"}',
    "several": "line one\nline two\n",
    "empty": "",
    "long": "x" * 300,
    "letters": "é–漢字",
    "tab": "a\tb",
}


class Maker:
    """Makes objects of one seed."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)

    def may(self, share: float) -> bool:
        return self.random.random() < share

    def one(self, *of):
        return self.random.choice(of)

    def some(self, table: dict, most: int) -> dict:
        return {key: table[key] for key in self.random.sample(sorted(table), self.random.randint(0, most))}

    def kept(self, fields: dict) -> dict:
        """The fields, but for those that are `None` and some of the others."""
        return {key: value for key, value in fields.items() if value is not None and self.may(0.8)}

    def resources(self, *names: str) -> dict:
        chosen = self.random.sample(names, self.random.randint(0, min(5, len(names))))
        return {name: self.one(*QUANTITIES) for name in chosen}

    def node(self, number: int) -> dict:
        name = f"n{number}" + self.one("", ".ap-northeast-1.compute.internal", "-" + "x" * 40)
        metadata = {"name": name, "uid": self.one(name, f"uid-{name}"), "creationTimestamp": self.one(*TIMES)}
        if self.may(0.9):
            metadata["labels"] = self.some(LABELS, 6)
        if self.may(0.7):
            metadata["annotations"] = self.some(ANNOTATIONS, 4)
        taints = {}
        for _ in range(self.random.randint(0, 4)):
            key, effect = self.one("spotInstance", "dedicated", "x2"), self.one("NoSchedule", "PreferNoSchedule", "NoExecute")
            taints[key, effect] = {"key": key, "effect": effect, **({"value": "true"} if self.may(0.6) else {})}
        spec = self.kept({
            "taints": list(taints.values()) or None,
            "unschedulable": self.one(None, True, False),
            "providerID": f"aws:///ap-northeast-1a/i-0123456789abcdef{number}",
        })  # fmt: skip
        conditions = {}
        for kind in self.random.sample(["Ready", "MemoryPressure", "DiskPressure", "Custom"], self.random.randint(0, 4)):
            conditions[kind] = {"type": kind, "status": self.one("True", "False", "Unknown")} | self.kept({
                "reason": self.one("KubeletReady", "NodeStatusUnknown"),
                "message": self.one("kubelet is posting ready status", "two\nlines", "é"),
                "lastHeartbeatTime": self.one(*TIMES),
                "lastTransitionTime": self.one(*TIMES),
            })  # fmt: skip
        names = ("cpu", "memory", "ephemeral-storage", "pods", "hugepages-2Mi", "nvidia.com/gpu", "example.com/dongle")
        kinds = ("InternalIP", "ExternalIP", "Hostname", "InternalDNS", "ExternalDNS")
        status = self.kept({
            "conditions": list(conditions.values()),
            "addresses": [
                {"type": self.one(*kinds), "address": self.one(f"10.0.0.{number}", "1.2.3.4", "fd00::1")}
                for _ in range(self.random.randint(0, 4))
            ],
            "capacity": self.resources(*names),
            "allocatable": self.resources(*names),
            "nodeInfo": {
                "machineID": "m", "systemUUID": "u", "bootID": "b", "operatingSystem": "linux",
                "kernelVersion": self.one("6.1.0", ""), "osImage": self.one("Amazon Linux 2023.7", ""),
                "containerRuntimeVersion": self.one("containerd://1.7.27", ""),
                "kubeletVersion": self.one("v1.33.1-eks-b9364f6", ""), "kubeProxyVersion": "",
                "architecture": self.one("amd64", "arm64"),
            },
        })  # fmt: skip
        return {"apiVersion": "v1", "kind": "Node", "metadata": metadata, "spec": spec, "status": status}

    def state(self) -> dict:
        reasons = (None, "CrashLoopBackOff", "ImagePullBackOff", "PodInitializing")
        ended = {"exitCode": self.one(0, 1, 137), "startedAt": TIMES[0], "finishedAt": TIMES[1]}
        return self.one(
            {},
            {"running": {"startedAt": self.one(*TIMES)}},
            {"waiting": {key: value for key, value in {"reason": self.one(*reasons)}.items() if value}},
            {"terminated": ended | self.kept({"reason": self.one("Completed", "Error", "OOMKilled"), "signal": self.one(None, 9)})},
        )

    def containers(self, prefix: str, count: int) -> tuple[list, list]:
        specs, statuses = [], []
        names = ("cpu", "memory", "ephemeral-storage", "nvidia.com/gpu", "hugepages-2Mi")
        for number in range(count):
            one = {"name": f"{prefix}{number}", "image": "nginx:1.25"}
            if self.may(0.7):
                one["resources"] = self.kept({"requests": self.resources(*names), "limits": self.resources(*names[:4])})
            if prefix == "i" and self.may(0.4):
                one["restartPolicy"] = "Always"
            specs.append(one)
            if self.may(0.9):
                status = {"name": one["name"], "image": one["image"], "imageID": "", "ready": self.may(0.6)}
                status["restartCount"] = self.one(0, 0, 1, 7, 120)
                statuses.append(status | self.kept({"started": self.may(0.7), "state": self.state(), "lastState": self.state()}))
        return specs, statuses

    def pod(self, number: int, nodes: list[str]) -> dict:
        metadata = {"name": f"p{number}", "uid": f"uid-p{number}", "namespace": self.one("default", "kube-system")}
        metadata |= self.kept({"creationTimestamp": self.one(*TIMES), "labels": self.some(LABELS, 4)})
        if self.may(0.12):
            metadata |= {"deletionTimestamp": self.one(*TIMES), "deletionGracePeriodSeconds": 30, "finalizers": ["a/b"]}
        containers, statuses = self.containers("c", self.random.randint(1, 3))
        init, init_statuses = self.containers("i", self.random.choice([0, 0, 1, 3]))
        spec = {"containers": containers} | self.kept({
            "nodeName": self.one(*nodes),
            "initContainers": init or None,
            "overhead": self.one(None, None, None, {"cpu": "250m", "memory": "120Mi"}),
            "readinessGates": self.one(None, None, [{"conditionType": "Ready2"}]),
        })  # fmt: skip
        kinds = self.random.sample(["Initialized", "Ready", "PodScheduled", "DisruptionTarget", "Ready2"], self.random.randint(0, 4))
        status = self.kept({
            "phase": self.one("Running", "Pending", "Succeeded", "Failed", "Unknown"),
            "reason": self.one(None, None, None, None, "Evicted", "NodeLost"),
            "conditions": [{"type": kind, "status": self.one("True", "False")} for kind in kinds],
            "podIP": f"10.1.0.{number}",
            "nominatedNodeName": self.one(None, None, nodes[0]),
            "containerStatuses": statuses,
            "initContainerStatuses": init_statuses if init and "initContainers" in spec else None,
        })  # fmt: skip
        return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec, "status": status}

    def event(self, number: int, node: dict) -> dict:
        name = node["metadata"]["name"]
        event = {
            "apiVersion": "v1", "kind": "Event", "type": self.one("Normal", "Warning"),
            "metadata": {"name": f"e{number}", "namespace": "default", "creationTimestamp": TIMES[0]},
            "involvedObject": {"kind": "Node", "apiVersion": "v1", "name": name, "uid": self.one(name, node["metadata"]["uid"], "x")},
            "reason": self.one("Starting", "NodeNotReady"), "message": self.one("ok", "two\nlines", "é"),
        }  # fmt: skip
        times = self.kept({"firstTimestamp": TIMES[0], "lastTimestamp": self.one(*TIMES)})
        series = {"count": 9, "lastObservedTime": "2021-06-05T04:03:02.000000Z"}
        more = {"count": self.one(0, 1, 2, 50), "source": self.one({}, {"component": "kubelet"}), "series": self.one(None, None, series)}
        return event | times | self.kept(more)

    def lease(self, name: str) -> dict:
        spec = {"holderIdentity": name, "acquireTime": "2020-01-01T00:00:00.123456Z", "renewTime": "2021-06-05T04:03:02.000001Z"}
        metadata = {"name": name, "namespace": "kube-node-lease", "creationTimestamp": TIMES[0]}
        return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "metadata": metadata, "spec": self.kept(spec)}


def objects(seed: int) -> list[dict]:
    """Some nodes, and what there is on them and about them."""
    maker = Maker(seed)
    nodes = [maker.node(number) for number in range(maker.random.randint(1, 5))]
    names = [node["metadata"]["name"] for node in nodes]
    pods = [maker.pod(number, names) for number in range(maker.random.randint(0, 20))]
    events = [maker.event(number, maker.one(*nodes)) for number in range(maker.random.randint(0, 30))]
    leases = [maker.lease(name) for name in names if maker.may(0.7)]
    return nodes + pods + events + leases
