//! What goes wrong with a cluster, in kubectl's words.

use serde::Deserialize;
use serde_json::Value;

use crate::domain::Code;
use crate::domain::error::Error;

/// A `Status` of failure, as the API server answers it.
#[derive(Debug, Clone, PartialEq, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// HTTP status.
    pub code: u16,
    /// Machine-readable reason, such as `NotFound`.
    pub reason: String,
    /// Sentence for people.
    pub message: String,
    /// More about it.
    pub details: Value,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// The server refused.
    Server(Status),
    /// kubectl itself would.
    Plain(String),
    /// Several things went wrong.
    Several(Vec<Refusal>),
    /// Nothing that kubectl has words for: no connection, no credentials.
    Own(Box<Error>),
}

/// The refusal of a change of a node.
impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Error {
        match refusal {
            Refusal::Own(error) => *error,
            refusal if refusal.is_not_found() => {
                Error::new(Code::NodeNotFound, "the node is gone").because(refusal.sentence())
            }
            refusal => {
                let reason = match &refusal {
                    Refusal::Server(status) => status.reason.as_str(),
                    _ => "",
                };
                let (code, help) = match reason {
                    "InternalError" => (
                        Code::KubeBusy,
                        "it was asked several times: wait a minute and repeat, what is done stays done",
                    ),
                    "Forbidden" | "Unauthorized" => {
                        (Code::KubeRefused, "give the caller an access policy or a role binding that allows it")
                    }
                    _ => (Code::KubeRefused, "mend what the API server names, then repeat: what is done stays done"),
                };
                Error::new(code, "the node was not changed").because(refusal.sentence()).help(help)
            }
        }
    }
}

impl Refusal {
    /// A fault in how a command was called.
    pub fn usage(command: &str, what: &str) -> Self {
        Refusal::Plain(format!("{what}\nSee 'kubectl {command} -h' for help and examples"))
    }

    /// All that went wrong; `None` when nothing did. One thing stands for itself.
    pub fn all(mut refusals: Vec<Refusal>) -> Option<Self> {
        match refusals.len() {
            0 => None,
            1 => refusals.pop(),
            _ => Some(Refusal::Several(refusals)),
        }
    }

    /// The bare sentence; several in brackets, each once.
    pub fn sentence(&self) -> String {
        match self {
            Refusal::Server(status) => status.message.clone(),
            Refusal::Plain(text) => text.clone(),
            Refusal::Own(error) => error.message.clone(),
            Refusal::Several(_) => {
                let mut said: Vec<String> = vec![];
                self.visit(&mut |text| {
                    if !said.contains(&text) {
                        said.push(text);
                    }
                });
                if said.len() == 1 { said.remove(0) } else { format!("[{}]", said.join(", ")) }
            }
        }
    }

    fn visit(&self, to: &mut impl FnMut(String)) {
        match self {
            Refusal::Several(all) => {
                for one in all {
                    one.visit(to);
                }
            }
            one => to(one.sentence()),
        }
    }

    /// The sentence with who says it.
    fn message(&self) -> String {
        match self {
            Refusal::Server(status) => match status.reason.as_str() {
                "" => format!("Error from server: {}", status.message),
                "Unauthorized" => format!("error: You must be logged in to the server ({})", status.message),
                reason => format!("Error from server ({reason}): {}", status.message),
            },
            other => other.sentence(),
        }
    }

    /// What kubectl prints on stderr before it ends with code 1.
    pub fn told(&self) -> String {
        // One alone stands for itself; if it is several again, those are told.
        let said = match self {
            Refusal::Several(all) if all.len() == 1 => &all[0],
            said => said,
        };
        let text = match said {
            Refusal::Several(many) => many.iter().map(Refusal::message).collect::<Vec<_>>().join("\n"),
            Refusal::Server(status) if status.reason == "Invalid" => invalid(status),
            Refusal::Server(_) => said.message(),
            Refusal::Plain(text) if text.starts_with("error: ") => text.clone(),
            other => format!("error: {}", other.sentence()),
        };
        if text.ends_with('\n') { text } else { text + "\n" }
    }

    /// Whether the server has no such object.
    pub fn is_not_found(&self) -> bool {
        matches!(self, Refusal::Server(status) if status.reason == "NotFound")
    }
}

fn invalid(status: &Status) -> String {
    let text = |field: &str| status.details[field].as_str().unwrap_or_default();
    let mut said = "The request is invalid".to_owned();
    if !text("kind").is_empty() || !text("name").is_empty() {
        said = format!("The {} {:?} is invalid", text("kind"), text("name"));
    }
    let cause = |cause: &Value| {
        let part = |field: &str| cause[field].as_str().unwrap_or_default();
        format!("{}: {}", part("field"), part("message"))
    };
    let causes: Vec<String> = status.details["causes"].as_array().into_iter().flatten().map(cause).collect();
    match causes.as_slice() {
        [] => said,
        [one] => format!("{said}: {one}"),
        many => format!("{said}: \n{}", many.iter().map(|it| format!("* {it}")).collect::<Vec<_>>().join("\n")),
    }
}

