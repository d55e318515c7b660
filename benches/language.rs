//! The language's tools: what a writer of runbooks waits for.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use spotscript::cli::target::sandbox_host;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::repl::Offers;
use spotscript::sandbox::Sandbox;
use spotscript::script::Session;
use spotscript::script::check::Checker;

/// A runbook of at least a thousand lines: steps with groups, closures, checks and functions, all of them different.
fn long_runbook() -> String {
    let mut text = String::from("//! A long runbook.\nconst PARAMS = #{ cluster: #{ init: \"eks-spot-eksct\" } };\n");
    let mut number = 0;
    while text.lines().count() < 1_000 {
        number += 1;
        text.push_str(&format!(
            "fn told_{number}(nodes, least) {{
    let ready = nodes.ready().len;
    if ready < least {{ return `group {number}: ${{ready}} of ${{least}}`; }}
    `group {number} is well`
}}
step \"group {number}\" {{
    let group = eks::nodegroup(\"group-{number}\", #{{
        cluster: PARAM.cluster, types: [\"m5.xlarge\", \"t3.xlarge\"], min: 0, max: {number}, desired: 0,
        spot: #{{ strategy: \"capacity-optimized\", on_demand_base: 0 }},
        labels: #{{ lifecycle: \"Ec2Spot\", number: \"{number}\" }},
        taints: [\"spotInstance=true:PreferNoSchedule\"],
    }});
    let nodes = kube::nodes(\"number={number}\").filter(|node| node.ready && node.lifecycle == \"spot\");
    check(`${{group.name}} as described`, group.desired == 0 && nodes.len >= 0);
    print(told_{number}(nodes, 1));
}}
"
        ));
    }
    text
}

fn checking(criterion: &mut Criterion) {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let text = long_runbook();
    let checker = Checker::new(&host).unwrap();
    assert_eq!(checker.check("long.rhai", &text).len(), 0, "the runbook is correct");
    criterion.bench_function("check a runbook of 1,000 lines", |bench| {
        bench.iter(|| checker.check("long.rhai", black_box(&text)));
    });
    criterion.bench_function("make a checker", |bench| bench.iter(|| Checker::new(&host).unwrap()));
    criterion.bench_function("make a session", |bench| bench.iter(|| Session::new(&host).unwrap()));
}

/// Tab in a session in which nothing was entered or completed yet.
fn completing(criterion: &mut Criterion) {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let fresh = || Offers::new(&host).unwrap();
    assert_eq!(fresh().after("let g = eks::nod"), ["eks::nodegroup("]);
    assert!(fresh().after("kube::nodes().rea").iter().any(|one| one.starts_with("ready(")));
    for (name, text) in [
        ("first completion: a function", "let g = eks::nod"),
        ("first completion: a method, for which types are told", "kube::nodes().rea"),
        ("first completion: everything", ""),
    ] {
        criterion.bench_function(name, |bench| {
            bench.iter_batched(fresh, |offers| offers.after(black_box(text)), BatchSize::PerIteration);
        });
    }
    criterion.bench_function("as ready as at the first prompt", |bench| bench.iter(fresh));
}

criterion_group!(benches, checking, completing);
criterion_main!(benches);
