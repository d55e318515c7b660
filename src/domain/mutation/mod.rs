//! Changes as data: every mutating request the product can make to AWS or Kubernetes.
//!
//! Reads are typed port methods; writes are values. So a plan can list them, a journal can record
//! them before they are sent, and a count of them means something.

mod aws;
mod kube;
mod nodegroup;

pub use self::aws::{AwsMutation, GroupRequest, LaunchTemplateRef};
pub use self::kube::KubeMutation;
pub use self::nodegroup::{NodegroupConfig, NodegroupRequest};

use serde::{Deserialize, Serialize};

/// One mutating request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "target", rename_all = "kebab-case")]
pub enum Mutation {
    /// To an AWS service.
    Aws(AwsMutation),
    /// To the cluster's API server.
    Kube(KubeMutation),
}

impl Mutation {
    /// Whether it makes something that must not be there yet: the API refuses it otherwise.
    pub const fn creates(&self) -> bool {
        use AwsMutation as A;
        matches!(
            self,
            Mutation::Aws(
                A::CreateRole { .. }
                    | A::CreateInstanceProfile { .. }
                    | A::CreateAccessEntry { .. }
                    | A::CreateSecurityGroup { .. }
                    | A::ImportKeyPair { .. }
                    | A::CreateLaunchTemplate { .. }
                    | A::CreateAutoScalingGroup(_)
                    | A::CreateNodegroup(_)
            )
        )
    }
}

/// What a mutating request gave back, as far as later requests need it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Id of what was made (`sg-…`, `lt-…`), or its ARN where AWS has no id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// ARN of what was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arn: Option<String>,
}
