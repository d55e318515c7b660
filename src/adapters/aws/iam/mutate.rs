//! Changes of roles and instance profiles. Deleting what is gone already is a success.

use aws_sdk_iam::types as sdk;

use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::convert::unbuildable;
use crate::adapters::aws::error::{failed, is};
use crate::domain::cloud::TagMap;
use crate::domain::error::Result;
use crate::domain::mutation::Outcome;

const NOT_FOUND: &[&str] = &["NoSuchEntity", "NoSuchEntityException"];

impl AwsCloud {
    pub(in crate::adapters::aws) async fn create_role(
        &self,
        name: &str,
        trust_policy: &serde_json::Value,
        description: &str,
        map: &TagMap,
        boundary: Option<&str>,
    ) -> Result<Outcome> {
        let request = self
            .iam()
            .create_role()
            .set_permissions_boundary(boundary.map(str::to_owned))
            .role_name(name)
            .path("/")
            .assume_role_policy_document(trust_policy.to_string())
            .description(description)
            .set_tags(Some(tags("CreateRole", map)?));
        let answer = request.send().await.map_err(|e| failed(&format!("create role `{name}`"), &e))?;
        let role = answer.role;
        Ok(Outcome { id: role.as_ref().map(|role| role.role_id.clone()), arn: role.map(|role| role.arn) })
    }

    pub(in crate::adapters::aws) async fn attach_role_policy(&self, role: &str, policy: &str) -> Result<Outcome> {
        let request = self.iam().attach_role_policy().role_name(role).policy_arn(policy);
        request.send().await.map_err(|e| failed(&format!("attach policy `{policy}` to role `{role}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn put_role_policy(
        &self,
        role: &str,
        policy: &str,
        document: &serde_json::Value,
    ) -> Result<Outcome> {
        let request = self.iam().put_role_policy().role_name(role).policy_name(policy);
        let request = request.policy_document(document.to_string());
        request.send().await.map_err(|e| failed(&format!("put inline policy `{policy}` into role `{role}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn create_instance_profile(&self, name: &str, map: &TagMap) -> Result<Outcome> {
        let request = self.iam().create_instance_profile().instance_profile_name(name).path("/");
        let request = request.set_tags(Some(tags("CreateInstanceProfile", map)?));
        let answer = request.send().await.map_err(|e| failed(&format!("create instance profile `{name}`"), &e))?;
        let profile = answer.instance_profile;
        Ok(Outcome {
            id: profile.as_ref().map(|profile| profile.instance_profile_id.clone()),
            arn: profile.map(|profile| profile.arn),
        })
    }

    pub(in crate::adapters::aws) async fn add_role_to_profile(&self, profile: &str, role: &str) -> Result<Outcome> {
        let request = self.iam().add_role_to_instance_profile().instance_profile_name(profile).role_name(role);
        let what = format!("add role `{role}` to instance profile `{profile}`");
        request.send().await.map_err(|e| failed(&what, &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn remove_role_from_profile(
        &self,
        profile: &str,
        role: &str,
    ) -> Result<Outcome> {
        let request = self.iam().remove_role_from_instance_profile().instance_profile_name(profile).role_name(role);
        match request.send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("remove role `{role}` from instance profile `{profile}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn delete_instance_profile(&self, name: &str) -> Result<Outcome> {
        match self.iam().delete_instance_profile().instance_profile_name(name).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete instance profile `{name}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn detach_role_policy(&self, role: &str, policy: &str) -> Result<Outcome> {
        match self.iam().detach_role_policy().role_name(role).policy_arn(policy).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("detach policy `{policy}` from role `{role}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn delete_role_policy(&self, role: &str, policy: &str) -> Result<Outcome> {
        match self.iam().delete_role_policy().role_name(role).policy_name(policy).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete inline policy `{policy}` of role `{role}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn put_role_boundary(&self, role: &str, policy: &str) -> Result<Outcome> {
        let request = self.iam().put_role_permissions_boundary().role_name(role).permissions_boundary(policy);
        request.send().await.map_err(|e| failed(&format!("bound role `{role}` by policy `{policy}`"), &e))?;
        Ok(Outcome::default())
    }

    pub(in crate::adapters::aws) async fn delete_role_boundary(&self, role: &str) -> Result<Outcome> {
        match self.iam().delete_role_permissions_boundary().role_name(role).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("remove the permissions boundary of role `{role}`"), &e)),
        }
    }

    pub(in crate::adapters::aws) async fn delete_role(&self, name: &str) -> Result<Outcome> {
        match self.iam().delete_role().role_name(name).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, NOT_FOUND) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete role `{name}`"), &e)),
        }
    }
}

fn tags(operation: &str, map: &TagMap) -> Result<Vec<sdk::Tag>> {
    let build = |(key, value): (&String, &String)| sdk::Tag::builder().key(key).value(value).build();
    map.iter().map(build).collect::<Result<_, _>>().map_err(|e| unbuildable(operation, &e))
}
