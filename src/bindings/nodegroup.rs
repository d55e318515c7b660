//! Methods and properties of `Nodegroup`.

use rhai::plugin::*;

/// Node groups as described.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use crate::bindings::call::{Outcome, call, pure};
    use crate::bindings::documents::to_map;
    use crate::bindings::values::{Config, Labels, Nodegroup, TaintValue, Types};
    use crate::domain::eksctl;
    use rhai::{Array, Dynamic, INT};

    /// The group as an eksctl document.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// check("a ClusterConfig", group.config().to_yaml().contains("kind: ClusterConfig"));
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn config(ctx: NativeCallContext, group: &mut Nodegroup) -> Outcome<Config> {
        call(&ctx, |host| {
            let mut spec = (*group.0).clone();
            if spec.region.is_none() {
                // A document needs a region; the session's is the one the group would be made in.
                spec.region = Some(host.session()?.cloud.region().to_owned());
            }
            let file = format!("{}.yml", spec.name);
            Ok(Config { file: file.into(), text: eksctl::write(&[spec])?.into() })
        })
    }

    /// The whole specification as a map.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// check("all Spot", group.spec().distribution.on_demand_percentage == 0);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn spec(ctx: NativeCallContext, group: &mut Nodegroup) -> Outcome<Dynamic> {
        pure(&ctx, || to_map(&*group.0))
    }

    /// The name.
    ///
    /// ```rhai
    /// check("its name", eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).name == "dev-spot");
    /// ```
    #[rhai_fn(get = "name", pure)]
    pub fn name(group: &mut Nodegroup) -> String {
        group.0.name.clone()
    }

    /// The cluster's name.
    ///
    /// ```rhai
    /// print(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).cluster);
    /// ```
    #[rhai_fn(get = "cluster", pure)]
    pub fn cluster(group: &mut Nodegroup) -> String {
        group.0.cluster.clone()
    }

    /// The instance types, in the order of preference.
    ///
    /// ```rhai
    /// print(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).types);
    /// ```
    #[rhai_fn(get = "types", pure)]
    pub fn types(group: &mut Nodegroup) -> Types {
        Types(group.0.types.clone().into())
    }

    /// Fewest nodes.
    ///
    /// ```rhai
    /// check("none", eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], min: 0 }).min == 0);
    /// ```
    #[rhai_fn(get = "min", pure)]
    pub fn min(group: &mut Nodegroup) -> INT {
        group.0.size.min.into()
    }

    /// Most nodes.
    ///
    /// ```rhai
    /// check("five", eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], max: 5 }).max == 5);
    /// ```
    #[rhai_fn(get = "max", pure)]
    pub fn max(group: &mut Nodegroup) -> INT {
        group.0.size.max.into()
    }

    /// Nodes wanted.
    ///
    /// ```rhai
    /// check("two", eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).desired == 2);
    /// ```
    #[rhai_fn(get = "desired", pure)]
    pub fn desired(group: &mut Nodegroup) -> INT {
        group.0.size.desired.into()
    }

    /// The labels asked for.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], labels: #{ a: "b" } });
    /// check("as asked", group.labels["a"] == "b");
    /// ```
    #[rhai_fn(get = "labels", pure)]
    pub fn labels(group: &mut Nodegroup) -> Labels {
        Labels(group.0.labels.clone().into())
    }

    /// The taints asked for.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], taints: ["a=b:NoSchedule"] });
    /// check("one", group.taints[0].effect == "NoSchedule");
    /// ```
    #[rhai_fn(get = "taints", pure)]
    pub fn taints(group: &mut Nodegroup) -> Array {
        group.0.taints.iter().map(|taint| Dynamic::from(TaintValue(taint.clone().into()))).collect()
    }

    /// The tags that the Auto Scaling group gets, those for the Cluster Autoscaler among them.
    ///
    /// ```rhai
    /// print(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], addons: ["autoScaler"] }).tags);
    /// ```
    #[rhai_fn(get = "tags", pure)]
    pub fn tags(group: &mut Nodegroup) -> Labels {
        Labels(group.0.group_tags().into())
    }
}
