//! The cluster's API server: an object store and the Kubernetes face over it.
//!
//! Knows objects and the rules of the API machinery; why an object appears is the world's business.

pub mod change_log;
pub mod store;
pub mod time;
