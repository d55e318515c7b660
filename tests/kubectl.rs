//! Node and pod text against recorded outputs of kubectl, and the Kubernetes face under real kubectl.
//!
//! The recorded cases are in `KUBECTL_CASES` (default: the shared data folder beside the package). Their objects are
//! put into the sandbox's object store and read through kube-rs, so these tests judge the face, the adapter and the
//! view at once.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr, missing_docs)]

#[path = "kubectl/adapter.rs"]
mod adapter;
#[path = "kubectl/cases.rs"]
mod cases;
#[path = "kubectl/describe.rs"]
mod describe;
#[path = "kubectl/drain.rs"]
mod drain;
#[path = "kubectl/edges.rs"]
mod edges;
#[path = "kubectl/get.rs"]
mod get;
#[path = "kubectl/ours.rs"]
mod ours;
#[path = "kubectl/real.rs"]
mod real;
#[path = "kubectl/rehearsal.rs"]
mod rehearsal;
