//! Key pairs: those that are there, imported ones, and their end.

use aws_sdk_ec2::operation::import_key_pair::builders::ImportKeyPairFluentBuilder;
use aws_sdk_ec2::primitives::Blob;
use aws_sdk_ec2::types as sdk;

use super::{filter, from_tags, specification};
use crate::adapters::aws::AwsCloud;
use crate::adapters::aws::error::{failed, is};
use crate::domain::cloud::{KeyPair, TagMap};
use crate::domain::error::Result;
use crate::domain::mutation::Outcome;

/// All of the region, without their keys. EC2 has no pages here.
pub(super) async fn all(cloud: &AwsCloud) -> Result<Vec<KeyPair>> {
    let answer = cloud.ec2().describe_key_pairs().send().await.map_err(|e| failed("describe key pairs", &e))?;
    Ok(answer.key_pairs.unwrap_or_default().into_iter().filter_map(pair).collect())
}

/// One, with its key.
pub(super) async fn named(cloud: &AwsCloud, name: &str) -> Result<Option<KeyPair>> {
    match cloud.ec2().describe_key_pairs().key_names(name).include_public_key(true).send().await {
        Ok(answer) => Ok(answer.key_pairs.unwrap_or_default().into_iter().find_map(pair)),
        Err(e) if is(&e, &["InvalidKeyPair.NotFound"]) => Ok(None),
        Err(e) => Err(failed(&format!("describe key pair `{name}`"), &e)),
    }
}

/// Those whose name begins so, with their keys.
pub(super) async fn beginning(cloud: &AwsCloud, prefix: &str) -> Result<Vec<KeyPair>> {
    let request = cloud.ec2().describe_key_pairs().filters(filter("key-name", [format!("{prefix}*")]));
    let answer = request.include_public_key(true).send().await;
    let answer = answer.map_err(|e| failed(&format!("describe key pairs `{prefix}*`"), &e))?;
    let pairs = answer.key_pairs.unwrap_or_default().into_iter().filter_map(pair);
    // Not every endpoint honours the filter.
    Ok(pairs.filter(|pair| pair.name.starts_with(prefix)).collect())
}

fn pair(pair: sdk::KeyPairInfo) -> Option<KeyPair> {
    Some(KeyPair {
        tags: from_tags(pair.tags.as_deref()),
        name: pair.key_name?,
        fingerprint: pair.key_fingerprint,
        public_key: pair.public_key.filter(|key| !key.is_empty()),
    })
}

impl AwsCloud {
    pub(in crate::adapters::aws) async fn import_key_pair(
        &self,
        name: &str,
        public_key: &str,
        tags: &TagMap,
    ) -> Result<Outcome> {
        let answer = self.key_pair_request(name, public_key, tags).send().await;
        let answer = answer.map_err(|e| failed(&format!("import key pair `{name}`"), &e))?;
        Ok(Outcome { id: answer.key_pair_id, arn: None })
    }

    pub(super) fn key_pair_request(&self, name: &str, public_key: &str, tags: &TagMap) -> ImportKeyPairFluentBuilder {
        let request = self.ec2().import_key_pair().key_name(name).public_key_material(Blob::new(public_key));
        request.set_tag_specifications(specification(sdk::ResourceType::KeyPair, tags))
    }

    /// EC2 takes it for done when there is none of that name.
    pub(in crate::adapters::aws) async fn delete_key_pair(&self, name: &str) -> Result<Outcome> {
        match self.ec2().delete_key_pair().key_name(name).send().await {
            Ok(_) => Ok(Outcome::default()),
            Err(e) if is(&e, &["InvalidKeyPair.NotFound"]) => Ok(Outcome::default()),
            Err(e) => Err(failed(&format!("delete key pair `{name}`"), &e)),
        }
    }
}
