//! What EKS does by itself for managed node groups: it makes their parts, watches nodes join, applies updates, replaces
//! nodes, and takes everything away again.
//!
//! EKS is a client like any other here: it makes its parts through EC2's and Auto Scaling's own operations, and nodes
//! leave through the API server's eviction. One event drives it: [`step`] looks at a group, does what is due, and says
//! when to look again.

mod create;
mod delete;
mod drain;
mod health;
mod image;
mod make;
mod nodes;
mod update;
mod user_data;
mod version;

pub use drain::{begin as begin_drain, step as drain_step};
pub use health::health;
pub use image::{architecture, choose as choose_image};
pub use make::make;
pub use nodes::joined;

use super::World;
use super::clock::{Millis, SECOND};
use super::event::Event;
use crate::sandbox::services::eks::state::Nodegroup;

/// Between two looks at a group.
const TICK: Millis = 10 * SECOND;

/// Has EKS look at a group in a while.
pub fn schedule(world: &mut World, cluster: &str, name: &str, delay: Millis) {
    world.after(delay, Event::NodegroupStep { cluster: cluster.to_owned(), nodegroup: name.to_owned() });
}

/// EKS looks at a group.
pub(super) fn step(world: &mut World, cluster: &str, name: &str) {
    let Some(group) = group(world, cluster, name) else { return };
    let again = match group.status.as_str() {
        "CREATING" => create::step(world, cluster, name),
        "UPDATING" => update::step(world, cluster, name),
        "DELETING" => delete::step(world, cluster, name),
        _ => false,
    };
    if again {
        schedule(world, cluster, name, TICK);
    }
}

fn group(world: &World, cluster: &str, name: &str) -> Option<Nodegroup> {
    world.eks.clusters.get(cluster)?.nodegroups.get(name).cloned()
}

fn change(world: &mut World, cluster: &str, name: &str, change: impl FnOnce(&mut Nodegroup)) {
    let now = world.now();
    let Some(cluster) = world.eks.clusters.get_mut(cluster) else { return };
    if let Some(group) = cluster.nodegroups.get_mut(name) {
        change(group);
        group.modified = now;
    }
}
