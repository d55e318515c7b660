//! The EKS cluster.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use indexmap::IndexMap;

use super::Scenario;
use super::identities::cluster_role_name;
use super::network::Network;
use crate::sandbox::services::eks::state::Cluster;
use crate::sandbox::world::World;

/// A self-signed certificate whose key was thrown away: it only has to look like a CA.
const CA: &str = include_str!("ca.pem");

pub(super) fn build(scenario: &Scenario, world: &mut World, network: &Network) {
    let (a, b) = world.ids.next("endpoint");
    let id = format!("{a:016X}{b:016X}");
    let region = &scenario.region;
    let role = world.account.iam_arn(&format!("role/{}", cluster_role_name(scenario, world)));
    let cluster = Cluster {
        name: scenario.cluster.clone(),
        arn: world.account.arn("eks", &format!("cluster/{}", scenario.cluster)),
        version: scenario.kubernetes.clone(),
        platform_version: "eks.28".into(),
        status: "ACTIVE".into(),
        endpoint: format!("https://{id}.gr7.{region}.eks.amazonaws.com"),
        certificate_authority: STANDARD.encode(CA),
        service_cidr: "10.100.0.0/16".into(),
        role_arn: role,
        vpc_id: network.vpc_id.clone(),
        subnet_ids: network.public.iter().chain(&network.private).cloned().collect(),
        security_group_ids: vec![network.control_plane_group.clone()],
        cluster_security_group: network.cluster_group.clone(),
        authentication_mode: scenario.authentication_mode,
        oidc_issuer: format!("https://oidc.eks.{region}.amazonaws.com/id/{id}"),
        tags: IndexMap::from([("alpha.eksctl.io/cluster-name".to_owned(), scenario.cluster.clone())]),
        created: world.now(),
        access_entries: BTreeMap::new(),
        nodegroups: BTreeMap::new(),
    };
    world.eks.clusters.insert(scenario.cluster.clone(), cluster);
}
