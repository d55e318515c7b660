//! The pure hot paths: type selection over the full catalogue, set algebra, the advisor feed, what scripts can use.
#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::sync::Arc;

use criterion::{Criterion, criterion_group, criterion_main};
use spotscript::cli::target::sandbox_host;
use spotscript::domain::advisor::Feed;
use spotscript::domain::catalogue::{self, Filter};
use spotscript::domain::instance_types::InstanceTypes;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::sandbox::Sandbox;
use spotscript::script::Session;
use spotscript::script::catalog::Catalog;

fn selection(criterion: &mut Criterion) {
    let filter = Filter { vcpu: Some(4), memory_gib: Some(16.0), ..Filter::spot_worker() };
    assert!(catalogue::select(&filter).len() >= 30, "the catalogue lost the tutorial's shape");
    criterion.bench_function("select 4 vCPU / 16 GiB of the whole catalogue", |bench| {
        bench.iter(|| catalogue::select(black_box(&filter)));
    });
    let all = catalogue::select(&Filter::default());
    criterion.bench_function("group the whole catalogue by shape", |bench| bench.iter(|| black_box(&all).by_shape()));
    let seven = ["m5.xlarge", "m5d.xlarge", "m4.xlarge", "t3.xlarge", "t3a.xlarge", "m5a.xlarge", "t2.xlarge"];
    criterion.bench_function("parse and prove the tutorial's seven types", |bench| {
        bench.iter(|| InstanceTypes::parse(black_box(seven)).unwrap().same_shape().unwrap());
    });
}

/// The real feed, when the conformance data is beside the project.
fn feed(criterion: &mut Criterion) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/spot-advisor-data.json");
    let Ok(bytes) = std::fs::read(&path) else { return };
    criterion.bench_function("parse the advisor feed (0.9 MB)", |bench| {
        bench.iter(|| Feed::parse(black_box(&bytes)).unwrap());
    });
}

/// What completion and documentation wait for once.
fn everything_scripts_can_use(criterion: &mut Criterion) {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let session = Session::new(&host).unwrap();
    assert!(Catalog::of(session.engine()).own().count() > 150, "the catalog does not see the bindings");
    criterion.bench_function("the catalog of a session", |bench| bench.iter(|| Catalog::of(session.engine())));
}

criterion_group!(benches, selection, feed, everything_scripts_can_use);
criterion_main!(benches);
