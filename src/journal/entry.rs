//! The lines of a run's file.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The version of the lines' form. A reader refuses a greater one.
pub const VERSION: u32 = 1;

/// One line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Version of the form.
    pub v: u32,
    /// Its number in the file, from 0.
    pub seq: u64,
    /// The target's time.
    pub at: Timestamp,
    /// What it says.
    #[serde(flatten)]
    pub entry: Entry,
}

/// How a run was started, so that it can be taken up again.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The words of the command line behind the program's name; those of secrets are left out.
    pub words: Vec<String>,
    /// The working directory.
    pub folder: String,
    /// The sandbox world's name; `None` for AWS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub world: Option<String>,
    /// The runbook's content, as SHA-256; `None` for a command.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// The run that it takes up again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resumes: Option<String>,
    /// The AWS region that was asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The AWS profile that was asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub profile: Option<String>,
    /// The kubeconfig that was asked for, if one was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubeconfig: Option<String>,
    /// The context of that kubeconfig.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context: Option<String>,
    /// The fleet that it is a part of, by id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fleet: Option<String>,
    /// The cluster of the fleet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "entry", rename_all = "kebab-case")]
pub enum Entry {
    /// The run began.
    Begin {
        /// Its id.
        run: String,
        /// The runbook's path, or the command.
        script: String,
        /// `sandbox` or `aws`.
        target: String,
        /// The parameters it ran with; secret ones are masked.
        params: Value,
        /// How it was started. Runs of before 0.2.0 do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        origin: Option<Box<Origin>>,
    },
    /// A mutating request is about to be sent. What boot data says is left out.
    Intent {
        /// The request, as [`Mutation`](crate::domain::mutation::Mutation) is written.
        mutation: Value,
        /// The cluster whose API server it goes to, if it goes to one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        cluster: Option<String>,
        /// The resource before it, as [`State`](crate::domain::change::State) is written; `None` when it was not there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        before: Option<Value>,
        /// Where in `before` a secret is masked, as JSON pointers.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        masked: Vec<String>,
    },
    /// What came of an intent.
    Outcome {
        /// The `seq` of the intent.
        of: u64,
        /// The answer.
        #[serde(flatten)]
        result: Result,
    },
    /// The run ended in an orderly way.
    End {
        /// The process's exit code.
        exit: u8,
        /// How many requests changed something.
        mutating: u64,
    },
}

/// An answer to a mutating request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "kebab-case")]
pub enum Result {
    /// It was done.
    Done {
        /// Id of what was made.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        id: Option<String>,
        /// ARN of what was made.
        #[serde(skip_serializing_if = "Option::is_none", default)]
        arn: Option<String>,
    },
    /// It was refused, or nobody knows whether it was done.
    Failed {
        /// Stable code.
        code: String,
        /// What was said.
        message: String,
    },
}

impl Entry {
    /// What people call the request of an intent: `CreateRole spotscript-x`, `Evict default/web-0`.
    pub fn request(&self) -> Option<String> {
        let Entry::Intent { mutation, .. } = self else { return None };
        let text = |key: &str| mutation.get(key).and_then(Value::as_str);
        let operation = text("operation")?;
        let what =
            ["name", "role", "profile", "group", "group_id", "cluster", "pod", "node"].iter().find_map(|key| text(key));
        Some(match (what, text("namespace")) {
            (Some(what), Some(namespace)) => format!("{operation} {namespace}/{what}"),
            (Some(what), None) => format!("{operation} {what}"),
            (None, _) => operation.to_owned(),
        })
    }
}
