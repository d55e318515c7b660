"""A moto server seeded as the tutorial begins, and a kubelet's stand-in for its instances.

moto (PyPI) is the independent judge of spotscript's AWS adapter. It lacks four things that a create
needs, and this file adds just those, by moto's own models, never by touching what is judged:

* the public SSM parameter that names the EKS image (only readable at AWS, so not settable by API),
* the cluster's VPC and cluster security group in DescribeCluster,
* the Spot service-linked role under its real name,
* nodes: moto's instances have no kubelet, so `Registrar` registers a Node for each with the API
  server of `spotscript sandbox serve`, reading labels and taints from the launch template's user data.
"""

from __future__ import annotations

import base64
import email
import json
import os
import threading
import urllib.error
import urllib.request

import yaml

os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
os.environ.setdefault("AWS_ACCESS_KEY_ID", "testing")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "testing")

import boto3  # noqa: E402
from moto.eks.models import eks_backends  # noqa: E402
from moto.server import ThreadedMotoServer  # noqa: E402
from moto.ssm.models import ssm_backends  # noqa: E402

ACCOUNT = "123456789012"
REGION = "ap-northeast-1"
CLUSTER = "eks-spot-eksct"


class MotoWorld:
    """The seeded server."""

    def __init__(self, kubernetes_version: str = "1.33"):
        self.server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        # moto keeps its state in the process: a second server would find the first one's.
        urllib.request.urlopen(urllib.request.Request(f"{self.endpoint}/moto-api/reset", method="POST")).close()
        ec2, iam, eks = self.client("ec2"), self.client("iam"), self.client("eks")
        subnets = ec2.describe_subnets()["Subnets"]
        role = iam.create_role(RoleName="cluster", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
        iam.create_role(
            RoleName="AWSServiceRoleForEC2Spot",
            Path="/aws-service-role/spot.amazonaws.com/",
            AssumeRolePolicyDocument="{}",
        )
        eks.create_cluster(
            name=CLUSTER,
            version=kubernetes_version,
            roleArn=role,
            resourcesVpcConfig={"subnetIds": [subnet["SubnetId"] for subnet in subnets]},
        )
        vpc = subnets[0]["VpcId"]
        group = ec2.create_security_group(GroupName="eks-cluster-sg", Description="cluster", VpcId=vpc)["GroupId"]
        cluster = eks_backends[ACCOUNT][REGION].clusters[CLUSTER]
        cluster.resources_vpc_config.update(vpcId=vpc, clusterSecurityGroupId=group)
        ec2.create_key_pair(KeyName="eks-spot-key")
        image = ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
        self.image = image
        parameters = ssm_backends[ACCOUNT][REGION]._parameters
        for architecture in ("x86_64", "arm64"):
            name = (
                f"/aws/service/eks/optimized-ami/{kubernetes_version}/amazon-linux-2023/"
                f"{architecture}/standard/recommended/image_id"
            )
            self._seed_parameter(parameters, name, image)

    @staticmethod
    def _seed_parameter(parameters, name: str, value: str) -> None:
        from moto.ssm.models import Parameter

        parameters[name].append(
            Parameter(
                account_id=ACCOUNT,
                name=name,
                value=value,
                parameter_type="String",
                description="",
                allowed_pattern=None,
                keyid=None,
                last_modified_date=0,
                version=1,
                data_type="text",
            )
        )

    def client(self, service: str):
        """A boto3 client of the server."""
        return boto3.client(service, region_name=REGION, endpoint_url=self.endpoint)

    def stop(self) -> None:
        """Stops the server."""
        self.server.stop()


def node_config(user_data: str) -> dict:
    """Labels and taints of a nodeadm user data, read with the standard library's MIME parser."""
    message = email.message_from_bytes(base64.b64decode(user_data))
    labels: dict[str, str] = {}
    taints: list[dict[str, str]] = []
    for part in message.walk():
        if part.get_content_type() != "application/node.eks.aws":
            continue
        document = yaml.safe_load(part.get_payload(decode=True))
        for flag in document["spec"].get("kubelet", {}).get("flags", []):
            name, _, value = flag.partition("=")
            if name == "--node-labels":
                labels.update(pair.split("=", 1) for pair in value.split(","))
            if name == "--register-with-taints":
                for taint in value.split(","):
                    rest, effect = taint.rsplit(":", 1)
                    key, _, taint_value = rest.partition("=")
                    taints.append({"key": key, "value": taint_value, "effect": effect})
    return {"labels": labels, "taints": taints}


class Registrar(threading.Thread):
    """Registers a Ready node for each instance of an Auto Scaling group, as its kubelet would."""

    def __init__(self, moto: MotoWorld, kubernetes: str):
        super().__init__(daemon=True)
        self.moto, self.kubernetes = moto, kubernetes
        self.seen: set[str] = set()
        self.failure: Exception | None = None
        self.done = threading.Event()

    def run(self) -> None:
        try:
            while not self.done.wait(0.2):
                self.register()
        except Exception as failure:  # reported by the test that owns the thread
            self.failure = failure

    def register(self) -> None:
        """One round."""
        groups = self.moto.client("autoscaling").describe_auto_scaling_groups()["AutoScalingGroups"]
        ec2 = self.moto.client("ec2")
        for group in groups:
            template = group["MixedInstancesPolicy"]["LaunchTemplate"]["LaunchTemplateSpecification"]
            for member in group["Instances"]:
                if member["InstanceId"] in self.seen:
                    continue
                version = ec2.describe_launch_template_versions(
                    LaunchTemplateName=template["LaunchTemplateName"], Versions=[template["Version"]]
                )["LaunchTemplateVersions"][0]
                config = node_config(version["LaunchTemplateData"]["UserData"])
                instance = ec2.describe_instances(InstanceIds=[member["InstanceId"]])["Reservations"][0]["Instances"][0]
                self.post_node(instance, config)
                self.seen.add(member["InstanceId"])

    def post_node(self, instance: dict, config: dict) -> None:
        """POST /api/v1/nodes."""
        name = instance["PrivateDnsName"]
        zone = instance["Placement"]["AvailabilityZone"]
        # What the cloud provider and the kubelet add by themselves.
        own = {"topology.kubernetes.io/zone": zone, "node.kubernetes.io/instance-type": instance["InstanceType"]}
        node = {
            "apiVersion": "v1",
            "kind": "Node",
            "metadata": {"name": name, "labels": {**own, **config["labels"]}},
            "spec": {"providerID": f"aws:///{zone}/{instance['InstanceId']}", "taints": config["taints"]},
            "status": {
                "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
                "addresses": [{"type": "InternalIP", "address": instance["PrivateIpAddress"]}],
                "nodeInfo": {"kubeletVersion": "v1.33.0-moto"},
            },
        }
        request = urllib.request.Request(
            f"{self.kubernetes}/api/v1/nodes",
            data=json.dumps(node).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        try:
            urllib.request.urlopen(request, timeout=10).close()
        except urllib.error.HTTPError as error:
            if error.code != 409:
                raise
