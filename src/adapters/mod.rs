//! The only code that talks to AWS, Kubernetes, feeds and terminals.

pub mod feeds;

pub mod aws;
