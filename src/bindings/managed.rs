//! `eks::managed_nodegroup`: groups that EKS manages, described.

use rhai::plugin::*;

/// Managed node groups.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::managed_options::ManagedOptions;
    use crate::bindings::options;
    use crate::bindings::values::Nodegroup;
    use rhai::Map;

    /// Describes a node group that EKS manages: EKS makes and keeps its Auto Scaling group, drains nodes that go, and replaces
    /// them on `eks::roll`. All of it is Spot unless `spot: false`. `eks::ensure`, `get`, `scale`, `roll` and `delete` take
    /// it as they take a self-managed group. Nothing is made; every rule that needs no request is checked.
    ///
    /// Options: `cluster` and `types` (required), `spot`, `region`, `min`, `max`, `desired`, `labels`, `taints`, `tags`,
    /// `max_unavailable` (a number of nodes, or a part such as `"33%"`), `node_repair`, `release`, `launch_template` (`id`,
    /// `version`), `ssh_key`, `ssh_from`, `addons`, `volume`, `volumes`, `private_networking`, `zones`, `subnets`,
    /// `max_pods`, `ami`, `family`, `security_groups`, `role`, `boot`, `machine`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::managed_nodegroup("managed-spot", #{
    ///     cluster: "eks-spot-eksct", types: ["m5.xlarge", "m5a.xlarge", "t3.xlarge"], min: 0, max: 4, desired: 2,
    ///     labels: #{ intent: "apps" }, taints: ["spotInstance=true:PreferNoSchedule"],
    /// });
    /// check("made", eks::ensure(group).verdict == "created");
    /// check("EKS labels them", kube::nodes("eks.amazonaws.com/capacityType=SPOT").len == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn managed_nodegroup(ctx: NativeCallContext, name: &str, options_: Map) -> Outcome<Nodegroup> {
        call(&ctx, |host| {
            let spec = options::parse::<ManagedOptions>("eks::managed_nodegroup", options_)?.into_spec(name)?;
            host.set_current_cluster(&spec.cluster);
            Ok(Nodegroup(spec.into()))
        })
    }
}
