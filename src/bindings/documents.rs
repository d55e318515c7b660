//! What every value of the domain can do: print itself, and give itself as JSON or YAML.

use k8s_openapi::api::core::v1::Node;
use rhai::{Dynamic, FuncRegistration, Module, NativeCallContext};
use serde_json::Value;

use super::call::{Outcome, pure};
use super::values::*;
use crate::domain::Code;

use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node as facts;
use crate::domain::nodegroup::Distribution;
use crate::view::kubectl::{self, GetOptions};
use crate::view::table::Table;
use crate::view::words::or_dash;
use crate::view::{self, Style, asg, diagram, group_table, report};

/// The module with `to_string`, `to_json` and `to_yaml` of every value, and what can be walked through by `for`.
pub(super) fn module() -> Module {
    let mut module = Module::new();
    let m = &mut module;
    value::<Types>(m, "InstanceTypes", "spot::types([\"m5.xlarge\"])", text_of_types, |it| json(&*it.0));
    value::<Type>(m, "InstanceType", "spot::types([\"m5.xlarge\"])[0]", |it| it.0.name.clone(), |it| json(&*it.0));
    value::<ShapeValue>(m, "Shape", "spot::types([\"m5.xlarge\"]).shape", |it| it.0.to_string(), |it| json(&it.0));
    value::<Advice>(m, "Advice", "spot::advisor(#{ vcpu: 4, memory_gib: 16 })", text_of_advice, |it| json(&it.0.rows));
    let group = "eks::nodegroup(\"dev-spot\", #{ cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"] })";
    let (labels, taint) = ("tags::discovery(\"eks-spot-eksct\")", "taint::parse(\"a=b:NoSchedule\")");
    value::<Labels>(m, "Labels", labels, text_of_labels, |it| json(&*it.0));
    value::<TaintValue>(m, "Taint", taint, |it| it.0.to_string(), |it| json(&*it.0));
    value::<Nodegroup>(m, "Nodegroup", group, text_of_group, |it| json(&*it.0));
    value::<Report>(
        m,
        "Report",
        &format!("eks::ensure({group})"),
        |it| report::render(&it.0, Style::plain()),
        |it| json(&*it.0),
    );
    value::<Groups>(m, "Groups", "eks::list()", text_of_groups, |it| json(&*it.0));
    value::<Group>(
        m,
        "Group",
        &format!("eks::get(eks::ensure({group}).group)"),
        |it| asg::render(&it.0, Style::plain()),
        |it| json(&*it.0),
    );
    let cluster = "eks::cluster(\"eks-spot-eksct\")";
    value::<ClusterValue>(m, "Cluster", cluster, |it| format!("{} ({})", it.0.name, it.0.version), |it| json(&*it.0));
    value::<Diagram>(m, "Diagram", "eks::diagram()", |it| diagram::text(&it.0, Style::plain()), |it| json(&*it.0));
    value::<Nodes>(m, "Nodes", "kube::nodes()", text_of_nodes, |it| json(&objects(it)));
    value::<NodeValue>(m, "Node", "kube::nodes()[0]", |it| facts::name(&it.0.node).to_owned(), |it| json(&it.0.node));
    value::<Changes>(m, "Changes", "kube::nodes().cordon()", text_of_changes, |it| json(&*it.0));
    value::<Drain>(m, "Drain", "kube::nodes()[0].drain()", text_of_drain, |it| json(&*it.0));
    value::<Pods>(m, "Pods", "kube::pods()", text_of_pods, |it| json(&*it.pods));
    module.set_iterable::<Types>();
    module.set_iterable::<Nodes>();
    module.set_iterable::<Pods>();
    module.set_iterable::<Groups>();
    module
}

/// Registers what a value can do. `example` makes one, for the documentation.
fn value<T: Clone + Send + Sync + 'static>(
    module: &mut Module,
    kind: &str,
    example: &str,
    text: fn(&T) -> String,
    data: fn(&T) -> Result<Value>,
) {
    let describe = |what: &str, call: &str| {
        let since = ["Changes", "Drain"].contains(&kind).then(|| ["///".to_owned(), "/// Since: 0.2.0".into()]);
        let example = ["///".into(), "/// ```rhai".into(), format!("/// print({example}{call});"), "/// ```".into()];
        let lines = std::iter::once(format!("/// {what}")).chain(since.into_iter().flatten()).chain(example);
        lines.collect::<Vec<String>>()
    };
    let register = |name: &str, returns: &str, what: &str, call: &str| {
        let parameters = [format!("value: {kind}"), returns.to_owned()];
        FuncRegistration::new(name)
            .with_comments(describe(what, call))
            .with_params_info(parameters)
            .with_purity(true)
            .in_global_namespace()
    };
    register("to_string", "String", "The value as people read it.", "")
        .set_into_module(module, move |it: &mut T| text(it));
    register("to_debug", "String", "The value as people read it.", "")
        .set_into_module(module, move |it: &mut T| text(it));
    register("to_json", "String", "The value as JSON.", ".to_json()").set_into_module(
        module,
        move |ctx: NativeCallContext, it: &mut T| -> Outcome<String> {
            pure(&ctx, || serde_json::to_string_pretty(&data(it)?).map_err(|error| internal(&error)))
        },
    );
    register("to_yaml", "String", "The value as YAML.", ".to_yaml()").set_into_module(
        module,
        move |ctx: NativeCallContext, it: &mut T| -> Outcome<String> {
            pure(&ctx, || serde_yaml::to_string(&data(it)?).map_err(|error| internal(&error)))
        },
    );
}

