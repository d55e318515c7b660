//! Service Quotas: how much an account may have.

use async_trait::async_trait;

use super::AwsCloud;
use super::error::{failed, is};
use crate::domain::error::Result;
use crate::ports::Quotas;

#[async_trait]
impl Quotas for AwsCloud {
    async fn ec2_quota(&self, code: &str) -> Result<Option<f64>> {
        match self.servicequotas().get_service_quota().service_code("ec2").quota_code(code).send().await {
            Ok(answer) => Ok(answer.quota.and_then(|quota| quota.value)),
            Err(e) if is(&e, &["NoSuchResourceException"]) => Ok(None),
            Err(e) => Err(failed(&format!("read the EC2 quota `{code}`"), &e)),
        }
    }
}
