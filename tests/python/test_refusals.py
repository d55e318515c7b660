"""One probe of wrong requests, made to moto and to the sandbox: where both refuse, they refuse with the same code.

Differences are listed with their reasons in `EXPLAINED`; a difference that is not listed fails, and so does a listed
one that no longer exists.
"""

from __future__ import annotations

import json

import boto3
import pytest
from botocore.exceptions import ClientError

from moto_world import CLUSTER, REGION, MotoWorld

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}],
    }
)
POLICY = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "a:b", "Resource": "*"}]})

# Name of the probe → (moto, sandbox, why the sandbox is right).
EXPLAINED = {
    "role: trust policy is no JSON": (None, "MalformedPolicyDocument", "moto does not read trust policies"),
    "service-linked role: made twice": ("EntityAlreadyExists", "InvalidInput", "AWS: `has been taken in this account`"),
    "template: delete a missing one": (
        "MissingParameter",
        "InvalidLaunchTemplateName.NotFoundException",
        "a name was given: nothing is missing from the request",
    ),
    "group: made twice": (None, "AlreadyExists", "moto replaces the group of that name"),
    "group: a template that is missing": (
        "InvalidLaunchTemplateName.NotFoundException",
        "ValidationError",
        "Auto Scaling has no codes of EC2: `You must use a valid fully-formed launch template`",
    ),
    "group: a subnet that is missing": (
        "InvalidSubnetID.NotFound",
        "ValidationError",
        "Auto Scaling has no codes of EC2: `The subnet ID '…' does not exist`",
    ),
    "group: a strategy that does not exist": (None, "ValidationError", "moto takes any strategy"),
    "group: min over max": (None, "ValidationError", "moto does not compare sizes"),
    "group: desired over max": (None, "ValidationError", "moto does not compare sizes"),
    "group: deleted with instances": (None, "ResourceInUse", "moto deletes it"),
    "nodegroup: of a missing cluster": ("500", "ResourceNotFoundException", "moto breaks"),
}


