//! `spotscript sweep`: removes what is left of groups that are gone.

use std::process::ExitCode;

use serde::Serialize;

use super::consent::go_on;
use super::form::Form;
use super::plan::HAS_CHANGES;
use super::reach::Reach;
use super::{Failed, Global, console, journal, target};
use crate::domain::Code;
use crate::domain::change::Plan;
use crate::domain::desired::ResourceNames;
use crate::domain::error::Result;
use crate::domain::inventory::{GroupRef, LeftAlone, Sweep};
use crate::host::{Host, listen_for_interrupts};
use crate::ops;
use crate::view::{Style, plan, sweep as view, words};

/// Remove what is left of groups that are gone: launch templates, security groups, key pairs, roles, profiles, access
///
/// Looks for everything that carries spotscript's tags, and keeps what a group, an instance or a run that goes on may need.
/// Shows why each of the rest is needed by nothing, asks, and removes it. `spotscript undo last` brings it back.
///
/// Roles and instance profiles know no region: for a cluster that this region does not have, they are only removed when
/// `--cluster` names it.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript sweep --plan
  spotscript sweep --yes
  spotscript sweep --cluster eks-spot-eksct -o json")]
pub struct Args {
    /// Change nothing: show what would be removed; exit code 4 when there is something
    #[arg(long)]
    plan: bool,
    /// Only what was made for groups of this cluster, which may be gone too
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    sweep: &'a Sweep,
    plan: &'a Plan,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let host = target::host(global, &Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    journal::keep(&host, &global.start.words.join(" "), &rhai::Map::new(), global, None, &[]);
    let cluster = args.cluster.as_deref();
    let found = host.ask(async |session| ops::groups_without_members(session, cluster).await)?;
    let (groups, busy) = held(&host, found)?;
    let read = crate::sandbox::world::kubelet::boot_data;
    let (mut sweep, plan) = host.plan_ahead(read, async |session| ops::sweep(session, &groups, cluster).await)?;
    sweep.left_alone.extend(busy);
    let form = Form::of(global);
    let answer = Answer { sweep: &sweep, plan: &plan };
    console::print(&form.print("sweep", &answer, |style| render(&answer, style))?);
    if plan.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    if args.plan {
        return Ok(ExitCode::from(HAS_CHANGES));
    }
    go_on("remove this", "nothing was removed", global)?;
    let result = host.ask(async |session| ops::sweep(session, &groups, cluster).await);
    let closed = host.close();
    let code = result.as_ref().err().map_or(0, |error| error.kind().exit_code());
    let noted = journal::end(&host, code);
    let done: usize = result?.orphans.iter().map(|orphan| orphan.resources.len()).sum();
    closed.and(noted)?;
    console::say(&format!("removed {}; `spotscript undo last` brings them back", words::count(done, "resource")));
    Ok(ExitCode::SUCCESS)
}

/// Keeps other runs from these groups, so that what is read now still holds when it is removed. What a run works on is left
/// alone.
fn held(host: &Host, found: Vec<GroupRef>) -> Result<(Vec<GroupRef>, Vec<LeftAlone>)> {
    let (mut groups, mut busy) = (vec![], vec![]);
    for group in found {
        match host.hold(&ResourceNames::of(&group.cluster, &group.name).auto_scaling_group) {
            Ok(()) => groups.push(group),
            Err(error) if error.code == Code::GroupLocked => {
                let who = error.causes.first().cloned().unwrap_or_default();
                busy.push(LeftAlone { group, why: format!("a run works on it: {who}") });
            }
            Err(error) => return Err(error),
        }
    }
    Ok((groups, busy))
}

fn render(answer: &Answer<'_>, style: Style) -> String {
    let found = view::render(answer.sweep, style);
    if answer.plan.is_empty() { found } else { format!("{found}\n{}", plan::render(answer.plan, style)) }
}
