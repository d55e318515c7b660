//! Works on the clusters: so many at once, each on a thread and a host of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;

use super::super::runbook::Way;
use super::super::{Global, console, run, summary, target};
use super::console::{Named, named};
use super::members::Member;
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::{Cancel, Claims, Host, exit_code_by_signal};
use crate::journal::{FleetEnd, FleetEntry, FleetWriter};
use crate::ports::speaking_for;
use crate::script::ScriptError;
use crate::script::session::Ending;
use crate::view::{Tone, words};

/// Bytes of stack for the thread of a cluster: address space, not memory. Scripts recurse as they do elsewhere.
const STACK: usize = 1 << 30;

/// How a cluster's run ended.
pub(super) struct Ended {
    /// What the fleet's journal keeps of it.
    pub(super) end: FleetEnd,
    /// Its run's id.
    pub(super) run: Option<String>,
    /// What made it fail.
    pub(super) error: Option<Error>,
    /// The run as data, as `spotscript run -o json` tells it.
    pub(super) report: serde_json::Value,
    /// Whether it was stopped from outside.
    pub(super) interrupted: bool,
    /// Whether it has changed something.
    pub(super) changes: bool,
    /// What it printed.
    printed: String,
}

/// Does `work` for 0 up to `count`, `at_once` at the same time, each on a thread, as long as it `goes_on`.
pub(super) fn side_by_side(
    count: usize,
    at_once: usize,
    goes_on: &(dyn Fn() -> bool + Sync),
    work: &(dyn Fn(usize) + Sync),
) {
    let next = AtomicUsize::new(0);
    let lane = || {
        while goes_on() {
            let place = next.fetch_add(1, Ordering::SeqCst);
            if place >= count {
                return;
            }
            work(place);
        }
    };
    std::thread::scope(|scope| {
        let mut begun = 0;
        for _ in 0..at_once.min(count) {
            let thread = std::thread::Builder::new().name("cluster".to_owned()).stack_size(STACK);
            // A lane without a thread is one less.
            begun += usize::from(thread.spawn_scoped(scope, lane).is_ok());
        }
        if begun == 0 {
            lane();
        }
    });
}

/// The clusters in work.
pub(super) struct Lanes<'a> {
    members: &'a [Member],
    writer: &'a FleetWriter,
    cancel: Cancel,
    claims: Claims,
    global: &'a Global,
    stop_after: Option<usize>,
    failures: AtomicUsize,
    done: Mutex<Done>,
}

struct Done {
    ends: Vec<Option<Ended>>,
    /// How many of the queue have been printed.
    printed: usize,
}

impl<'a> Lanes<'a> {
    pub(super) fn new(
        members: &'a [Member],
        writer: &'a FleetWriter,
        cancel: Cancel,
        claims: Claims,
        global: &'a Global,
        stop_after: Option<usize>,
    ) -> Self {
        let ends = members.iter().map(|_| None).collect();
        Lanes {
            members,
            writer,
            cancel,
            claims,
            global,
            stop_after,
            failures: AtomicUsize::new(0),
            done: Mutex::new(Done { ends, printed: 0 }),
        }
    }

    /// Works on the members at these places, in this order, `at_once` at the same time. After too many failures, or once
    /// the fleet was asked to stop, no more are begun; those in work are finished. Gives what came of each member.
    pub(super) fn run(self, queue: &[usize], at_once: usize) -> Vec<Option<Ended>> {
        side_by_side(queue.len(), at_once, &|| self.goes_on(), &|place| self.one(queue, place, at_once));
        let mut done = self.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.print(self.members, queue, self.global, true);
        done.ends
    }

    /// Works on the member at this place of the queue.
    fn one(&self, queue: &[usize], place: usize, at_once: usize) {
        let Some(member) = queue.get(place).and_then(|at| self.members.get(*at)) else { return };
        if !self.global.quiet {
            console::say(&named(&member.name, &format!("begins ({} of {})", place + 1, queue.len())));
        }
        let ended = speaking_for(&member.name, || {
            catch_unwind(AssertUnwindSafe(|| self.work(member, at_once))).unwrap_or_else(|_| {
                Ended::failed(Error::new(Code::Internal, "the run of this cluster broke down"), member)
            })
        });
        console::say(&named(&member.name, &ended.told()));
        let noted = FleetEntry::End { cluster: member.name.clone(), end: ended.end.clone() };
        if let Err(error) = self.writer.note(noted, Timestamp::now()) {
            // The run's own journal says how it ended; taking the fleet up again finds it done.
            console::say(&named(&member.name, &format!("warning: {}: {}", error.code, error.message)));
        }
        if ended.end.exit != 0 && !ended.interrupted {
            self.failures.fetch_add(1, Ordering::SeqCst);
        }
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        done.ends[queue[place]] = Some(ended);
        done.print(self.members, queue, self.global, false);
    }

