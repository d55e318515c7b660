//! Changes of security groups and launch templates. Deleting what is gone already is a success.

use std::error::Error as StdError;

use aws_sdk_ec2::error::ProvideErrorMetadata;
use aws_sdk_ec2::operation::create_launch_template::builders::CreateLaunchTemplateFluentBuilder;
use aws_sdk_ec2::operation::create_security_group::builders::CreateSecurityGroupFluentBuilder;
use aws_sdk_ec2::types as sdk;

use super::launch_template::to_sdk;
use super::specification;
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::error::{Failure, failed, is};
use crate::domain::Code;
use crate::domain::cloud::{IngressRule, LaunchTemplateData, TagMap};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation, Outcome};

impl AwsCloud {
    pub(in crate::adapters::aws) async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        vpc_id: &str,
        tags: &TagMap,
    ) -> Result<Outcome> {
        let request = self.security_group_request(name, description, vpc_id, tags);
        let answer = request.send().await.map_err(|e| failed(&format!("create security group `{name}`"), &e))?;
        let Some(id) = answer.group_id else { return Err(without(&format!("create security group `{name}`"), "id")) };
        Ok(Outcome { id: Some(id), arn: answer.security_group_arn })
    }

    fn security_group_request(
        &self,
        name: &str,
        description: &str,
        vpc_id: &str,
        tags: &TagMap,
    ) -> CreateSecurityGroupFluentBuilder {
        let request = self.ec2().create_security_group().group_name(name).description(description).vpc_id(vpc_id);
        request.set_tag_specifications(specification(sdk::ResourceType::SecurityGroup, tags))
    }

    /// Whether a change of EC2's would be allowed.
    pub(in crate::adapters::aws) async fn dry_run(&self, mutation: &AwsMutation) -> Result<()> {
        match mutation {
            AwsMutation::CreateSecurityGroup { name, description, vpc_id, tags } => {
                let request = self.security_group_request(name, description, vpc_id, tags);
                unless_denied(&format!("create security group `{name}`"), request.dry_run(true).send().await)
            }
            AwsMutation::ImportKeyPair { name, public_key, tags } => {
                let request = self.key_pair_request(name, public_key, tags);
                unless_denied(&format!("import key pair `{name}`"), request.dry_run(true).send().await)
            }
            AwsMutation::CreateLaunchTemplate { name, data, client_token, tags } => {
                let request = self.launch_template_request(name, data, client_token, tags);
                unless_denied(&format!("create launch template `{name}`"), request.dry_run(true).send().await)
            }
            _ => Ok(()),
        }
    }

    pub(in crate::adapters::aws) async fn authorize_ingress(&self, id: &str, rules: &[IngressRule]) -> Result<Outcome> {
        let request = self.ec2().authorize_security_group_ingress().group_id(id);
        match request.set_ip_permissions(Some(permissions(rules))).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, &["InvalidPermission.Duplicate"]) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("let traffic into security group `{id}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn revoke_ingress(&self, id: &str, rules: &[IngressRule]) -> Result<Outcome> {
        let request = self.ec2().revoke_security_group_ingress().group_id(id);
        match request.set_ip_permissions(Some(permissions(rules))).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, &["InvalidPermission.NotFound"]) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("remove rules of security group `{id}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn delete_security_group(&self, id: &str) -> Result<Outcome> {
        match self.ec2().delete_security_group().group_id(id).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, &["InvalidGroup.NotFound"]) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete security group `{id}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn create_launch_template(
        &self,
        name: &str,
        data: &LaunchTemplateData,
        client_token: &str,
        tags: &TagMap,
    ) -> Result<Outcome> {
        let request = self.launch_template_request(name, data, client_token, tags);
        let answer = request.send().await.map_err(|e| failed(&format!("create launch template `{name}`"), &e))?;
        Ok(Outcome { id: answer.launch_template.and_then(|template| template.launch_template_id), arn: None })
    }

    fn launch_template_request(
        &self,
        name: &str,
        data: &LaunchTemplateData,
        client_token: &str,
        tags: &TagMap,
    ) -> CreateLaunchTemplateFluentBuilder {
        let request = self.ec2().create_launch_template().launch_template_name(name);
        let request = request.launch_template_data(to_sdk(data)).client_token(client_token);
        request.set_tag_specifications(specification(sdk::ResourceType::LaunchTemplate, tags))
    }

    pub(in crate::adapters::aws) async fn create_launch_template_version(
        &self,
        name: &str,
        data: &LaunchTemplateData,
        client_token: &str,
    ) -> Result<Outcome> {
        let request = self
            .ec2()
            .create_launch_template_version()
            .launch_template_name(name)
            .launch_template_data(to_sdk(data))
            .client_token(client_token);
        let what = format!("create a version of launch template `{name}`");
        let answer = request.send().await.map_err(|e| failed(&what, &e))?;
        match answer.launch_template_version.and_then(|version| version.version_number) {
            Some(number) => Ok(Outcome { id: Some(number.to_string()), arn: None }),
            None => Err(without(&what, "version number")),
        }
    }

    pub(in crate::adapters::aws) async fn delete_launch_template(&self, name: &str) -> Result<Outcome> {
        match self.ec2().delete_launch_template().launch_template_name(name).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, &["InvalidLaunchTemplateName.NotFoundException"]) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete launch template `{name}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn delete_launch_template_versions(
        &self,
        name: &str,
        versions: &[i64],
    ) -> Result<Outcome> {
        let numbers = versions.iter().map(ToString::to_string).collect();
        let what = format!("delete versions of launch template `{name}`");
        let request =
            self.ec2().delete_launch_template_versions().launch_template_name(name).set_versions(Some(numbers));
        let answer = request.send().await.map_err(|e| failed(&what, &e))?;
        // A version that is not deleted is told in the answer, not as an error.
        let refused = answer.unsuccessfully_deleted_launch_template_versions.unwrap_or_default();
        let reasons = refused.into_iter().filter_map(|one| one.response_error).filter(|error| {
            error.code.as_ref().is_none_or(|code| code.as_str() != "launchTemplateVersionDoesNotExist")
        });
        let reasons: Vec<String> = reasons.filter_map(|error| error.message).collect();
        match reasons.is_empty() {
            true => Ok(Outcome::default()),
            false => {
                let error = Error::new(Code::AwsRefused, format!("could not {what}"));
                Err(reasons.into_iter().fold(error, Error::because))
            }
        }
    }
}

