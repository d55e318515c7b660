//! Refusals in Kubernetes' form.

use serde_json::{Value, json};

use super::resource::Resource;

/// A refusal: what becomes a `Status` of failure.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// HTTP status.
    pub code: u16,
    /// Machine-readable reason (`NotFound`); may be empty.
    pub reason: &'static str,
    /// Sentence for people.
    pub message: String,
    /// `details`, or null.
    pub details: Value,
}

impl Refusal {
    fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Refusal { code, reason, message: message.into(), details: Value::Null }
    }

    fn about(mut self, resource: &Resource, name: &str) -> Self {
        self.details = json!({"name": name});
        if !resource.group.is_empty() {
            self.details["group"] = resource.group.into();
        }
        self.details["kind"] = resource.plural.into();
        self
    }

    /// No such path.
    pub fn no_such_path() -> Self {
        let mut refusal = Refusal::new(404, "NotFound", "the server could not find the requested resource");
        refusal.details = json!({});
        refusal
    }

    /// No such object.
    pub fn not_found(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" not found", resource.qualified());
        Refusal::new(404, "NotFound", message).about(resource, name)
    }

    /// The name is taken.
    pub fn already_exists(resource: &Resource, name: &str) -> Self {
        let message = format!("{} \"{name}\" already exists", resource.qualified());
        Refusal::new(409, "AlreadyExists", message).about(resource, name)
    }

    /// The object is not what the writer thinks.
    pub fn conflict(resource: &Resource, name: &str, why: &str) -> Self {
        let message = format!("Operation cannot be fulfilled on {} \"{name}\": {why}", resource.qualified());
        Refusal::new(409, "Conflict", message).about(resource, name)
    }

    /// The request does not make sense.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Refusal::new(400, "BadRequest", message)
    }

    /// The object breaks a rule. `causes` are (field, message).
    pub fn invalid(resource: &Resource, name: &str, causes: &[(String, String)]) -> Self {
        let said = causes.iter().map(|(field, message)| format!("{field}: {message}")).collect::<Vec<_>>();
        let said = if said.len() == 1 { said.concat() } else { format!("[{}]", said.join(", ")) };
        let kind = match resource.group {
            "" => resource.kind.to_string(),
            group => format!("{}.{group}", resource.kind),
        };
        let mut refusal = Refusal::new(422, "Invalid", format!("{kind} \"{name}\" is invalid: {said}"));
        refusal = refusal.about(resource, name);
        refusal.details["kind"] = resource.kind.into();
        let cause = |(field, message): &(String, String)| json!({"reason": "FieldValueInvalid", "message": message, "field": field});
        refusal.details["causes"] = causes.iter().map(cause).collect();
        refusal
    }

    /// The method does not apply.
    pub fn method_not_allowed() -> Self {
        let message = "the server does not allow this method on the requested resource";
        Refusal::new(405, "MethodNotAllowed", message)
    }

    /// The body has a media type nobody here reads.
    pub fn unsupported_media_type(message: impl Into<String>) -> Self {
        Refusal::new(415, "UnsupportedMediaType", message)
    }

    /// The change log does not reach back that far.
    pub fn expired(version: u64) -> Self {
        Refusal::new(410, "Expired", format!("too old resource version: {version}"))
    }

    /// An eviction would break a disruption budget.
    pub fn budget_exhausted(budget: &str, needed: i64, healthy: i64) -> Self {
        let message = "Cannot evict pod as it would violate the pod's disruption budget.";
        let cause = format!("The disruption budget {budget} needs {needed} healthy pods and has {healthy} currently");
        let mut refusal = Refusal::new(429, "TooManyRequests", message);
        refusal.details = json!({"causes": [{"reason": "DisruptionBudget", "message": cause}]});
        refusal
    }

    /// More than one disruption budget covers a pod.
    pub fn several_budgets() -> Self {
        let message =
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.";
        Refusal::new(500, "", message)
    }

    /// The `Status` object.
    pub fn to_status(&self) -> Value {
        let mut status = json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"});
        status["message"] = self.message.as_str().into();
        if !self.reason.is_empty() {
            status["reason"] = self.reason.into();
        }
        if !self.details.is_null() {
            status["details"] = self.details.clone();
        }
        status["code"] = self.code.into();
        status
    }
}

/// The `Status` of success.
pub fn success(code: u16) -> Value {
    json!({"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success", "code": code})
}
