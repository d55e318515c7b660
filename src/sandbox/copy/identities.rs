//! Roles and instance profiles of the nodes, and whom the cluster knows.

use crate::domain::cloud::TagMap;
use crate::domain::policies;
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::eks::state::AccessEntry;
use crate::sandbox::services::iam::state::{Profile, Role};
use crate::sandbox::world::World;

pub(super) fn put(world: &mut World, snapshot: &Snapshot) {
    for role in &snapshot.roles {
        let made = Role {
            trust: if role.trust.is_null() { policies::trust("amazonaws.com") } else { role.trust.clone() },
            boundary: role.permissions_boundary.clone(),
            attached: role.attached.iter().cloned().collect(),
            inline: role.inline.clone(),
            tags: role.tags.clone(),
            ..bare_role(world, &role.arn, &role.name)
        };
        world.iam.roles.insert(role.name.clone(), made);
    }
    for profile in &snapshot.instance_profiles {
        put_profile(world, &profile.arn, &profile.name, profile.roles.first().cloned(), profile.tags.clone());
    }
    for entry in &snapshot.access_entries {
        self::entry(world, snapshot, &entry.principal_arn, &entry.entry.kind, &entry.entry.tags);
    }
    stand_in(world, snapshot);
}

/// Lets a role into the cluster.
fn entry(world: &mut World, snapshot: &Snapshot, principal_arn: &str, kind: &str, tags: &TagMap) {
    let role = principal_arn.rsplit('/').next().unwrap_or_default();
    let uuid = world.ids.uuid("access");
    let resource = format!("access-entry/{}/role/{}/{role}/{uuid}", snapshot.cluster.name, world.account.id);
    let made = AccessEntry {
        principal_arn: principal_arn.to_owned(),
        arn: world.account.arn("eks", &resource),
        kind: kind.to_owned(),
        username: "system:node:{{EC2PrivateDNSName}}".to_owned(),
        groups: vec!["system:nodes".to_owned()],
        tags: tags.clone(),
        created: world.now(),
        modified: world.now(),
        client_token: None,
    };
    if let Some(cluster) = world.eks.clusters.get_mut(&snapshot.cluster.name) {
        cluster.access_entries.insert(principal_arn.to_owned(), made);
    }
}

/// Where nobody may read IAM, a node's role is taken to be what a node needs: its nodes did join.
fn stand_in(world: &mut World, snapshot: &Snapshot) {
    let unread = |name: &str| snapshot.missing.iter().any(|one| one.what == name && one.why != "there is none");
    let name_of = |arn: &str| arn.rsplit('/').next().unwrap_or_default().to_owned();
    for version in snapshot.launch_templates.iter().flat_map(|template| &template.versions) {
        let arn = version.data.instance_profile_arn.clone();
        let Some(name) = arn.as_deref().map(name_of).or_else(|| version.instance_profile_name.clone()) else {
            continue;
        };
        if unread(&name) && !world.iam.profiles.contains_key(&name) {
            let arn = arn.unwrap_or_else(|| world.account.iam_arn(&format!("instance-profile/{name}")));
            put_profile(world, &arn, &name, Some(name.clone()), TagMap::default());
            role(world, snapshot, &world.account.iam_arn(&format!("role/{name}")), &name);
        }
    }
    let of_profiles = snapshot.instance_profiles.iter().flat_map(|profile| &profile.roles);
    let by_name: Vec<String> = of_profiles.map(|name| world.account.iam_arn(&format!("role/{name}"))).collect();
    for arn in snapshot.nodegroups.iter().map(|group| &group.node_role).chain(&by_name) {
        let name = name_of(arn);
        if unread(&name) {
            role(world, snapshot, arn, &name);
        }
    }
}

/// A role that may do what a node must, and that the cluster knows.
fn role(world: &mut World, snapshot: &Snapshot, arn: &str, name: &str) {
    if world.iam.roles.contains_key(name) {
        return;
    }
    let role = Role {
        description: "Stands in for a role that could not be read".to_owned(),
        trust: policies::trust(policies::dns_suffix(&world.account.partition)),
        boundary: None,
        attached: policies::managed(&world.account.partition, &Default::default(), &[]),
        ..bare_role(world, arn, name)
    };
    world.iam.roles.insert(name.to_owned(), role);
    entry(world, snapshot, arn, "EC2_LINUX", &Default::default());
}

/// A role that nobody may take and that may do nothing.
fn bare_role(world: &mut World, arn: &str, name: &str) -> Role {
    Role {
        name: name.to_owned(),
        id: world.ids.iam("AROA"),
        arn: arn.to_owned(),
        path: path(arn, "role"),
        description: String::new(),
        trust: Default::default(),
        boundary: None,
        attached: Default::default(),
        inline: Default::default(),
        tags: Default::default(),
        created: world.now(),
        max_session: 3600,
    }
}

fn put_profile(world: &mut World, arn: &str, name: &str, role: Option<String>, tags: TagMap) {
    let made = Profile {
        name: name.to_owned(),
        id: world.ids.iam("AIPA"),
        arn: arn.to_owned(),
        path: path(arn, "instance-profile"),
        role,
        tags,
        created: world.now(),
        visible_at: world.now(),
    };
    world.iam.profiles.insert(name.to_owned(), made);
}

/// `/` of `arn:aws:iam::1:role/name`, `/a/b/` of `…:role/a/b/name`.
fn path(arn: &str, kind: &str) -> String {
    let rest = arn.split_once(&format!(":{kind}/")).map_or("", |(_, rest)| rest);
    rest.rsplit_once('/').map_or_else(|| "/".to_owned(), |(path, _)| format!("/{path}/"))
}
