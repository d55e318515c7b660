//! Methods and properties of `InstanceTypes`, `InstanceType` and `Shape`.

use rhai::plugin::*;

use super::values::{Type, Types};

impl IntoIterator for Types {
    type Item = Type;
    type IntoIter = std::vec::IntoIter<Type>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().map(|known| Type(known.clone().into())).collect::<Vec<_>>().into_iter()
    }
}

/// Sets of instance types.
#[export_module]
#[allow(missing_docs, dead_code, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod sets {
    use crate::bindings::call::{Outcome, pure};
    use crate::bindings::spot::names;
    use crate::bindings::values::{ShapeValue, Type, Types};
    use crate::domain::Code;
    use crate::domain::error::Error;
    use rhai::{Array, Dynamic, FnPtr, INT, Map};

    /// A set of instance types, in order.
    pub type InstanceTypes = Types;

    /// The same set, if all its types have one CPU:MEM shape; otherwise an error that names the odd ones.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge", "t3.xlarge"]).same_shape();
    /// check("4 vCPU and 16 GiB", types.shape.to_string() == "4 vCPU / 16 GiB");
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn same_shape(ctx: NativeCallContext, types: &mut Types) -> Outcome<Types> {
        pure(&ctx, || types.0.same_shape().map(|_| types.clone()))
    }

    /// The one shape of all types; an error if they differ.
    ///
    /// ```rhai
    /// check("four vCPUs", spot::types(["m5.xlarge"]).shape.vcpu == 4);
    /// ```
    #[rhai_fn(get = "shape", return_raw, pure)]
    pub fn shape(ctx: NativeCallContext, types: &mut Types) -> Outcome<ShapeValue> {
        pure(&ctx, || types.0.same_shape().map(ShapeValue))
    }

    /// The set cut by shape: a list of `#{ shape, types }`.
    ///
    /// ```rhai
    /// let parts = spot::types(["m5.large", "m5.xlarge"]).shapes();
    /// check("two shapes", parts.len == 2);
    /// ```
    #[rhai_fn(pure)]
    pub fn shapes(types: &mut Types) -> Array {
        let parts = types.0.by_shape().into_iter().map(|(shape, types)| {
            let mut part = Map::new();
            part.insert("shape".into(), Dynamic::from(ShapeValue(shape)));
            part.insert("types".into(), Dynamic::from(Types(types.into())));
            part.into()
        });
        parts.collect()
    }

    /// The names, in order.
    ///
    /// ```rhai
    /// check("in order", spot::types(["t3.xlarge", "m5.xlarge"]).names[0] == "t3.xlarge");
    /// ```
    #[rhai_fn(get = "names", pure)]
    pub fn get_names(types: &mut Types) -> Array {
        types.0.names().into_iter().map(|name| name.to_owned().into()).collect()
    }

    /// How many types.
    ///
    /// ```rhai
    /// check("one", spot::types(["m5.xlarge", "m5.xlarge"]).len == 1);
    /// ```
    #[rhai_fn(name = "len", get = "len", pure)]
    pub fn len(types: &mut Types) -> INT {
        INT::try_from(types.0.len()).unwrap_or(INT::MAX)
    }

    /// Whether a type of that name is in the set. Also written `name in types`.
    ///
    /// ```rhai
    /// check("it is in", "m5.xlarge" in spot::types(["m5.xlarge"]));
    /// ```
    #[rhai_fn(pure)]
    pub fn contains(types: &mut Types, name: &str) -> bool {
        types.0.contains(name)
    }

    /// The types that a closure says yes to.
    ///
    /// ```rhai
    /// let steady = spot::types(["m5.xlarge", "t3.xlarge"]).filter(|t| !t.burstable);
    /// check("t3 is burstable", steady.names == ["m5.xlarge"]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn filter(ctx: NativeCallContext, types: &mut Types, keep: FnPtr) -> Outcome<Types> {
        let mut kept = Vec::new();
        for known in types.clone() {
            if keep.call_within_context::<bool>(&ctx, (known.clone(),))? {
                kept.push(known.0);
            }
        }
        Ok(Types(std::sync::Arc::new(kept.into_iter().collect())))
    }

    /// The types without those named.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge", "t2.xlarge"]).without(["t2.xlarge"]);
    /// check("t2 is gone", types.names == ["m5.xlarge"]);
    /// ```
    #[rhai_fn(return_raw, pure)]
    pub fn without(ctx: NativeCallContext, types: &mut Types, others: Array) -> Outcome<Types> {
        pure(&ctx, || {
            let others = crate::domain::instance_types::InstanceTypes::parse(names("without", others)?)?;
            Ok(Types(types.0.difference(&others).into()))
        })
    }

    /// The types that are not in the other set.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge", "t2.xlarge"]).without(spot::types(["t2.xlarge"]));
    /// check("t2 is gone", types.len == 1);
    /// ```
    #[rhai_fn(name = "without", pure)]
    pub fn without_set(types: &mut Types, others: Types) -> Types {
        Types(types.0.difference(&others.0).into())
    }

    /// These types, then those of the other set. Also written `a + b`.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge"]).union(spot::types(["t3.xlarge"]));
    /// check("both", types.len == 2);
    /// ```
    #[rhai_fn(name = "union", name = "+", pure)]
    pub fn union(types: &mut Types, others: Types) -> Types {
        Types(types.0.union(&others.0).into())
    }

    /// The types that are in both sets.
    ///
    /// ```rhai
    /// let both = spot::select(#{ vcpu: 4 }).intersection(spot::select(#{ memory_gib: 16 }));
    /// check("m5.xlarge is in both", both.contains("m5.xlarge"));
    /// ```
    #[rhai_fn(pure)]
    pub fn intersection(types: &mut Types, others: Types) -> Types {
        Types(types.0.intersection(&others.0).into())
    }

    /// The type at a place, counted from 0; from the end if negative.
    ///
    /// ```rhai
    /// check("the last", spot::types(["m5.xlarge", "t3.xlarge"])[-1].name == "t3.xlarge");
    /// ```
    #[rhai_fn(index_get, return_raw, pure)]
    pub fn at(ctx: NativeCallContext, types: &mut Types, index: INT) -> Outcome<Type> {
        pure(&ctx, || {
            let found = crate::bindings::index(index, types.0.len()).and_then(|index| types.0.iter().nth(index));
            found.map(|known| Type(known.clone().into())).ok_or_else(|| {
                Error::new(
                    Code::InvalidValue,
                    format!("there is no instance type at {index}: the set has {}", types.0.len()),
                )
            })
        })
    }

    /// Whether two sets hold the same types in the same order.
    ///
    /// ```rhai
    /// check("equal", spot::types(["m5.xlarge"]) == spot::types(["m5.xlarge"]));
    /// ```
    #[rhai_fn(name = "==", pure)]
    pub fn equals(types: &mut Types, others: Types) -> bool {
        types.0 == others.0
    }
}

