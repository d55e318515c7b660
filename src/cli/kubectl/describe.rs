//! `describe`: nodes and pods in full.

use serde_json::Value;

use super::select::{self, Named, named};
use super::{Answer, Shell};
use crate::cli::cluster_choice::ClusterChoice;
use crate::domain::kubernetes::kinds::{Kind, NODES, PODS};
use crate::domain::kubernetes::refusal::{Refusal, Status};
use crate::ops::objects::{self, Scope};

/// What `describe` takes.
#[derive(Debug, clap::Args)]
pub struct DescribeArgs {
    /// Kind, and names of objects behind it; or KIND/NAME
    #[arg(value_name = "KIND")]
    pub resources: Vec<String>,
    /// Label selector
    #[arg(short = 'l', long, value_name = "SELECTOR", default_value = "", hide_default_value = true)]
    pub selector: String,
    /// Objects of all namespaces
    #[arg(short = 'A', long)]
    pub all_namespaces: bool,
    /// Namespace
    #[arg(short = 'n', long, default_value = "default", hide_default_value = true)]
    pub namespace: String,
    /// Whether to show events
    #[arg(long, num_args = 0..=1, require_equals = true, default_value = "true", default_missing_value = "true", action = clap::ArgAction::Set, hide_default_value = true, hide_possible_values = true)]
    pub show_events: bool,
    /// The cluster
    #[command(flatten)]
    pub cluster: ClusterChoice,
}

/// Carries it out.
pub async fn run(args: &DescribeArgs, shell: &Shell<'_>) -> Answer {
    let named = named(&args.resources)?;
    let kinds: Vec<Kind> = match &named {
        Named::Kinds(kinds) => kinds.clone(),
        Named::Objects(names) => names.iter().map(|(kind, _)| *kind).collect(),
    };
    if let Some(other) = kinds.iter().find(|kind| ![NODES, PODS].contains(kind)) {
        return Err(Refusal::Plain(format!("{} are not described here: nodes and pods are", other.plural)));
    }
    let mut refusals = vec![];
    let wanted: Vec<(Kind, Option<String>, String)> = match &named {
        Named::Kinds(kinds) if kinds.is_empty() => {
            shell.err("You must specify the type of resource to describe. Use \"kubectl api-resources\" for a complete list of supported resources.\n\n");
            return Err(Refusal::usage("describe", select::NO_KIND));
        }
        Named::Objects(_) if !args.selector.is_empty() => {
            return Err(Refusal::Plain("name cannot be provided when a selector is specified".to_owned()));
        }
        Named::Objects(names) => {
            names.iter().map(|(kind, name)| (*kind, Some(args.namespace.clone()), name.clone())).collect()
        }
        Named::Kinds(kinds) => {
            let mut all = vec![];
            for kind in kinds {
                match list(args, *kind, shell).await {
                    Ok(found) => all.extend(found),
                    Err(refusal) => refusals.push(refusal),
                }
            }
            all
        }
    };
    let mut texts = vec![];
    for (kind, namespace, name) in &wanted {
        match describe(args, *kind, namespace.as_deref(), name, shell).await {
            Ok(text) => texts.push(text),
            Err(refusal) => refusals.push(refusal),
        }
    }
    // Of two arguments, where one thing is missing, the second may be the beginning of names of the first.
    if let ([first, beginning], [missing], Named::Objects(names)) = (&args.resources[..], &refusals[..], &named)
        && missing.is_not_found()
    {
        if first.contains('/') {
            return Err(missing.clone());
        }
        if names.len() > 1 {
            return Err(Refusal::Plain("you may only specify a single resource type".to_owned()));
        }
        return beginning_with(args, names[0].0, beginning, shell).await?.ok_or_else(|| missing.clone());
    }
    shell.out(&texts.join("\n\n"));
    if wanted.is_empty() && refusals.is_empty() {
        shell.err(&if args.all_namespaces {
            "No resources found\n".to_owned()
        } else {
            format!("No resources found in {} namespace.\n", args.namespace)
        });
    }
    Refusal::all(refusals).map_or(Ok(()), Err)
}

/// Describes what has a name that begins so; nothing, when there is none.
async fn beginning_with(
    args: &DescribeArgs,
    kind: Kind,
    beginning: &str,
    shell: &Shell<'_>,
) -> Result<Option<()>, Refusal> {
    let mut found = None;
    for (kind, namespace, whole) in list(args, kind, shell).await? {
        if whole.starts_with(beginning) {
            found = Some(());
            let text = describe(args, kind, namespace.as_deref(), &whole, shell).await?;
            shell.out(&format!("{text}\n"));
        }
    }
    Ok(found)
}

async fn list(
    args: &DescribeArgs,
    kind: Kind,
    shell: &Shell<'_>,
) -> Result<Vec<(Kind, Option<String>, String)>, Refusal> {
    let namespace = (kind.namespaced && !args.all_namespaces).then_some(args.namespace.as_str());
    let found = objects::objects(shell.api, Scope { kind, namespace, labels: &args.selector, fields: "" }).await?;
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let place = |object: Value| {
        let metadata = &object["metadata"];
        (kind, text(&metadata["namespace"]), text(&metadata["name"]).unwrap_or_default())
    };
    Ok(found.into_iter().map(place).collect())
}

async fn describe(
    args: &DescribeArgs,
    kind: Kind,
    namespace: Option<&str>,
    name: &str,
    shell: &Shell<'_>,
) -> Result<String, Refusal> {
    objects::named(name)?;
    let now = shell.session.clock.now();
    let found = if kind == NODES {
        shell.api.describe_node(name, now).await?
    } else {
        shell.api.describe_pod(namespace.unwrap_or("default"), name, now).await?
    };
    let Some(mut text) = found else {
        let message = format!("{} {name:?} not found", kind.plural);
        let missing = Status { code: 404, reason: "NotFound".to_owned(), message, details: Value::Null }.into();
        return Err(objects::or_its_namespace(shell.api, kind, namespace, missing).await);
    };
    if !args.show_events {
        text.truncate(text.rfind("\nEvents:").map_or(text.len(), |at| at + 1));
    }
    Ok(text)
}
