//! Groups through the handlers, with time.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use serde_json::json;

use crate::sandbox::services::trial::*;
use crate::sandbox::world::World;

#[test]
fn the_tutorials_group_gets_two_spot_instances_in_two_zones() {
    let mut world = World::fresh(1);
    group(&mut world, "dev", 2);
    wait(&mut world, 60);
    let shown = described(&mut world, "dev");
    assert_eq!((&shown["MinSize"], &shown["DesiredCapacity"], &shown["MaxSize"]), (&json!(0), &json!(2), &json!(5)));
    let instances = shown["Instances"].as_array().unwrap();
    assert_eq!(instances.len(), 2);
    let zones: BTreeSet<&str> = instances.iter().map(|it| it["AvailabilityZone"].as_str().unwrap()).collect();
    assert_eq!(zones.len(), 2);
    assert!(instances.iter().all(|it| it["LifecycleState"] == "InService" && it["HealthStatus"] == "Healthy"));
    assert!(instances.iter().all(|it| TYPES.contains(&it["InstanceType"].as_str().unwrap())));
    let overrides = shown["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"].as_array().unwrap();
    assert_eq!(overrides.iter().map(|it| it["InstanceType"].as_str().unwrap()).collect::<Vec<_>>(), TYPES);
    assert_eq!(
        shown["MixedInstancesPolicy"]["InstancesDistribution"],
        json!({
            "OnDemandAllocationStrategy": "prioritized", "OnDemandBaseCapacity": 0,
            "OnDemandPercentageAboveBaseCapacity": 0, "SpotAllocationStrategy": "capacity-optimized",
            "SpotInstancePools": null, "SpotMaxPrice": null,
        })
    );

    let filter = json!({"Filter": [{"Name": "tag:aws:autoscaling:groupName", "Value": ["dev"]}]});
    let reply = ok(&mut world, "DescribeInstances", filter);
    let reservations = reply["reservationSet"].as_array().unwrap();
    assert_eq!(reservations.len(), 2);
    for reservation in reservations {
        let instance = &reservation["instancesSet"][0];
        assert_eq!(instance["instanceLifecycle"], "spot");
        assert_eq!(instance["instanceState"]["name"], "running");
        assert!(instance["ipAddress"].is_string(), "public subnet");
        assert!(instance["iamInstanceProfile"]["arn"].as_str().unwrap().ends_with("instance-profile/dev"));
        let tags = instance["tagSet"].as_array().unwrap();
        assert!(tags.contains(&json!({"key": "team", "value": "a"})));
        assert!(tags.contains(&json!({"key": "Name", "value": "node"})));
    }
}

#[test]
fn activities_speak_as_aws_does() {
    let mut world = World::fresh(1);
    group(&mut world, "dev", 2);
    wait(&mut world, 60);
    let activities = activities(&mut world, "dev");
    assert_eq!(activities.len(), 2);
    for activity in &activities {
        assert_eq!(activity["StatusCode"], "Successful");
        assert!(activity["Description"].as_str().unwrap().starts_with("Launching a new EC2 instance: i-0"));
    }
    insta::assert_snapshot!(activities[0]["Cause"].as_str().unwrap(), @"At 2026-01-01T00:00:00Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 2.  At 2026-01-01T00:00:02Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 2.");
}

#[test]
fn without_capacity_it_fails_says_why_and_tries_again() {
    let mut world = World::fresh(1);
    world.exhaust("*", "*");
    group(&mut world, "dev", 2);
    wait(&mut world, 120);
    let failed = activities(&mut world, "dev");
    assert!(failed.len() >= 2, "periodic retries: {}", failed.len());
    assert!(failed.iter().all(|it| it["StatusCode"] == "Failed"));
    assert_eq!(
        failed[0]["StatusMessage"],
        "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request \
         configuration. Please adjust your request and try again. Launching EC2 instance failed."
    );
    world.restore("*", "*");
    wait(&mut world, 900);
    assert_eq!(described(&mut world, "dev")["Instances"].as_array().unwrap().len(), 2);
}

#[test]
fn an_exhausted_zone_is_avoided_and_a_type_too() {
    let mut world = World::fresh(1);
    world.exhaust("*", "ap-northeast-1a");
    world.break_zone("ap-northeast-1c");
    for name in &TYPES[1..] {
        world.exhaust(name, "*");
    }
    group(&mut world, "dev", 3);
    wait(&mut world, 60);
    let shown = described(&mut world, "dev");
    let instances = shown["Instances"].as_array().unwrap();
    assert_eq!(instances.len(), 3);
    for instance in instances {
        assert_eq!(instance["AvailabilityZone"], "ap-northeast-1d");
        assert_eq!(instance["InstanceType"], "m5.xlarge");
    }
}

