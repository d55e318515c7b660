//! What a service handler gets and gives, free of the protocol it travelled by.

use serde_json::Value;

use crate::domain::cloud::TagMap;
use crate::sandbox::services::read;

/// The parameters of a request as a tree: objects, arrays and, from the query protocol, strings only.
///
/// Numbered query members (`Filter.1.Value.2`, `Tags.member.1.Key`) have become arrays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Params(pub Value);

impl Params {
    /// A non-empty string by path (`LaunchTemplateData.ImageId`).
    pub fn text(&self, path: &str) -> Option<&str> {
        read::text(&self.0, path)
    }

    /// A non-empty string that must be there.
    ///
    /// # Errors
    /// `MissingParameter`, with the member's name.
    pub fn required(&self, path: &str) -> Result<&str, ApiError> {
        self.text(path).ok_or_else(|| {
            ApiError::client("MissingParameter", format!("The request must contain the parameter {path}"))
        })
    }

    /// A whole number; `None` when missing.
    ///
    /// # Errors
    /// `InvalidParameterValue` when it is there and is not a whole number.
    pub fn int(&self, path: &str) -> Result<Option<i64>, ApiError> {
        self.scalar(path, read::int(&self.0, path), "an integer")
    }

    /// A boolean; `None` when missing.
    ///
    /// # Errors
    /// `InvalidParameterValue` when it is there and is neither `true` nor `false`.
    pub fn boolean(&self, path: &str) -> Result<Option<bool>, ApiError> {
        self.scalar(path, read::boolean(&self.0, path), "a boolean")
    }

    fn scalar<T>(&self, path: &str, value: Option<T>, form: &str) -> Result<Option<T>, ApiError> {
        match read::at(&self.0, path) {
            Value::Null => Ok(None),
            given if value.is_none() => {
                let message = format!("Invalid value {given} for {path}: {form} is expected");
                Err(ApiError::client("InvalidParameterValue", message))
            }
            _ => Ok(value),
        }
    }

    /// A list's items; none when missing.
    pub fn list(&self, path: &str) -> &[Value] {
        read::list(&self.0, path)
    }

    /// A list of strings; none when missing.
    pub fn strings(&self, path: &str) -> Vec<String> {
        read::strings(&self.0, path)
    }

    /// `Key`/`Value` pairs.
    pub fn tags(&self, path: &str) -> TagMap {
        read::tags(&self.0, path)
    }
}

/// A refusal with AWS's code.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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
/// A reply of `null` is the answer of an operation that has no output members.
pub type Reply = Result<Value, ApiError>;
