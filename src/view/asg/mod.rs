//! The Auto Scaling group as the AWS console shows it: its row, and the panes below it.

mod activities;
mod details;
mod instances;
mod tags;

use crate::domain::inventory::GroupDetail;

use super::style::{Style, Tone};
use super::table::Table;
use super::words::{count, or_dash};

pub use activities::render as activities;
pub use details::render as details;
pub use instances::render as instances;
pub use tags::render as tags;

/// The whole view: group row, details, instances, activity history, tags.
pub fn render(detail: &GroupDetail, style: Style) -> String {
    let panes = [
        ("Details", details(detail, style)),
        ("Instances", instances(detail, style)),
        ("Activity history", activities(detail, style)),
        ("Tags", tags(detail, style)),
    ];
    let mut text = summary(std::slice::from_ref(detail), style);
    for (title, pane) in panes {
        text.push_str(&format!("\n{}\n{pane}", style.paint(Tone::Heading, title)));
    }
    text
}

/// The console's upper table: one row per group.
pub fn summary(details: &[GroupDetail], style: Style) -> String {
    let mut table = Table::new([
        "Name",
        "Launch template",
        "Instances",
        "Desired",
        "Min",
        "Max",
        "Availability Zones",
        "Default cooldown",
        "Health check grace",
    ])
    .numeric(&[2, 3, 4, 5, 7, 8]);
    for detail in details {
        let group = &detail.group;
        table.row([
            group.name.clone(),
            or_dash(group.launch_template.as_deref().unwrap_or_default()),
            group.instances.len().to_string(),
            group.size.desired.to_string(),
            group.size.min.to_string(),
            group.size.max.to_string(),
            group.zones.join(", "),
            group.default_cooldown_seconds.to_string(),
            group.health_check_grace_seconds.to_string(),
        ]);
    }
    if details.is_empty() { format!("{} found\n", count(0, "Auto Scaling group")) } else { table.render(style) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples;

    #[test]
    fn the_console_s_view() {
        insta::assert_snapshot!(render(&samples::detail(), Style::plain()), @r"
        Name                                           Launch template                                Instances  Desired  Min  Max  Availability Zones                                 Default cooldown  Health check grace
        ────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot  spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot          2        2    0    5  ap-northeast-1a, ap-northeast-1c, ap-northeast-1d               300                   0

        Details
        Launch template            spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot
        Launch template version    1
        Instance types             m5.xlarge, m5d.xlarge, m4.xlarge, t3.xlarge
        Spot allocation strategy   Capacity optimized
        Maximum Spot price         On-Demand price
        Optional On-Demand base    0
        On-Demand percentage       0%
        Capacity rebalancing       Off
        Desired capacity           2
        Min                        0
        Max                        5
        Availability Zones         ap-northeast-1a, ap-northeast-1c, ap-northeast-1d
        Subnets                    subnet-0a, subnet-0c, subnet-0d
        Health check type          EC2
        Health check grace period  0 s
        Termination policies       Default
        Suspended processes        -
        Default cooldown           300 s
        Creation time              2026-01-01 00:00:41 UTC
        Service-linked role        arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling

        Instances
        Instance ID          Lifecycle  Instance type  Purchase  Launch template version  Availability Zone  Health   Protected  Node
        ───────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────────
        i-00950fafa9ca82520  InService  t2.xlarge      spot      1                        ap-northeast-1a    Healthy  No         ip-192-168-25-236.ap-northeast-1.compute.internal
        i-03b66896f9beb9c1e  InService  m4.xlarge      spot      1                        ap-northeast-1d    Healthy  No         not joined

        Activity history
        Failed  Launching a new EC2 instance.  Status Reason: There is no Spot capacity available that matches your request.
            Cause    At 2026-01-01T00:00:42Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 1 to 2.
            Message  There is no Spot capacity available that matches your request. Launching EC2 instance failed.
            Start    2026-01-01 00:00:42 UTC
            End      2026-01-01 00:00:43 UTC
        In progress  Launching a new EC2 instance: i-00950fafa9ca82520
            Cause    At 2026-01-01T00:00:41Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 1.
            State    WaitingForSpotInstanceId
            Start    2026-01-01 00:00:41 UTC
            End      -

        Tags
        Key                                                         Value
        ────────────────────────────────────────────────────────────────────────────────────────────────────
        Name                                                        eks-spot-eksct-dev-4vcpu-16gb-spot-Node
        k8s.io/cluster-autoscaler/node-template/taint/spotInstance  true:PreferNoSchedule
        ");
    }

    #[test]
    fn a_group_at_zero_says_what_is_missing() {
        let mut detail = samples::detail();
        detail.group.instances.clear();
        detail.group.tags.clear();
        detail.members.clear();
        detail.instances.clear();
        detail.activities.clear();
        insta::assert_snapshot!(instances(&detail, Style::plain()), @"No instances");
        insta::assert_snapshot!(activities(&detail, Style::plain()), @"No activities");
        insta::assert_snapshot!(tags(&detail, Style::plain()), @"No tags");
    }

    #[test]
    fn a_narrow_terminal_is_kept_to() {
        let text = summary(&[samples::detail()], Style::within(100));
        assert!(text.lines().all(|line| super::super::width::columns(line) <= 100), "{text}");
    }
}