/// An answer that lacks what the next request needs.
fn without(what: &str, member: &str) -> Error {
    Error::new(Code::AwsMalformedAnswer, format!("could not {what}: the answer has no {member}"))
        .help("what was asked for may be done: repeat, and see whether `AWS_ENDPOINT_URL` is really an AWS endpoint")
}

fn permissions(rules: &[IngressRule]) -> Vec<sdk::IpPermission> {
    let permission = |rule: &IngressRule| {
        let description = Some(rule.description.clone()).filter(|text| !text.is_empty());
        let permission = sdk::IpPermission::builder()
            .ip_protocol(&rule.protocol)
            .from_port(i32::from(rule.from_port))
            .to_port(i32::from(rule.to_port));
        match &rule.source_group {
            Some(id) => permission
                .user_id_group_pairs(sdk::UserIdGroupPair::builder().group_id(id).set_description(description).build()),
            None => {
                permission.ip_ranges(sdk::IpRange::builder().cidr_ip(&rule.cidr).set_description(description).build())
            }
        }
        .build()
    };
    rules.iter().map(permission).collect()
}

/// What a dry run says: a success is told as an error too, and every other fault the request itself will meet.
fn unless_denied<T, E: ProvideErrorMetadata + StdError + 'static>(
    what: &str,
    answer: std::result::Result<T, Failure<E>>,
) -> Result<()> {
    match answer {
        Err(e) if is(&e, &["UnauthorizedOperation", "AccessDenied", "AccessDeniedException"]) => Err(failed(what, &e)),
        _ => Ok(()),
    }
}