fn json(value: &impl serde::Serialize) -> Result<Value> {
    serde_json::to_value(value).map_err(|error| internal(&error))
}

fn internal(error: &dyn std::fmt::Display) -> Error {
    Error::new(Code::Internal, "a value cannot be written").because(error.to_string())
}

fn text_of_types(types: &Types) -> String {
    let shapes = types.0.by_shape();
    let rows: Vec<Value> = types
        .0
        .iter()
        .map(|known| {
            serde_json::json!({
                "type": known.name, "vcpu": known.vcpu, "memory_gib": known.shape().memory_gib(),
                "architecture": known.architecture, "burstable": known.burstable, "max_pods": known.max_pods,
            })
        })
        .collect();
    let table = view::value::table(&rows.into(), Style::plain()).unwrap_or_else(|| "no instance types\n".into());
    match shapes.as_slice() {
        [(shape, _)] => format!("{table}{} of one shape: {shape}", view::words::count(types.0.len(), "type")),
        _ => table,
    }
}

fn text_of_advice(advice: &Advice) -> String {
    let data = &advice.0;
    view::advisor::render(&data.rows, &data.region, data.os, &data.source, data.now, Style::plain())
}

/// A value as maps, lists and plain values that scripts can look into.
pub(super) fn to_map(value: &(impl serde::Serialize + ?Sized)) -> Result<Dynamic> {
    rhai::serde::to_dynamic(value).map_err(|error| internal(&error))
}

fn text_of_labels(labels: &Labels) -> String {
    labels.0.iter().map(|(key, value)| format!("{key}={value}\n")).collect()
}

fn text_of_group(group: &Nodegroup) -> String {
    let spec = &group.0;
    let Distribution { on_demand_base, on_demand_percentage, strategy, .. } = &spec.distribution;
    let taints: Vec<String> = spec.taints.iter().map(ToString::to_string).collect();
    let labels: Vec<String> = spec.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
    let mut table = Table::headless();
    table
        .row(["Node group", &spec.name])
        .row(["Cluster", &spec.cluster])
        .row(["Types", &spec.types.names().join(", ")])
        .row(["Min/max/desired", &spec.size.to_string()])
        .row([
            "Spot",
            &format!("{strategy}, On-Demand base {on_demand_base}, On-Demand above it {on_demand_percentage}%"),
        ])
        .row(["Labels", &or_dash(&labels.join(", "))])
        .row(["Taints", &or_dash(&taints.join(", "))]);
    table.render(Style::plain())
}

fn text_of_groups(groups: &Groups) -> String {
    format!("{}{}", group_table::render(&groups.0), group_table::running(&groups.0))
}

fn objects(nodes: &Nodes) -> Vec<Node> {
    nodes.nodes.iter().map(|node| node.0.node.clone()).collect()
}

fn text_of_nodes(nodes: &Nodes) -> String {
    let Some(first) = nodes.nodes.first() else { return kubectl::none_found(None) };
    let Columns { wide, show_labels } = nodes.columns;
    kubectl::nodes(&objects(nodes), first.0.now, &GetOptions { wide, show_labels, ..GetOptions::default() })
}

fn text_of_changes(changes: &Changes) -> String {
    changes.0.iter().map(kubectl::changed).collect()
}

fn text_of_drain(drain: &Drain) -> String {
    let rows = drain.0.nodes.iter().map(|node| {
        serde_json::json!({
            "node": node.node, "zone": or_dash(node.zone.as_deref().unwrap_or_default()), "drained": node.drained,
            "evicted": node.evicted.len(), "staying": node.staying.len(),
        })
    });
    let rows: Vec<Value> = rows.collect();
    view::value::table(&rows.into(), Style::plain()).unwrap_or_else(|| "no nodes\n".into())
}

fn text_of_pods(pods: &Pods) -> String {
    if pods.pods.is_empty() {
        return kubectl::none_found(None);
    }
    let Columns { wide, show_labels } = pods.columns;
    let options = GetOptions { wide, show_labels, all_namespaces: pods.all_namespaces, ..GetOptions::default() };
    kubectl::pods(&pods.pods, pods.now, &options)
}
