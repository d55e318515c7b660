//! One tutorial-like group for the tests of the views.

#![allow(clippy::unwrap_used, reason = "tests")]

use jiff::Timestamp;

use crate::domain::cloud::{ActivityStatus, AutoScalingGroup, GroupInstance, Lifecycle, ScalingActivity, TagMap};
use crate::domain::inventory::{GroupDetail, GroupSummary, Member, Owner, Topology, TopologyGroup, TopologyNode};
use crate::domain::nodegroup::{Distribution, Size, SpotAllocationStrategy};
use crate::domain::taint::{Taint, TaintEffect};

const ASG: &str = "spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn strings(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

fn member(id: &str, instance_type: &str, zone: &str, node: Option<&str>) -> Member {
    Member {
        instance_id: id.into(),
        instance_type: instance_type.into(),
        zone: zone.into(),
        lifecycle: Lifecycle::Spot,
        lifecycle_state: "InService".into(),
        health: "Healthy".into(),
        protected: false,
        launch_template_version: Some("1".into()),
        node: node.map(Into::into),
        ready: node.is_some(),
    }
}

/// The tutorial's group with one node Ready and one that has not joined.
pub fn detail() -> GroupDetail {
    let size = Size { min: 0, desired: 2, max: 5 };
    let types = strings(&["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge"]);
    let members = vec![
        member("i-03b66896f9beb9c1e", "m4.xlarge", "ap-northeast-1d", None),
        member(
            "i-00950fafa9ca82520",
            "t2.xlarge",
            "ap-northeast-1a",
            Some("ip-192-168-25-236.ap-northeast-1.compute.internal"),
        ),
    ];
    let instances = members.iter().map(|member| GroupInstance {
        id: member.instance_id.clone(),
        instance_type: member.instance_type.clone(),
        zone: member.zone.clone(),
        lifecycle_state: member.lifecycle_state.clone(),
        health_status: member.health.clone(),
        launch_template_version: Some("1".into()),
        protected: false,
    });
    GroupDetail {
        managed: None,
        summary: GroupSummary {
            cluster: "eks-spot-eksct".into(),
            name: "dev-4vcpu-16gb-spot".into(),
            status: "ACTIVE".into(),
            created: Some(at("2026-01-01T00:00:41Z")),
            size,
            instances: 2,
            ready: 1,
            types: types.clone(),
            running_types: vec![("m4.xlarge".into(), 1), ("t2.xlarge".into(), 1)],
            image_id: Some("ami-075c959713eb62d73".into()),
            auto_scaling_group: ASG.into(),
            kind: "unmanaged".into(),
            owner: Owner::Spotscript,
        },
        group: AutoScalingGroup {
            name: ASG.into(),
            arn: String::new(),
            size,
            types,
            distribution: Some(Distribution {
                on_demand_base: 0,
                on_demand_percentage: 0,
                strategy: SpotAllocationStrategy::CapacityOptimized,
                spot_pools: None,
                max_price: None,
                capacity_rebalance: false,
            }),
            launch_template: Some(ASG.into()),
            launch_template_version: Some("1".into()),
            subnet_ids: strings(&["subnet-0a", "subnet-0c", "subnet-0d"]),
            zones: strings(&["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]),
            tags: TagMap::from_iter([
                ("k8s.io/cluster-autoscaler/node-template/taint/spotInstance".into(), "true:PreferNoSchedule".into()),
                ("Name".into(), "eks-spot-eksct-dev-4vcpu-16gb-spot-Node".into()),
            ]),
            instances: instances.collect(),
            health_check_type: "EC2".into(),
            health_check_grace_seconds: 0,
            default_cooldown_seconds: 300,
            suspended_processes: vec![],
            termination_policies: strings(&["Default"]),
            max_instance_lifetime: None,
            target_group_arns: vec![],
            load_balancers: vec![],
            enabled_metrics: vec![],
            service_linked_role_arn: Some("arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling".into()),
            status: None,
            created: Some(at("2026-01-01T00:00:41Z")),
        },
        launch_template: None,
        members,
        instances: vec![],
        activities: vec![
            ScalingActivity {
                id: "2".into(),
                description: "Launching a new EC2 instance.  Status Reason: There is no Spot capacity available that matches your request.".into(),
                cause: "At 2026-01-01T00:00:42Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.".into(),
                status: ActivityStatus::Failed,
                status_code: "Failed".into(),
                status_message: Some("There is no Spot capacity available that matches your request. Launching EC2 instance failed.".into()),
                started: at("2026-01-01T00:00:42Z"),
                ended: Some(at("2026-01-01T00:00:43Z")),
            },
            ScalingActivity {
                id: "1".into(),
                description: "Launching a new EC2 instance: i-00950fafa9ca82520".into(),
                cause: "At 2026-01-01T00:00:41Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 1.".into(),
                status: ActivityStatus::InProgress,
                status_code: "WaitingForSpotInstanceId".into(),
                status_message: None,
                started: at("2026-01-01T00:00:41Z"),
                ended: None,
            },
        ],
    }
}

/// A managed On-Demand group without nodes.
pub fn on_demand_summary() -> GroupSummary {
    GroupSummary {
        name: "ng-37ce83b6".into(),
        created: None,
        size: Size { min: 2, desired: 2, max: 2 },
        instances: 0,
        ready: 0,
        types: strings(&["m5.large"]),
        running_types: vec![],
        image_id: None,
        auto_scaling_group: "eks-28b98832-16dd-2404-e8f0-cf6ec9e27bd6".into(),
        kind: "managed".into(),
        owner: Owner::Managed,
        ..detail().summary
    }
}

/// The tutorial's cluster: a Spot band and an On-Demand band over three zones.
pub fn topology() -> Topology {
    let node = |name: &str, instance_type: &str, zone: &str, lifecycle, ready| TopologyNode {
        name: name.into(),
        instance_type: instance_type.into(),
        zone: zone.into(),
        lifecycle,
        ready,
    };
    Topology {
        cluster: "eks-spot-eksct".into(),
        version: "1.33".into(),
        region: "ap-northeast-1".into(),
        zones: strings(&["ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d"]),
        groups: vec![
            TopologyGroup {
                name: "dev-4vcpu-16gb-spot".into(),
                shape: "4 vCPU / 16 GiB".into(),
                size: Size { min: 0, desired: 2, max: 5 },
                autoscaler_discovery: true,
                spot_percentage: 100,
                taints: vec![Taint {
                    key: "spotInstance".into(),
                    value: "true".into(),
                    effect: TaintEffect::PreferNoSchedule,
                }],
                nodes: vec![
                    node(
                        "ip-192-168-25-236.ap-northeast-1.compute.internal",
                        "t2.xlarge",
                        "ap-northeast-1a",
                        Lifecycle::Spot,
                        true,
                    ),
                    node("i-03b66896f9beb9c1e", "m4.xlarge", "ap-northeast-1d", Lifecycle::Spot, false),
                ],
            },
            TopologyGroup {
                name: "ng-37ce83b6".into(),
                shape: "2 vCPU / 8 GiB".into(),
                size: Size { min: 2, desired: 2, max: 2 },
                autoscaler_discovery: false,
                spot_percentage: 0,
                taints: vec![],
                nodes: vec![
                    node(
                        "ip-192-168-105-176.ap-northeast-1.compute.internal",
                        "m5.large",
                        "ap-northeast-1c",
                        Lifecycle::OnDemand,
                        true,
                    ),
                    node(
                        "ip-192-168-182-79.ap-northeast-1.compute.internal",
                        "m5.large",
                        "ap-northeast-1d",
                        Lifecycle::OnDemand,
                        true,
                    ),
                ],
            },
        ],
    }
}
