//! Images: the public parameters of SSM that name them, and whether EC2 has them.

use async_trait::async_trait;

use super::AwsCloud;
use super::error::{failed, is};
use crate::domain::error::Result;
use crate::ports::Images;

#[async_trait]
impl Images for AwsCloud {
    async fn image_parameter(&self, parameter: &str) -> Result<Option<String>> {
        match self.ssm().get_parameter().name(parameter).send().await {
            Ok(answer) => Ok(answer.parameter.and_then(|parameter| parameter.value)),
            Err(e) if is(&e, &["ParameterNotFound", "ParameterVersionNotFound"]) => Ok(None),
            Err(e) => Err(failed(&format!("read parameter `{parameter}`"), &e)),
        }
    }

    async fn image_exists(&self, id: &str) -> Result<bool> {
        match self.ec2().describe_images().image_ids(id).send().await {
            Ok(answer) => Ok(answer.images.is_some_and(|images| !images.is_empty())),
            Err(e) if is(&e, &["InvalidAMIID.NotFound", "InvalidAMIID.Unavailable", "InvalidAMIID.Malformed"]) => {
                Ok(false)
            }
            Err(e) => Err(failed(&format!("describe image `{id}`"), &e)),
        }
    }
}
