//! `eks::…`: clusters and node groups.

use std::time::Duration;

use rhai::plugin::*;
use schemars::JsonSchema;
use serde::Deserialize;

use super::values::{ClusterValue, Group, Groups, Nodegroup, Report};
use crate::domain::Code;
use crate::domain::eksctl;
use crate::domain::error::{Error, Result};
use crate::domain::inventory::ChangeReport;
use crate::host::{FileText, Host};
use crate::ops::{self, DeleteOptions, EnsureOptions, RollOptions, ScaleOptions};

/// A group by the cluster and the name it has.
pub(super) struct Target {
    pub(super) cluster: String,
    pub(super) name: String,
}

impl Target {
    pub(super) fn of(host: &Host, name: &str) -> Result<Self> {
        Ok(Target { cluster: current_cluster(host)?, name: name.to_owned() })
    }

    fn in_cluster(cluster: &str, name: &str) -> Self {
        Target { cluster: cluster.to_owned(), name: name.to_owned() }
    }
}

impl From<&Nodegroup> for Target {
    fn from(group: &Nodegroup) -> Self {
        Target { cluster: group.0.cluster.clone(), name: group.0.name.clone() }
    }
}

impl From<&Group> for Target {
    fn from(group: &Group) -> Self {
        Target { cluster: group.0.summary.cluster.clone(), name: group.0.summary.name.clone() }
    }
}

/// The cluster that the run is about: the one named last, else the only one of the region.
pub(super) fn current_cluster(host: &Host) -> Result<String> {
    if let Some(name) = host.current_cluster() {
        return Ok(name);
    }
    let session = host.session()?;
    let region = session.cloud.region().to_owned();
    let mut names = host.block(async { session.cloud.cluster_names().await })?;
    match names.len() {
        1 => {
            let name = names.remove(0);
            host.set_current_cluster(&name);
            Ok(name)
        }
        0 => Err(Error::new(Code::ClusterNotFound, format!("no EKS cluster in region `{region}`"))
            .help("choose another region with `--region`")),
        count => {
            Err(Error::new(Code::ClusterNotFound, format!("region `{region}` has {count} clusters and none was named"))
                .help(format!("name one first, such as `eks::cluster(\"{}\")`", names[0])))
        }
    }
}

/// Options of `eks::ensure`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Ensure {
    /// Whether to wait until the desired number of nodes is Ready; `true` unless said.
    wait: Option<bool>,
    /// Longest wait, such as `"90s"` or `"10m"`.
    timeout: Option<String>,
    /// Whether nodes are replaced that only so become what the group is now; `false` unless said.
    roll: bool,
    /// Whether a group that cannot be changed in place is drained, deleted and made anew; `false` unless said.
    replace: bool,
}

/// Options of `eks::scale`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Scale {
    /// Fewest nodes; stays unless said.
    min: Option<u32>,
    /// Most nodes; stays unless said.
    max: Option<u32>,
    /// Nodes wanted; stays unless said.
    desired: Option<u32>,
    /// Whether to wait until the desired number of nodes is Ready; `true` unless said.
    wait: Option<bool>,
    /// Longest wait, such as `"90s"` or `"10m"`.
    timeout: Option<String>,
}

impl Scale {
    fn to(desired: i64) -> Result<Self> {
        let desired = u32::try_from(desired).map_err(|_| {
            Error::new(Code::InvalidSize, format!("`desired` is {desired}")).help("it is a number of nodes, 0 or more")
        })?;
        Ok(Scale { desired: Some(desired), ..Scale::default() })
    }
}

/// Options of `eks::delete`.
#[derive(Debug, Deserialize, Default, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Delete {
    /// Whether pods are evicted from the nodes first; `true` unless said.
    drain: Option<bool>,
    /// Longest wait, such as `"90s"` or `"10m"`.
    timeout: Option<String>,
}

pub(crate) fn timeout(given: Option<&str>, usual: Duration) -> Result<Duration> {
    let Some(text) = given else { return Ok(usual) };
    let parsed = text.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
    parsed.ok_or_else(|| {
        Error::new(Code::InvalidValue, format!("`timeout` cannot be `{text}`"))
            .help("write a time such as `90s` or `10m`")
    })
}

pub(super) fn ensure(host: &Host, group: &Nodegroup, options: Ensure) -> Result<Report> {
    host.set_current_cluster(&group.0.cluster);
    let usual = EnsureOptions::default();
    let timeout = timeout(options.timeout.as_deref(), usual.timeout)?;
    let options = EnsureOptions {
        wait: options.wait.unwrap_or(usual.wait),
        roll: options.roll.then(|| RollOptions { timeout, ..RollOptions::default() }),
        replace: options.replace,
        timeout,
    };
    settled(host, host.ask(async |session| ops::ensure(session, &group.0, &options).await))
}

