//! What scripts run on: the target's ports, the record of the run, cancel, files; the only place that blocks on async.
//!
//! Bindings reach a [`Host`] through the engine's tag. It knows nothing of terminals, engines or clients: the face
//! hands in a [`Console`]. Text is put together by the bindings.

mod cancel;
mod choice;
mod console;
mod files;
mod hidden;
mod interrupt;
mod items;
mod journal;
mod lab;
mod lens;
mod memory;
mod planning;
mod record;
mod runtime;
mod sealed;
mod steps;
mod target;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

pub use cancel::Cancel;
pub use choice::Choice;
pub use console::{Console, Recorder, append};
pub use files::{Claims, FilePolicy, FileText, home_of, read_text};
pub use hidden::Hidden;
pub use interrupt::{exit_code_by_signal, listen as listen_for_interrupts};
pub use items::{Fan, MOST_AT_ONCE};
pub use lab::{Lab, Snapshot, Trial};
pub use lens::ReadBootData;
pub use record::{Check, Record, Step};
pub use steps::Ticket;
pub use target::Target;

use jiff::Timestamp;

use crate::domain::Code;
use crate::domain::advisor::Feed;
use crate::domain::change::Plan;
use crate::domain::error::{Error, Result};
use crate::journal::Writer;
use crate::ops::Session;
use crate::ports::{RequestCounts, WorldControl};

/// How long a run that is out of time waits for the answers to changes that it has sent.
const GRACE: Duration = Duration::from_secs(30);

/// What a host is made of.
pub struct Options {
    /// What answers.
    pub target: Arc<dyn Target>,
    /// Where words go.
    pub console: Arc<dyn Console>,
    /// Which files may be read and written.
    pub files: FilePolicy,
    /// What is kept secret.
    pub hidden: Hidden,
    /// When to give up the whole run, on the wall clock.
    pub timeout: Option<Duration>,
}

/// What scripts run on. Cheap to clone; all clones are one host.
///
/// While several items are worked on at once, each has a clone that keeps the item's own words and record.
#[derive(Clone)]
pub struct Host {
    shared: Arc<Inner>,
    item: Option<Arc<items::Item>>,
}

struct Inner {
    target: Arc<dyn Target>,
    opened: OnceLock<Opened>,
    cluster: Mutex<Option<String>>,
    exit_code: Mutex<Option<u8>>,
    console: Arc<dyn Console>,
    files: FilePolicy,
    hidden: Hidden,
    cancel: Cancel,
    in_flight: lens::InFlight,
    deadline: Option<Instant>,
    memory: memory::Memory,
    started: Instant,
    record: Mutex<Record>,
    journal: OnceLock<Arc<Writer>>,
    /// How boot data is read, when this run only plans.
    plans: OnceLock<ReadBootData>,
    planning: OnceLock<Arc<lens::Planning>>,
    guard: OnceLock<Arc<lens::Guard>>,
    choosing: OnceLock<choice::Choosing>,
    resuming: AtomicBool,
    runtime: runtime::Lazy,
    lab: OnceLock<Arc<dyn Lab>>,
}

/// A target that was opened.
struct Opened {
    session: Session,
    /// The target's time at that moment.
    at: Timestamp,
    /// How long the run had lasted by then: on the wall clock, and not at all where the target's time jumps.
    after: Duration,
}

/// A moment of a run.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    elapsed_ms: u64,
    /// Whether the target was open.
    opened: bool,
}

impl Host {
    /// A host; nothing is opened or started yet.
    pub fn new(options: Options) -> Self {
        Self::stopped_by(options, Cancel::default())
    }

