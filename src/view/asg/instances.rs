//! The Instances pane, with what the console's old one lacked: the real type and how it is bought.

use crate::domain::inventory::{GroupDetail, Member};
use crate::view::style::Style;
use crate::view::table::Table;
use crate::view::words::{lifecycle, or_dash};

/// One row per member, by zone and then by id.
pub fn render(detail: &GroupDetail, style: Style) -> String {
    if detail.members.is_empty() {
        return "No instances\n".to_owned();
    }
    let mut table = Table::new([
        "Instance ID",
        "Lifecycle",
        "Instance type",
        "Purchase",
        "Launch template version",
        "Availability Zone",
        "Health",
        "Protected",
        "Node",
    ]);
    let mut members: Vec<&Member> = detail.members.iter().collect();
    members.sort_by(|a, b| (&a.zone, &a.instance_id).cmp(&(&b.zone, &b.instance_id)));
    for member in members {
        table.row([
            member.instance_id.clone(),
            member.lifecycle_state.clone(),
            or_dash(&member.instance_type),
            lifecycle(member.lifecycle).to_owned(),
            or_dash(member.launch_template_version.as_deref().unwrap_or_default()),
            member.zone.clone(),
            member.health.clone(),
            if member.protected { "Yes" } else { "No" }.to_owned(),
            node(member),
        ]);
    }
    table.render(style)
}

fn node(member: &Member) -> String {
    match &member.node {
        Some(name) if member.ready => name.clone(),
        Some(name) => format!("{name} (not Ready)"),
        None => "not joined".to_owned(),
    }
}
