//! Whether a machine may become a node, decided in the order in which the machine itself finds out.

use super::access::authorise;
use super::boot_data::{self, BootData, Fault};
use super::permissions::{permits, trusts_ec2};
use super::reach::reach;
use super::refusal::{Refusal, Stage};
use crate::domain::catalogue;
use crate::domain::instance_type::InstanceType;
use crate::sandbox::services::ec2::state::{Image, Instance};
use crate::sandbox::services::eks::state::Cluster;
use crate::sandbox::services::iam::state::Role;
use crate::sandbox::world::World;

/// What a node is made of.
#[derive(Debug)]
pub(super) struct Admission {
    pub image: Image,
    pub kind: &'static InstanceType,
    pub boot_data: BootData,
}

/// Decides; the error is the first thing that goes wrong.
pub(super) fn decide(world: &World, instance: &Instance) -> Result<Admission, Refusal> {
    let (image, kind) = machine(world, instance)?;
    let boot_data = boot_data::read(&image.family, &instance.user_data);
    let agent = |error: String| Refusal::new(Stage::Agent, error);
    let (role, mut boot_data) = match image.is_windows() {
        true => prepared_on_windows(world, instance, boot_data)?,
        false => prepared(world, instance, boot_data)?,
    };
    look_up(world, role, &mut boot_data).map_err(agent)?;
    register(world, instance, role, &boot_data).map_err(|error| Refusal::new(Stage::Registration, error))?;
    Ok(Admission { image: image.clone(), kind, boot_data })
}

/// nodeadm and its like need credentials and facts about the instance.
fn prepared<'w>(
    world: &'w World,
    instance: &Instance,
    boot_data: Result<BootData, Fault>,
) -> Result<(&'w Role, BootData), Refusal> {
    let agent = |error: String| Refusal::new(Stage::Agent, error);
    // The kubelet's flags are read when nodeadm has done its part.
    if let Err(Fault::Agent(error)) = boot_data {
        return Err(agent(error));
    }
    let role = credentials(world, instance).map_err(|error| agent(describe_instances(&error)))?;
    if !permits(role, "ec2:DescribeInstances") {
        return Err(agent(unauthorized_operation(world, instance, role)));
    }
    Ok((role, boot_data.map_err(refused)?))
}

/// Windows' script is told all; the first that needs credentials is the kubelet.
fn prepared_on_windows<'w>(
    world: &'w World,
    instance: &Instance,
    boot_data: Result<BootData, Fault>,
) -> Result<(&'w Role, BootData), Refusal> {
    let boot_data = boot_data.map_err(refused)?;
    let role = credentials(world, instance).map_err(|error| {
        let plugin = "getting credentials: exec: executable aws-iam-authenticator.exe failed with exit code 1";
        Refusal::new(Stage::Registration, format!("Post \"{}/api/v1/nodes\": {plugin}: {error}", boot_data.endpoint))
    })?;
    Ok((role, boot_data))
}

fn refused(fault: Fault) -> Refusal {
    match fault {
        Fault::Agent(error) => Refusal::new(Stage::Agent, error),
        Fault::Kubelet(error) => Refusal::new(Stage::Kubelet, error),
    }
}

/// A bootstrap script that is told the cluster's name alone asks EKS for the rest.
fn look_up(world: &World, role: &Role, data: &mut BootData) -> Result<(), String> {
    if !data.endpoint.is_empty() && !data.certificate_authority.is_empty() {
        return Ok(());
    }
    let denied = "An error occurred (AccessDeniedException) when calling the DescribeCluster operation";
    if !permits(role, "eks:DescribeCluster") {
        return Err(denied.to_owned());
    }
    let Some(cluster) = world.eks.clusters.get(&data.cluster) else {
        return Err(format!(
            "An error occurred (ResourceNotFoundException) when calling the DescribeCluster operation: No cluster \
             found for name: {}.",
            data.cluster
        ));
    };
    data.endpoint.clone_from(&cluster.endpoint);
    data.certificate_authority.clone_from(&cluster.certificate_authority);
    Ok(())
}