pub(super) fn scale(host: &Host, target: &Target, options: Scale) -> Result<Report> {
    let usual = ScaleOptions::default();
    let timeout = timeout(options.timeout.as_deref(), usual.timeout)?;
    let Scale { min, max, desired, .. } = options;
    let options = ScaleOptions { min, max, desired, wait: options.wait.unwrap_or(usual.wait), timeout };
    settled(host, host.ask(async |session| ops::scale(session, &target.cluster, &target.name, &options).await))
}

pub(super) fn delete(host: &Host, target: &Target, options: Delete) -> Result<Report> {
    let usual = DeleteOptions::default();
    let timeout = timeout(options.timeout.as_deref(), usual.timeout)?;
    let drain = options.drain.unwrap_or(usual.drain);
    let options = DeleteOptions { drain, timeout, may_be_gone: host.resumes() };
    settled(host, host.ask(async |session| ops::delete(session, &target.cluster, &target.name, &options).await))
}

/// Notes what was settled in the record of the run.
pub(super) fn settled(host: &Host, report: Result<ChangeReport>) -> Result<Report> {
    let report = report?;
    host.note_settled(report.resources.iter().cloned());
    Ok(Report(report.into()))
}

pub(super) fn get(host: &Host, target: &Target) -> Result<Group> {
    let found = host.ask(async |session| ops::get(session, &target.cluster, &target.name).await)?;
    Ok(Group(found.into()))
}

pub(super) fn list(host: &Host, cluster: &str) -> Result<Groups> {
    Ok(Groups(host.ask(async |session| ops::list(session, cluster).await)?.into()))
}

pub(super) fn cluster(host: &Host, name: &str) -> Result<ClusterValue> {
    let found = host.ask(async |session| ops::cluster(session, name).await)?;
    host.set_current_cluster(&found.name);
    Ok(ClusterValue(found.into()))
}

/// Reads a document; `$AWS_REGION` and the like come from the environment and are refused where it does not have them.
pub(super) fn load(host: &Host, path: &str) -> Result<Vec<Nodegroup>> {
    let FileText { name, text } = host.files().read(path)?;
    let document = eksctl::read_with(&text, &name, &super::config::variable)?;
    let document = document.with_keys(&|path| super::config::key_file(host, path))?;
    for note in document.notes() {
        host.console().talk(&format!("  {}: {}", note.location, note.message));
    }
    let all = document.nodegroups().into_iter().chain(document.managed().iter().cloned());
    Ok(all.map(|spec| Nodegroup(spec.into())).collect())
}

