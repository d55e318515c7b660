//! Elastic Kubernetes Service.

pub mod state;
