//! Whom the API server takes a machine's role for: access entries first, then the `aws-auth` ConfigMap.

use serde::Deserialize;

use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::services::ec2::state::Instance;
use crate::sandbox::services::eks::state::Cluster;
use crate::sandbox::services::iam::state::Role;
use crate::sandbox::world::World;

/// `Ok` when the role may register this node; otherwise the API server's words.
pub(super) fn authorise(world: &World, cluster: &Cluster, role: &Role, instance: &Instance) -> Result<(), String> {
    let mode = cluster.authentication_mode;
    let entry = (mode != AuthenticationMode::ConfigMap).then(|| cluster.access_entries.get(&role.arn)).flatten();
    let (user, groups) = match entry {
        // EKS gives these kinds their groups itself, whatever the entry lists.
        Some(entry) if matches!(entry.kind.as_str(), "EC2_LINUX" | "EC2_WINDOWS") => {
            (entry.username.clone(), vec!["system:nodes".to_owned()])
        }
        Some(entry) => (entry.username.clone(), entry.groups.clone()),
        None if mode == AuthenticationMode::Api => return Err("Unauthorized".into()),
        None => mapped(world, role).ok_or("Unauthorized")?,
    };
    let user = user.replace("{{EC2PrivateDNSName}}", &instance.private_dns).replace("{{SessionName}}", &instance.id);
    if !groups.iter().any(|group| group == "system:nodes") || !user.starts_with("system:node:") {
        let what = "cannot create resource \"nodes\" in API group \"\" at the cluster scope";
        return Err(format!("nodes is forbidden: User \"{user}\" {what}"));
    }
    let (name, own) = (&instance.private_dns, user.trim_start_matches("system:node:"));
    if own != name {
        return Err(format!("nodes \"{name}\" is forbidden: node \"{own}\" is not allowed to modify node \"{name}\""));
    }
    Ok(())
}

#[derive(Deserialize)]
struct Row {
    rolearn: Option<String>,
    username: Option<String>,
    #[serde(default)]
    groups: Option<Vec<String>>,
}

/// The role's row in `aws-auth`. A role's path is not part of the identity that the API server sees, so a row that
/// has one matches nobody.
fn mapped(world: &World, role: &Role) -> Option<(String, Vec<String>)> {
    let map = world.objects.get("configmaps", "kube-system", "aws-auth")?;
    let rows: Vec<Row> = serde_yaml::from_str(map["data"]["mapRoles"].as_str()?).ok()?;
    let arn = world.account.iam_arn(&format!("role/{}", role.name));
    let row = rows.into_iter().find(|row| row.rolearn.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&arn)))?;
    Some((row.username.unwrap_or(arn), row.groups.unwrap_or_default()))
}
