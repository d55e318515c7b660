//! CreateNodegroup.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::cluster::{find, find_mut};
use super::create_access_entry::tags;
use super::nodegroup::written;
use super::nodegroup_members::{
    check_labels, check_sizes, check_source, check_subnets, check_unavailable, invalid, scaling, source, taints,
    unavailable_from,
};
use super::state::{Cluster, Nodegroup, SourceTemplate};
use crate::domain::catalogue;
use crate::sandbox::services::read;
use crate::sandbox::wire::api::{ApiError, Params, Reply};
use crate::sandbox::world::clock::SECOND;
use crate::sandbox::world::kubelet::trusts_ec2;
use crate::sandbox::world::{World, nodegroups};

/// What EKS gives a group that says neither sizes nor types.
const SIZES: (i64, i64, i64) = (1, 2, 2);
const TYPE: &str = "t3.medium";

pub(super) fn create(world: &mut World, params: &Params) -> Reply {
    let tree = &params.0;
    let cluster = find(world, params.text("clusterName").unwrap_or_default())?.clone();
    let name = params.text("nodegroupName").ok_or_else(|| invalid("nodegroupName is required"))?;
    check_name(name)?;
    let token = params.text("clientRequestToken").map(str::to_owned);
    if let Some(known) = cluster.nodegroups.get(name) {
        if token.is_some() && known.client_token == token {
            return Ok(json!({"nodegroup": written(world, &cluster, known)}));
        }
        let message = format!("NodeGroup already exists with name {name} and cluster name {}", cluster.name);
        return Err(ApiError::with_status(409, "ResourceInUseException", message));
    }
    if cluster.status != "ACTIVE" {
        return Err(ApiError::client("InvalidRequestException", "Cluster is not in ACTIVE status."));
    }
    let template = match read::at(tree, "launchTemplate") {
        Value::Null => None,
        given => Some(source(world, given)?),
    };
    let data = template.as_ref().map(|template| template_data(world, template)).unwrap_or_default();
    check_source(&data)?;
    let own_image = read::text(&data, "ImageId").map(str::to_owned);
    check_template(tree, template.is_some(), &data)?;
    let sizes = scaling(tree, SIZES);
    check_sizes(sizes)?;
    let subnet_ids = params.strings("subnets");
    check_subnets(world, &cluster, &subnet_ids)?;
    let labels: BTreeMap<String, String> = read::at(tree, "labels")
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.clone(), value.as_str().unwrap_or_default().to_owned()))
        .collect();
    check_labels(labels.iter().map(|(key, value)| (key.as_str(), value.as_str())))?;
    check_unavailable(tree)?;
    check_role(world, params.text("nodeRole").unwrap_or_default())?;
    let ami_type = match (&own_image, params.text("amiType")) {
        (Some(_), _) => "CUSTOM",
        (None, given) => given.unwrap_or("AL2023_x86_64_STANDARD"),
    };
    let instance_types = types(params, ami_type, &data)?;
    let version = params.text("version").unwrap_or(&cluster.version).to_owned();
    let release_version = release(world, params, ami_type, &version, own_image)?;
    let uuid = world.ids.uuid("nodegroup");
    let group = Nodegroup {
        name: name.to_owned(),
        arn: world.account.arn("eks", &format!("nodegroup/{}/{name}/{uuid}", cluster.name)),
        status: "CREATING".into(),
        version,
        release_version,
        capacity_type: params.text("capacityType").unwrap_or("ON_DEMAND").into(),
        ami_type: ami_type.into(),
        instance_types,
        // What EKS gives when it is not told.
        disk_size: read::int(tree, "diskSize").unwrap_or(if ami_type.starts_with("WINDOWS_") { 50 } else { 20 }),
        subnet_ids,
        node_role: params.text("nodeRole").unwrap_or_default().into(),
        labels,
        taints: taints(tree, "taints")?,
        min: sizes.0,
        max: sizes.1,
        desired: sizes.2,
        tags: tags(params),
        created: world.now(),
        modified: world.now(),
        uuid,
        source: template,
        remote_access: read::at(tree, "remoteAccess").clone(),
        unavailable: unavailable_from(tree).unwrap_or_default(),
        node_repair: read::at(tree, "nodeRepairConfig").clone(),
        client_token: token,
        ..Nodegroup::default()
    };
    let reply = json!({"nodegroup": written(world, &cluster, &group)});
    let name = name.to_owned();
    find_mut(world, &cluster.name)?.nodegroups.insert(name.clone(), group);
    nodegroups::schedule(world, &cluster.name, &name, 5 * SECOND);
    Ok(reply)
}

