//! Runs that were kept, and the changes of one.

use jiff::Timestamp;

use super::style::{Style, Tone};
use super::table::Table;
use super::words::{count, time};

/// How much of an id the list shows, from its end: what runs of one second differ in.
const SHORT: usize = 8;

/// A run in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Listed {
    /// Its id.
    pub id: String,
    /// When its first change began, on the target's clock.
    pub began: Timestamp,
    /// The runbook, or the command.
    pub script: String,
    /// `sandbox` or `aws`.
    pub target: String,
    /// Changes that it meant to make.
    pub changes: usize,
    /// `done`, `failed` or `unfinished`.
    pub state: &'static str,
    /// The fleet that it is a part of, by id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fleet: Option<String>,
}

/// A fleet in a list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ListedFleet {
    /// Its id.
    pub id: String,
    /// When it began, on the wall clock.
    pub began: Timestamp,
    /// The runbook.
    pub script: String,
    /// The fleet's file.
    pub file: String,
    /// `sandbox` or `aws`.
    pub target: String,
    /// How many clusters it has.
    pub clusters: usize,
    /// How many of them are done.
    pub done: usize,
    /// Changes that its clusters' runs meant to make.
    pub changes: usize,
    /// `done`, `failed` or `unfinished`.
    pub state: &'static str,
}

/// What came of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answered {
    /// Done; the id or ARN of what was made, if it has one.
    Done(Option<String>),
    /// Refused, with code and words.
    Failed(String),
    /// Nobody knows: the run ended between request and answer.
    Unknown,
}

/// One change of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// When it was sent.
    pub at: Timestamp,
    /// `CreateRole spotscript-x`.
    pub request: String,
    /// What came of it.
    pub answer: Answered,
}

/// A run with its changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The run.
    pub run: Listed,
    /// Whether its last line was cut off by a crash.
    pub torn: bool,
    /// Its changes in order.
    pub changes: Vec<Change>,
}

/// The list, newest first. The runs of a fleet's clusters are its row.
pub fn list(runs: &[Listed], fleets: &[ListedFleet], style: Style) -> String {
    let known = |run: &Listed| run.fleet.as_ref().is_some_and(|id| fleets.iter().any(|fleet| fleet.id == *id));
    let runs = runs.iter().filter(|run| !known(run)).map(|run| {
        let cells = [run.script.clone(), run.target.clone(), run.changes.to_string(), run.state.to_owned()];
        (&run.id, run.began, cells)
    });
    let fleets = fleets.iter().map(|fleet| {
        let what = format!("{} on {} ({} of {} done)", fleet.script, fleet.file, fleet.done, fleet.clusters);
        (&fleet.id, fleet.began, [what, fleet.target.clone(), fleet.changes.to_string(), fleet.state.to_owned()])
    });
    let mut all: Vec<_> = runs.chain(fleets).collect();
    if all.is_empty() {
        return "No run has changed anything yet.\n".to_owned();
    }
    // Ids sort by the time of the wall clock; what began when is told on the target's.
    all.sort_by(|one, other| other.0.cmp(one.0));
    let mut table = Table::new(["Run", "Began", "Script", "Target", "Changes", "State"]).numeric(&[4]);
    for (id, began, [script, target, changes, state]) in all {
        let short = id.get(id.len().saturating_sub(SHORT)..).unwrap_or(id).to_owned();
        table.row([short, time(began), script, target, changes, state]);
    }
    table.render(style)
}

/// One run: what it was, and each change with its answer.
pub fn show(shown: &Shown, style: Style) -> String {
    let run = &shown.run;
    let mut text = format!(
        "{}\n{} against {}, {}: {}\n",
        style.paint(Tone::Heading, &format!("Run {}", run.id)),
        run.script,
        run.target,
        time(run.began),
        run.state
    );
    if run.state == "unfinished" {
        text.push_str("It did not end in an orderly way: it was killed, or it still goes on.\n");
    }
    if shown.torn {
        text.push_str("Its last line was cut off.\n");
    }
    let mut table = Table::new(["At", "Request", "Answer"]);
    for change in &shown.changes {
        let answer = match &change.answer {
            Answered::Done(made) => made.clone().unwrap_or_else(|| "done".to_owned()),
            Answered::Failed(why) => why.clone(),
            Answered::Unknown => "unknown: it may have been done".to_owned(),
        };
        table.row([time(change.at), change.request.clone(), answer]);
    }
    text.push('\n');
    text.push_str(&table.render(style));
    text.push_str(&format!("\n{}\n", count(shown.changes.len(), "change")));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(state: &'static str) -> Listed {
        Listed {
            id: "01900000000070008000000000000001".into(),
            began: "2026-11-26T10:00:00Z".parse().unwrap_or_default(),
            script: "scripts/create_spot.rhai".into(),
            target: "sandbox".into(),
            changes: 3,
            state,
            fleet: None,
        }
    }

    #[test]
    fn a_list_names_runs_by_what_tells_them_apart() {
        insta::assert_snapshot!(list(&[run("done")], &[], Style::plain()), @"
        Run       Began                    Script                    Target   Changes  State
        ─────────────────────────────────────────────────────────────────────────────────────
        00000001  2026-11-26 10:00:00 UTC  scripts/create_spot.rhai  sandbox        3  done
        ");
        assert_eq!(list(&[], &[], Style::plain()), "No run has changed anything yet.\n");
    }

    #[test]
    fn a_change_without_an_answer_is_told_as_unknown() {
        let change = |request: &str, answer| Change { at: run("done").began, request: request.into(), answer };
        let changes = vec![
            change(
                "CreateRole spotscript-a",
                Answered::Done(Some("arn:aws:iam::111122223333:role/spotscript-a".into())),
            ),
            change("Evict default/web-0", Answered::Failed("SPOT-0405: a budget forbids it".into())),
            change("CreateAutoScalingGroup spotscript-a", Answered::Unknown),
        ];
        let shown = Shown { run: run("unfinished"), torn: true, changes };
        insta::assert_snapshot!(show(&shown, Style::plain()), @"
        Run 01900000000070008000000000000001
        scripts/create_spot.rhai against sandbox, 2026-11-26 10:00:00 UTC: unfinished
        It did not end in an orderly way: it was killed, or it still goes on.
        Its last line was cut off.

        At                       Request                              Answer
        ──────────────────────────────────────────────────────────────────────────────────────────────────────────
        2026-11-26 10:00:00 UTC  CreateRole spotscript-a              arn:aws:iam::111122223333:role/spotscript-a
        2026-11-26 10:00:00 UTC  Evict default/web-0                  SPOT-0405: a budget forbids it
        2026-11-26 10:00:00 UTC  CreateAutoScalingGroup spotscript-a  unknown: it may have been done

        3 changes
        ");
    }
}
