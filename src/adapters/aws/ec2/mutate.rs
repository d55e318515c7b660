//! Changes of security groups and launch templates. Deleting what is gone already is a success.

use aws_sdk_ec2::types as sdk;

use super::launch_template::to_sdk;
use super::specification;
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::error::{failed, is};
use crate::domain::Code;
use crate::domain::cloud::{IngressRule, LaunchTemplateData, TagMap};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::Outcome;

impl AwsCloud {
    pub(in crate::adapters::aws) async fn create_security_group(
        &self,
        name: &str,
        description: &str,
        vpc_id: &str,
        tags: &TagMap,
    ) -> Result<Outcome> {
        let request = self
            .ec2()
            .create_security_group()
            .group_name(name)
            .description(description)
            .vpc_id(vpc_id)
            .set_tag_specifications(specification(sdk::ResourceType::SecurityGroup, tags));
        let answer = request.send().await.map_err(|e| failed(&format!("create security group `{name}`"), &e))?;
        let Some(id) = answer.group_id else { return Err(without(&format!("create security group `{name}`"), "id")) };
        Ok(Outcome { id: Some(id), arn: answer.security_group_arn })
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
        let request = self
            .ec2()
            .create_launch_template()
            .launch_template_name(name)
            .launch_template_data(to_sdk(data))
            .client_token(client_token)
            .set_tag_specifications(specification(sdk::ResourceType::LaunchTemplate, tags));
        let answer = request.send().await.map_err(|e| failed(&format!("create launch template `{name}`"), &e))?;
        Ok(Outcome { id: answer.launch_template.and_then(|template| template.launch_template_id), arn: None })
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
    let range = |rule: &IngressRule| {
        let description = Some(rule.description.clone()).filter(|text| !text.is_empty());
        sdk::IpRange::builder().cidr_ip(&rule.cidr).set_description(description).build()
    };
    let permission = |rule: &IngressRule| {
        sdk::IpPermission::builder()
            .ip_protocol(&rule.protocol)
            .from_port(i32::from(rule.from_port))
            .to_port(i32::from(rule.to_port))
            .ip_ranges(range(rule))
            .build()
    };
    rules.iter().map(permission).collect()
}
