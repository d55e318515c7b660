//! One group, in the order in which people write its keys.

use serde_yaml::Value;

use super::value::{Map, document};
use crate::domain::cloud::TagMap;
use crate::domain::nodegroup::{
    AddonPolicies, Boot, CapacityReservation, Document, Machine, Managed, MetricsCollection, NodeRepair, NodeRole,
    NodegroupSpec, SecurityGroups, SshAccess, Volume,
};
use crate::domain::taint::Taint;

/// A group as an item of its list.
pub(super) fn item(group: &NodegroupSpec) -> Value {
    let mut map = Map::new();
    map.text("name", &group.name).text("amiFamily", group.ami_family.as_str()).some_text("ami", group.ami.as_ref());
    map.put("minSize", group.size.min).put("maxSize", group.size.max).put("desiredCapacity", group.size.desired);
    match &group.managed {
        Some(managed) => managed_types(&mut map, group, managed),
        None => own_types(&mut map, group),
    }
    if let Some(selector) = &group.selector {
        let mut fields = Map::new();
        fields
            .some("vCPUs", selector.vcpus)
            .some_text("memory", selector.memory.as_ref())
            .some("gpus", selector.gpus)
            .some("neuron_devices", selector.neuron_devices)
            .some_text("cpuArchitecture", selector.cpu_architecture.as_ref())
            .some_text("allow", selector.allow.as_ref())
            .some_text("deny", selector.deny.as_ref());
        map.map("instanceSelector", fields);
    }
    if group.volume != Volume::default() {
        volume(&mut map, &group.volume);
    }
    map.list(
        "additionalVolumes",
        group.additional_volumes.iter().map(|one| {
            let mut fields = Map::new();
            volume(&mut fields, &one.volume);
            fields.some_text("snapshotID", one.snapshot.as_ref());
            fields.into()
        }),
    );
    map.on("privateNetworking", group.private_networking)
        .texts("availabilityZones", &group.availability_zones)
        .texts("subnets", &group.subnets)
        .texts("localZones", &group.local_zones)
        .map("securityGroups", security_groups(&group.security_groups))
        .map("ssh", group.ssh.as_ref().map(ssh).unwrap_or_default())
        .pairs("labels", &group.labels)
        .list("taints", group.taints.iter().map(taint))
        .pairs("tags", &tags(group))
        .some("maxPodsPerNode", group.max_pods)
        .map("iam", iam(&group.role, &group.addons));
    machine(&mut map, &group.machine);
    boot(&mut map, &group.boot);
    settings(&mut map, group);
    if let Some(managed) = &group.managed {
        managed_rest(&mut map, managed);
    }
    map.into()
}

/// The user's tags, and those that eksctl does not derive: without them the Cluster Autoscaler cannot scale a group
/// that eksctl made of this file from zero.
fn tags(group: &NodegroupSpec) -> TagMap {
    group.template_tags().into_iter().chain(group.tags.clone()).collect()
}

fn names(group: &NodegroupSpec) -> Vec<String> {
    let known = group.types.names().into_iter().map(str::to_owned);
    let names = known.chain(group.unknown_types.iter().cloned());
    // What a selector chose is chosen again by whoever reads the file.
    if group.selector.is_some() { Vec::new() } else { names.collect() }
}

fn own_types(map: &mut Map, group: &NodegroupSpec) {
    let distribution = &group.distribution;
    let mut fields = Map::new();
    fields
        .texts("instanceTypes", &names(group))
        .put("onDemandBaseCapacity", distribution.on_demand_base)
        .put("onDemandPercentageAboveBaseCapacity", distribution.on_demand_percentage)
        .put("spotAllocationStrategy", distribution.strategy.as_str())
        .some("spotInstancePools", distribution.spot_pools)
        .number("maxPrice", distribution.max_price.as_ref())
        .on("capacityRebalance", distribution.capacity_rebalance);
    map.map("instancesDistribution", fields);
}