/// Clusters and node groups.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Delete, Ensure, Scale, Target};
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::nodegroup_options::NodegroupOptions;
    use crate::bindings::options;
    use crate::bindings::values::{ClusterValue, Config, Diagram, Group, Groups, Nodegroup, Report};
    use crate::ops;
    use rhai::{Array, Dynamic, INT, Map};

    /// Describes a self-managed Spot worker group. Nothing is made; every rule that needs no request is checked.
    ///
    /// Options: `cluster` and `types` (both required), `region`, `min`, `max`, `desired`, `spot` (`strategy`,
    /// `on_demand_base`, `on_demand_percent`, `pools`, `max_price`, `capacity_rebalance`), `ssh_key`, `ssh_public_key`,
    /// `ssh_from`, `ssh_from_groups`, `labels`, `taints`, `tags`, `addons`, `volume` (`size_gib`, `type`, `iops`,
    /// `throughput`, `encrypted`), `private_networking`, `zones`, `subnets`, `max_pods`, `ami`, `family`, `local_zones`,
    /// `security_groups`, `volumes`, `role`, `boot`, `machine`, `scaling`.
    ///
    /// `ssh_public_key` and `ssh_from_groups` are there since 0.2.0: the text of a `.pub` file becomes a key pair of the
    /// group's own, and goes with it.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{
    ///     cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"], min: 0, max: 5, desired: 2,
    ///     spot: #{ strategy: "capacity-optimized" }, labels: #{ lifecycle: "Ec2Spot" },
    ///     taints: ["spotInstance=true:PreferNoSchedule"],
    /// });
    /// check("as described", group.desired == 2 && group.taints.len == 1);
    ///
    /// let with_key = eks::nodegroup("keyed", #{
    ///     cluster: "eks-spot-eksct", types: ["m5.xlarge"], ssh_from: ["203.0.113.0/24"],
    ///     ssh_public_key: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB0ZU5AveVLzaR5SGwUmvKhOFPy/g7KJpCBEmXvm46iJ me@example.com",
    /// });
    /// check("a key pair is made", eks::ensure(with_key).to_string().contains("key pair"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn nodegroup(ctx: NativeCallContext, name: &str, options_: Map) -> Outcome<Nodegroup> {
        call(&ctx, |host| {
            let spec = options::parse::<NodegroupOptions>("eks::nodegroup", options_)?.into_spec(name)?;
            host.set_current_cluster(&spec.cluster);
            Ok(Nodegroup(spec.into()))
        })
    }

    /// Opens an eksctl file as a document, to look at it, change it in place and save it. What it holds besides node
    /// groups is kept.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] }).config().save("groups.yml");
    /// let config = eks::document("groups.yml").edit("nodeGroups.dev-spot.maxSize", 8);
    /// check("saved", config.save("groups.yml") == "changed");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn document(ctx: NativeCallContext, path: &str) -> Outcome<Config> {
        call(&ctx, |host| crate::bindings::config::open(host, path))
    }

    /// The node groups of an eksctl file, self-managed ones first, then those that EKS manages: one group, or a list if the
    /// file has several.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"] });
    /// group.config().save("groups.yml");
    /// check("read back", eks::load("groups.yml").name == "dev-spot");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn load(ctx: NativeCallContext, path: &str) -> Outcome<Dynamic> {
        let mut groups = call(&ctx, |host| super::load(host, path))?;
        Ok(match groups.len() {
            1 => Dynamic::from(groups.remove(0)),
            _ => groups.into_iter().map(Dynamic::from).collect::<Array>().into(),
        })
    }

    /// A cluster. It becomes the one that the run is about.
    ///
    /// ```rhai
    /// print(eks::cluster("eks-spot-eksct").version);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn cluster(ctx: NativeCallContext, name: &str) -> Outcome<ClusterValue> {
        call(&ctx, |host| super::cluster(host, name))
    }

    /// The names of the region's clusters.
    ///
    /// ```rhai
    /// check("the tutorial's is there", "eks-spot-eksct" in eks::clusters());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn clusters(ctx: NativeCallContext) -> Outcome<Array> {
        let names = call(&ctx, |host| host.ask(async |session| session.cloud.cluster_names().await))?;
        Ok(names.into_iter().map(Dynamic::from).collect())
    }

    /// Makes a group be as described: creates what is missing, changes what differs, leaves the rest. Waits until the
    /// desired number of nodes is Ready with the labels and taints asked for.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// check("made", eks::ensure(group).verdict == "created");
    /// check("nothing to do", eks::ensure(group).verdict == "unchanged");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn ensure(ctx: NativeCallContext, group: Nodegroup) -> Outcome<Report> {
        call(&ctx, |host| super::ensure(host, &group, Ensure::default()))
    }

    /// As `eks::ensure(group)`. Options: `wait` (`true` unless said), `timeout` (such as `"10m"`), `roll` (replace nodes that
    /// only so become what the group is now, as `eks::roll` does), `replace` (drain, delete and make anew what cannot be
    /// changed in place).
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group, #{ wait: false });
    /// ```
    #[rhai_fn(name = "ensure", return_raw)]
    pub fn ensure_with(ctx: NativeCallContext, group: Nodegroup, options_: Map) -> Outcome<Report> {
        call(&ctx, |host| super::ensure(host, &group, options::parse("eks::ensure", options_)?))
    }

    /// The node groups of the cluster that the run is about, as `eksctl get nodegroup` lists them.
    ///
    /// ```rhai
    /// print(eks::list());
    /// ```
    #[rhai_fn(name = "list", return_raw)]
    pub fn list_here(ctx: NativeCallContext) -> Outcome<Groups> {
        call(&ctx, |host| super::list(host, &super::current_cluster(host)?))
    }

    /// The node groups of a cluster, as `eksctl get nodegroup` lists them.
    ///
    /// ```rhai
    /// print(eks::list("eks-spot-eksct"));
    /// ```
    #[rhai_fn(return_raw)]
    pub fn list(ctx: NativeCallContext, cluster: &str) -> Outcome<Groups> {
        call(&ctx, |host| super::list(host, cluster))
    }

    /// Everything about a group of the cluster that the run is about. Prints as the AWS console's view of its Auto
    /// Scaling group.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// check("two instances", eks::get("dev-spot").members.len == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn get(ctx: NativeCallContext, name: &str) -> Outcome<Group> {
        call(&ctx, |host| super::get(host, &Target::of(host, name)?))
    }

    /// Everything about a group of a cluster.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// print(eks::get("eks-spot-eksct", "dev-spot"));
    /// ```
    #[rhai_fn(name = "get", return_raw)]
    pub fn get_in_cluster(ctx: NativeCallContext, cluster: &str, name: &str) -> Outcome<Group> {
        call(&ctx, |host| super::get(host, &Target::in_cluster(cluster, name)))
    }

    /// Everything about a group that was described.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("all Spot", eks::get(group).members.all(|m| m.lifecycle == "spot"));
    /// ```
    #[rhai_fn(name = "get", return_raw)]
    pub fn get_described(ctx: NativeCallContext, group: Nodegroup) -> Outcome<Group> {
        call(&ctx, |host| super::get(host, &Target::from(&group)))
    }

    /// Sets how many nodes a group has.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"], min: 0, max: 5 });
    /// eks::ensure(group);
    /// check("three are Ready", eks::scale(group, 3).ready_nodes.len == 3);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn scale(ctx: NativeCallContext, group: Nodegroup, desired: INT) -> Outcome<Report> {
        call(&ctx, |host| super::scale(host, &Target::from(&group), Scale::to(desired)?))
    }

    /// Changes sizes of a group. Options: `min`, `max`, `desired`, `wait`, `timeout`.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("changed", eks::scale(group, #{ max: 4 }).verdict == "changed");
    /// ```
    #[rhai_fn(name = "scale", return_raw)]
    pub fn scale_with(ctx: NativeCallContext, group: Nodegroup, sizes: Map) -> Outcome<Report> {
        call(&ctx, |host| super::scale(host, &Target::from(&group), options::parse("eks::scale", sizes)?))
    }

    /// Sets how many nodes a group of the cluster that the run is about has.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"], min: 0, max: 5 }));
    /// eks::scale("dev-spot", 1);
    /// ```
    #[rhai_fn(name = "scale", return_raw)]
    pub fn scale_named(ctx: NativeCallContext, name: &str, desired: INT) -> Outcome<Report> {
        call(&ctx, |host| super::scale(host, &Target::of(host, name)?, Scale::to(desired)?))
    }

    /// Changes sizes of a group of the cluster that the run is about. Options: `min`, `max`, `desired`, `wait`,
    /// `timeout`.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// eks::scale("dev-spot", #{ min: 0, max: 4, desired: 3 });
    /// ```
    #[rhai_fn(name = "scale", return_raw)]
    pub fn scale_named_with(ctx: NativeCallContext, name: &str, sizes: Map) -> Outcome<Report> {
        call(&ctx, |host| super::scale(host, &Target::of(host, name)?, options::parse("eks::scale", sizes)?))
    }

    /// Removes a group and everything that was made for it, after draining its nodes.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// check("gone", eks::delete(group).verdict == "deleted");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn delete(ctx: NativeCallContext, group: Nodegroup) -> Outcome<Report> {
        call(&ctx, |host| super::delete(host, &Target::from(&group), Delete::default()))
    }

    /// Removes a group. Options: `drain` (`true` unless said), `timeout`.
    ///
    /// ```rhai
    /// let group = eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] });
    /// eks::ensure(group);
    /// eks::delete(group, #{ drain: false });
    /// ```
    #[rhai_fn(name = "delete", return_raw)]
    pub fn delete_with(ctx: NativeCallContext, group: Nodegroup, options_: Map) -> Outcome<Report> {
        call(&ctx, |host| super::delete(host, &Target::from(&group), options::parse("eks::delete", options_)?))
    }

    /// Removes a group of the cluster that the run is about.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// eks::delete("dev-spot");
    /// ```
    #[rhai_fn(name = "delete", return_raw)]
    pub fn delete_named(ctx: NativeCallContext, name: &str) -> Outcome<Report> {
        call(&ctx, |host| super::delete(host, &Target::of(host, name)?, Delete::default()))
    }

    /// Removes a group of the cluster that the run is about. Options: `drain`, `timeout`.
    ///
    /// ```rhai
    /// eks::ensure(eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge", "t3.xlarge"] }));
    /// eks::delete("dev-spot", #{ timeout: "5m" });
    /// ```
    #[rhai_fn(name = "delete", return_raw)]
    pub fn delete_named_with(ctx: NativeCallContext, name: &str, options_: Map) -> Outcome<Report> {
        call(&ctx, |host| super::delete(host, &Target::of(host, name)?, options::parse("eks::delete", options_)?))
    }

    /// The architecture of the cluster that the run is about: zones and groups, drawn from live state.
    ///
    /// ```rhai
    /// print(eks::diagram());
    /// ```
    #[rhai_fn(name = "diagram", return_raw)]
    pub fn diagram_here(ctx: NativeCallContext) -> Outcome<Diagram> {
        call(&ctx, |host| {
            let cluster = super::current_cluster(host)?;
            Ok(Diagram(host.ask(async |session| ops::topology(session, &cluster).await)?.into()))
        })
    }

    /// The architecture of a cluster.
    ///
    /// ```rhai
    /// print(eks::diagram("eks-spot-eksct").mermaid());
    /// ```
    #[rhai_fn(return_raw)]
    pub fn diagram(ctx: NativeCallContext, cluster: &str) -> Outcome<Diagram> {
        call(&ctx, |host| Ok(Diagram(host.ask(async |session| ops::topology(session, cluster).await)?.into())))
    }
}
