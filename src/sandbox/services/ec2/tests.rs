//! EC2 through its handlers.

#![allow(clippy::unwrap_used)]

use serde_json::{Value, json};

use crate::sandbox::services::trial::*;
use crate::sandbox::world::World;

fn items<'a>(reply: &'a Value, list: &str) -> &'a Vec<Value> {
    reply[list].as_array().unwrap()
}

#[test]
fn the_scenario_is_the_tutorials() {
    let mut world = World::fresh(1);
    let vpcs = ok(&mut world, "DescribeVpcs", json!({}));
    assert_eq!(vpcs["vpcSet"][0]["cidrBlock"], "192.168.0.0/16");
    let subnets = ok(&mut world, "DescribeSubnets", json!({}));
    let public = items(&subnets, "subnetSet").iter().filter(|it| it["mapPublicIpOnLaunch"] == true).count();
    assert_eq!((items(&subnets, "subnetSet").len(), public), (6, 3));
    let keys = ok(&mut world, "DescribeKeyPairs", json!({}));
    assert_eq!(keys["keySet"][0]["keyName"], "eks-spot-key");
    let running = json!({"Filter": [{"Name": "instance-state-name", "Value": ["running"]}]});
    let instances = ok(&mut world, "DescribeInstances", running);
    let reservations = items(&instances, "reservationSet");
    assert_eq!(reservations.len(), 2);
    for reservation in reservations {
        let instance = &reservation["instancesSet"][0];
        assert_eq!(instance["instanceType"], "m5.large");
        assert!(instance["instanceLifecycle"].is_null());
        assert!(instance["ipAddress"].is_null(), "private subnet");
    }
    assert_eq!(world.now(), 0);
    let group = world.eks.clusters["eks-spot-eksct"].nodegroups.values().next().unwrap().clone();
    assert!(world.autoscaling.groups[&group.group].members.len() == 2 && group.name.starts_with("ng-"));
}

#[test]
fn another_region_has_its_own_zones() {
    let scenario = crate::sandbox::world::Scenario { region: "us-east-1".into(), ..Default::default() };
    let mut world = scenario.build(4);
    let zones = ok(&mut world, "DescribeAvailabilityZones", json!({}));
    assert_eq!(zones["availabilityZoneInfo"][0]["zoneName"], "us-east-1a");
    assert!(zones["availabilityZoneInfo"][0]["zoneId"].as_str().unwrap().starts_with("use1-az"));
    let name = world.ec2.instances.values().next().unwrap().private_dns.clone();
    assert!(name.starts_with("ip-192-168-") && name.ends_with(".ec2.internal"), "{name}");
}

