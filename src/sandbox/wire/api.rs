//! What a service handler gets and gives, free of the protocol it travelled by.

use serde_json::Value;

/// The parameters of a request as a tree: objects, arrays and, from the query protocol, strings only.
///
/// Numbered query members (`Filter.1.Value.2`, `Tags.member.1.Key`) have become arrays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(pub Value);

/// A refusal with AWS's code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// AWS's code, such as `InvalidGroup.Duplicate`.
    pub code: String,
    /// AWS's sentence.
    pub message: String,
}

impl ApiError {
    /// A refusal that blames the request: HTTP 400.
    pub fn client(code: impl Into<String>, message: impl Into<String>) -> Self {
        ApiError { status: 400, code: code.into(), message: message.into() }
    }

    /// A refusal with its own HTTP status (404 and 409 at EKS and IAM).
    pub fn with_status(status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        ApiError { status, code: code.into(), message: message.into() }
    }
}

/// A handler's answer: members in the wire's own spelling (`launchTemplateId` at EC2,
/// `AutoScalingGroupName` at Auto Scaling). Arrays become `<item>` or `<member>` lists in XML; a member whose name
/// ends in `[]` is a list without a wrapper: `{"groupId[]": ["a", "b"]}` is `<groupId>a</groupId><groupId>b</groupId>`.
/// `null` members are left out.
pub type Reply = Result<Value, ApiError>;
