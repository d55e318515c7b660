//! Which steps of a run change something: `--only` and `--from`.
//!
//! The other steps run too, since later ones may need what they give, but aside: their reads are real, their changes are
//! recorded as a plan's are and not made. What they say is not said, what they claim is not counted.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use super::lens::{self, Planning, ReadBootData};
use super::{Check, Console, FilePolicy, Host};
use crate::domain::Code;
use crate::domain::change::Request;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::inventory::Settled;
use crate::ops::Session;

/// The steps that were chosen, by their names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// These, with the steps inside of them.
    Only(Vec<String>),
    /// This one and everything after it was entered.
    From(String),
}

impl Choice {
    fn names(&self) -> &[String] {
        match self {
            Choice::Only(names) => names,
            Choice::From(name) => std::slice::from_ref(name),
        }
    }
}

/// A choice while the run goes on.
pub(super) struct Choosing {
    choice: Choice,
    read: ReadBootData,
    /// Whether the step of [`Choice::From`] was entered.
    begun: AtomicBool,
    aside: OnceLock<Aside>,
    files: FilePolicy,
    counted: AtomicUsize,
}

/// What a step that was not chosen runs on.
struct Aside {
    session: Session,
    planning: Arc<Planning>,
}

/// Says nothing.
struct Silence;

impl Console for Silence {
    fn data(&self, _: &str) {}
    fn talk(&self, _: &str) {}
}

static SILENCE: Silence = Silence;

impl Choosing {
    fn new(choice: Choice, read: ReadBootData, files: FilePolicy) -> Self {
        Choosing {
            choice,
            read,
            begun: AtomicBool::new(false),
            aside: OnceLock::new(),
            files: files.planning(),
            counted: AtomicUsize::new(0),
        }
    }

    /// Whether what happens inside of these steps is meant.
    fn chooses(&self, inside: &[String]) -> bool {
        match &self.choice {
            Choice::Only(names) => inside.iter().any(|step| names.contains(step)),
            Choice::From(_) => self.begun.load(Ordering::Relaxed),
        }
    }

    fn enter(&self, name: &str) {
        if matches!(&self.choice, Choice::From(first) if first == name) {
            self.begun.store(true, Ordering::Relaxed);
        }
    }

    /// Changes that were recorded and not made since this was last asked.
    fn newly_left_out(&self) -> usize {
        let all = self.aside.get().map_or(0, |aside| aside.planning.count());
        all.saturating_sub(self.counted.swap(all, Ordering::Relaxed))
    }

    fn left_out(&self) -> Vec<Request> {
        self.aside.get().map(|aside| aside.planning.plan().requests).unwrap_or_default()
    }

    /// The session of steps that were not chosen, seen over the one of those that were: what is planned there is seen here,
    /// and not the other way round.
    pub(super) fn stand_by(&self, session: &Session) {
        let (session, planning) = lens::planned(session.clone(), self.read);
        drop(self.aside.set(Aside { session, planning }));
    }

    pub(super) fn session(&self) -> Option<Session> {
        self.aside.get().map(|aside| aside.session.clone())
    }

    pub(super) fn files(&self) -> &FilePolicy {
        &self.files
    }
}

impl Host {
    /// Lets only chosen steps change something. Counts only before the target is opened.
    pub fn choose(&self, choice: Choice, read: ReadBootData) {
        drop(self.shared.choosing.set(Choosing::new(choice, read, self.shared.files.clone())));
    }

    /// What holds for this host now, if it is in a part of the run that was not chosen.
    pub(super) fn aside(&self) -> Option<&Choosing> {
        let choosing = self.shared.choosing.get()?;
        (!choosing.chooses(&self.inside())).then_some(choosing)
    }

    /// Whether what happens now is meant to change something.
    pub fn is_chosen(&self) -> bool {
        self.aside().is_none()
    }

    /// Whether what happens now is only planned: in a plan, and in steps that were not chosen.
    pub fn only_foresees(&self) -> bool {
        self.plans() || !self.is_chosen()
    }

    /// The console of a step that was not chosen.
    pub(super) fn silence(&self) -> Option<&dyn Console> {
        let choosing = self.shared.choosing.get()?;
        let inside = self.inside();
        (!inside.is_empty() && !choosing.chooses(&inside)).then_some(&SILENCE)
    }

    /// Notes what idempotent verbs settled, unless that was only imagined.
    pub fn note_settled(&self, settled: impl IntoIterator<Item = Settled>) {
        if self.is_chosen() {
            self.record().resources.extend(settled);
        }
    }

    /// Notes a check, unless it was made of what was only imagined.
    pub fn note_check(&self, check: Check) {
        if self.is_chosen() {
            self.record().checks.push(check);
        }
    }

    pub(super) fn choice_enters(&self, name: &str) {
        if let Some(choosing) = self.shared.choosing.get() {
            choosing.enter(name);
        }
    }

    /// How many changes the step that ends now would have made, had it been chosen.
    pub(super) fn newly_left_out(&self) -> Option<usize> {
        self.aside().map(Choosing::newly_left_out)
    }

    /// Requests that were not sent because their steps were not chosen, in their order.
    pub fn left_out(&self) -> Vec<Request> {
        self.shared.choosing.get().map(Choosing::left_out).unwrap_or_default()
    }

    /// Whether every step that was chosen was also entered.
    ///
    /// # Errors
    /// `SPOT-0814` that names the step and the nearest one there is.
    pub fn chosen_were_entered(&self) -> Result<()> {
        let Some(choosing) = self.shared.choosing.get() else { return Ok(()) };
        let record = self.record();
        let mut entered: Vec<&str> = record.steps.iter().map(|step| step.name.as_str()).collect();
        let missed = choosing.choice.names().iter().find(|name| !entered.contains(&name.as_str()));
        let Some(missed) = missed else { return Ok(()) };
        entered.dedup();
        let error = Error::new(Code::NoSuchStep, format!("the run has no step `{missed}`"));
        Err(match nearest(missed, entered.iter().copied()) {
            Some(near) => error.help(format!("did you mean `{near}`?")),
            None if entered.is_empty() => error.help("it has no steps: write `step \"name\" { … }` around its parts"),
            None => error.help(format!("its steps are `{}`", entered.join("`, `"))),
        })
    }
}