fn managed_types(map: &mut Map, group: &NodegroupSpec, managed: &Managed) {
    if managed.launch_template.is_none() || !group.types.is_empty() || !group.unknown_types.is_empty() {
        map.texts("instanceTypes", &names(group));
    }
    map.some("spot", managed.spot);
}

fn volume(map: &mut Map, volume: &Volume) {
    map.put("volumeSize", volume.size_gib)
        .put("volumeType", volume.volume_type.as_str())
        .some_text("volumeName", volume.name.as_ref())
        .some("volumeIOPS", volume.iops)
        .some("volumeThroughput", volume.throughput)
        .some("volumeEncrypted", volume.encrypted)
        .some_text("volumeKmsKeyID", volume.kms_key.as_ref());
}

fn security_groups(groups: &SecurityGroups) -> Map {
    let mut map = Map::new();
    map.texts("attachIDs", &groups.attach_ids)
        .some("withShared", groups.with_shared)
        .some("withLocal", groups.with_local);
    map
}

fn ssh(ssh: &SshAccess) -> Map {
    let mut map = Map::new();
    map.put("allow", !ssh.closed);
    if !ssh.key_name.is_empty() {
        map.text("publicKeyName", &ssh.key_name);
    }
    map.some_text("publicKey", ssh.public_key.as_ref())
        .some_text("publicKeyPath", ssh.public_key_path.as_ref())
        .texts("sourceSecurityGroupIds", &ssh.source_security_groups);
    map
}

fn taint(taint: &Taint) -> Value {
    let mut map = Map::new();
    map.text("key", &taint.key);
    if !taint.value.is_empty() {
        map.text("value", &taint.value);
    }
    map.put("effect", taint.effect.as_str());
    map.into()
}

fn some_document(map: &mut Map, key: &str, value: Option<&Document>) {
    map.some(key, value.map(|value| document(&serde_json::Value::Object(value.clone()))));
}

fn iam(role: &NodeRole, addons: &AddonPolicies) -> Map {
    let mut map = Map::new();
    some_document(&mut map, "attachPolicy", role.attach_policy.as_ref());
    map.texts("attachPolicyARNs", &role.attach_policy_arns)
        .some_text("instanceProfileARN", role.instance_profile_arn.as_ref())
        .some_text("instanceRoleARN", role.role_arn.as_ref())
        .some_text("instanceRoleName", role.role_name.as_ref())
        .some_text("instanceRolePermissionsBoundary", role.permissions_boundary.as_ref());
    let mut policies = Map::new();
    policies
        .on("autoScaler", addons.auto_scaler)
        .on("cloudWatch", addons.cloud_watch)
        .on("awsLoadBalancerController", addons.aws_load_balancer_controller)
        .on("ebs", addons.ebs)
        .on("efs", addons.efs)
        .on("fsx", addons.fsx)
        .on("imageBuilder", addons.image_builder)
        .on("externalDNS", addons.external_dns)
        .on("certManager", addons.cert_manager)
        .on("xRay", addons.x_ray)
        .on("appMesh", addons.app_mesh)
        .on("appMeshPreview", addons.app_mesh_preview);
    map.map("withAddonPolicies", policies);
    map
}

fn machine(map: &mut Map, machine: &Machine) {
    map.some_text("instancePrefix", machine.name_prefix.as_ref()).some_text("instanceName", machine.name.as_ref());
    let placement = machine.placement.as_ref().map(|placement| {
        let mut fields = Map::new();
        fields
            .some_text("groupName", placement.group.as_ref())
            .some_text("spreadLevel", placement.spread_level.as_ref());
        fields
    });
    let mut market = Map::new();
    market.some_text("marketType", machine.market_type.as_ref());
    map.some_map("placement", placement)
        .some("ebsOptimized", machine.ebs_optimized)
        .some("enableDetailedMonitoring", machine.detailed_monitoring)
        .some("enclaveEnabled", machine.enclaves)
        .some("cpuCredits", machine.cpu_credits.map(|credits| credits.as_str()))
        .some("efaEnabled", machine.efa)
        .some_map("capacityReservation", machine.capacity_reservation.as_ref().map(reservation))
        .map("instanceMarketOptions", market)
        .some_text("outpostARN", machine.outpost_arn.as_ref())
        .some("disableIMDSv1", machine.disable_imds_v1)
        .some("disablePodIMDS", machine.disable_pod_imds);
}

