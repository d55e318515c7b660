//! Settings of the Auto Scaling group.

use super::boot::nearest_process;
use super::{Fields, Reader};
use crate::domain::nodegroup::{GroupSettings, MetricsCollection, NodegroupSpec, PROCESSES, SHORTEST_LIFETIME};

impl Reader<'_> {
    pub(super) fn group_settings(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let mut metrics = Vec::new();
        for fields in group.maps("asgMetricsCollection") {
            match self.one_of(&fields, "granularity", &["1Minute"]) {
                Some(granularity) => {
                    metrics.push(MetricsCollection { granularity, metrics: fields.bare_texts("metrics") });
                }
                None if fields.has("granularity") => {}
                None => {
                    let message = format!("`{}` must be set", fields.path("granularity"));
                    self.bad(fields.at, message, "AWS has one: `1Minute`");
                }
            }
        }
        spec.settings = GroupSettings {
            suspended_processes: self.suspended(group),
            max_instance_lifetime: self.count(group, "maxInstanceLifetime"),
            metrics,
            target_group_arns: group.bare_texts("targetGroupARNs"),
            load_balancers: group.bare_texts("classicLoadBalancerNames"),
            propagate_tags: group.bool("propagateASGTags"),
        };
        if let Some(seconds) = spec.settings.max_instance_lifetime.filter(|seconds| *seconds < SHORTEST_LIFETIME) {
            let message = format!("`{}` is {seconds} s", group.path("maxInstanceLifetime"));
            let help = format!("AWS takes a day ({SHORTEST_LIFETIME} s) or more");
            self.bad(group.value_at("maxInstanceLifetime"), message, help);
        }
        self.propagation(group);
    }

    pub(super) fn suspended(&mut self, group: &Fields) -> Vec<String> {
        let processes = group.texts("asgSuspendProcesses");
        for (process, at) in &processes {
            if !PROCESSES.contains(&process.as_str()) {
                let message = format!("`{process}` is no process of an Auto Scaling group");
                let all = format!("there are {}", PROCESSES.join(", "));
                let help = nearest_process(process).map(|near| format!("did you mean `{near}`?")).unwrap_or(all);
                self.bad(*at, message, help);
            }
        }
        processes.into_iter().map(|(process, _)| process).collect()
    }

    pub(super) fn propagation(&mut self, group: &Fields) {
        if group.bool("propagateASGTags") == Some(true) {
            self.note(
                group.key_at("propagateASGTags"),
                "labels and taints are told to the Cluster Autoscaler by tags; eksctl leaves the effect of taints out, \
                 which the autoscaler then ignores; here it is written",
            );
        }
    }
}
