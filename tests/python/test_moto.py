"""The tutorial's script against moto: what the AWS adapter wrote is read back by boto3."""

from __future__ import annotations

import base64
import os
import re
import subprocess

import pytest

from conftest import ROOT
from moto_world import CLUSTER, REGION, MotoWorld, Registrar, node_config

GROUP = "dev-4vcpu-16gb-spot"
TYPES = ["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge", "t3a.xlarge", "m5a.xlarge", "t2.xlarge"]
LABELS = {"lifecycle": "Ec2Spot", "intent": "apps", "aws.amazon.com/spot": "true"}
TEMPLATE_TAGS = {
    "k8s.io/cluster-autoscaler/node-template/label/lifecycle": "Ec2Spot",
    "k8s.io/cluster-autoscaler/node-template/label/intent": "apps",
    "k8s.io/cluster-autoscaler/node-template/label/aws.amazon.com/spot": "true",
    "k8s.io/cluster-autoscaler/node-template/taint/spotInstance": "true:PreferNoSchedule",
    "k8s.io/cluster-autoscaler/enabled": "true",
    f"k8s.io/cluster-autoscaler/{CLUSTER}": "owned",
    f"kubernetes.io/cluster/{CLUSTER}": "owned",
}


@pytest.fixture
def moto():
    world = MotoWorld()
    yield world
    world.stop()


# What moto cannot say: its group members have no lifecycle.
MOTO_GAPS = {"all are Spot, says EC2"}


def failed_checks(result) -> set[str]:
    """Names of the checks that did not hold, from the closing summary."""
    summary = result.stderr.rsplit("Summary", 1)[-1]
    return set(re.findall(r"✘ (.+) \(.*\.rhai:\d+:\d+\)", summary))


def assert_done_but_for_motos_gaps(result) -> None:
    """The script ran to its end, and all its checks hold but those that moto cannot satisfy."""
    assert result.returncode == 1, result.stdout + result.stderr
    assert failed_checks(result) == MOTO_GAPS, result.stderr
    assert "2 nodes Ready" in result.stderr


def run(binary, environment, moto, served, folder):
    """`spotscript run create_spot.rhai --target aws` against moto and the served API server."""
    return subprocess.run(
        [
            binary, "--target", "aws", "--region", REGION, "--kubeconfig", served.kubeconfig,
            "--feed", str(ROOT / "tests/fixtures/advisor_feed.json"), "-v", "run", str(ROOT / "scripts/create_spot.rhai"),
        ],
        env={
            **environment,
            "AWS_ENDPOINT_URL": moto.endpoint,
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
    )  # fmt: skip


def test_the_tutorial_through_the_sdk_is_read_back_by_boto3(binary, environment, serve, moto, tmp_path):
    served = serve()
    registrar = Registrar(moto, served.kubernetes)
    registrar.start()
    first = run(binary, environment, moto, served, tmp_path)
    registrar.done.set()
    registrar.join()
    assert registrar.failure is None, registrar.failure
    assert_done_but_for_motos_gaps(first)

    groups = moto.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
    assert len(groups) == 1
    group = groups[0]
    assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"]) == (0, 5, 2)
    policy = group["MixedInstancesPolicy"]
    assert [override["InstanceType"] for override in policy["LaunchTemplate"]["Overrides"]] == TYPES
    distribution = policy["InstancesDistribution"]
    assert distribution["SpotAllocationStrategy"] == "capacity-optimized"
    assert distribution["OnDemandBaseCapacity"] == 0
    assert distribution["OnDemandPercentageAboveBaseCapacity"] == 0

    tags = {tag["Key"]: tag["Value"] for tag in group["Tags"]}
    assert TEMPLATE_TAGS.items() <= tags.items()
    assert all(tag["PropagateAtLaunch"] for tag in group["Tags"])

    ec2 = moto.client("ec2")
    reference = policy["LaunchTemplate"]["LaunchTemplateSpecification"]
    data = ec2.describe_launch_template_versions(
        LaunchTemplateName=reference["LaunchTemplateName"], Versions=[reference["Version"]]
    )["LaunchTemplateVersions"][0]["LaunchTemplateData"]
    assert data["ImageId"] == moto.image
    assert data["KeyName"] == "eks-spot-key"
    assert data["MetadataOptions"] == {"HttpTokens": "required", "HttpPutResponseHopLimit": 2}
    volume = data["BlockDeviceMappings"][0]["Ebs"]
    assert (volume["VolumeType"], volume["VolumeSize"]) == ("gp3", 80)
    assert b"application/node.eks.aws" in base64.b64decode(data["UserData"])
    config = node_config(data["UserData"])
    assert LABELS.items() <= config["labels"].items()
    assert config["taints"] == [{"key": "spotInstance", "value": "true", "effect": "PreferNoSchedule"}]
    tagged = {spec["ResourceType"] for spec in data["TagSpecifications"]}
    assert tagged >= {"instance", "volume"}

    iam = moto.client("iam")
    profile = iam.get_instance_profile(InstanceProfileName=data["IamInstanceProfile"]["Arn"].split("/")[-1])
    role = profile["InstanceProfile"]["Roles"][0]["RoleName"]
    attached = iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]
    names = {policy["PolicyName"] for policy in attached}
    assert names >= {"AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryPullOnly",
                     "CloudWatchAgentServerPolicy"}  # fmt: skip
    assert len(iam.list_role_policies(RoleName=role)["PolicyNames"]) == 2


def test_a_second_run_against_moto_changes_nothing(binary, environment, serve, moto, tmp_path):
    served = serve()
    registrar = Registrar(moto, served.kubernetes)
    registrar.start()
    first = run(binary, environment, moto, served, tmp_path)
    second = run(binary, environment, moto, served, tmp_path)
    registrar.done.set()
    assert_done_but_for_motos_gaps(first)
    assert_done_but_for_motos_gaps(second)
    assert re.search(r"7 unchanged", second.stderr), second.stderr
    assert re.search(r" requests to AWS, 0 mutating", second.stderr), second.stderr


def test_the_operations_against_moto(moto):
    """`tests/moto.rs`: ensure, list, get, scale and delete, without waiting for nodes."""
    result = subprocess.run(
        ["cargo", "test", "--locked", "--quiet", "--test", "moto", "--", "--nocapture"],
        env={**os.environ, "SPOTSCRIPT_MOTO_ENDPOINT": moto.endpoint},
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=1800,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "skipped:" not in result.stderr, result.stderr
    assert "1 passed" in result.stdout, result.stdout