    /// A host that stops when `cancel` says so: for who goes on with another target but the same Ctrl-C.
    pub fn stopped_by(options: Options, cancel: Cancel) -> Self {
        let started = Instant::now();
        let shared = Arc::new(Inner {
            target: options.target,
            opened: OnceLock::new(),
            cluster: Mutex::new(None),
            exit_code: Mutex::new(None),
            console: options.hidden.over(options.console),
            files: options.files,
            hidden: options.hidden,
            cancel,
            in_flight: lens::InFlight::default(),
            deadline: options.timeout.map(|timeout| started + timeout),
            memory: memory::Memory::default(),
            started,
            record: Mutex::new(Record::default()),
            journal: OnceLock::new(),
            plans: OnceLock::new(),
            planning: OnceLock::new(),
            guard: OnceLock::new(),
            choosing: OnceLock::new(),
            resuming: AtomicBool::new(false),
            runtime: runtime::Lazy::default(),
            lab: OnceLock::new(),
        });
        Host { shared, item: None }
    }

    /// Where words go.
    pub fn console(&self) -> &dyn Console {
        match (self.silence(), &self.item) {
            (Some(silence), _) => silence,
            (None, Some(item)) => item,
            (None, None) => &*self.shared.console,
        }
    }

    /// The files of the run.
    pub fn files(&self) -> &FilePolicy {
        self.aside().map_or(&self.shared.files, choice::Choosing::files)
    }

    /// What the run keeps secret: it is masked in everything that goes through the console.
    pub fn hidden(&self) -> &Hidden {
        &self.shared.hidden
    }

    /// The handle that stops the run.
    pub fn cancel(&self) -> &Cancel {
        &self.shared.cancel
    }

    /// The record of the run so far.
    pub fn record(&self) -> MutexGuard<'_, Record> {
        let record = self.item.as_ref().map_or(&self.shared.record, |item| &item.record);
        record.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The ports of the target, opened by the first call.
    ///
    /// # Errors
    /// What opening fails with.
    pub fn session(&self) -> Result<Session> {
        if self.shared.opened.get().is_none() {
            let session = self.block(self.shared.target.open())?;
            let session = self.through_lenses(session);
            if let Some(choosing) = self.shared.choosing.get() {
                choosing.stand_by(&session);
            }
            // A world whose time jumps has all of a run's time: what this machine took to come here is no part of it.
            let after = if self.shared.target.controllable() { Duration::ZERO } else { self.shared.started.elapsed() };
            let at = session.clock.now();
            self.shared.opened.get_or_init(|| Opened { session, at, after });
        }
        let opened = || self.shared.opened.get().map(|opened| opened.session.clone());
        let session = self.aside().map_or_else(opened, choice::Choosing::session);
        session.ok_or_else(|| Error::new(Code::Internal, "the target was opened and is not there"))
    }

    /// What operations of this run see: a plan, or the target with its changes checked and written down.
    fn through_lenses(&self, mut session: Session) -> Session {
        if let Some(read) = self.shared.plans.get() {
            let (session, planning) = lens::planned(session, *read);
            drop(self.shared.planning.set(planning));
            return session;
        }
        if let Some(writer) = self.shared.journal.get() {
            let journal = lens::Journal::new(Arc::clone(writer), Arc::clone(&session.clock));
            session = lens::seen_through(session, Arc::new(journal));
        }
        if let Some(guard) = self.shared.guard.get() {
            session = lens::seen_through(session, Arc::clone(guard) as _);
        }
        if self.shared.choosing.get().is_some() {
            session = lens::seen_through(session, Arc::new(lens::Known));
        }
        let (cancel, in_flight) = (self.shared.cancel.clone(), self.shared.in_flight.clone());
        lens::seen_through(session, Arc::new(lens::Gate { cancel, in_flight }))
    }

    /// Says that this run takes up an earlier one: what that has deleted already may be gone.
    pub fn resume(&self) {
        self.shared.resuming.store(true, Ordering::Relaxed);
    }

    /// Whether this run takes up an earlier one.
    pub fn resumes(&self) -> bool {
        self.shared.resuming.load(Ordering::Relaxed)
    }

    /// Waits for what `ask` asks of the target.
    ///
    /// # Errors
    /// What opening the target, `ask` or [`Host::block`] fail with.
    pub fn ask<T>(&self, ask: impl AsyncFnOnce(&Session) -> Result<T>) -> Result<T> {
        let session = self.session()?;
        self.block(ask(&session))
    }

