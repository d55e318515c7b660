//! Auto Scaling: the operations that worker groups need. What groups do by themselves is in `world::groups`.

mod activities;
mod create;
mod delete;
mod describe;
mod instances;
mod policy;
mod shown;
pub mod state;
mod tags;
#[cfg(test)]
mod tests;
mod update;

use super::Handler;

/// Operations by name.
pub const OPERATIONS: &[(&str, Handler)] = &[
    ("CreateAutoScalingGroup", create::create),
    ("CreateOrUpdateTags", tags::create_or_update),
    ("DeleteAutoScalingGroup", delete::delete),
    ("DeleteTags", tags::delete),
    ("DescribeAutoScalingGroups", describe::describe),
    ("DescribeAutoScalingInstances", instances::describe),
    ("DescribeScalingActivities", activities::describe),
    ("DescribeTags", tags::describe),
    ("DisableMetricsCollection", update::disable_metrics),
    ("EnableMetricsCollection", update::enable_metrics),
    ("ResumeProcesses", update::resume),
    ("SetDesiredCapacity", update::set_desired),
    ("SuspendProcesses", update::suspend),
    ("TerminateInstanceInAutoScalingGroup", instances::terminate),
    ("UpdateAutoScalingGroup", update::update),
];