/// Image and instance type of a machine that can run a kubelet.
pub(super) fn machine<'a>(
    world: &'a World,
    instance: &Instance,
) -> Result<(&'a Image, &'static InstanceType), Refusal> {
    let refuse = |error: String| Err(Refusal::new(Stage::Image, error));
    let Some(image) = world.ec2.images.get(&instance.image_id) else {
        return refuse(format!("the image {} has no kubelet", instance.image_id));
    };
    let Some(kind) = catalogue::get(&instance.instance_type) else {
        return refuse(format!("the instance type {} is not known", instance.instance_type));
    };
    if image.architecture != kind.architecture {
        let (image, kind) = (image.architecture.kubernetes(), kind.architecture.kubernetes());
        return refuse(format!("the image is built for {image}, the processor is {kind}: nothing boots"));
    }
    if image.kubelet.is_empty() {
        return refuse(format!("the image {} has no kubelet", image.id));
    }
    Ok((image, kind))
}

/// The role whose credentials the instance metadata service gives out.
fn credentials<'a>(world: &'a World, instance: &Instance) -> Result<&'a Role, String> {
    let absent = "no EC2 IMDS role found, operation error ec2imds: GetMetadata, http response error StatusCode: 404, \
                  request to EC2 IMDS failed";
    let profile = instance.profile_arn.as_deref().and_then(|arn| world.iam.profile(arn));
    let role = profile.and_then(|profile| profile.role.as_deref()).and_then(|name| world.iam.roles.get(name));
    let role = role.ok_or(absent)?;
    if trusts_ec2(role) {
        Ok(role)
    } else {
        let name = &role.name;
        Err(format!("unable to fetch credentials: AssumeRoleUnauthorizedAccess: EC2 cannot assume the role {name}"))
    }
}

fn describe_instances(error: &str) -> String {
    format!(
        "operation error EC2: DescribeInstances, get identity: get credentials: failed to refresh cached credentials, \
         {error}"
    )
}

fn unauthorized_operation(world: &World, instance: &Instance, role: &Role) -> String {
    let (partition, account) = (&world.account.partition, &world.account.id);
    let user = format!("arn:{partition}:sts::{account}:assumed-role/{}/{}", role.name, instance.id);
    format!(
        "operation error EC2: DescribeInstances, https response error StatusCode: 403, api error \
         UnauthorizedOperation: You are not authorized to perform this operation. User: {user} is not authorized to \
         perform: ec2:DescribeInstances because no identity-based policy allows the ec2:DescribeInstances action"
    )
}

fn register(world: &World, instance: &Instance, role: &Role, data: &BootData) -> Result<(), String> {
    let url = format!("{}/api/v1/nodes", data.endpoint);
    let post = |error: String| format!("Post \"{url}\": {error}");
    let cluster = resolve(world, data).map_err(post)?;
    reach(world, instance, cluster).map_err(post)?;
    if data.certificate_authority != cluster.certificate_authority {
        let error = "tls: failed to verify certificate: x509: certificate signed by unknown authority";
        return Err(post(error.to_owned()));
    }
    // The token is signed for one cluster's name.
    if data.cluster != cluster.name {
        return Err("Unauthorized".to_owned());
    }
    authorise(world, cluster, role, instance)
}

fn resolve<'a>(world: &'a World, data: &BootData) -> Result<&'a Cluster, String> {
    let address = |url: &str| url.trim_end_matches('/').to_ascii_lowercase();
    let wanted = address(&data.endpoint);
    let Some(host) = wanted.strip_prefix("https://") else {
        return Err("unsupported protocol scheme".to_owned());
    };
    let found = world.eks.clusters.values().find(|cluster| address(&cluster.endpoint) == wanted);
    found.ok_or_else(|| format!("dial tcp: lookup {host}: no such host"))
}

/// Why the VPC network plugin cannot work on this machine; `None` when it can. On Windows it is part of the image, and a
/// controller of EKS's has the addresses: the node's role is not asked.
pub(super) fn network_fault(world: &World, instance: &Instance) -> Option<&'static str> {
    if world.ec2.images.get(&instance.image_id).is_some_and(Image::is_windows) {
        return None;
    }
    let role = credentials(world, instance).ok()?;
    if !permits(role, "ecr:GetAuthorizationToken") || !permits(role, "ecr:BatchGetImage") {
        return Some("the node's role may not pull images from ECR");
    }
    let account = world.objects.get("serviceaccounts", "kube-system", "aws-node");
    let own = account.and_then(|it| it["metadata"]["annotations"]["eks.amazonaws.com/role-arn"].as_str());
    let plugin = own.map_or(Some(role), |arn| world.iam.role_by_arn(arn));
    let able = plugin.is_some_and(|role| permits(role, "ec2:AssignPrivateIpAddresses"));
    (!able).then_some("the node's role may not assign addresses: AmazonEKS_CNI_Policy is missing")
}
