//! The embedded world and its two wire faces.
//!
//! A simulator, not a mock: nothing is answered that the world's state does not say.
//! Knows the domain's facts and nothing else of ours; is reached only through the AWS SDK's HTTP
//! client seam and kube-rs, exactly as the real services are.

mod aws_client;
mod control;
pub mod copy;
mod cut;
mod handle;
pub mod kube;
mod kube_client;
pub mod kube_face;
pub mod load;
mod pace;
pub mod serve;
pub mod services;
mod status;
pub mod store;
mod turns;
pub mod wire;
pub mod world;

pub use cut::Side;
pub use handle::Sandbox;
pub use turns::Turns;