/// The details of `KIND "NAME" is invalid: FIELD: MESSAGE`, or of several in brackets, out of the sentence.
fn invalid_details(said: &str) -> Option<Value> {
    let (object, faults) = said.split_once(" is invalid: ")?;
    let (kind, name) = object.split_once(' ')?;
    let name = name.strip_prefix('"')?.strip_suffix('"')?;
    let faults = faults.strip_prefix('[').and_then(|faults| faults.strip_suffix(']')).unwrap_or(faults);
    let mut causes: Vec<(String, String)> = vec![];
    for part in faults.split(", ") {
        match (part.split_once(": "), causes.last_mut()) {
            (Some((field, message)), _) if is_fault(field, message) => {
                causes.push((field.to_owned(), message.to_owned()));
            }
            // A message with a comma in it.
            (_, Some((_, message))) => *message = format!("{message}, {part}"),
            (_, None) => return None,
        }
    }
    let causes: Vec<Value> =
        causes.iter().map(|(field, message)| serde_json::json!({"field": field, "message": message})).collect();
    Some(serde_json::json!({"kind": kind, "name": name, "causes": causes}))
}

/// Whether it is a field and what Kubernetes says of one.
fn is_fault(field: &str, message: &str) -> bool {
    const SAID: [&str; 9] = [
        "Invalid value",
        "Required value",
        "Forbidden",
        "Unsupported value",
        "Duplicate value",
        "Not found",
        "Too long",
        "Too many",
        "Internal error",
    ];
    !field.contains(' ') && SAID.iter().any(|said| message.starts_with(said))
}

impl From<Error> for Refusal {
    /// A server's refusal of a change is told as the server told it.
    fn from(error: Error) -> Self {
        let said = match (error.code, error.causes.first()) {
            (Code::NodeNotFound | Code::KubeRefused | Code::KubeBusy | Code::DrainBlocked, Some(said)) => said.clone(),
            _ => return Refusal::Own(Box::new(error)),
        };
        let reason = match error.code {
            Code::NodeNotFound => "NotFound",
            Code::DrainBlocked => "TooManyRequests",
            Code::KubeBusy => "InternalError",
            _ if error.mentions("403 Forbidden") => "Forbidden",
            _ if error.mentions("401 Unauthorized") => "Unauthorized",
            _ if said.contains("the object has been modified") => "Conflict",
            _ => match invalid_details(&said) {
                Some(details) => {
                    return Status { code: 422, reason: "Invalid".to_owned(), message: said, details }.into();
                }
                None => "",
            },
        };
        Refusal::Server(Status { reason: reason.to_owned(), message: said, ..Status::default() })
    }
}

impl From<Status> for Refusal {
    fn from(status: Status) -> Self {
        Refusal::Server(status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Refusal {
        Refusal::Plain(text.to_owned())
    }

    #[test]
    fn one_is_told_with_its_source_and_several_as_lines() {
        let missing =
            Refusal::Server(Status { reason: "NotFound".into(), message: "no a".into(), ..Status::default() });
        assert_eq!(missing.told(), "Error from server (NotFound): no a\n");
        assert_eq!(plain("x").told(), "error: x\n");
        assert_eq!(plain("error: x").told(), "error: x\n");
        let several = Refusal::Several(vec![missing, plain("y"), plain("y")]);
        assert_eq!(several.told(), "Error from server (NotFound): no a\ny\ny\n");
        assert_eq!(several.sentence(), "[no a, y]");
        assert_eq!(Refusal::Several(vec![Refusal::Several(vec![plain("a"), plain("b")])]).told(), "a\nb\n");
    }

    #[test]
    fn what_is_invalid_is_told_field_by_field() {
        let told = |said: &str| Refusal::from(Error::new(Code::KubeRefused, "cannot label").because(said)).told();
        assert_eq!(
            told("Node \"n\" is invalid: metadata.labels: Invalid value: \"a b\": '-', or 'my.name',  or so"),
            "The Node \"n\" is invalid: metadata.labels: Invalid value: \"a b\": '-', or 'my.name',  or so\n"
        );
        assert_eq!(
            told(
                "Node \"n\" is invalid: [metadata.labels: Invalid value: \"a\": x, y, metadata.labels: Required value]"
            ),
            "The Node \"n\" is invalid: \n* metadata.labels: Invalid value: \"a\": x, y\n* metadata.labels: Required value\n"
        );
        assert_eq!(told("a webhook says it is invalid: no"), "Error from server: a webhook says it is invalid: no\n");
    }
}
