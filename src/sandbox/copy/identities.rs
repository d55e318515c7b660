//! Roles and instance profiles of the nodes, and whom the cluster knows.

use serde_json::json;

use crate::domain::policies;
use crate::domain::snapshot::Snapshot;
use crate::sandbox::services::eks::state::AccessEntry;
use crate::sandbox::services::iam::state::{Profile, Role};
use crate::sandbox::world::World;

pub(super) fn put(world: &mut World, snapshot: &Snapshot) {
    for role in &snapshot.roles {
        let made = Role {
            name: role.name.clone(),
            id: world.ids.iam("AROA"),
            arn: role.arn.clone(),
            path: path(&role.arn, "role"),
            description: String::new(),
            trust: if role.trust.is_null() { policies::trust("amazonaws.com") } else { role.trust.clone() },
            attached: role.attached.iter().cloned().collect(),
            inline: role.inline.clone(),
            tags: role.tags.clone(),
            created: world.now(),
            max_session: 3600,
        };
        world.iam.roles.insert(role.name.clone(), made);
    }
    for profile in &snapshot.instance_profiles {
        let made = Profile {
            name: profile.name.clone(),
            id: world.ids.iam("AIPA"),
            arn: profile.arn.clone(),
            path: path(&profile.arn, "instance-profile"),
            role: profile.roles.first().cloned(),
            tags: profile.tags.clone(),
            created: world.now(),
            visible_at: world.now(),
        };
        world.iam.profiles.insert(profile.name.clone(), made);
    }
    for entry in &snapshot.access_entries {
        let role = entry.principal_arn.rsplit('/').next().unwrap_or_default();
        let uuid = world.ids.uuid("access");
        let account = &world.account.id;
        let resource = format!("access-entry/{}/role/{account}/{role}/{uuid}", snapshot.cluster.name);
        let made = AccessEntry {
            principal_arn: entry.principal_arn.clone(),
            arn: world.account.arn("eks", &resource),
            kind: entry.entry.kind.clone(),
            username: "system:node:{{EC2PrivateDNSName}}".to_owned(),
            groups: vec!["system:nodes".to_owned()],
            tags: entry.entry.tags.clone(),
            created: world.now(),
            modified: world.now(),
            client_token: None,
        };
        if let Some(cluster) = world.eks.clusters.get_mut(&snapshot.cluster.name) {
            cluster.access_entries.insert(entry.principal_arn.clone(), made);
        }
    }
    stand_in(world, snapshot);
}

/// Where nobody may read IAM, a node's role is taken to be what a node needs: its nodes did join.
fn stand_in(world: &mut World, snapshot: &Snapshot) {
    let unread = |name: &str| snapshot.missing.iter().any(|one| one.what == name && one.why != "there is none");
    let versions = snapshot.launch_templates.iter().flat_map(|template| &template.versions);
    for version in versions {
        let arn = version.data.instance_profile_arn.clone();
        let name = arn.as_deref().and_then(|arn| arn.rsplit('/').next()).or(version.instance_profile_name.as_deref());
        let Some(name) = name.filter(|name| unread(name) && !world.iam.profiles.contains_key(*name)) else { continue };
        let role = Role {
            name: name.to_owned(),
            id: world.ids.iam("AROA"),
            arn: world.account.iam_arn(&format!("role/{name}")),
            path: "/".to_owned(),
            description: "Stands in for a role that may not be read".to_owned(),
            trust: policies::trust("amazonaws.com"),
            attached: policies::managed(&world.account.partition, &Default::default(), &[]),
            inline: Default::default(),
            tags: Default::default(),
            created: world.now(),
            max_session: 3600,
        };
        let profile = Profile {
            name: name.to_owned(),
            id: world.ids.iam("AIPA"),
            arn: arn.clone().unwrap_or_else(|| world.account.iam_arn(&format!("instance-profile/{name}"))),
            path: "/".to_owned(),
            role: Some(role.name.clone()),
            tags: Default::default(),
            created: world.now(),
            visible_at: world.now(),
        };
        if let Some(cluster) = world.eks.clusters.get_mut(&snapshot.cluster.name) {
            let entry = json!({
                "principal_arn": role.arn, "arn": role.arn, "kind": "EC2_LINUX", "groups": ["system:nodes"], "tags": {},
                "username": "system:node:{{EC2PrivateDNSName}}", "created": 0, "modified": 0, "client_token": null,
            });
            if let Ok(entry) = serde_json::from_value(entry) {
                cluster.access_entries.insert(role.arn.clone(), entry);
            }
        }
        world.iam.roles.insert(role.name.clone(), role);
        world.iam.profiles.insert(profile.name.clone(), profile);
    }
}

/// `/` of `arn:aws:iam::1:role/name`, `/a/b/` of `…:role/a/b/name`.
fn path(arn: &str, kind: &str) -> String {
    let rest = arn.split_once(&format!(":{kind}/")).map_or("", |(_, rest)| rest);
    rest.rsplit_once('/').map_or_else(|| "/".to_owned(), |(path, _)| format!("/{path}/"))
}
