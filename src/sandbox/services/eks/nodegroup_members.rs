//! Members that requests about node groups have in common, read and checked as EKS does.

use serde_json::Value;

use super::state::{Cluster, SourceTemplate, UnavailableNodes};
use crate::domain::label;
use crate::domain::taint::{Taint, TaintEffect};
use crate::sandbox::services::read;
use crate::sandbox::wire::api::ApiError;
use crate::sandbox::world::World;

/// EKS's refusal of a value.
pub(super) fn invalid(message: impl Into<String>) -> ApiError {
    ApiError::client("InvalidParameterException", message)
}

/// `scalingConfig` over sizes (min, max, desired) that are there.
pub fn scaling(tree: &Value, there: (i64, i64, i64)) -> (i64, i64, i64) {
    let size = |name: &str| read::int(tree, &format!("scalingConfig.{name}"));
    let (min, max) = (size("minSize").unwrap_or(there.0), size("maxSize").unwrap_or(there.1));
    (min, max, size("desiredSize").unwrap_or(there.2))
}

/// Sizes that contradict each other.
pub(super) fn check_sizes((min, max, desired): (i64, i64, i64)) -> Result<(), ApiError> {
    if min < 0 || desired < 0 {
        return Err(invalid("Sizes must not be negative"));
    }
    if max < 1 {
        return Err(invalid("Invalid value for parameter scalingConfig.maxSize, value: 0, valid min value: 1"));
    }
    if min > desired {
        return Err(invalid(format!("Minimum capacity {min} can't be greater than desired size {desired}")));
    }
    if desired > max {
        return Err(invalid(format!("desired capacity {desired} can't be greater than max size {max}")));
    }
    Ok(())
}

/// Labels that a group may give.
pub(super) fn check_labels<'a>(labels: impl Iterator<Item = (&'a str, &'a str)>) -> Result<(), ApiError> {
    for (key, value) in labels {
        if ["kubernetes.io/", "k8s.io/", "eks.amazonaws.com/"].iter().any(|prefix| key.starts_with(prefix)) {
            let message = "Label cannot contain reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]";
            return Err(invalid(message));
        }
        if let Err(rule) = label::validate_key(key).and_then(|()| label::validate_value(value)) {
            return Err(invalid(format!("Label {key}={value} is invalid: {rule}")));
        }
    }
    Ok(())
}

/// A taint as EKS writes it.
///
/// # Errors
/// EKS's refusal of the effect, the key or the value.
pub fn taint_from(tree: &Value) -> Result<Taint, ApiError> {
    let effect = match read::text(tree, "effect") {
        Some("NO_SCHEDULE") => TaintEffect::NoSchedule,
        Some("PREFER_NO_SCHEDULE") => TaintEffect::PreferNoSchedule,
        Some("NO_EXECUTE") => TaintEffect::NoExecute,
        other => {
            return Err(invalid(format!(
                "Invalid taint effect {}: it is one of NO_SCHEDULE, NO_EXECUTE, PREFER_NO_SCHEDULE",
                other.unwrap_or_default()
            )));
        }
    };
    let key = read::string(tree, "key");
    Taint::new(&key, &read::string(tree, "value"), effect)
        .map_err(|error| invalid(format!("Taint {key} is invalid: {error}")))
}

/// Taints of a list, no more than 50.
pub(super) fn taints(tree: &Value, path: &str) -> Result<Vec<Taint>, ApiError> {
    let taints: Vec<Taint> = read::list(tree, path).iter().map(taint_from).collect::<Result<_, _>>()?;
    if taints.len() > 50 {
        return Err(invalid("The maximum number of taints allowed is 50"));
    }
    Ok(taints)
}

/// `updateConfig`, when it is there.
pub fn unavailable_from(tree: &Value) -> Option<UnavailableNodes> {
    let number = read::int(tree, "updateConfig.maxUnavailable").map(UnavailableNodes::Count);
    number.or_else(|| read::int(tree, "updateConfig.maxUnavailablePercentage").map(UnavailableNodes::Percentage))
}

/// A number or a percentage, in their bounds.
pub(super) fn check_unavailable(tree: &Value) -> Result<(), ApiError> {
    let number = read::int(tree, "updateConfig.maxUnavailable");
    let percent = read::int(tree, "updateConfig.maxUnavailablePercentage");
    if number.is_some() && percent.is_some() {
        return Err(invalid("Only one of maxUnavailable and maxUnavailablePercentage can be specified"));
    }
    if let Some(number) = number.or(percent).filter(|number| !(1..=100).contains(number)) {
        return Err(invalid(format!("maxUnavailable {number} is not between 1 and 100")));
    }
    Ok(())
}

/// A launch template by id or name, and its version's number.
pub(super) fn source(world: &World, tree: &Value) -> Result<SourceTemplate, ApiError> {
    let found = match (read::text(tree, "id"), read::text(tree, "name")) {
        (Some(_), Some(_)) => return Err(invalid("Either the launch template ID or name is needed, not both")),
        (Some(id), None) => world.ec2.launch_templates.get(id),
        (None, Some(name)) => world.ec2.launch_template_named(name),
        (None, None) => return Err(invalid("Launch template ID or name is required")),
    };
    let found = found.ok_or_else(|| {
        let named = read::text(tree, "id").or_else(|| read::text(tree, "name")).unwrap_or_default();
        ApiError::client("InvalidRequestException", format!("Launch template {named} was not found."))
    })?;
    let version = found.version(read::text(tree, "version").unwrap_or("$Default")).ok_or_else(|| {
        let version = read::text(tree, "version").unwrap_or_default();
        ApiError::client("InvalidRequestException", format!("Launch template version {version} does not exist."))
    })?;
    Ok(SourceTemplate { id: found.id.clone(), name: found.name.clone(), version: version.number })
}

/// What a launch template says that EKS says itself.
pub(super) fn check_source(data: &Value) -> Result<(), ApiError> {
    if !read::at(data, "IamInstanceProfile").is_null() {
        return Err(ApiError::client(
            "InvalidRequestException",
            "Launch template should not specify an instance profile. The noderole in your request will be used to \
             construct an instance profile.",
        ));
    }
    if !read::at(data, "InstanceMarketOptions").is_null() {
        return Err(ApiError::client(
            "InvalidRequestException",
            "Launch template should not specify an instance market option.",
        ));
    }
    Ok(())
}

/// Subnets that are there, in the cluster's VPC.
pub(super) fn check_subnets(world: &World, cluster: &Cluster, ids: &[String]) -> Result<(), ApiError> {
    if ids.is_empty() {
        return Err(invalid("Subnets cannot be empty"));
    }
    for id in ids {
        let subnet = world.ec2.subnets.get(id);
        let subnet = subnet.ok_or_else(|| invalid(format!("The subnet ID '{id}' does not exist")))?;
        if subnet.vpc_id != cluster.vpc_id {
            return Err(invalid(format!("Subnet {id} is not in the VPC {} of the cluster", cluster.vpc_id)));
        }
    }
    Ok(())
}