#[test]
fn quota_role_price_and_offer_have_their_own_refusals() {
    let message = |change: fn(&mut World), policy: serde_json::Value| {
        let mut world = World::fresh(1);
        change(&mut world);
        template(&mut world, "dev");
        let mut request = group_request(&world, "dev", 2);
        for (key, value) in policy.as_object().unwrap() {
            request["MixedInstancesPolicy"]["InstancesDistribution"][key] = value.clone();
        }
        ok(&mut world, "CreateAutoScalingGroup", request);
        wait(&mut world, 10);
        activities(&mut world, "dev")[0]["StatusMessage"].as_str().unwrap_or_default().to_owned()
    };
    let quota = message(|world| world.set_quota("standard/spot", Some(3)), json!({}));
    assert!(quota.contains("MaxSpotInstanceCountExceeded"), "{quota}");
    let role = message(|world| assert!(world.remove_spot_service_linked_role()), json!({}));
    assert!(role.contains("AuthFailure.ServiceLinkedRoleCreationNotPermitted"), "{role}");
    let price = message(|_| {}, json!({"SpotMaxPrice": "0.002"}));
    assert!(price.contains("SpotMaxPriceTooLow"), "{price}");
    assert_eq!(message(|_| {}, json!({})), "");
}

#[test]
fn on_demand_base_and_percentage_are_honoured() {
    let mut world = World::fresh(1);
    template(&mut world, "dev");
    let mut request = group_request(&world, "dev", 5);
    let distribution = &mut request["MixedInstancesPolicy"]["InstancesDistribution"];
    distribution["OnDemandBaseCapacity"] = "1".into();
    distribution["OnDemandPercentageAboveBaseCapacity"] = "25".into();
    ok(&mut world, "CreateAutoScalingGroup", request);
    wait(&mut world, 60);
    let filter = json!({"Filter": [{"Name": "tag:aws:autoscaling:groupName", "Value": ["dev"]}]});
    let reply = ok(&mut world, "DescribeInstances", filter);
    let reservations = reply["reservationSet"].as_array().unwrap();
    let on_demand: Vec<_> =
        reservations.iter().map(|it| &it["instancesSet"][0]).filter(|it| it["instanceLifecycle"].is_null()).collect();
    assert_eq!(on_demand.len(), 2, "one of the base and a quarter of four");
    assert!(on_demand.iter().all(|it| it["instanceType"] == "m5.xlarge"), "the first override");
}

#[test]
fn a_member_that_dies_is_replaced_and_scaling_in_takes_the_oldest_of_the_fullest_zone() {
    let mut world = World::fresh(1);
    group(&mut world, "dev", 3);
    wait(&mut world, 60);
    let before = described(&mut world, "dev");
    let victim = before["Instances"][0]["InstanceId"].as_str().unwrap().to_owned();
    ok(&mut world, "TerminateInstances", json!({"InstanceId": [victim]}));
    wait(&mut world, 180);
    let after = described(&mut world, "dev");
    let ids: Vec<&str> =
        after["Instances"].as_array().unwrap().iter().map(|it| it["InstanceId"].as_str().unwrap()).collect();
    assert_eq!(ids.len(), 3);
    assert!(!ids.contains(&victim.as_str()));
    ok(&mut world, "SetDesiredCapacity", json!({"AutoScalingGroupName": "dev", "DesiredCapacity": "1"}));
    wait(&mut world, 120);
    let rest = described(&mut world, "dev");
    assert_eq!(rest["Instances"].as_array().unwrap().len(), 1);
    assert_eq!(rest["Instances"][0]["InstanceId"], ids[2], "the youngest stays");
    let newest = activities(&mut world, "dev");
    assert!(newest[0]["Description"].as_str().unwrap().starts_with("Terminating EC2 instance: i-0"));
    let cause = newest[0]["Cause"].as_str().unwrap();
    assert!(cause.contains("explicitly set group desired capacity changing the desired capacity from 3 to 1."));
    assert!(cause.contains("shrinking the capacity from 3 to 1."), "{cause}");
}

#[test]
fn a_reclaimed_instance_gets_two_minutes_and_a_successor() {
    let mut world = World::fresh(1);
    group(&mut world, "dev", 1);
    wait(&mut world, 60);
    let id = described(&mut world, "dev")["Instances"][0]["InstanceId"].as_str().unwrap().to_owned();
    assert!(world.reclaim(&id));
    assert!(!world.reclaim(&id), "once is enough");
    wait(&mut world, 61);
    assert_eq!(world.ec2.instances[&id].reclaim_at, Some(60_000 + 60_000 + 120_000));
    wait(&mut world, 100);
    assert!(world.ec2.instances[&id].state.alive(), "not before its time");
    wait(&mut world, 180);
    let reason = world.ec2.instances[&id].reason.clone().unwrap();
    assert_eq!(reason.code, "Server.SpotInstanceTermination");
    let shown = described(&mut world, "dev");
    assert_eq!(shown["Instances"].as_array().unwrap().len(), 1);
    assert_ne!(shown["Instances"][0]["InstanceId"], id.as_str());
}

