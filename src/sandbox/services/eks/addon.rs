//! ListAddons, DescribeAddon. The clusters' daemons are self-managed: there are no add-ons.

use super::cluster::find;
use super::{list as page, not_found};
use crate::sandbox::wire::api::{Params, Reply};
use crate::sandbox::world::World;

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    find(world, params.text("clusterName").unwrap_or_default())?;
    page::reply(params, "addons", std::iter::empty())
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?;
    let addon = params.text("addonName").unwrap_or_default();
    Err(not_found(format!("No addon: {addon} found in cluster: {}", cluster.name)))
}