fn reservation(reservation: &CapacityReservation) -> Map {
    let mut target = Map::new();
    target
        .some_text("capacityReservationID", reservation.id.as_ref())
        .some_text("capacityReservationResourceGroupARN", reservation.resource_group_arn.as_ref());
    let mut map = Map::new();
    map.some_text("capacityReservationPreference", reservation.preference.as_ref())
        .map("capacityReservationTarget", target);
    map
}

fn boot(map: &mut Map, boot: &Boot) {
    map.texts("preBootstrapCommands", &boot.pre_bootstrap_commands)
        .some_text("overrideBootstrapCommand", boot.override_command.as_ref());
    some_document(map, "kubeletExtraConfig", boot.kubelet_extra_config.as_ref());
    map.some_text("clusterDNS", boot.cluster_dns.as_ref())
        .some_text("containerRuntime", boot.container_runtime.as_ref());
    let bottlerocket = boot.bottlerocket.as_ref().map(|bottlerocket| {
        let mut fields = Map::new();
        fields.some("enableAdminContainer", bottlerocket.enable_admin_container);
        some_document(&mut fields, "settings", bottlerocket.settings.as_ref());
        fields
    });
    map.some_map("bottlerocket", bottlerocket);
}

fn settings(map: &mut Map, group: &NodegroupSpec) {
    let settings = &group.settings;
    let metrics = |one: &MetricsCollection| {
        let mut fields = Map::new();
        fields.text("granularity", &one.granularity).texts("metrics", &one.metrics);
        fields.into()
    };
    let update = group.update_config.map(|update| {
        let mut fields = Map::new();
        fields
            .some("maxUnavailable", update.max_unavailable)
            .some("maxUnavailablePercentage", update.max_unavailable_percentage);
        fields
    });
    map.texts("asgSuspendProcesses", &settings.suspended_processes)
        .some("maxInstanceLifetime", settings.max_instance_lifetime)
        .list("asgMetricsCollection", settings.metrics.iter().map(metrics))
        .texts("targetGroupARNs", &settings.target_group_arns)
        .texts("classicLoadBalancerNames", &settings.load_balancers)
        .some("propagateASGTags", settings.propagate_tags)
        .some_map("updateConfig", update);
}

fn managed_rest(map: &mut Map, managed: &Managed) {
    let template = managed.launch_template.as_ref().map(|template| {
        let mut fields = Map::new();
        fields.text("id", &template.id).some_text("version", template.version.as_ref());
        fields
    });
    map.some_map("launchTemplate", template)
        .some_text("releaseVersion", managed.release_version.as_ref())
        .some_map("nodeRepairConfig", managed.node_repair.as_ref().map(node_repair));
}

fn node_repair(repair: &NodeRepair) -> Map {
    let mut map = Map::new();
    map.some("enabled", repair.enabled)
        .some("maxUnhealthyNodeThresholdPercentage", repair.unhealthy_threshold_percentage)
        .some("maxUnhealthyNodeThresholdCount", repair.unhealthy_threshold_count)
        .some("maxParallelNodesRepairedPercentage", repair.parallel_percentage)
        .some("maxParallelNodesRepairedCount", repair.parallel_count)
        .list(
            "nodeRepairConfigOverrides",
            repair.overrides.iter().map(|one| {
                let mut fields = Map::new();
                fields
                    .some_text("nodeMonitoringCondition", one.condition.as_ref())
                    .some_text("nodeUnhealthyReason", one.reason.as_ref())
                    .some("minRepairWaitTimeMins", one.wait_minutes)
                    .some_text("repairAction", one.action.as_ref());
                fields.into()
            }),
        );
    map
}