#[test]
fn with_capacity_rebalancing_the_successor_comes_first() {
    let mut world = World::fresh(1);
    template(&mut world, "dev");
    let mut request = group_request(&world, "dev", 1);
    request["CapacityRebalance"] = "true".into();
    ok(&mut world, "CreateAutoScalingGroup", request);
    wait(&mut world, 60);
    let id = described(&mut world, "dev")["Instances"][0]["InstanceId"].as_str().unwrap().to_owned();
    assert!(world.reclaim(&id));
    let shown = described(&mut world, "dev");
    assert_eq!(shown["Instances"].as_array().unwrap().len(), 2, "one above desired for a while");
    wait(&mut world, 100);
    let shown = described(&mut world, "dev");
    let left: Vec<_> = shown["Instances"].as_array().unwrap().iter().map(|it| it["InstanceId"].clone()).collect();
    assert_eq!(left.len(), 1);
    assert_ne!(left[0], id.as_str());
}

#[test]
fn deleting_needs_force_while_there_are_members_and_takes_its_time() {
    let mut world = World::fresh(1);
    group(&mut world, "dev", 2);
    wait(&mut world, 60);
    let delete = |force: bool| json!({"AutoScalingGroupName": "dev", "ForceDelete": force.to_string()});
    assert_eq!(refused(&mut world, "DeleteAutoScalingGroup", delete(false)).code, "ResourceInUse");
    ok(&mut world, "DeleteAutoScalingGroup", delete(true));
    assert_eq!(described(&mut world, "dev")["Status"], "Delete in progress");
    let request = group_request(&world, "dev", 1);
    assert_eq!(refused(&mut world, "CreateAutoScalingGroup", request).code, "AlreadyExists");
    wait(&mut world, 120);
    let reply = ok(&mut world, "DescribeAutoScalingGroups", json!({"AutoScalingGroupNames": ["dev"]}));
    assert_eq!(reply["AutoScalingGroups"], json!([]));
    let filter = json!({"Filter": [
        {"Name": "tag:aws:autoscaling:groupName", "Value": ["dev"]},
        {"Name": "instance-state-name", "Value": ["pending", "running", "shutting-down"]},
    ]});
    assert_eq!(ok(&mut world, "DescribeInstances", filter)["reservationSet"], json!([]));
    assert_eq!(world.autoscaling.tag_index.find("team", "a").count(), 0);
}

#[test]
fn what_aws_refuses_is_refused() {
    let mut world = World::fresh(1);
    group(&mut world, "known", 0);
    template(&mut world, "dev");
    let good = group_request(&world, "dev", 1);
    let mut check = |change: &dyn Fn(&mut serde_json::Value), code: &str, words: &str| {
        let mut request = good.clone();
        change(&mut request);
        let error = refused(&mut world, "CreateAutoScalingGroup", request);
        assert_eq!(error.code, code, "{}", error.message);
        assert!(error.message.contains(words), "{}", error.message);
    };
    check(&|r| r["AutoScalingGroupName"] = "known".into(), "AlreadyExists", "known");
    check(&|r| r["MinSize"] = "6".into(), "ValidationError", "min bound, 6");
    check(&|r| r["DesiredCapacity"] = "6".into(), "ValidationError", "Desired capacity:6");
    check(&|r| r["VPCZoneIdentifier"] = "".into(), "ValidationError", "VPC Subnet is required");
    check(&|r| r["VPCZoneIdentifier"] = "subnet-1".into(), "ValidationError", "'subnet-1' does not exist");
    let distribution = |r: &mut serde_json::Value, key: &str, value: &str| {
        r["MixedInstancesPolicy"]["InstancesDistribution"][key] = value.into();
    };
    check(&|r| distribution(r, "SpotAllocationStrategy", "diversified"), "ValidationError", "diversified");
    check(&|r| distribution(r, "SpotInstancePools", "2"), "ValidationError", "lowest-price");
    check(&|r| distribution(r, "OnDemandPercentageAboveBaseCapacity", "101"), "ValidationError", "100");
    let launch = |r: &mut serde_json::Value, key: &str, value: serde_json::Value| {
        r["MixedInstancesPolicy"]["LaunchTemplate"][key] = value;
    };
    let nobody = json!({"LaunchTemplateName": "nobody"});
    check(&|r| launch(r, "LaunchTemplateSpecification", nobody.clone()), "ValidationError", "nobody, does not exist");
    let twice = json!([{"InstanceType": "m5.xlarge"}, {"InstanceType": "m5.xlarge"}]);
    check(&|r| launch(r, "Overrides", twice.clone()), "ValidationError", "m5.xlarge");
    check(&|r| launch(r, "Overrides", json!([{"InstanceType": "m5.huge"}])), "ValidationError", "m5.huge");
}

