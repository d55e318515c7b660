//! From a running machine to a Ready node, or to the console line that says why not.
//!
//! A machine becomes a node by its own doing: it reads its boot data ([`boot_data`]), gets its role's credentials,
//! reaches the API server and is known to it ([`join`]); then it registers ([`register`]) and turns Ready when its
//! network plugin works ([`ready`]). What EC2 does before and after is not here.

mod access;
mod boot_data;
mod capacity;
mod conditions;
mod console;
mod console_windows;
mod identity;
mod join;
mod lifecycle;
mod node;
mod os;
mod permissions;
mod reach;
mod ready;
mod refusal;
mod register;
#[cfg(test)]
mod test_world;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod windows_tests;

pub use boot_data::intent as boot_data;
pub use boot_data::settings as bottlerocket_settings;
pub use console::console;
pub use lifecycle::{network_up, remove_node, start};
pub use permissions::trusts_ec2;
