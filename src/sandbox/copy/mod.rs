//! A world made of a snapshot: the same cluster, groups, instances and objects under the same names and ids.
//!
//! What a snapshot does not tell, because AWS does not, is made up as a fresh world has it: the cluster's own role, policies'
//! ids, what else the account has. Time goes on from the moment of the snapshot, and from then on everything happens by the
//! rules of every world: a group that has too few members launches more, from the same launch template.

mod groups;
mod identities;
mod images;
mod index;
mod instances;
mod network;
mod nodegroups;
mod templates;

use index::Index;

use super::kube::store::ObjectStore;
use super::load::{Loaded, Options, put};
use super::services::eks::state::Cluster;
use super::world::ids::Ids;
use super::world::{Scenario, World};
use crate::domain::snapshot::Snapshot;

/// Makes a world of a snapshot.
pub fn world(snapshot: &Snapshot, options: &Options) -> (World, Loaded) {
    let there = &snapshot.cluster;
    let scenario = Scenario {
        region: snapshot.region.clone(),
        cluster: there.name.clone(),
        kubernetes: there.version.clone(),
        authentication_mode: there.authentication_mode,
        key_pairs: templates::key_pairs(snapshot),
        control_nodes: 0,
        ..Scenario::default()
    };
    let mut world = scenario.build(options.seed);
    // The origin may have been a sandbox of the same seed: a copy hands out ids of its own.
    let all: Vec<&str> = snapshot.instances.iter().map(|instance| instance.id.as_str()).collect();
    world.ids = Ids::beside(options.seed, &format!("{} {}", snapshot.taken, all.join(" ")));
    world.clock.rebase(options.now.unwrap_or(snapshot.taken));
    let like = world.eks.clusters.remove(&there.name);
    empty(&mut world);
    account(&mut world, snapshot);
    network::put(&mut world, snapshot);
    if let Some(like) = like {
        let cluster = cluster(&world, snapshot, like);
        world.eks.clusters.insert(there.name.clone(), cluster);
    }
    let index = Index::of(snapshot);
    images::put(&mut world, snapshot, &index);
    identities::put(&mut world, snapshot);
    templates::put(&mut world, snapshot);
    templates::put_keys(&mut world, snapshot);
    groups::put(&mut world, snapshot, &index);
    instances::put(&mut world, snapshot, &index);
    nodegroups::put(&mut world, snapshot);
    world.objects = ObjectStore::new(options.seed);
    if options.still {
        world.objects = world.objects.still();
    }
    let loaded = put(&mut world, snapshot.objects.clone());
    groups::wake(&mut world);
    (world, loaded)
}

/// Takes out what a fresh world has of its own; images, parameters, key pairs and service-linked roles stay.
fn empty(world: &mut World) {
    world.queue = Default::default();
    world.autoscaling = Default::default();
    world.eks = Default::default();
    let (key_pairs, images) = (std::mem::take(&mut world.ec2.key_pairs), std::mem::take(&mut world.ec2.images));
    world.ec2 = Default::default();
    world.ec2.key_pairs = key_pairs;
    world.ec2.images = images;
    world.iam.profiles.clear();
    world.iam.roles.retain(|_, role| role.path.starts_with("/aws-service-role/"));
}

/// The account that the cluster's ARN names.
fn account(world: &mut World, snapshot: &Snapshot) {
    let fields: Vec<&str> = snapshot.cluster.arn.split(':').collect();
    let [_, partition, _, _, id, ..] = fields.as_slice() else { return };
    let account = &mut world.account;
    let arn = |arn: &str| arn.replacen(&account.id, id, 1).replacen("arn:aws:", &format!("arn:{partition}:"), 1);
    account.caller_arn = arn(&account.caller_arn);
    for role in world.iam.roles.values_mut() {
        role.arn = arn(&role.arn);
    }
    account.id = (*id).to_owned();
    account.partition = (*partition).to_owned();
}

/// The cluster, over one that has what the snapshot does not tell.
fn cluster(world: &World, snapshot: &Snapshot, like: Cluster) -> Cluster {
    let there = snapshot.cluster.clone();
    Cluster {
        name: there.name,
        arn: there.arn,
        version: there.version,
        status: there.status.0,
        endpoint: there.endpoint,
        certificate_authority: there.certificate_authority,
        service_cidr: there.service_cidr.unwrap_or_default(),
        role_arn: world.account.iam_arn(&format!("role/{}", like.role_arn.rsplit('/').next().unwrap_or_default())),
        vpc_id: there.vpc_id.unwrap_or_default(),
        subnet_ids: there.subnet_ids,
        security_group_ids: vec![],
        cluster_security_group: there.cluster_security_group.unwrap_or_default(),
        authentication_mode: there.authentication_mode,
        access_entries: Default::default(),
        nodegroups: Default::default(),
        ..like
    }
}
