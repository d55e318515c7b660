//! ListClusters, DescribeCluster.

use serde_json::json;

use super::state::Cluster;
use super::{list as page, not_found};
use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::World;

pub(super) fn list(world: &mut World, params: &Params) -> Reply {
    page::reply(params, "clusters", world.eks.clusters.keys().map(String::as_str))
}

pub(super) fn describe(world: &mut World, params: &Params) -> Reply {
    let cluster = find(world, params.text("name").unwrap_or_default())?;
    Ok(json!({"cluster": {
        "name": cluster.name,
        "arn": cluster.arn,
        "createdAt": world.clock.at(cluster.created).as_second(),
        "version": cluster.version,
        "platformVersion": cluster.platform_version,
        "endpoint": cluster.endpoint,
        "roleArn": cluster.role_arn,
        "resourcesVpcConfig": {
            "subnetIds": cluster.subnet_ids,
            "securityGroupIds": cluster.security_group_ids,
            "clusterSecurityGroupId": cluster.cluster_security_group,
            "vpcId": cluster.vpc_id,
            "endpointPublicAccess": true,
            "endpointPrivateAccess": false,
            "publicAccessCidrs": ["0.0.0.0/0"],
        },
        "kubernetesNetworkConfig": {"serviceIpv4Cidr": cluster.service_cidr, "ipFamily": "ipv4"},
        "logging": {"clusterLogging": [{
            "types": ["api", "audit", "authenticator", "controllerManager", "scheduler"],
            "enabled": false,
        }]},
        "identity": {"oidc": {"issuer": cluster.oidc_issuer}},
        "status": cluster.status,
        "certificateAuthority": {"data": cluster.certificate_authority},
        "health": {"issues": []},
        "accessConfig": {"authenticationMode": mode(cluster.authentication_mode)},
        "upgradePolicy": {"supportType": "EXTENDED"},
        "tags": cluster.tags,
    }}))
}

/// The cluster of this name.
pub(super) fn find<'a>(world: &'a World, name: &str) -> Result<&'a Cluster, ApiError> {
    world.eks.clusters.get(name).ok_or_else(|| unknown(name))
}

/// As [`find`], to change it.
pub(super) fn find_mut<'a>(world: &'a mut World, name: &str) -> Result<&'a mut Cluster, ApiError> {
    world.eks.clusters.get_mut(name).ok_or_else(|| unknown(name))
}

fn unknown(name: &str) -> ApiError {
    not_found(format!("No cluster found for name: {name}."))
}

fn mode(mode: AuthenticationMode) -> &'static str {
    match mode {
        AuthenticationMode::ConfigMap => "CONFIG_MAP",
        AuthenticationMode::ApiAndConfigMap => "API_AND_CONFIG_MAP",
        AuthenticationMode::Api => "API",
    }
}
