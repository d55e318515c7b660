//! The variable `sandbox`: time and faults of the world, for tests, drills and the interactive session.

use std::time::Duration;

use rhai::plugin::*;

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// What the variable holds. It has no state: the host knows the world.
#[derive(Debug, Clone, Copy)]
pub struct SandboxValue;

/// The world's levers.
#[export_module]
#[allow(missing_docs, dead_code, unused_variables, clippy::unwrap_used, reason = "macro; the receiver has no state")]
pub(super) mod module {
    use super::{SandboxValue, named, span, times};
    use crate::bindings::call::{Outcome, call};
    use rhai::{Dynamic, INT, Map};

    /// The sandbox's levers.
    pub type Sandbox = SandboxValue;

    /// Lets time pass at once: everything that is due happens.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.advance("5m");
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn advance(ctx: NativeCallContext, sandbox: &mut SandboxValue, time: &str) -> Outcome<()> {
        call(&ctx, |host| {
            let span = span(time)?;
            host.control()?.advance(span);
            Ok(())
        })
    }

    /// Takes all Spot capacity from the pool of a type in a zone; `"*"` stands for every type or zone. Running instances
    /// stay.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.exhaust("m5.xlarge", "*");
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn exhaust(ctx: NativeCallContext, sandbox: &mut SandboxValue, instance_type: &str, zone: &str) -> Outcome<()> {
        call(&ctx, |host| host.control()?.exhaust(instance_type, zone))
    }

    /// Gives the capacity back that `exhaust` took with the same words; `"*", "*"` gives all back.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.exhaust("m5.xlarge", "*");
    /// sandbox.restore("m5.xlarge", "*");
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn restore(ctx: NativeCallContext, sandbox: &mut SandboxValue, instance_type: &str, zone: &str) -> Outcome<()> {
        call(&ctx, |host| host.control()?.restore(instance_type, zone))
    }

    /// Begins the interruption of a Spot instance, given by its id, its node's name, or its node: a rebalance
    /// recommendation now, the two-minute notice a minute later, then its end.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], desired: 1, max: 2 }));
    /// sandbox.reclaim(kube::nodes("alpha.eksctl.io/nodegroup-name=dev-spot")[0]);
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn reclaim(ctx: NativeCallContext, sandbox: &mut SandboxValue, node: Dynamic) -> Outcome<()> {
        call(&ctx, |host| host.control()?.reclaim(&named(&node)?))
    }

    /// Throttles the next requests for an operation; `"*"` stands for any operation of AWS.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.throttle("DescribeAutoScalingGroups", 2);
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn throttle(ctx: NativeCallContext, sandbox: &mut SandboxValue, operation: &str, n: INT) -> Outcome<()> {
        call(&ctx, |host| {
            let n = times(n)?;
            host.control()?.throttle(operation, n)
        })
    }

    /// Refuses the next request for an AWS operation with a code of AWS.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.fail("CreateLaunchTemplate", "UnauthorizedOperation");
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn fail(ctx: NativeCallContext, sandbox: &mut SandboxValue, operation: &str, code: &str) -> Outcome<()> {
        call(&ctx, |host| host.control()?.fail(operation, code, 1))
    }

    /// Refuses the next `n` requests for an AWS operation with a code of AWS.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.fail("CreateLaunchTemplate", "UnauthorizedOperation", 3);
    /// ```
    #[rhai_fn(return_raw, volatile, pure, name = "fail")]
    pub fn fail_times(
        ctx: NativeCallContext,
        sandbox: &mut SandboxValue,
        operation: &str,
        code: &str,
        n: INT,
    ) -> Outcome<()> {
        call(&ctx, |host| {
            let n = times(n)?;
            host.control()?.fail(operation, code, n)
        })
    }

    /// Loses the next requests for an operation on the way: they are not done, and their sender hears nothing. Operations of
    /// Kubernetes are named as access rules name them: `patch nodes`, `create pods/eviction`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.lose_requests("CreateLaunchTemplate", 1);
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn lose_requests(ctx: NativeCallContext, sandbox: &mut SandboxValue, operation: &str, n: INT) -> Outcome<()> {
        call(&ctx, |host| {
            let n = times(n)?;
            host.control()?.lose_requests(operation, n)
        })
    }