/// Instance types and shapes.
#[export_module]
#[allow(missing_docs, dead_code, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod facts {
    use crate::bindings::values::{ShapeValue, Type};
    use rhai::INT;

    /// An instance type.
    pub type InstanceType = Type;
    /// A CPU:MEM shape.
    pub type Shape = ShapeValue;

    /// The name.
    ///
    /// ```rhai
    /// check("m5.xlarge", spot::types(["m5.xlarge"])[0].name == "m5.xlarge");
    /// ```
    #[rhai_fn(get = "name", pure)]
    pub fn name(known: &mut Type) -> String {
        known.0.name.clone()
    }

    /// Virtual CPUs.
    ///
    /// ```rhai
    /// check("four", spot::types(["m5.xlarge"])[0].vcpu == 4);
    /// ```
    #[rhai_fn(get = "vcpu", pure)]
    pub fn vcpu(known: &mut Type) -> INT {
        known.0.vcpu.into()
    }

    /// Memory in GiB.
    ///
    /// ```rhai
    /// check("sixteen", spot::types(["m5.xlarge"])[0].memory_gib == 16.0);
    /// ```
    #[rhai_fn(get = "memory_gib", pure)]
    pub fn memory_gib(known: &mut Type) -> f64 {
        known.0.shape().memory_gib()
    }

    /// `amd64` or `arm64`.
    ///
    /// ```rhai
    /// check("x86", spot::types(["m5.xlarge"])[0].architecture == "amd64");
    /// ```
    #[rhai_fn(get = "architecture", pure)]
    pub fn architecture(known: &mut Type) -> String {
        known.0.architecture.to_string()
    }

    /// GPUs.
    ///
    /// ```rhai
    /// check("none", spot::types(["m5.xlarge"])[0].gpus == 0);
    /// ```
    #[rhai_fn(get = "gpus", pure)]
    pub fn gpus(known: &mut Type) -> INT {
        known.0.gpus.into()
    }

    /// Whether the CPU runs on credits.
    ///
    /// ```rhai
    /// check("t3 does", spot::types(["t3.xlarge"])[0].burstable);
    /// ```
    #[rhai_fn(get = "burstable", pure)]
    pub fn burstable(known: &mut Type) -> bool {
        known.0.burstable
    }

    /// Whether EC2 calls the type current.
    ///
    /// ```rhai
    /// check("t2 is old or not", type_of(spot::types(["t2.xlarge"])[0].current_generation) == "bool");
    /// ```
    #[rhai_fn(get = "current_generation", pure)]
    pub fn current_generation(known: &mut Type) -> bool {
        known.0.current_generation
    }

    /// Whether the type is offered as Spot somewhere.
    ///
    /// ```rhai
    /// check("it is", spot::types(["m5.xlarge"])[0].spot);
    /// ```
    #[rhai_fn(get = "spot", pure)]
    pub fn spot(known: &mut Type) -> bool {
        known.0.spot
    }

    /// How many pods the VPC CNI lets a node of this type have.
    ///
    /// ```rhai
    /// check("58", spot::types(["m5.xlarge"])[0].max_pods == 58);
    /// ```
    #[rhai_fn(get = "max_pods", pure)]
    pub fn max_pods(known: &mut Type) -> INT {
        known.0.max_pods.into()
    }

    /// The family, such as `m5d`.
    ///
    /// ```rhai
    /// check("m5d", spot::types(["m5d.xlarge"])[0].family == "m5d");
    /// ```
    #[rhai_fn(get = "family", pure)]
    pub fn family(known: &mut Type) -> String {
        known.0.family().to_owned()
    }

    /// `xen`, `nitro`, or empty for bare metal.
    ///
    /// ```rhai
    /// check("nitro", spot::types(["m5.xlarge"])[0].hypervisor == "nitro");
    /// ```
    #[rhai_fn(get = "hypervisor", pure)]
    pub fn hypervisor(known: &mut Type) -> String {
        known.0.hypervisor.clone()
    }

    /// The CPU:MEM shape.
    ///
    /// ```rhai
    /// check("its shape", spot::types(["m5.xlarge"])[0].shape.memory_gib == 16.0);
    /// ```
    #[rhai_fn(get = "shape", pure)]
    pub fn shape(known: &mut Type) -> ShapeValue {
        ShapeValue(known.0.shape())
    }

    /// Virtual CPUs of a shape.
    ///
    /// ```rhai
    /// check("four", spot::types(["m5.xlarge"]).shape.vcpu == 4);
    /// ```
    #[rhai_fn(get = "vcpu", pure)]
    pub fn shape_vcpu(shape: &mut ShapeValue) -> INT {
        shape.0.vcpu.into()
    }

    /// Memory of a shape in GiB.
    ///
    /// ```rhai
    /// check("sixteen", spot::types(["m5.xlarge"]).shape.memory_gib == 16.0);
    /// ```
    #[rhai_fn(get = "memory_gib", pure)]
    pub fn shape_memory_gib(shape: &mut ShapeValue) -> f64 {
        shape.0.memory_gib()
    }

    /// `amd64` or `arm64`.
    ///
    /// ```rhai
    /// check("x86", spot::types(["m5.xlarge"]).shape.architecture == "amd64");
    /// ```
    #[rhai_fn(get = "architecture", pure)]
    pub fn shape_architecture(shape: &mut ShapeValue) -> String {
        shape.0.architecture.to_string()
    }

    /// GPUs of a shape.
    ///
    /// ```rhai
    /// check("none", spot::types(["m5.xlarge"]).shape.gpus == 0);
    /// ```
    #[rhai_fn(get = "gpus", pure)]
    pub fn shape_gpus(shape: &mut ShapeValue) -> INT {
        shape.0.gpus.into()
    }

    /// Whether two shapes are one.
    ///
    /// ```rhai
    /// let types = spot::types(["m5.xlarge", "t3.xlarge"]);
    /// check("the same", types[0].shape == types[1].shape);
    /// ```
    #[rhai_fn(name = "==", pure)]
    pub fn shape_equals(shape: &mut ShapeValue, other: ShapeValue) -> bool {
        *shape == other
    }
}
