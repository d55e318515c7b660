//! Instances that take long to join: what their consoles say, and whether the cluster would let them in.

use std::collections::HashMap;
use std::time::Duration;

use jiff::Timestamp;

use super::until_ready::{Goal, Seen, short_of};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::node::instance_id;
use crate::ops::access::{self, Way};
use crate::ops::diagnose::{Explained, Patience, explain_console};
use crate::ops::ledger::Ledger;
use crate::ports::{self, polling};

/// An instance that has not joined after this is looked at.
const SLOW_JOIN: Duration = Duration::from_secs(60);
/// How often the console of a slow instance is read.
const CONSOLE_EVERY: Duration = Duration::from_secs(20);

/// Instances that take long to join, and what their consoles say.
#[derive(Default)]
pub(super) struct SlowJoins {
    first_seen: HashMap<String, Timestamp>,
    looked: Option<Timestamp>,
    pub(super) findings: HashMap<String, (Explained, String)>,
}

impl SlowJoins {
    /// Looks at slow instances; an error when one of them can never join.
    pub(super) async fn look(
        &mut self,
        ledger: &Ledger<'_>,
        api: &dyn ports::Cluster,
        goal: &Goal<'_>,
        seen: &Seen,
    ) -> Result<Option<Error>> {
        let session = ledger.session();
        let now = session.clock.now();
        let passed = |since: Timestamp| Duration::try_from(now.duration_since(since)).unwrap_or_default();
        let unjoined = seen.unjoined();
        for id in &unjoined {
            self.first_seen.entry((*id).to_owned()).or_insert(now);
        }
        let slow = |id: &&str| self.first_seen.get(*id).is_some_and(|since| passed(*since) >= SLOW_JOIN);
        let slow: Vec<String> = unjoined.into_iter().filter(slow).map(str::to_owned).collect();
        if slow.is_empty() || self.looked.is_some_and(|last| passed(last) < CONSOLE_EVERY) {
            return Ok(None);
        }
        self.looked = Some(now);
        let ready = u32::try_from(seen.ready().len()).unwrap_or(u32::MAX);
        if let Some(error) = stranger(api, &slow, goal, ready).await? {
            return Ok(Some(error));
        }
        for id in &slow {
            // A console that may not be read hides a cause, but is none itself.
            let Ok(Some(output)) = polling(session.cloud.console_output(id)).await else { continue };
            let Some((explained, line)) = explain_console(&output) else { continue };
            self.findings.insert(id.clone(), (explained, line.clone()));
            if explained.patience != Patience::None {
                continue;
            }
            let mut error = Error::new(explained.code, short_of(goal, ready))
                .because(format!("instance `{id}` cannot join: {}", explained.sentence));
            if let Some(missing) = missing_access(ledger, api, goal).await {
                error = error.because(missing);
            } else if explained.sentence.contains("Unauthorized") {
                continue; // the entry is there, perhaps only just: give it time
            }
            return Ok(Some(error.because(line).help(explained.help)));
        }
        Ok(None)
    }
}

/// A node of ours that joined without its label would never be found by it.
async fn stranger(api: &dyn ports::Cluster, slow: &[String], goal: &Goal<'_>, ready: u32) -> Result<Option<Error>> {
    let nodes = polling(api.nodes("")).await?;
    let found = nodes.iter().find(|node| instance_id(node).is_some_and(|id| slow.iter().any(|slow| slow == id)));
    Ok(found.map(|node| {
        let name = node.metadata.name.as_deref().unwrap_or("?");
        Error::new(Code::IntentNotMet, short_of(goal, ready))
            .because(format!(
                "node `{name}` has joined without the label `alpha.eksctl.io/nodegroup-name={}`",
                goal.group
            ))
            .help("its user data is not what spotscript writes: run `ensure` on the group again and replace the node")
    }))
}

/// Says what is missing for the nodes' role to be let in; `None` when nothing is, or it may not be asked.
async fn missing_access(ledger: &Ledger<'_>, api: &dyn ports::Cluster, goal: &Goal<'_>) -> Option<String> {
    let role_arn = goal.role_arn.as_deref()?;
    let role = access::role_name(role_arn);
    let cloud = &ledger.session().cloud;
    match access::way(goal.cluster.authentication_mode) {
        Way::AccessEntry => match polling(cloud.access_entry(&goal.cluster.name, role_arn)).await {
            Ok(None) => Some(format!("cluster `{}` has no access entry for role `{role}`", goal.cluster.name)),
            _ => None,
        },
        Way::AwsAuth => match access::has_row(api, role_arn).await {
            Ok(false) => Some(format!("ConfigMap `kube-system/aws-auth` has no row for role `{role}`")),
            _ => None,
        },
    }
}