    fn goes_on(&self) -> bool {
        let failures = self.failures.load(Ordering::SeqCst);
        !self.cancel.is_cancelled() && self.stop_after.is_none_or(|most| failures < most)
    }

    fn work(&self, member: &Member, at_once: usize) -> Ended {
        let runbook = &member.runbook;
        let files = match runbook.reach().files() {
            Ok(files) => files.among(&self.claims, &member.name),
            Err(error) => return Ended::failed(error, member),
        };
        let console = Arc::new(Named::new(&member.name, console::data_style(self.global)));
        let host = target::host_with(&runbook.global, files, self.cancel.clone(), console);
        host.share_memory(at_once - 1);
        host.set_current_cluster(&member.cluster);
        let begin = || {
            let run = host.run_id().unwrap_or_default().to_owned();
            self.writer.note(FleetEntry::Begin { cluster: member.name.clone(), run }, Timestamp::now())
        };
        let result = runbook.run_on(&host, &Way::Freely, begin).unwrap_or_else(Err);
        let closed = host.close();
        let (exit, result) = run::settle(&host, result, &runbook.global);
        let closed = closed.and(host.end_journal(exit));
        self.ended(&host, exit, &result, closed, member)
    }

    fn ended(
        &self,
        host: &Host,
        exit: u8,
        result: &Result<Ending, ScriptError>,
        closed: Result<()>,
        member: &Member,
    ) -> Ended {
        let about = summary::About { script: &member.runbook.file, parameters: &member.runbook.shown, exit_code: exit };
        let report = summary::report(host, result, &member.runbook.global, &about);
        let record = host.record().clone();
        let mut error = result.as_ref().err().map(|failed| (*failed.error).clone());
        error = error.or(closed.err()).or(report.as_ref().err().cloned());
        let exit = match &error {
            Some(error) if exit == 0 => error.kind().exit_code(),
            _ => exit,
        };
        let failed = record.failed_checks();
        let told = match &error {
            Some(error) => Some(format!("{}: {}", error.code, error.message)),
            None if failed > 0 => Some(format!("{failed} of {} failed", words::count(record.checks.len(), "check"))),
            None if exit != 0 => Some(format!("the script ended with exit code {exit}")),
            None => None,
        };
        let interrupted = self.cancel.is_cancelled() && exit == crate::domain::Kind::Interrupted.exit_code();
        Ended {
            end: FleetEnd {
                exit: if interrupted { exit_code_by_signal(exit) } else { exit },
                counts: summary::counts(&record),
                elapsed_ms: host.elapsed_ms(),
                error: told,
            },
            run: host.changing_run(),
            error,
            report: report.unwrap_or_default(),
            interrupted,
            changes: host.changing_run().is_some(),
            printed: host.console().kept(),
        }
    }
}

impl Ended {
    /// A run that did not begin, or broke down.
    fn failed(error: Error, member: &Member) -> Self {
        console::say(&named(&member.name, &format!("{}: {}", error.code, error.message)));
        Ended {
            end: FleetEnd {
                exit: error.kind().exit_code(),
                error: Some(format!("{}: {}", error.code, error.message)),
                ..FleetEnd::default()
            },
            run: None,
            error: Some(error),
            report: serde_json::Value::Null,
            interrupted: false,
            changes: true,
            printed: String::new(),
        }
    }

    /// How it ended, in a line.
    fn told(&self) -> String {
        let took = words::duration_ms(self.end.elapsed_ms);
        let counts = self.end.counts;
        let settled = [
            (counts.created, "created"),
            (counts.changed, "changed"),
            (counts.unchanged, "unchanged"),
            (counts.deleted, "deleted"),
        ];
        let settled: Vec<String> = settled
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, verdict)| format!("{count} {verdict}"))
            .collect();
        let what = match &self.end.error {
            _ if self.interrupted => "interrupted".to_owned(),
            Some(error) => format!("failed: {error}"),
            None => "ok".to_owned(),
        };
        [vec![what], settled, vec![took]].concat().join(" · ")
    }
}

impl Done {
    /// Prints what clusters printed, up to the first that is not through; past it too if there will be no more.
    fn print(&mut self, members: &[Member], queue: &[usize], global: &Global, all: bool) {
        while let Some(at) = queue.get(self.printed).filter(|at| all || self.ends[**at].is_some()) {
            let printed = self.ends[*at].as_ref().map(|end| end.printed.as_str()).unwrap_or_default();
            if !printed.is_empty() && !global.json() {
                let heading =
                    console::data_style(global).paint(Tone::Heading, &format!("Cluster {}", members[*at].name));
                console::print(&format!("{heading}\n{printed}\n"));
            }
            self.printed += 1;
        }
    }
}
