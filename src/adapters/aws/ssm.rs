//! SSM: the public parameters that name images.

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
}
