//! The group table: eksctl's `get nodegroup` columns, and what really runs.

use crate::domain::inventory::GroupSummary;

use super::tabbed;

const HEADER: [&str; 11] = [
    "CLUSTER",
    "NODEGROUP",
    "STATUS",
    "CREATED",
    "MIN SIZE",
    "MAX SIZE",
    "DESIRED CAPACITY",
    "INSTANCE TYPE",
    "IMAGE ID",
    "ASG NAME",
    "TYPE",
];

/// eksctl's table, rows sorted as eksctl sorts them. Without groups: `No nodegroups found`.
///
/// INSTANCE TYPE is the first type of the group, as with eksctl; [`running`] says what really runs.
pub fn render(groups: &[GroupSummary]) -> String {
    if groups.is_empty() {
        return "No nodegroups found\n".to_owned();
    }
    let mut rows: Vec<Vec<String>> = groups.iter().map(row).collect();
    rows.sort();
    tabbed::render(&HEADER, &rows)
}

fn row(group: &GroupSummary) -> Vec<String> {
    vec![
        group.cluster.clone(),
        group.name.clone(),
        group.status.clone(),
        group.created.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default(),
        group.size.min.to_string(),
        group.size.max.to_string(),
        group.size.desired.to_string(),
        group.types.first().cloned().unwrap_or_default(),
        group.image_id.clone().unwrap_or_default(),
        group.auto_scaling_group.clone(),
        group.kind.clone(),
    ]
}

/// One line per group: how many nodes are Ready and of which types they really are. Empty without groups.
pub fn running(groups: &[GroupSummary]) -> String {
    let mut lines: Vec<String> = groups.iter().map(running_line).collect();
    lines.sort();
    lines.concat()
}

fn running_line(group: &GroupSummary) -> String {
    let types: Vec<String> = group.running_types.iter().map(|(name, count)| format!("{count} × {name}")).collect();
    let running = if types.is_empty() { "no instances".to_owned() } else { types.join(", ") };
    format!("{}: {} of {} Ready; running {running}\n", group.name, group.ready, group.size.desired)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::view::samples;

    #[test]
    fn no_groups_is_said() {
        assert_eq!(render(&[]), "No nodegroups found\n");
        assert_eq!(running(&[]), "");
    }

    #[test]
    fn columns_are_those_of_eksctl() {
        let groups = [samples::detail().summary, samples::on_demand_summary()];
        insta::assert_snapshot!(render(&groups).replace('\t', "→"), @r"
        CLUSTER→→NODEGROUP→→STATUS→CREATED→→→MIN SIZE→MAX SIZE→DESIRED CAPACITY→INSTANCE TYPE→IMAGE ID→→ASG NAME→→→→→TYPE
        eks-spot-eksct→dev-4vcpu-16gb-spot→ACTIVE→2026-01-01T00:00:41Z→0→→5→→2→→→m5.xlarge→ami-075c959713eb62d73→spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot→unmanaged
        eks-spot-eksct→ng-37ce83b6→→ACTIVE→→→→2→→2→→2→→→m5.large→→→→eks-28b98832-16dd-2404-e8f0-cf6ec9e27bd6→managed
        ");
    }

    #[test]
    fn the_types_that_run_are_told() {
        let groups = [samples::detail().summary, samples::on_demand_summary()];
        insta::assert_snapshot!(running(&groups), @r"
        dev-4vcpu-16gb-spot: 1 of 2 Ready; running 1 × m4.xlarge, 1 × t2.xlarge
        ng-37ce83b6: 0 of 2 Ready; running no instances
        ");
    }
}