#[test]
fn a_missing_key_pair_and_a_fresh_profile_are_found_when_the_group_is_made() {
    let mut world = World::fresh(1);
    template(&mut world, "dev");
    let request = group_request(&world, "dev", 1);
    ok(&mut world, "DeleteKeyPair", json!({"KeyName": "eks-spot-key"}));
    let error = refused(&mut world, "CreateAutoScalingGroup", request.clone());
    assert!(error.message.ends_with("The key pair 'eks-spot-key' does not exist"), "{}", error.message);
    ok(&mut world, "CreateKeyPair", json!({"KeyName": "eks-spot-key"}));
    world.iam.profiles.get_mut("dev").unwrap().visible_at = 12_000;
    let error = refused(&mut world, "CreateAutoScalingGroup", request.clone());
    assert!(error.message.contains("Invalid IAM Instance Profile"), "{}", error.message);
    wait(&mut world, 12);
    ok(&mut world, "CreateAutoScalingGroup", request);
}

#[test]
fn groups_are_found_by_tag_and_page_by_page() {
    let mut world = World::fresh(1);
    for index in 0..5 {
        group(&mut world, &format!("dev-g{index}"), 0);
    }
    let filter = json!([{"Name": "tag:team", "Values": ["a"]}]);
    let mut seen = Vec::new();
    let mut token = serde_json::Value::Null;
    loop {
        let request = json!({"Filters": filter, "MaxRecords": "2", "NextToken": token});
        let reply = ok(&mut world, "DescribeAutoScalingGroups", request);
        let page = reply["AutoScalingGroups"].as_array().unwrap().clone();
        assert!(page.len() <= 2);
        seen.extend(page.iter().map(|group| group["AutoScalingGroupName"].as_str().unwrap().to_owned()));
        token = reply["NextToken"].clone();
        if token.is_null() {
            break;
        }
    }
    assert_eq!(seen, ["dev-g0", "dev-g1", "dev-g2", "dev-g3", "dev-g4"]);
    let tag = json!({"ResourceId": "dev-g3", "ResourceType": "auto-scaling-group", "Key": "team", "Value": "b"});
    ok(&mut world, "CreateOrUpdateTags", json!({"Tags": [tag]}));
    let reply =
        ok(&mut world, "DescribeAutoScalingGroups", json!({"Filters": [{"Name": "tag:team", "Values": ["b"]}]}));
    assert_eq!(reply["AutoScalingGroups"].as_array().unwrap().len(), 1);
    ok(&mut world, "DeleteTags", json!({"Tags": [tag]}));
    let reply =
        ok(&mut world, "DescribeAutoScalingGroups", json!({"Filters": [{"Name": "tag:team", "Values": ["b"]}]}));
    assert_eq!(reply["AutoScalingGroups"], json!([]));
}

#[test]
fn a_world_goes_on_alike_after_being_saved() {
    let mut world = World::fresh(9);
    group(&mut world, "dev", 2);
    wait(&mut world, 5);
    let mut other: World = serde_json::from_str(&serde_json::to_string(&world).unwrap()).unwrap();
    wait(&mut world, 600);
    wait(&mut other, 600);
    assert_eq!(serde_json::to_string(&world).unwrap(), serde_json::to_string(&other).unwrap());
}

#[test]
fn a_type_that_no_zone_offers_fails_with_its_name() {
    let mut world = World::fresh(1);
    let region = world.account.region.clone();
    let unknown = crate::domain::catalogue::all()
        .iter()
        .find(|it| it.spot && crate::domain::offerings::zones(&region, &it.name).is_empty())
        .unwrap();
    template(&mut world, "dev");
    let mut request = group_request(&world, "dev", 1);
    request["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"] = json!([{"InstanceType": unknown.name}]);
    ok(&mut world, "CreateAutoScalingGroup", request);
    wait(&mut world, 10);
    let message = activities(&mut world, "dev")[0]["StatusMessage"].as_str().unwrap().to_owned();
    assert!(message.contains(&format!("instance type ({}) is not supported", unknown.name)), "{message}");
}
