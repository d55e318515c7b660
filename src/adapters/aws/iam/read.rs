//! Roles with their policies, and instance profiles.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use aws_sdk_iam::types as sdk;
use futures_util::future::try_join_all;

use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::convert::tag_map;
use crate::adapters::aws::error::{failed, is};
use crate::domain::Code;
use crate::domain::cloud::{CallerIdentity, InstanceProfile, Role, TagMap};
use crate::domain::error::{Error, Result};
use crate::ports::Identities;

const NOT_FOUND: &[&str] = &["NoSuchEntity", "NoSuchEntityException"];

#[async_trait]
impl Identities for AwsCloud {
    async fn caller(&self) -> Result<CallerIdentity> {
        self.get_caller_identity().await
    }

    async fn role(&self, name: &str) -> Result<Option<Role>> {
        let Some(role) = self.get_role(name).await? else { return Ok(None) };
        let (attached, inline) = tokio::try_join!(self.attached_policies(name), self.inline_policies(name))?;
        let (name, arn, tags) = (role.role_name, role.arn, tags(role.tags.as_deref()));
        let trust = role.assume_role_policy_document.as_deref().and_then(|text| document(text).ok());
        Ok(Some(Role { name, arn, trust: trust.unwrap_or_default(), attached, inline, tags }))
    }

    async fn role_exists(&self, name: &str) -> Result<bool> {
        Ok(self.get_role(name).await?.is_some())
    }

    async fn instance_profile(&self, name: &str) -> Result<Option<InstanceProfile>> {
        match self.iam().get_instance_profile().instance_profile_name(name).send().await {
            Ok(answer) => Ok(answer.instance_profile.map(|profile| InstanceProfile {
                name: profile.instance_profile_name,
                arn: profile.arn,
                roles: profile.roles.into_iter().map(|role| role.role_name).collect(),
                tags: tags(profile.tags.as_deref()),
            })),
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("read instance profile `{name}`"), &e)),
        }
    }
}

impl AwsCloud {
    async fn get_role(&self, name: &str) -> Result<Option<sdk::Role>> {
        match self.iam().get_role().role_name(name).send().await {
            Ok(answer) => Ok(answer.role),
            Err(e) if is(&e, NOT_FOUND) => Ok(None),
            Err(e) => Err(failed(&format!("read role `{name}`"), &e)),
        }
    }

    async fn attached_policies(&self, role: &str) -> Result<BTreeSet<String>> {
        let pages = self.iam().list_attached_role_policies().role_name(role).into_paginator().items().send();
        let policies: Result<Vec<sdk::AttachedPolicy>, _> = pages.try_collect().await;
        let policies = policies.map_err(|e| failed(&format!("list the policies attached to role `{role}`"), &e))?;
        Ok(policies.into_iter().filter_map(|policy| policy.policy_arn).collect())
    }

    async fn inline_policies(&self, role: &str) -> Result<BTreeMap<String, serde_json::Value>> {
        let pages = self.iam().list_role_policies().role_name(role).into_paginator().items().send();
        let names: Result<Vec<String>, _> = pages.try_collect().await;
        let names = names.map_err(|e| failed(&format!("list the inline policies of role `{role}`"), &e))?;
        let documents = names.iter().map(|name| async move {
            let what = format!("read inline policy `{name}` of role `{role}`");
            let answer = self.iam().get_role_policy().role_name(role).policy_name(name).send().await;
            let answer = answer.map_err(|e| failed(&what, &e))?;
            let document = document(&answer.policy_document)
                .map_err(|cause| Error::new(Code::AwsMalformedAnswer, format!("could not {what}")).because(cause))?;
            Ok::<_, Error>((name.clone(), document))
        });
        Ok(try_join_all(documents).await?.into_iter().collect())
    }
}

/// IAM gives documents percent-encoded.
fn document(encoded: &str) -> Result<serde_json::Value, String> {
    let decoded = percent_decoded(encoded);
    serde_json::from_str(&decoded).map_err(|e| e.to_string())
}

/// Undoes RFC 3986 percent-encoding, in which `+` is a plus sign. Text that is not encoded stays as it is.
fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let hex = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        let code = hex.and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (first, code) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(*first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn tags(tags: Option<&[sdk::Tag]>) -> TagMap {
    tag_map(tags.unwrap_or_default().iter().map(|tag| (Some(tag.key()), Some(tag.value()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_decoded_once() {
        let encoded = "%7B%22Statement%22%3A%5B%7B%22Action%22%3A%22a%3A%2A%22%7D%5D%7D";
        assert_eq!(document(encoded), Ok(serde_json::json!({ "Statement": [{ "Action": "a:*" }] })));
        assert_eq!(document(r#"{"a": "1+1 %"}"#), Ok(serde_json::json!({ "a": "1+1 %" })));
        assert!(document("%7B").is_err());
    }
}
