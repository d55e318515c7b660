"""Our text against kubectl's, of random objects behind one and the same server."""

from __future__ import annotations

import datetime
import json
import os
import shutil
import subprocess

import pytest
from random_objects import objects

# kubectl sorts texts by bytes since 1.31, and describes nodes otherwise in later versions than these.
MINORS = range(31, 34)
# More of them: `SPOTSCRIPT_TEST_SEEDS=100`.
SEEDS = range(int(os.environ.get("SPOTSCRIPT_TEST_SEEDS", "12")))

COLUMNS = "custom-columns=N:.metadata.name,C:.status.capacity,A:.status.addresses[*].address,T:.spec.taints[*].key"
ADDRESSES = '{range .items[*]}{.metadata.name}{"\\t"}{.status.podIP}{"\\n"}{end}'
COMMANDS = [
    ["get", "nodes", "-o", "wide"],
    ["get", "nodes", "--show-labels", "--sort-by=.metadata.name"],
    ["get", "nodes", "-o", COLUMNS],
    ["get", "nodes", "-o", "yaml"],
    ["get", "nodes", "-l", "lifecycle in (Ec2Spot),!empty", "-L", "app,lifecycle"],
    ["get", "pods", "-A", "-o", "wide"],
    ["get", "pods", "-A", "--sort-by=.metadata.creationTimestamp"],
    ["get", "pods", "-A", "--sort-by=.spec.nodeName", "--no-headers"],
    ["get", "pods", "-A", "--field-selector=status.phase!=Running", "-L", "app"],
    ["get", "pods", "-A", "-o", "jsonpath=" + ADDRESSES],
]


def run(*command: str, environment: dict[str, str]) -> tuple[int, str]:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout


@pytest.mark.parametrize("seed", SEEDS)
def test_random_objects_look_as_kubectl_shows_them(seed, binary, environment, serve, tmp_path):
    kubectl = shutil.which("kubectl")
    if kubectl is None:
        pytest.skip("kubectl is not installed: our text of random objects was not compared with its own")
    made = objects(seed)
    (tmp_path / "objects.json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": made}))
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    load = [binary, "sandbox", "load", "objects.json", "--still", "--now", now]
    loaded = subprocess.run(load, env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert loaded.returncode == 0, loaded.stderr
    served = serve()
    theirs = {**environment, "KUBECONFIG": served.kubeconfig}
    version = json.loads(run(kubectl, "version", "-o", "json", environment=theirs)[1])["clientVersion"]
    if int(version["minor"]) not in MINORS:
        pytest.skip(f"kubectl is {version['gitVersion']}: our text is that of 1.{MINORS[0]} to 1.{MINORS[-1]}")
    # A kubeconfig is enough for us too.
    ours = {**environment, "AWS_REGION": "ap-northeast-1"}
    names = [one["metadata"]["name"] for one in made if one["kind"] == "Node"]
    for command in COMMANDS + [["describe", "node", name] for name in names]:
        expected = run(kubectl, *command, environment=theirs)
        seen = run(binary, *command, "--target", "aws", "--kubeconfig", served.kubeconfig, environment=ours)
        assert seen == expected, " ".join(command)
