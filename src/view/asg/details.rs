//! The Details pane.

use crate::domain::inventory::GroupDetail;
use crate::view::style::Style;
use crate::view::table::Table;
use crate::view::words::{or_dash, strategy, time_or_dash};

/// Names and values in the console's order. A group without a mixed-instances policy is On-Demand only.
pub fn render(detail: &GroupDetail, style: Style) -> String {
    let group = &detail.group;
    let mut table = Table::headless();
    let mut line = |name: &str, value: String| {
        table.row([name.to_owned(), or_dash(&value)]);
    };
    line("Launch template", group.launch_template.clone().unwrap_or_default());
    line("Launch template version", version(detail));
    line("Instance types", group.types.join(", "));
    if let Some(distribution) = &group.distribution {
        line("Spot allocation strategy", strategy(distribution.strategy).to_owned());
        if let Some(pools) = distribution.spot_pools {
            line("Spot pools per zone", pools.to_string());
        }
        line(
            "Maximum Spot price",
            distribution
                .max_price
                .as_ref()
                .map_or_else(|| "On-Demand price".into(), |usd| format!("{usd} USD per hour")),
        );
        line("Optional On-Demand base", distribution.on_demand_base.to_string());
        line("On-Demand percentage", format!("{}%", distribution.on_demand_percentage));
        line("Capacity rebalancing", if distribution.capacity_rebalance { "On" } else { "Off" }.to_owned());
    } else {
        line("Purchase", "On-Demand only (no mixed instances policy)".to_owned());
    }
    line("Desired capacity", group.size.desired.to_string());
    line("Min", group.size.min.to_string());
    line("Max", group.size.max.to_string());
    line("Availability Zones", group.zones.join(", "));
    line("Subnets", group.subnet_ids.join(", "));
    line("Health check type", group.health_check_type.clone());
    line("Health check grace period", format!("{} s", group.health_check_grace_seconds));
    line("Termination policies", group.termination_policies.join(", "));
    line("Suspended processes", group.suspended_processes.join(", "));
    line("Default cooldown", format!("{} s", group.default_cooldown_seconds));
    line("Creation time", time_or_dash(group.created));
    line("Service-linked role", group.service_linked_role_arn.clone().unwrap_or_default());
    if let Some(managed) = &detail.managed {
        line("Managed by EKS", managed.status.clone());
        line("Capacity type", if managed.spot { "SPOT" } else { "ON_DEMAND" }.to_owned());
        line("Image type and release", format!("{} {}", managed.ami_type, managed.release_version));
        for issue in &managed.issues {
            line(&issue.code, issue.message.clone());
        }
    }
    if let Some(status) = &group.status {
        line("Status", status.clone());
    }
    table.render(style)
}

/// `$Latest (3)`: what the group names and what that is now.
fn version(detail: &GroupDetail) -> String {
    let named = detail.group.launch_template_version.clone().unwrap_or_default();
    match &detail.launch_template {
        Some(template) if named == "$Latest" => format!("{named} ({})", template.latest_version),
        _ => named,
    }
}
