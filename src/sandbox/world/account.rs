//! Whose world this is, and where.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The account and its region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Twelve digits.
    pub id: String,
    /// `aws`.
    pub partition: String,
    /// Region name.
    pub region: String,
    /// ARN of the caller.
    pub caller_arn: String,
    /// `AIDA…` of the caller.
    pub caller_id: String,
    /// vCPU quotas per class (`standard/spot`); a class without one is not limited.
    pub quotas: BTreeMap<String, u64>,
}

impl Account {
    /// An ARN in this account and region.
    pub fn arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}:{}:{}:{resource}", self.partition, self.region, self.id)
    }

    /// An IAM ARN: no region.
    pub fn iam_arn(&self, resource: &str) -> String {
        format!("arn:{}:iam::{}:{resource}", self.partition, self.id)
    }
}
