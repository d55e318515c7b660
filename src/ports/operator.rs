//! The person or pipeline that runs us: told what happens, asked before what cannot be undone.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::cloud::ScalingActivity;
use crate::domain::error::Error;

/// Kinds of resources a run can make, in AWS's and Kubernetes' words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the name of the thing")]
pub enum ResourceKind {
    IamRole,
    InstanceProfile,
    SecurityGroup,
    KeyPair,
    LaunchTemplate,
    AccessEntry,
    AwsAuthMapping,
    AutoScalingGroup,
    ManagedNodegroup,
    Node,
    File,
}

impl ResourceKind {
    /// `IAM role`, `launch template`, …
    pub const fn as_str(self) -> &'static str {
        match self {
            ResourceKind::IamRole => "IAM role",
            ResourceKind::InstanceProfile => "instance profile",
            ResourceKind::SecurityGroup => "security group",
            ResourceKind::KeyPair => "key pair",
            ResourceKind::LaunchTemplate => "launch template",
            ResourceKind::AccessEntry => "access entry",
            ResourceKind::AwsAuthMapping => "aws-auth mapping",
            ResourceKind::AutoScalingGroup => "Auto Scaling group",
            ResourceKind::ManagedNodegroup => "managed node group",
            ResourceKind::Node => "node",
            ResourceKind::File => "file",
        }
    }
}

/// What an idempotent verb did to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// It was not there.
    Created,
    /// It was there and differed.
    Changed,
    /// It was there as wanted: no mutating request.
    Unchanged,
    /// It was there and is gone.
    Deleted,
    /// It was there, and another is in its place.
    Replaced,
}

impl Verdict {
    /// `created`, `changed`, `unchanged`, `deleted`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Verdict::Created => "created",
            Verdict::Changed => "changed",
            Verdict::Unchanged => "unchanged",
            Verdict::Deleted => "deleted",
            Verdict::Replaced => "replaced",
        }
    }
}

/// Something worth telling while it happens.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// A fact found on the way (eksctl's `[ℹ]` lines).
    Note {
        /// The sentence.
        message: String,
    },
    /// Something the user should know before it hurts.
    Warning {
        /// The sentence.
        message: String,
    },
    /// A resource was settled.
    Resource {
        /// Kind.
        kind: ResourceKind,
        /// Name.
        name: String,
        /// What was done.
        verdict: Verdict,
    },
    /// A scaling activity appeared or changed its state.
    Activity {
        /// The activity.
        activity: ScalingActivity,
    },
    /// A wait goes on: what is there of what was asked for.
    Progress {
        /// What is waited for.
        what: String,
        /// How many are there.
        done: u32,
        /// How many were asked for.
        wanted: u32,
        /// Since when.
        since: Timestamp,
    },
    /// A wait goes on for something that is there or is not.
    Waiting {
        /// What is waited for.
        what: String,
        /// Since when.
        since: Timestamp,
    },
    /// A request is repeated because of a passing cause.
    Retry {
        /// Why.
        error: Error,
    },
}

/// What came of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// Somebody said yes.
    Yes,
    /// Nobody was asked: `--yes` was given.
    Given,
    /// Nobody was asked: nothing real can be lost.
    Harmless,
    /// Somebody did not say yes.
    No,
    /// Nobody is there to ask.
    Nobody,
}

impl Answer {
    /// Whether it may be done.
    pub fn is_yes(self) -> bool {
        matches!(self, Answer::Yes | Answer::Given | Answer::Harmless)
    }
}

/// The one who runs us.
pub trait Operator: Send + Sync {
    /// Tells an event; must not block for long.
    fn tell(&self, event: &Event);
    /// Hears that a wait is over, however it ended.
    fn waited(&self) {}
    /// Asks before something that cannot be undone. Without a terminal the answer is what the flags said.
    fn confirm(&self, question: &str) -> Answer;
}

/// A wait that the operator is told of; over when this is dropped, also by an interrupt.
pub struct Wait<'a>(&'a dyn Operator);

impl<'a> Wait<'a> {
    /// Begins.
    pub fn told_to(operator: &'a dyn Operator) -> Self {
        Wait(operator)
    }
}

impl Drop for Wait<'_> {
    fn drop(&mut self) {
        self.0.waited();
    }
}
