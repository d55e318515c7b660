//! Why a machine is no node.

/// How far it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The image is not a node's.
    Image,
    /// nodeadm: boot data, credentials, facts about the instance.
    Agent,
    /// The kubelet did not start.
    Kubelet,
    /// The kubelet runs and cannot register.
    Registration,
}

impl Stage {
    /// The name under which the state keeps it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Stage::Image => "image",
            Stage::Agent => "nodeadm",
            Stage::Kubelet => "kubelet",
            Stage::Registration => "registration",
        }
    }
}

/// A refusal with the machine's own words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    pub stage: Stage,
    /// The error, without what the log puts around it.
    pub error: String,
}

impl Refusal {
    pub(super) fn new(stage: Stage, error: impl Into<String>) -> Self {
        Refusal { stage, error: error.into() }
    }

    /// Whether it is tried again. nodeadm is a unit that runs once; a kubelet that cannot register goes on trying.
    pub(super) fn heals(&self) -> bool {
        self.stage == Stage::Registration
    }

    /// The line on the console, without its time.
    pub(super) fn line(&self, node: &str) -> String {
        let error = quoted(&self.error);
        match self.stage {
            Stage::Image => format!("cloud-init[1602]: {}", self.error),
            Stage::Agent => format!(
                "nodeadm[1688]: {{\"level\":\"fatal\",\"caller\":\"nodeadm/main.go:36\",\"msg\":\"Command \
                 failed\",\"error\":{error}}}"
            ),
            Stage::Kubelet => format!("kubelet[1734]: \"command failed\" err={error}"),
            Stage::Registration => {
                format!("kubelet[1734]: \"Unable to register node with API server\" err={error} node={}", quoted(node))
            }
        }
    }
}

impl Refusal {
    /// The same on Windows: a line of the event log.
    pub(super) fn line_on_windows(&self, node: &str) -> String {
        let error = quoted(&self.error);
        match self.stage {
            Stage::Image => format!("EC2Launch: {}", self.error),
            Stage::Agent => format!("EC2Launch: user data: {}", self.error),
            Stage::Kubelet => format!("kubelet.exe: \"command failed\" err={error}"),
            Stage::Registration => {
                format!("kubelet.exe: \"Unable to register node with API server\" err={error} node={}", quoted(node))
            }
        }
    }
}

/// A string as Go's logs quote it.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
