//! `taint::…` and `tags::…`, and what labels and taints can do.

use rhai::plugin::*;

/// Taints.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod taint {
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::values::TaintValue;
    use crate::domain::taint::{Taint, TaintEffect};

    /// Reads a taint: `key=value:Effect` or `key:Effect`.
    ///
    /// ```rhai
    /// let taint = taint::parse("spotInstance=true:PreferNoSchedule");
    /// check("its parts", taint.key == "spotInstance" && taint.value == "true" && taint.effect == "PreferNoSchedule");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn parse(ctx: NativeCallContext, text: &str) -> Outcome<TaintValue> {
        pure(&ctx, || Ok(TaintValue(Taint::parse(text)?.into())))
    }

    /// A taint from its parts; the value may be empty.
    ///
    /// ```rhai
    /// check("as kubectl writes it", taint::make("spot", "", "NoSchedule").to_string() == "spot:NoSchedule");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn make(ctx: NativeCallContext, key: &str, value: &str, effect: &str) -> Outcome<TaintValue> {
        pure(&ctx, || Ok(TaintValue(Taint::new(key, value, TaintEffect::parse(effect)?)?.into())))
    }
}

/// Tags.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod tags {
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::nodegroup_options::taints;
    use crate::bindings::options;
    use crate::bindings::values::Labels;
    use crate::domain::autoscaler_tags;
    use rhai::{Array, Dynamic, Map};

    /// The tags that tell the Cluster Autoscaler what nodes of an empty group would carry.
    ///
    /// ```rhai
    /// let tags = tags::autoscaler(#{ lifecycle: "Ec2Spot" }, ["spotInstance=true:PreferNoSchedule"]);
    /// check("value and effect", tags["k8s.io/cluster-autoscaler/node-template/taint/spotInstance"] == "true:PreferNoSchedule");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn autoscaler(ctx: NativeCallContext, labels: Map, taints_: Array) -> Outcome<Labels> {
        pure(&ctx, || {
            let labels = options::parse("tags::autoscaler", labels)?;
            let taints = taints(options::json("tags::autoscaler", "taints", Dynamic::from_array(taints_))?)?;
            Ok(Labels(autoscaler_tags::derive(&labels, &taints).into()))
        })
    }

    /// The tags by which the Cluster Autoscaler of a cluster finds its groups.
    ///
    /// ```rhai
    /// print(tags::discovery("eks-spot-eksct"));
    /// ```
    pub fn discovery(cluster: &str) -> Labels {
        Labels(autoscaler_tags::discovery(cluster).into())
    }
}

/// What labels and taints can do.
#[export_module]
#[allow(missing_docs, dead_code, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod methods {
    use crate::bindings::values::{Labels, TaintValue};
    use rhai::{Array, Dynamic, INT};

    /// A taint.
    pub type Taint = TaintValue;

    /// The key of a taint.
    ///
    /// ```rhai
    /// check("its key", taint::parse("a=b:NoSchedule").key == "a");
    /// ```
    #[rhai_fn(get = "key", pure)]
    pub fn taint_key(taint: &mut TaintValue) -> String {
        taint.0.key.clone()
    }

    /// The value of a taint; may be empty.
    ///
    /// ```rhai
    /// check("its value", taint::parse("a=b:NoSchedule").value == "b");
    /// ```
    #[rhai_fn(get = "value", pure)]
    pub fn taint_value(taint: &mut TaintValue) -> String {
        taint.0.value.clone()
    }

    /// The effect of a taint.
    ///
    /// ```rhai
    /// check("its effect", taint::parse("a=b:NoSchedule").effect == "NoSchedule");
    /// ```
    #[rhai_fn(get = "effect", pure)]
    pub fn taint_effect(taint: &mut TaintValue) -> String {
        taint.0.effect.to_string()
    }

    /// Whether two taints are one.
    ///
    /// ```rhai
    /// check("equal", taint::parse("a=b:NoSchedule") == taint::make("a", "b", "NoSchedule"));
    /// ```
    #[rhai_fn(name = "==", pure)]
    pub fn taint_equals(taint: &mut TaintValue, other: TaintValue) -> bool {
        taint.0 == other.0
    }

    /// The value of a label or tag; `()` without it.
    ///
    /// ```rhai
    /// check("there", tags::discovery("c")["k8s.io/cluster-autoscaler/enabled"] != ());
    /// check("not there", tags::discovery("c")["zebra"] == ());
    /// ```
    #[rhai_fn(index_get, pure)]
    pub fn label(labels: &mut Labels, key: &str) -> Dynamic {
        labels.0.get(key).map_or(Dynamic::UNIT, |value| value.clone().into())
    }

    /// Whether there is a label or tag of that key. Also written `key in labels`.
    ///
    /// ```rhai
    /// check("there", "k8s.io/cluster-autoscaler/enabled" in tags::discovery("c"));
    /// ```
    #[rhai_fn(pure)]
    pub fn contains(labels: &mut Labels, key: &str) -> bool {
        labels.0.contains_key(key)
    }

    /// The keys, in order.
    ///
    /// ```rhai
    /// print(tags::discovery("c").keys);
    /// ```
    #[rhai_fn(get = "keys", pure)]
    pub fn keys(labels: &mut Labels) -> Array {
        labels.0.keys().map(|key| key.clone().into()).collect()
    }

    /// How many labels or tags.
    ///
    /// ```rhai
    /// check("two", tags::discovery("c").len == 2);
    /// ```
    #[rhai_fn(name = "len", get = "len", pure)]
    pub fn labels_len(labels: &mut Labels) -> INT {
        INT::try_from(labels.0.len()).unwrap_or(INT::MAX)
    }
}