#[test]
fn types_and_offerings_come_from_the_catalogue() {
    let mut world = World::fresh(1);
    let types = ok(&mut world, "DescribeInstanceTypes", json!({"InstanceType": TYPES}));
    assert_eq!(items(&types, "instanceTypeSet").len(), 7);
    assert!(items(&types, "instanceTypeSet").iter().all(|it| it["memoryInfo"]["sizeInMiB"] == 16_384));
    let error = refused(&mut world, "DescribeInstanceTypes", json!({"InstanceType": ["m5.xlarg"]}));
    assert_eq!(error.code, "InvalidInstanceType");
    let (mut names, mut token) = (Vec::new(), Value::Null);
    loop {
        let reply = ok(&mut world, "DescribeInstanceTypes", json!({"MaxResults": "100", "NextToken": token}));
        names.extend(items(&reply, "instanceTypeSet").iter().map(|it| it["instanceType"].as_str().unwrap().to_owned()));
        token = reply["nextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert!(names.len() > 500 && names.windows(2).all(|pair| pair[0] < pair[1]), "{}", names.len());
    let request = json!({
        "LocationType": "availability-zone",
        "Filter": [{"Name": "instance-type", "Value": ["t3a.xlarge", "m5.xlarge"]}],
    });
    let offerings = ok(&mut world, "DescribeInstanceTypeOfferings", request);
    let found: Vec<String> = items(&offerings, "instanceTypeOfferingSet")
        .iter()
        .map(|it| format!("{} {}", it["instanceType"].as_str().unwrap(), it["location"].as_str().unwrap()))
        .collect();
    assert_eq!(found.len(), 5);
    assert!(!found.contains(&"t3a.xlarge ap-northeast-1c".to_owned()));
    let bogus = json!({"Filter": [{"Name": "colour", "Value": ["red"]}]});
    assert_eq!(refused(&mut world, "DescribeInstanceTypeOfferings", bogus).code, "InvalidParameterValue");
}

#[test]
fn a_security_group_lives_its_life() {
    let mut world = World::fresh(1);
    let vpc = world.ec2.vpcs.keys().next().unwrap().clone();
    let request = json!({
        "GroupName": "ssh", "GroupDescription": "ssh", "VpcId": vpc,
        "TagSpecification": [{"ResourceType": "security-group", "Tag": [{"Key": "run", "Value": "7"}]}],
    });
    let id = ok(&mut world, "CreateSecurityGroup", request.clone())["groupId"].as_str().unwrap().to_owned();
    assert_eq!(refused(&mut world, "CreateSecurityGroup", request).code, "InvalidGroup.Duplicate");
    let rule = json!({"GroupId": id, "IpPermissions": [{
        "IpProtocol": "tcp", "FromPort": "22", "ToPort": "22",
        "IpRanges": [{"CidrIp": "0.0.0.0/0", "Description": "SSH"}],
    }]});
    ok(&mut world, "AuthorizeSecurityGroupIngress", rule.clone());
    let again = refused(&mut world, "AuthorizeSecurityGroupIngress", rule.clone());
    assert_eq!(again.code, "InvalidPermission.Duplicate");
    let twice = json!({"GroupId": id, "IpPermissions": [{
        "IpProtocol": "tcp", "FromPort": "22", "ToPort": "22",
        "IpRanges": [{"CidrIp": "203.0.113.7/24"}, {"CidrIp": "203.0.113.0/24"}],
    }]});
    let twice = refused(&mut world, "AuthorizeSecurityGroupIngress", twice);
    assert_eq!(twice.message, "The same permission must not appear multiple times");
    let find = json!({"Filter": [{"Name": "vpc-id", "Value": [vpc]}, {"Name": "group-name", "Value": ["ssh"]}]});
    let shown = ok(&mut world, "DescribeSecurityGroups", find);
    assert_eq!(
        shown["securityGroupInfo"][0]["ipPermissions"][0]["ipRanges"],
        json!([{"cidrIp": "0.0.0.0/0", "description": "SSH"}])
    );
    let by_tag = json!({"Filter": [{"Name": "tag:run", "Value": ["7"]}]});
    assert_eq!(items(&ok(&mut world, "DescribeSecurityGroups", by_tag), "securityGroupInfo").len(), 1);
    ok(&mut world, "RevokeSecurityGroupIngress", rule.clone());
    assert_eq!(refused(&mut world, "RevokeSecurityGroupIngress", rule).code, "InvalidPermission.NotFound");
    ok(&mut world, "DeleteSecurityGroup", json!({"GroupId": id}));
    assert_eq!(refused(&mut world, "DeleteSecurityGroup", json!({"GroupId": id})).code, "InvalidGroup.NotFound");
    let used = world.eks.clusters["eks-spot-eksct"].cluster_security_group.clone();
    assert_eq!(refused(&mut world, "DeleteSecurityGroup", json!({"GroupId": used})).code, "DependencyViolation");
}

#[test]
fn a_launch_template_lives_its_life() {
    let mut world = World::fresh(1);
    template(&mut world, "dev");
    let again = json!({"LaunchTemplateName": "dev", "LaunchTemplateData": {"ImageId": "ami-1"}});
    let error = refused(&mut world, "CreateLaunchTemplate", again.clone());
    assert_eq!(error.code, "InvalidLaunchTemplateName.AlreadyExistsException");
    ok(&mut world, "CreateLaunchTemplateVersion", again);
    let latest = json!({"LaunchTemplateName": "dev", "LaunchTemplateVersion": ["$Latest", "1"]});
    let versions = ok(&mut world, "DescribeLaunchTemplateVersions", latest);
    let versions = items(&versions, "launchTemplateVersionSet");
    assert_eq!(versions.iter().map(|it| it["versionNumber"].as_i64().unwrap()).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(versions[0]["launchTemplateData"], json!({"imageId": "ami-1"}));
    assert_eq!(versions[1]["launchTemplateData"]["userData"], "aGVsbG8=");
    ok(&mut world, "DeleteLaunchTemplate", json!({"LaunchTemplateName": "dev"}));
    for operation in ["DeleteLaunchTemplate", "DescribeLaunchTemplateVersions"] {
        let error = refused(&mut world, operation, json!({"LaunchTemplateName": "dev"}));
        assert_eq!(error.code, "InvalidLaunchTemplateName.NotFoundException");
    }
}

#[test]
fn a_client_token_makes_creation_safe_to_repeat() {
    let mut world = World::fresh(1);
    let request = json!({"LaunchTemplateName": "dev", "ClientToken": "t", "LaunchTemplateData": {"ImageId": "ami-1"}});
    let first = ok(&mut world, "CreateLaunchTemplate", request.clone());
    assert_eq!(ok(&mut world, "CreateLaunchTemplate", request.clone()), first);
    let mut other = request.clone();
    other["LaunchTemplateData"]["ImageId"] = "ami-2".into();
    assert_eq!(refused(&mut world, "CreateLaunchTemplate", other).code, "IdempotentParameterMismatch");
    let version = ok(&mut world, "CreateLaunchTemplateVersion", request.clone());
    assert_eq!(ok(&mut world, "CreateLaunchTemplateVersion", request), version);
    let oversized = json!({"LaunchTemplateName": "big", "LaunchTemplateData": {"UserData": "QUFB".repeat(6000)}});
    assert_eq!(refused(&mut world, "CreateLaunchTemplate", oversized).code, "InvalidUserData.Malformed");
}

#[test]
fn price_history_begins_with_the_price_in_force() {
    let mut world = World::fresh(1);
    let now = json!({
        "InstanceType": ["m5.xlarge"], "ProductDescription": ["Linux/UNIX"], "StartTime": "2026-01-01T00:00:00Z",
    });
    let prices = ok(&mut world, "DescribeSpotPriceHistory", now);
    let prices = items(&prices, "spotPriceHistorySet");
    assert_eq!(prices.len(), 3, "one per zone");
    assert!(prices.iter().all(|it| it["timestamp"].as_str().unwrap() <= "2026-01-01T00:00:00.000Z"));
    assert!(prices.iter().all(|it| it["spotPrice"].as_str().unwrap().parse::<f64>().unwrap() > 0.0));
    let (mut rows, mut token) = (0, Value::Null);
    loop {
        let request = json!({"InstanceType": TYPES, "MaxResults": "1000", "NextToken": token});
        let reply = ok(&mut world, "DescribeSpotPriceHistory", request);
        rows += items(&reply, "spotPriceHistorySet").len();
        token = reply["nextToken"].clone();
        if token == "" {
            break;
        }
    }
    assert!(rows > 5000, "90 days of 20 pools: {rows}");
}

#[test]
fn tags_can_be_put_on_found_by_and_taken_off() {
    let mut world = World::fresh(1);
    let id = world.ec2.instances.keys().next().unwrap().clone();
    ok(&mut world, "ec2:CreateTags", json!({"ResourceId": [id], "Tag": [{"Key": "a", "Value": "b"}]}));
    let find = json!({"Filter": [{"Name": "tag:a", "Value": ["b"]}]});
    assert_eq!(items(&ok(&mut world, "DescribeInstances", find.clone()), "reservationSet").len(), 1);
    ok(&mut world, "ec2:DeleteTags", json!({"ResourceId": [id], "Tag": [{"Key": "a"}]}));
    assert_eq!(items(&ok(&mut world, "DescribeInstances", find), "reservationSet").len(), 0);
    let reserved = json!({"ResourceId": [id], "Tag": [{"Key": "aws:x", "Value": "b"}]});
    assert_eq!(refused(&mut world, "ec2:CreateTags", reserved).code, "InvalidParameterValue");
    let nobody = json!({"ResourceId": ["i-1"], "Tag": [{"Key": "a", "Value": "b"}]});
    assert_eq!(refused(&mut world, "ec2:CreateTags", nobody).code, "InvalidID");
}

#[test]
fn unknown_things_are_not_found_with_ec2s_codes() {
    let mut world = World::fresh(1);
    for (operation, member, code) in [
        ("DescribeVpcs", "VpcId", "InvalidVpcID.NotFound"),
        ("DescribeSubnets", "SubnetId", "InvalidSubnetID.NotFound"),
        ("DescribeSecurityGroups", "GroupId", "InvalidGroup.NotFound"),
        ("DescribeKeyPairs", "KeyName", "InvalidKeyPair.NotFound"),
        ("DescribeImages", "ImageId", "InvalidAMIID.NotFound"),
        ("DescribeInstances", "InstanceId", "InvalidInstanceID.NotFound"),
        ("TerminateInstances", "InstanceId", "InvalidInstanceID.NotFound"),
        ("DescribeLaunchTemplates", "LaunchTemplateName", "InvalidLaunchTemplateName.NotFoundException"),
    ] {
        assert_eq!(refused(&mut world, operation, json!({member: ["nothing"]})).code, code, "{operation}");
    }
}