    /// The advisor feed that goes with the target.
    ///
    /// # Errors
    /// What reading it fails with.
    pub fn advisor(&self) -> Result<Feed> {
        let session = self.session()?;
        self.block(self.shared.target.advisor(&session))
    }

    /// Control of the world.
    ///
    /// # Errors
    /// `SPOT-0664` when the target is not the sandbox; what opening it fails with.
    pub fn control(&self) -> Result<Arc<dyn WorldControl>> {
        let elsewhere = || {
            Error::new(Code::NotInSandbox, "`sandbox` controls the sandbox, and this run is on another target")
                .help("run it with `--target sandbox`")
        };
        if self.plans() {
            let error = Error::new(Code::NotInSandbox, "a plan does not control the world that it reads");
            return Err(error.help("leave `sandbox` out of what is planned, or run it"));
        }
        if !self.is_chosen() {
            let error = Error::new(Code::NotInSandbox, "a step that was not chosen does not control the world");
            return Err(error.help("choose the step too, or leave `sandbox` out of it"));
        }
        // Before it is opened: nobody is asked for credentials only to hear that this is the wrong world.
        if !self.shared.target.controllable() {
            return Err(elsewhere());
        }
        self.session()?;
        self.shared.target.control().ok_or_else(elsewhere)
    }

    /// Makes this a test's host. The first call counts.
    pub fn set_lab(&self, lab: Arc<dyn Lab>) {
        drop(self.shared.lab.set(lab));
    }

    /// The surroundings of the test that runs, if one does.
    pub fn lab(&self) -> Option<Arc<dyn Lab>> {
        self.shared.lab.get().cloned()
    }

