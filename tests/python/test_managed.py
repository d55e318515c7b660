"""Managed node groups: made by us and read by boto3 and kubectl; made, updated and deleted by boto3, judged by its own waiters."""

from __future__ import annotations

import shutil
import subprocess
import time

import boto3
import pytest
from botocore.exceptions import ClientError

CLUSTER = "eks-spot-eksct"
REGION = "ap-northeast-1"
TYPES = ["m5.xlarge", "m5a.xlarge", "t3.xlarge"]
CONFIG = f"""\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {{name: {CLUSTER}, region: {REGION}}}
managedNodeGroups:
  - name: managed-spot
    spot: true
    instanceTypes: {TYPES}
    minSize: 0
    maxSize: 4
    desiredCapacity: 2
    labels: {{intent: apps}}
    taints: [{{key: spotInstance, value: "true", effect: PreferNoSchedule}}]
    updateConfig: {{maxUnavailablePercentage: 50}}
"""


@pytest.fixture
def served(binary, environment, serve, tmp_path):
    """A managed group, made by one process and served by the next."""
    (tmp_path / "group.yml").write_text(CONFIG)
    made = subprocess.run(
        [binary, "create", "nodegroup", "-f", "group.yml"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert made.returncode == 0, made.stderr
    return serve()


def client(served, service: str):
    return boto3.client(
        service, endpoint_url=served.aws, region_name=REGION, aws_access_key_id="a", aws_secret_access_key="b"
    )


def test_boto3_and_kubectl_read_what_we_made(served):
    group = client(served, "eks").describe_nodegroup(clusterName=CLUSTER, nodegroupName="managed-spot")["nodegroup"]
    assert (group["status"], group["capacityType"], group["instanceTypes"]) == ("ACTIVE", "SPOT", TYPES)
    assert group["scalingConfig"] == {"minSize": 0, "maxSize": 4, "desiredSize": 2}
    assert group["taints"] == [{"key": "spotInstance", "value": "true", "effect": "PREFER_NO_SCHEDULE"}]
    assert group["labels"]["intent"] == "apps" and group["updateConfig"] == {"maxUnavailablePercentage": 50}
    assert group["health"]["issues"] == []
    name = group["resources"]["autoScalingGroups"][0]["name"]
    there = client(served, "autoscaling").describe_auto_scaling_groups(AutoScalingGroupNames=[name])
    there = there["AutoScalingGroups"][0]
    assert len(there["Instances"]) == 2 and there["CapacityRebalance"]
    if (program := shutil.which("kubectl")) is None:
        pytest.skip("kubectl is not installed: the nodes were not judged by it")
    nodes = subprocess.run(
        [program, "--kubeconfig", served.kubeconfig, "get", "nodes", "-o", "name", "-l",
         "eks.amazonaws.com/capacityType=SPOT,eks.amazonaws.com/nodegroup=managed-spot"],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert nodes.returncode == 0 and len(nodes.stdout.split()) == 2, nodes.stderr


def test_boto3_makes_updates_and_deletes_one(served):
    eks = client(served, "eks")
    like = eks.describe_nodegroup(clusterName=CLUSTER, nodegroupName="managed-spot")["nodegroup"]
    here = {"clusterName": CLUSTER, "nodegroupName": "by-boto3"}
    request = {
        **here, "nodeRole": like["nodeRole"], "subnets": like["subnets"], "capacityType": "SPOT",
        "scalingConfig": {"minSize": 0, "maxSize": 2, "desiredSize": 0},
    }  # fmt: skip
    eks.create_nodegroup(**request)
    with pytest.raises(ClientError) as refused:
        eks.create_nodegroup(**request)
    assert refused.value.response["Error"]["Code"] == "ResourceInUseException"
    patience = {"Delay": 2, "MaxAttempts": 60}
    eks.get_waiter("nodegroup_active").wait(**here, WaiterConfig=patience)
    update = eks.update_nodegroup_config(**here, labels={"addOrUpdateLabels": {"team": "a"}})["update"]
    for _ in range(60):
        told = eks.describe_update(name=CLUSTER, nodegroupName="by-boto3", updateId=update["id"])["update"]
        if told["status"] != "InProgress":
            break
        time.sleep(1)
    assert told["status"] == "Successful", told
    assert eks.describe_nodegroup(**here)["nodegroup"]["labels"] == {"team": "a"}
    assert sorted(eks.list_nodegroups(clusterName=CLUSTER)["nodegroups"])[0] == "by-boto3"
    eks.delete_nodegroup(**here)
    eks.get_waiter("nodegroup_deleted").wait(**here, WaiterConfig=patience)
