//! Properties of what `eks::` answers: reports, rows, groups, clusters, diagrams; and of the advisor's rows.

use rhai::plugin::*;

use super::values::Groups;

impl IntoIterator for Groups {
    type Item = rhai::Dynamic;
    type IntoIter = std::vec::IntoIter<rhai::Dynamic>;

    fn into_iter(self) -> Self::IntoIter {
        let rows = self.0.iter().map(|row| super::documents::to_map(row).unwrap_or_default());
        rows.collect::<Vec<_>>().into_iter()
    }
}

/// What `eks::` and `spot::` answer.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::documents::to_map;
    use crate::bindings::values::{Advice, ClusterValue, Diagram, Group, Groups, Report};
    use crate::view::{Style, asg, diagram};
    use rhai::{Array, Dynamic, INT, Map};

    /// `created`, `changed`, `unchanged` or `deleted`.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// check("made", eks::ensure(group).verdict == "created");
    /// ```
    #[rhai_fn(get = "verdict", pure)]
    pub fn verdict(report: &mut Report) -> String {
        report.0.verdict.clone()
    }

    /// The name of the group.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// check("its name", eks::ensure(group).group == "dev-spot");
    /// ```
    #[rhai_fn(get = "group", pure)]
    pub fn report_group(report: &mut Report) -> String {
        report.0.group.clone()
    }

    /// Names of the Ready nodes at the end.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// check("two", eks::ensure(group).ready_nodes.len == 2);
    /// ```
    #[rhai_fn(get = "ready_nodes", pure)]
    pub fn ready_nodes(report: &mut Report) -> Array {
        report.0.ready_nodes.iter().cloned().map(Dynamic::from).collect()
    }

    /// Every resource with its verdict: a list of `#{ kind, name, verdict }`.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// print(eks::ensure(group).resources);
    /// ```
    #[rhai_fn(get = "resources", return_raw, pure)]
    pub fn resources(ctx: NativeCallContext, report: &mut Report) -> Outcome<Dynamic> {
        pure(&ctx, || to_map(&report.0.resources))
    }

    /// Mutating requests made.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("a second run makes none", eks::ensure(group).mutating_requests == 0);
    /// ```
    #[rhai_fn(get = "mutating_requests", pure)]
    pub fn mutating_requests(report: &mut Report) -> INT {
        INT::try_from(report.0.mutating_requests).unwrap_or(INT::MAX)
    }

    /// Requests made in all, polls of waits aside.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// check("few", eks::ensure(group).requests <= 30);
    /// ```
    #[rhai_fn(get = "requests", pure)]
    pub fn requests(report: &mut Report) -> INT {
        INT::try_from(report.0.requests).unwrap_or(INT::MAX)
    }

    /// How many groups.
    ///
    /// ```rhai
    /// print(eks::list().len);
    /// ```
    #[rhai_fn(name = "len", get = "len", pure)]
    pub fn groups_len(groups: &mut Groups) -> INT {
        INT::try_from(groups.0.len()).unwrap_or(INT::MAX)
    }

    /// The names of the groups.
    ///
    /// ```rhai
    /// print(eks::list().names);
    /// ```
    #[rhai_fn(get = "names", pure)]
    pub fn groups_names(groups: &mut Groups) -> Array {
        groups.0.iter().map(|row| row.name.clone().into()).collect()
    }

    /// The row at a place, as a map.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// print(eks::list()[0].name);
    /// ```
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn groups_at(ctx: NativeCallContext, groups: &mut Groups, index: INT) -> Outcome<Dynamic> {
        pure(&ctx, || {
            let place = crate::bindings::index(index, groups.0.len());
            let row = place.and_then(|place| groups.0.get(place));
            row.map_or_else(|| Err(crate::bindings::out_of_range("group", index, groups.0.len())), to_map)
        })
    }

    /// The name of a group.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("its name", eks::get(group).name == "dev-spot");
    /// ```
    #[rhai_fn(get = "name", pure)]
    pub fn group_name(group: &mut Group) -> String {
        group.0.summary.name.clone()
    }

    /// The row of a group as `eks::list` has it, as a map.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("two wanted", eks::get(group).summary.size.desired == 2);
    /// ```
    #[rhai_fn(get = "summary", return_raw, pure)]
    pub fn group_summary(ctx: NativeCallContext, group: &mut Group) -> Outcome<Dynamic> {
        pure(&ctx, || to_map(&group.0.summary))
    }

    /// The members of a group: a list of maps.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("all Ready", eks::get(group).members.all(|m| m.ready));
    /// ```
    #[rhai_fn(get = "members", return_raw, pure)]
    pub fn group_members(ctx: NativeCallContext, group: &mut Group) -> Outcome<Dynamic> {
        pure(&ctx, || to_map(&group.0.members))
    }

    /// The scaling activities of a group, newest first: a list of maps.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("two launches", eks::get(group).activities.len >= 2);
    /// ```
    #[rhai_fn(get = "activities", return_raw, pure)]
    pub fn group_activities(ctx: NativeCallContext, group: &mut Group) -> Outcome<Dynamic> {
        pure(&ctx, || to_map(&group.0.activities))
    }

    /// The view of the AWS console: row, details, instances, activities, tags.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// print(eks::get(group).asg());
    /// ```
    #[rhai_fn(pure)]
    pub fn asg(group: &mut Group) -> String {
        asg::render(&group.0, Style::plain())
    }

    /// The name of a cluster.
    ///
    /// ```rhai
    /// print(eks::cluster("eks-spot-eksct").name);
    /// ```
    #[rhai_fn(get = "name", pure)]
    pub fn cluster_name(cluster: &mut ClusterValue) -> String {
        cluster.0.name.clone()
    }

    /// The Kubernetes version of a cluster, such as `1.33`.
    ///
    /// ```rhai
    /// print(eks::cluster("eks-spot-eksct").version);
    /// ```
    #[rhai_fn(get = "version", pure)]
    pub fn cluster_version(cluster: &mut ClusterValue) -> String {
        cluster.0.version.clone()
    }

    /// The state of a cluster, such as `ACTIVE`.
    ///
    /// ```rhai
    /// check("it is active", eks::cluster("eks-spot-eksct").status == "ACTIVE");
    /// ```
    #[rhai_fn(get = "status", pure)]
    pub fn cluster_status(cluster: &mut ClusterValue) -> String {
        cluster.0.status.0.clone()
    }

    /// The diagram in Mermaid's language.
    ///
    /// ```rhai
    /// check("a flowchart", eks::diagram().mermaid().starts_with("flowchart"));
    /// ```
    #[rhai_fn(pure)]
    pub fn mermaid(drawn: &mut Diagram) -> String {
        diagram::mermaid(&drawn.0)
    }

    /// How many rows.
    ///
    /// ```rhai
    /// check("some", spot::advisor(#{ vcpu: 4 }).len > 0);
    /// ```
    #[rhai_fn(name = "len", get = "len", pure)]
    pub fn advice_len(advice: &mut Advice) -> INT {
        INT::try_from(advice.0.rows.len()).unwrap_or(INT::MAX)
    }

    /// The rows: a list of `#{ type, vcpu, memory_gib, savings, interruption }`; what is unknown is `()`.
    ///
    /// ```rhai
    /// for row in spot::advisor(#{ vcpu: 4, memory_gib: 16 }).rows { print(row.type); }
    /// ```
    #[rhai_fn(get = "rows", pure)]
    pub fn advice_rows(advice: &mut Advice) -> Array {
        fn known<T>(value: Option<T>, make: impl FnOnce(T) -> Dynamic) -> Dynamic {
            value.map_or(Dynamic::UNIT, make)
        }
        let rows = advice.0.rows.iter().map(|row| {
            let mut map = Map::new();
            map.insert("type".into(), row.instance_type.clone().into());
            map.insert("vcpu".into(), known(row.vcpu, |vcpu| INT::from(vcpu).into()));
            map.insert("memory_gib".into(), known(row.memory_gib, Dynamic::from));
            map.insert("savings".into(), known(row.savings, |savings| INT::from(savings).into()));
            let label = row.interruption.as_ref().map(|bucket| bucket.label.clone());
            map.insert("interruption".into(), known(label, Dynamic::from));
            map.into()
        });
        rows.collect()
    }
}