    /// What is left until the run is out of time.
    pub fn time_left(&self) -> Option<Duration> {
        self.shared.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Requests made so far, if the target was opened.
    pub fn requests(&self) -> Option<RequestCounts> {
        self.shared.opened.get().map(|opened| opened.session.cloud.requests())
    }

    /// The cluster that the run is about, once it has named one.
    pub fn current_cluster(&self) -> Option<String> {
        self.cluster().lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Makes a cluster the one that the run is about.
    pub fn set_current_cluster(&self, name: &str) {
        *self.cluster().lock().unwrap_or_else(PoisonError::into_inner) = Some(name.to_owned());
    }

    fn cluster(&self) -> &Mutex<Option<String>> {
        self.item.as_ref().map_or(&self.shared.cluster, |item| &item.cluster)
    }

    /// The exit code that the script asked for; asking again gives none.
    pub fn take_exit_code(&self) -> Option<u8> {
        self.shared.exit_code.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Asks for an exit code.
    pub fn set_exit_code(&self, code: u8) {
        *self.shared.exit_code.lock().unwrap_or_else(PoisonError::into_inner) = Some(code);
    }

    /// Milliseconds since the run began: on the target's clock from its opening on, on the wall clock before. In the sandbox
    /// runs that do the same last equally long.
    pub fn elapsed_ms(&self) -> u64 {
        let elapsed = match self.shared.opened.get() {
            Some(opened) => {
                let since = opened.session.clock.now().duration_since(opened.at);
                opened.after + Duration::try_from(since).unwrap_or_default()
            }
            None => self.shared.started.elapsed(),
        };
        u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
    }

    /// This moment, to measure from.
    pub fn moment(&self) -> Moment {
        Moment { elapsed_ms: self.elapsed_ms(), opened: self.shared.opened.get().is_some() }
    }

    /// Milliseconds since a moment. One before the target was opened was on another clock: it was no later than the opening.
    pub fn since_ms(&self, moment: Moment) -> u64 {
        let opening = self.shared.opened.get().filter(|_| !moment.opened);
        let opening = opening.map(|opened| u64::try_from(opened.after.as_millis()).unwrap_or(u64::MAX));
        let began = opening.map_or(moment.elapsed_ms, |at| moment.elapsed_ms.min(at));
        self.elapsed_ms().saturating_sub(began)
    }

    /// Why the run has to stop now, if it has to. Called for every operation of a script.
    pub fn stop_reason(&self) -> Option<Error> {
        if self.shared.cancel.is_cancelled() {
            return Some(interrupted());
        }
        match self.shared.deadline {
            Some(deadline) if Instant::now() >= deadline => Some(timed_out()),
            _ => None,
        }
    }

    /// A script begins to run: from here on counts what it takes of memory.
    pub fn begin_script(&self) {
        self.shared.memory.begin();
    }

    /// Says that as many other scripts run in this process at the same time: memory is measured for all together.
    pub fn share_memory(&self, others: usize) {
        self.shared.memory.share(others as u64);
    }

    /// Why the script has to stop for what it takes of memory, if it has to. Called for every operation of a script.
    pub fn memory_reason(&self) -> Option<Error> {
        self.shared.memory.exceeded()
    }

    /// Whether a time limit makes [`Host::stop_reason`] worth a look at the clock.
    pub fn has_deadline(&self) -> bool {
        self.shared.deadline.is_some()
    }

    /// Ends the run: what has to be kept is saved.
    ///
    /// # Errors
    /// What saving fails with.
    pub fn close(&self) -> Result<()> {
        // A plan leaves the world as it found it.
        if self.plans() {
            return Ok(());
        }
        self.shared.target.close()
    }

    /// Waits for `future`, unless the run is cancelled or out of time first: then for the changes that are in flight
    /// alone. The only place that blocks on async code.
    ///
    /// # Errors
    /// What `future` fails with, `SPOT-0902` when interrupted, `SPOT-0611` when out of time.
    pub fn block<T>(&self, future: impl Future<Output = Result<T>>) -> Result<T> {
        if let Some(reason) = self.stop_reason() {
            return Err(reason);
        }
        let deadline = self.shared.deadline;
        self.shared.runtime.get()?.block_on(async {
            let out_of_time = async {
                match deadline {
                    Some(deadline) => tokio::time::sleep_until(deadline.into()).await,
                    None => std::future::pending().await,
                }
            };
            let in_flight = &self.shared.in_flight;
            let stopped = async {
                self.shared.cancel.cancelled().await;
                in_flight.none().await;
            };
            let out_of_time = async {
                out_of_time.await;
                drop(tokio::time::timeout(GRACE, in_flight.none()).await);
            };
            tokio::select! {
                biased;
                () = self.shared.cancel.cut_off() => Err(interrupted()),
                () = stopped => Err(interrupted()),
                () = out_of_time => Err(timed_out()),
                result = future => result,
            }
        })
    }
}

fn interrupted() -> Error {
    Error::new(Code::Interrupted, "the run was interrupted")
        .help("run it again: what is done stays done and is found `unchanged`")
}

fn timed_out() -> Error {
    Error::new(Code::TimeLimit, "the run is out of time")
        .help("raise `--timeout`; running again goes on from what is there")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    struct Nothing;

    #[async_trait::async_trait]
    impl Target for Nothing {
        async fn open(&self) -> Result<Session> {
            Err(Error::new(Code::Internal, "nothing to open"))
        }
        async fn advisor(&self, _: &Session) -> Result<Feed> {
            Err(Error::new(Code::Internal, "nothing to open"))
        }
        fn close(&self) -> Result<()> {
            Ok(())
        }
    }

    fn host(timeout: Option<Duration>) -> Host {
        let (target, console) = (Arc::new(Nothing), Arc::new(Recorder::default()));
        Host::new(Options { target, console, files: FilePolicy::new(".", &[]), hidden: Hidden::default(), timeout })
    }

    #[test]
    fn a_blocked_call_ends_within_a_second_of_the_request() {
        let host = host(None);
        let cancel = host.cancel().clone();
        let stopper = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            cancel.cancel();
        });
        let started = Instant::now();
        let result = host.block(async {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(())
        });
        stopper.join().unwrap();
        assert_eq!(result.unwrap_err().code, Code::Interrupted);
        assert!(started.elapsed() < Duration::from_secs(1));
    }

    #[test]
    fn a_time_limit_ends_a_blocked_call() {
        let result = host(Some(Duration::from_millis(50))).block(std::future::pending::<Result<()>>());
        assert_eq!(result.unwrap_err().code, Code::TimeLimit);
    }
}