fn check_name(name: &str) -> Result<(), ApiError> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if name.len() <= 63 && name.chars().all(good) && name.starts_with(|c: char| c.is_ascii_alphanumeric()) {
        return Ok(());
    }
    Err(invalid(format!("The node group name {name} is invalid")))
}

fn template_data(world: &World, template: &SourceTemplate) -> Value {
    let found = world.ec2.launch_templates.get(&template.id);
    found.and_then(|it| it.versions.get(&template.version)).map(|it| Value::clone(&it.data)).unwrap_or_default()
}

/// What is said both in the request and in the template.
fn check_template(tree: &Value, given: bool, data: &Value) -> Result<(), ApiError> {
    let has = |member: &str| !read::at(tree, member).is_null();
    if given && has("diskSize") {
        return Err(invalid("Disk size must be specified within the launch template."));
    }
    if given && has("remoteAccess") {
        return Err(invalid("Remote access configuration cannot be specified with a launch template."));
    }
    if read::text(data, "InstanceType").is_some() && !read::list(tree, "instanceTypes").is_empty() {
        return Err(invalid("You cannot specify instance types in both the launch template and the request."));
    }
    if read::text(data, "ImageId").is_some() {
        let given = read::text(tree, "amiType").is_some_and(|it| it != "CUSTOM");
        if given || has("version") || has("releaseVersion") {
            let message = "You cannot specify an AMI type, a version or a release version when the launch template \
                           specifies an AMI.";
            return Err(invalid(message));
        }
    }
    Ok(())
}

/// EC2 must be able to take the role.
fn check_role(world: &World, arn: &str) -> Result<(), ApiError> {
    match world.iam.role_by_arn(arn) {
        None => Err(invalid(format!("The role with name {} cannot be found.", arn.rsplit('/').next().unwrap_or(arn)))),
        Some(role) if !trusts_ec2(role) => Err(invalid(
            "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of \
             nodeRole",
        )),
        Some(_) => Ok(()),
    }
}

fn types(params: &Params, ami_type: &str, data: &Value) -> Result<Vec<String>, ApiError> {
    let mut types = params.strings("instanceTypes");
    let unknown: Vec<&str> = types.iter().map(String::as_str).filter(|name| catalogue::get(name).is_none()).collect();
    if !unknown.is_empty() {
        return Err(invalid(format!("The following supplied instance types do not exist: [{}]", unknown.join(", "))));
    }
    if types.len() > 20 {
        return Err(invalid("The maximum number of instance types is 20"));
    }
    if types.is_empty() && read::text(data, "InstanceType").is_none() {
        types.push(TYPE.to_owned());
    }
    let wanted = nodegroups::architecture(ami_type);
    let other = types.iter().find(|name| {
        wanted.is_some_and(|wanted| catalogue::get(name).is_some_and(|known| known.architecture != wanted))
    });
    match other {
        Some(name) => Err(invalid(format!("[{name}] is not a valid instance type for requested amiType {ami_type}"))),
        None => Ok(types),
    }
}

fn release(
    world: &World,
    params: &Params,
    ami_type: &str,
    version: &str,
    own_image: Option<String>,
) -> Result<String, ApiError> {
    if let Some(image) = own_image {
        return Ok(image);
    }
    let wanted = params.text("releaseVersion");
    let chosen = nodegroups::choose_image(world, ami_type, version, wanted);
    chosen.map(|chosen| chosen.release).ok_or_else(|| match wanted {
        Some(release) => {
            invalid(format!("Requested release version {release} is not valid for kubernetes version {version}."))
        }
        None => invalid(format!("Ami Type {ami_type} is not supported for kubernetes version {version}")),
    })
}

/// Whether a cluster has such a group in an update that this request started.
pub(super) fn same_token(cluster: &Cluster, name: &str, token: Option<&str>) -> Option<usize> {
    let token = token?;
    cluster.nodegroups.get(name)?.updates.iter().position(|update| update.client_token.as_deref() == Some(token))
}
