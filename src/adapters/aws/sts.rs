//! STS: who is asking.

use super::AwsCloud;
use super::error::failed;
use crate::domain::cloud::CallerIdentity;
use crate::domain::error::Result;

impl AwsCloud {
    pub(super) async fn get_caller_identity(&self) -> Result<CallerIdentity> {
        let answer =
            self.sts().get_caller_identity().send().await.map_err(|e| failed("find out who is calling", &e))?;
        Ok(CallerIdentity { account: answer.account.unwrap_or_default(), arn: answer.arn.unwrap_or_default() })
    }
}