class Probe:
    """Wrong requests by name, and the code of each refusal (None: it was taken)."""

    def __init__(self, endpoint: str):
        keys = dict(aws_access_key_id="a", aws_secret_access_key="b", region_name=REGION, endpoint_url=endpoint)
        self.ec2, self.iam, self.asg, self.eks, self.ssm = (
            boto3.client(service, **keys) for service in ("ec2", "iam", "autoscaling", "eks", "ssm")
        )
        self.codes: dict[str, str | None] = {}

    def try_to(self, name: str, call, /, **arguments) -> None:
        try:
            call(**arguments)
            self.codes[name] = None
        except ClientError as error:
            self.codes[name] = error.response["Error"]["Code"]

    def run(self, image: str) -> dict[str, str | None]:
        self.roles()
        self.profiles()
        self.network()
        self.templates_and_groups(image)
        self.clusters()
        return self.codes

    def roles(self) -> None:
        iam, attempt = self.iam, self.try_to
        iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
        attempt("role: made twice", iam.create_role, RoleName="r", AssumeRolePolicyDocument=TRUST)
        attempt("role: trust policy is no JSON", iam.create_role, RoleName="x", AssumeRolePolicyDocument="{")
        attempt("role: missing", iam.get_role, RoleName="nobody")
        attempt("role: delete a missing one", iam.delete_role, RoleName="nobody")
        policy = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
        attempt("policy: attach a missing one", iam.attach_role_policy, RoleName="r", PolicyArn=policy + "X")
        attempt("policy: detach one that is not attached", iam.detach_role_policy, RoleName="r", PolicyArn=policy)
        iam.attach_role_policy(RoleName="r", PolicyArn=policy)
        attempt("role: deleted with a policy", iam.delete_role, RoleName="r")
        iam.detach_role_policy(RoleName="r", PolicyArn=policy)
        attempt("inline policy: no JSON", iam.put_role_policy, RoleName="r", PolicyName="p", PolicyDocument="{")
        iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=POLICY)
        attempt("role: deleted with an inline policy", iam.delete_role, RoleName="r")
        attempt("inline policy: missing", iam.get_role_policy, RoleName="r", PolicyName="q")
        attempt("inline policy: delete a missing one", iam.delete_role_policy, RoleName="r", PolicyName="q")
        iam.delete_role_policy(RoleName="r", PolicyName="p")
        service = "autoscaling.amazonaws.com"
        # The sandbox has this role from the beginning, moto has not.
        attempt("", iam.create_service_linked_role, AWSServiceName=service)
        attempt("service-linked role: made twice", iam.create_service_linked_role, AWSServiceName=service)
        self.codes.pop("")

    def profiles(self) -> None:
        iam, attempt = self.iam, self.try_to
        iam.create_instance_profile(InstanceProfileName="p")
        iam.create_role(RoleName="s", AssumeRolePolicyDocument=TRUST)
        attempt("profile: made twice", iam.create_instance_profile, InstanceProfileName="p")
        attempt("profile: missing", iam.get_instance_profile, InstanceProfileName="q")
        add, remove = iam.add_role_to_instance_profile, iam.remove_role_from_instance_profile
        attempt("profile: a role that is missing", add, InstanceProfileName="p", RoleName="nobody")
        add(InstanceProfileName="p", RoleName="r")
        attempt("profile: a second role", add, InstanceProfileName="p", RoleName="s")
        attempt("profile: deleted with its role", iam.delete_instance_profile, InstanceProfileName="p")
        attempt("role: deleted within a profile", iam.delete_role, RoleName="r")
        remove(InstanceProfileName="p", RoleName="r")

    def network(self) -> None:
        ec2, attempt = self.ec2, self.try_to
        vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
        attempt("vpc: missing", ec2.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"])
        attempt("subnet: missing", ec2.describe_subnets, SubnetIds=["subnet-0123456789abcdef0"])
        attempt("instance: missing", ec2.describe_instances, InstanceIds=["i-0123456789abcdef0"])
        attempt("image: missing", ec2.describe_images, ImageIds=["ami-0123456789abcdef0"])
        attempt("instance type: missing", ec2.describe_instance_types, InstanceTypes=["m99.large"])
        attempt("key pair: missing", ec2.describe_key_pairs, KeyNames=["none"])
        attempt("security group: missing", ec2.describe_security_groups, GroupIds=["sg-0123456789abcdef0"])
        make = dict(GroupName="g", Description="d", VpcId=vpc)
        group = ec2.create_security_group(**make)["GroupId"]
        attempt("security group: made twice", ec2.create_security_group, **make)
        rule = dict(IpProtocol="tcp", FromPort=22, ToPort=22, IpRanges=[dict(CidrIp="10.0.0.0/8")])
        permit = dict(GroupId=group, IpPermissions=[rule])
        attempt("rule: revoke a missing one", ec2.revoke_security_group_ingress, **permit)
        ec2.authorize_security_group_ingress(**permit)
        attempt("rule: made twice", ec2.authorize_security_group_ingress, **permit)
        ec2.delete_security_group(GroupId=group)
        attempt("security group: delete a missing one", ec2.delete_security_group, GroupId=group)

    def templates_and_groups(self, image: str) -> None:
        ec2, asg, attempt = self.ec2, self.asg, self.try_to
        make = dict(LaunchTemplateName="template", LaunchTemplateData=dict(ImageId=image, InstanceType="m5.large"))
        ec2.create_launch_template(**make)
        attempt("template: made twice", ec2.create_launch_template, **make)
        attempt("template: missing", ec2.describe_launch_templates, LaunchTemplateNames=["nothing"])
        attempt("template: delete a missing one", ec2.delete_launch_template, LaunchTemplateName="nothing")
        subnets = ec2.describe_subnets()["Subnets"]

        def group(name="group", template="template", strategy="capacity-optimized", subnet=None, sizes=(0, 2, 0)):
            return dict(
                AutoScalingGroupName=name,
                MinSize=sizes[0],
                MaxSize=sizes[1],
                DesiredCapacity=sizes[2],
                VPCZoneIdentifier=subnet or subnets[0]["SubnetId"],
                MixedInstancesPolicy=dict(
                    LaunchTemplate=dict(
                        LaunchTemplateSpecification=dict(LaunchTemplateName=template, Version="$Latest"),
                        Overrides=[dict(InstanceType="m5.large"), dict(InstanceType="m5a.large")],
                    ),
                    InstancesDistribution=dict(
                        OnDemandPercentageAboveBaseCapacity=0, SpotAllocationStrategy=strategy
                    ),
                ),
            )

        create = asg.create_auto_scaling_group
        create(**group())
        attempt("group: made twice", create, **group())
        attempt("group: a template that is missing", create, **group("a", template="nothing"))
        attempt("group: a subnet that is missing", create, **group("b", subnet="subnet-0123456789abcdef0"))
        attempt("group: a strategy that does not exist", create, **group("c", strategy="diversified"))
        attempt("group: min over max", create, **group("d", sizes=(3, 2, 3)))
        attempt("group: desired over max", asg.set_desired_capacity, AutoScalingGroupName="group", DesiredCapacity=9)
        attempt("group: delete a missing one", asg.delete_auto_scaling_group, AutoScalingGroupName="nothing")
        attempt("group: update a missing one", asg.update_auto_scaling_group, AutoScalingGroupName="nothing", MinSize=0)
        create(**group("full", sizes=(0, 2, 1)))
        attempt("group: deleted with instances", asg.delete_auto_scaling_group, AutoScalingGroupName="full")

    def clusters(self) -> None:
        eks, attempt = self.eks, self.try_to
        attempt("cluster: missing", eks.describe_cluster, name="nothing")
        attempt("nodegroup: missing", eks.describe_nodegroup, clusterName=CLUSTER, nodegroupName="nothing")
        attempt("nodegroup: of a missing cluster", eks.list_nodegroups, clusterName="nothing")
        attempt("parameter: missing", self.ssm.get_parameter, Name="/nothing")


@pytest.fixture(scope="module")
def moto():
    world = MotoWorld()
    yield world
    world.server.stop()


def test_refusals_agree_with_moto(moto, serve):
    ours = Probe(serve().aws)
    image = ours.ec2.describe_images(Owners=["amazon"])["Images"][0]["ImageId"]
    sandbox, judge = ours.run(image), Probe(moto.endpoint).run(moto.image)
    assert sandbox.keys() == judge.keys() and len(judge) >= 40
    differences = {name: (judge[name], sandbox[name]) for name in judge if judge[name] != sandbox[name]}
    assert differences == {name: (theirs, code) for name, (theirs, code, _) in EXPLAINED.items()}
