//! How a wait ends badly: with a certain cause at once, or with all that is known at its end.

use std::time::Duration;

use jiff::Timestamp;

use super::activities::Activities;
use super::slow_joins::SlowJoins;
use super::until_ready::{Goal, Seen, short_of};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::domain::kubernetes::node::is_ready;
use crate::ops::diagnose::{Patience, why_not_ready};

/// How long IAM may take to spread a change.
const PROPAGATION: Duration = Duration::from_secs(120);
/// So many failures for want of capacity, with no success in between, are enough.
const CAPACITY_TRIES: usize = 3;

/// Launches fail in a way that waiting will not mend.
pub(super) fn certain_failure(activities: &Activities, now: Timestamp, goal: &Goal<'_>, ready: u32) -> Option<Error> {
    let failure = activities.failure()?;
    let age = Duration::try_from(now.duration_since(failure.first)).unwrap_or_default();
    let certain = match failure.explained.patience {
        Patience::None => true,
        Patience::Propagation => age >= PROPAGATION,
        Patience::Capacity => failure.count >= CAPACITY_TRIES,
        Patience::Whole => false,
    };
    certain.then(|| {
        Error::new(failure.explained.code, short_of(goal, ready))
            .because(failure.explained.sentence)
            .because(failure.message)
            .help(failure.explained.help)
    })
}

/// The wait is over and something is missing: everything that is known about it.
pub(super) fn timed_out(activities: &Activities, slow: &SlowJoins, goal: &Goal<'_>, seen: &Seen, ready: u32) -> Error {
    let message = format!("{} after {}", short_of(goal, ready), minutes(goal.timeout));
    if let Some(failure) = activities.failure() {
        return Error::new(failure.explained.code, message)
            .because(failure.explained.sentence)
            .because(failure.message)
            .help(failure.explained.help);
    }
    let unjoined = seen.unjoined();
    let waiting: Vec<String> = seen.nodes.iter().filter(|node| !is_ready(node)).map(why_not_ready).collect();
    let members = u32::try_from(seen.group.instances.len()).unwrap_or(u32::MAX);
    let code = if unjoined.is_empty() { Code::NodesNotReady } else { Code::NodesNotJoining };
    let mut error = Error::new(code, message);
    let mut help = "look at the group's activities and describe its nodes; the group goes on by itself".to_owned();
    for id in &unjoined {
        error = match slow.findings.get(*id) {
            Some((explained, line)) => {
                help = explained.help.to_owned();
                error.because(format!("instance `{id}`: {}", explained.sentence)).because(line.clone())
            }
            None => error.because(format!("instance `{id}` runs but has not joined the cluster")),
        };
    }
    error = waiting.into_iter().fold(error, Error::because);
    if members > goal.desired {
        error = error.because(format!("{members} instances are there, {} are wanted", goal.desired));
    } else if members < goal.desired {
        error = error.because(format!("only {members} instances have been started, and no activity says why"));
    }
    error.help(help)
}

fn minutes(duration: Duration) -> String {
    match duration.as_secs() {
        seconds if seconds >= 120 && seconds.is_multiple_of(60) => format!("{} minutes", seconds / 60),
        seconds => format!("{seconds} seconds"),
    }
}