    /// Loses the answers to the next requests for an operation: they are done, and their sender hears nothing.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.lose_answers("CreateRole", 1);
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }), #{ wait: false });
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn lose_answers(ctx: NativeCallContext, sandbox: &mut SandboxValue, operation: &str, n: INT) -> Outcome<()> {
        call(&ctx, |host| {
            let n = times(n)?;
            host.control()?.lose_answers(operation, n)
        })
    }

    /// Lets the kubelets of instances launched from now on register so much later.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.delay_join("90s");
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn delay_join(ctx: NativeCallContext, sandbox: &mut SandboxValue, time: &str) -> Outcome<()> {
        call(&ctx, |host| {
            let span = span(time)?;
            host.control()?.delay_join(span);
            Ok(())
        })
    }

    /// Takes back every fault: exhausted pools, throttling, refusals, delays.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// sandbox.exhaust("*", "*");
    /// sandbox.heal();
    /// ```
    #[rhai_fn(return_raw, volatile, pure)]
    pub fn heal(ctx: NativeCallContext, sandbox: &mut SandboxValue) -> Outcome<()> {
        call(&ctx, |host| {
            host.control()?.heal();
            Ok(())
        })
    }

    /// The world's time, as `2026-01-01T00:03:12Z`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// check("a new world", sandbox.now.starts_with("2026-"));
    /// ```
    #[rhai_fn(return_raw, volatile, get = "now", pure)]
    pub fn now(ctx: NativeCallContext, sandbox: &mut SandboxValue) -> Outcome<String> {
        call(&ctx, |host| Ok(host.control()?.now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string()))
    }

    /// How many requests came to the world, AWS's and Kubernetes': `#{ total, mutating, by_operation }`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let before = sandbox.requests.mutating;
    /// kube::nodes();
    /// check("reading changes nothing", sandbox.requests.mutating == before);
    /// ```
    #[rhai_fn(return_raw, volatile, get = "requests", pure)]
    pub fn requests(ctx: NativeCallContext, sandbox: &mut SandboxValue) -> Outcome<Map> {
        call(&ctx, |host| {
            let requests = host.control()?.requests();
            let count = |number: u64| Dynamic::from_int(INT::try_from(number).unwrap_or(INT::MAX));
            let by_operation = requests.by_operation.iter().map(|(name, n)| (name.as_str().into(), count(*n)));
            Ok(Map::from([
                ("total".into(), count(requests.total)),
                ("mutating".into(), count(requests.mutating)),
                ("by_operation".into(), Dynamic::from_map(by_operation.collect())),
            ]))
        })
    }

    /// What it is.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(sandbox);
    /// ```
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn to_string(sandbox: &mut SandboxValue) -> String {
        "the sandbox".to_owned()
    }
}

/// A span of time as people write it.
fn span(text: &str) -> Result<Duration> {
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
    parsed.ok_or_else(|| {
        Error::new(Code::InvalidValue, format!("`{text}` is no span of time")).help("write `90s`, `5m` or `1h 30m`")
    })
}

fn times(n: rhai::INT) -> Result<u32> {
    u32::try_from(n).ok().filter(|n| *n > 0).ok_or_else(|| {
        Error::new(Code::InvalidValue, format!("{n} requests cannot be hit")).help("give a number from 1 on")
    })
}

/// The name of a node or instance.
fn named(node: &rhai::Dynamic) -> Result<String> {
    if let Some(node) = node.read_lock::<super::values::NodeValue>() {
        return Ok(node.0.node.metadata.name.clone().unwrap_or_default());
    }
    node.clone().into_string().map_err(|given| {
        Error::new(Code::InvalidValue, format!("a value of type `{given}` names no instance"))
            .help("give a node, the name of a node, or the id of an instance")
    })
}
