//! The only code that talks to AWS, Kubernetes, feeds and terminals.

pub mod aws;
pub mod feeds;
pub mod kube;
pub mod terminal;
