//! `eks::roll`: nodes that are outdated make room for new ones.

use rhai::plugin::*;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use super::eks::{Target, settled};
use super::values::Report;
use crate::domain::Code;
use crate::domain::drain::Share;
use crate::domain::error::{Error, Result};
use crate::host::Host;
use crate::ops::{self, RollOptions};

/// Options of `eks::roll`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Roll {
    /// How many nodes more than wanted may be there meanwhile: a number, or a part such as `25%`. One, unless some may be
    /// missing.
    #[schemars(schema_with = "anything")]
    surge: Option<Value>,
    /// How many nodes fewer than wanted may be available meanwhile: a number, or a part such as `25%`. None unless said.
    #[schemars(schema_with = "anything")]
    max_unavailable: Option<Value>,
    /// Replace every node, not only outdated ones.
    all: bool,
    /// Evict pods that no controller makes anew.
    force: bool,
    /// Longest time for the draining of a node, such as `10m`.
    drain_timeout: Option<String>,
    /// Longest wait for new nodes, such as `10m`.
    timeout: Option<String>,
}

/// A number or a text: the schema of one alone would refuse the other.
pub(super) fn anything(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
    schemars::json_schema!({})
}

/// Reads a number of nodes or a part of all.
pub(super) fn share(function: &str, option: &str, given: Option<Value>) -> Result<Option<Share>> {
    let Some(value) = given.filter(|value| !value.is_null()) else { return Ok(None) };
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let share = Share::parse(&text).ok_or_else(|| {
        Error::new(Code::InvalidValue, format!("`{option}` of `{function}` is `{text}`"))
            .help("write a number such as `2`, or a part such as `25%`")
    })?;
    Ok(Some(share))
}

impl Roll {
    fn options(self) -> Result<RollOptions> {
        let usual = RollOptions::default();
        let time = |text: &Option<String>, usual| super::time_limit(text.as_deref(), usual);
        Ok(RollOptions {
            drain_timeout: time(&self.drain_timeout, usual.drain_timeout)?,
            timeout: time(&self.timeout, usual.timeout)?,
            surge: share("eks::roll", "surge", self.surge)?,
            max_unavailable: share("eks::roll", "max_unavailable", self.max_unavailable)?,
            all: self.all,
            force: self.force,
        })
    }
}

fn roll(host: &Host, target: &Target, options: Roll) -> Result<Report> {
    let options = options.options()?;
    settled(host, host.ask(async |session| ops::roll(session, &target.cluster, &target.name, &options).await))
}

/// Rolls.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Roll, Target};
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::options;
    use crate::bindings::values::{Nodegroup, Report};
    use rhai::Map;

    /// Replaces the nodes that are not what the group would start now: of another image, boot data, volumes or key, or of a
    /// type that is none of the group's any more. One more node is started first; each old one is drained, within the
    /// disruption budgets of its pods, before its instance ends.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("nothing is outdated", eks::roll(group).verdict == "unchanged");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn roll(ctx: NativeCallContext, group: Nodegroup) -> Outcome<Report> {
        call(&ctx, |host| super::roll(host, &Target::from(&group), Roll::default()))
    }

    /// As `eks::roll(group)`. Options: `surge` and `max_unavailable` (a number of nodes or a part such as `"25%"`), `all`,
    /// `force`, `drain_timeout`, `timeout`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// let old = eks::get(group).members.map(|m| m.node);
    /// eks::roll(group, #{ all: true, max_unavailable: 1 });
    /// check("all are new", eks::get(group).members.all(|m| !(m.node in old)));
    /// ```
    #[rhai_fn(name = "roll", return_raw)]
    pub fn roll_with(ctx: NativeCallContext, group: Nodegroup, options_: Map) -> Outcome<Report> {
        call(&ctx, |host| super::roll(host, &Target::from(&group), options::parse("eks::roll", options_)?))
    }

    /// Replaces the outdated nodes of a group of the cluster that the run is about.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// eks::roll("dev-spot");
    /// ```
    #[rhai_fn(name = "roll", return_raw)]
    pub fn roll_named(ctx: NativeCallContext, name: &str) -> Outcome<Report> {
        call(&ctx, |host| super::roll(host, &Target::of(host, name)?, Roll::default()))
    }

    /// Replaces nodes of a group of the cluster that the run is about. Options: `surge`, `max_unavailable`, `all`, `force`,
    /// `drain_timeout`, `timeout`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// check("replaced", eks::roll("dev-spot", #{ all: true }).verdict == "changed");
    /// ```
    #[rhai_fn(name = "roll", return_raw)]
    pub fn roll_named_with(ctx: NativeCallContext, name: &str, options_: Map) -> Outcome<Report> {
        call(&ctx, |host| super::roll(host, &Target::of(host, name)?, options::parse("eks::roll", options_)?))
    }
}
