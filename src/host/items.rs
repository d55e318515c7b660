//! Work on several items at once: threads, whose turn it is, whose words they are, and what is added up in the end.
//!
//! On AWS the threads run side by side and wait for real. On a clock that jumps they take turns, see
//! [`Turns`](crate::ports::Turns): a run in the sandbox repeats byte for byte.

use std::cell::RefCell;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Console, Host, Record, append};
use crate::domain::error::Result;
use crate::ports::{Turns, as_spoken, speaker, speaking_for};

/// The most items that are worked on at once.
pub const MOST_AT_ONCE: usize = 64;

/// Bytes of stack for the thread of an item: address space, not memory. Scripts recurse as they do elsewhere.
const STACK: usize = 256 << 20;

/// What an item has for itself while it is worked on.
pub(super) struct Item {
    /// Where its words go.
    console: Arc<dyn Console>,
    /// What it printed, kept until the items before it are through.
    printed: Mutex<String>,
    /// What it did.
    pub(super) record: Mutex<Record>,
    /// The cluster that it is about.
    pub(super) cluster: Mutex<Option<String>>,
    /// Names of the steps around it, the outermost first.
    around: Vec<String>,
}

impl Console for Arc<Item> {
    fn data(&self, text: &str) {
        append(&self.printed, text);
    }

    fn talk(&self, text: &str) {
        self.console.talk(&as_spoken(text));
    }

    fn kept(&self) -> String {
        self.console.kept()
    }

    fn colour(&self) -> bool {
        self.console.colour()
    }

    fn width(&self) -> Option<u16> {
        self.console.width()
    }
}

/// What came of items.
pub struct Fan<T, E> {
    /// Of each, in their order; `None` where it was not begun because another had failed or the run was stopped.
    pub results: Vec<Option<Result<T, E>>>,
    /// The item that failed first.
    pub first_failure: Option<usize>,
}

thread_local! {
    /// The host of the item that this thread works on.
    static HERE: RefCell<Option<Host>> = const { RefCell::new(None) };
}

impl Host {
    /// This host as the item sees it that this thread works on, if it works on one.
    pub fn here(&self) -> Host {
        let here = HERE.with_borrow(|here| here.clone());
        here.filter(|here| Arc::ptr_eq(&here.shared, &self.shared)).unwrap_or_else(|| self.clone())
    }

    /// Whether this is the host of one item among several.
    pub fn is_of_an_item(&self) -> bool {
        self.item.is_some()
    }

    /// How many steps are around everything that this host does.
    pub(super) fn depth(&self) -> usize {
        self.around().len()
    }

    /// The names of the steps around everything that this host does.
    pub(super) fn around(&self) -> &[String] {
        self.item.as_ref().map_or(&[], |item| &item.around)
    }

    /// Works on items, at most `at_once` at the same time, in their order. After a failure no more are begun; those in
    /// work are finished. What items say carries their name; what they print comes in their order, each whole.
    ///
    /// # Errors
    /// What opening the target fails with.
    pub fn fan_out<T: Send, E: Send>(
        &self,
        names: &[String],
        at_once: usize,
        work: &(dyn Fn(usize) -> Result<T, E> + Sync),
    ) -> Result<Fan<T, E>> {
        let lanes = at_once.clamp(1, MOST_AT_ONCE).min(names.len());
        // Opened by one, before all come to it; its clock says whether they take turns.
        let turns = self.session()?.clock.turns(lanes);
        let fan = Work {
            host: self,
            names,
            around: speaker(),
            work,
            next: AtomicUsize::new(0),
            stop: AtomicBool::new(false),
            done: Mutex::new(Done::of(names.len())),
        };
        std::thread::scope(|scope| {
            let mut begun = 0;
            for lane in 0..lanes {
                let turn = turns.clone().map(|turns| Turn { turns, lane });
                let (fan, thread) = (&fan, std::thread::Builder::new().name("item".to_owned()).stack_size(STACK));
                // A lane without a thread is one less; its turn ends with what would have run in it.
                begun += usize::from(thread.spawn_scoped(scope, move || fan.lane(turn)).is_ok());
            }
            if begun == 0 {
                fan.lane(None);
            }
        });
        let mut done = fan.done.into_inner().unwrap_or_else(PoisonError::into_inner);
        done.print(self, true);
        let mut results = Vec::with_capacity(names.len());
        for end in done.ends {
            results.push(end.map(|(item, result)| {
                self.add(&item);
                result
            }));
        }
        Ok(Fan { results, first_failure: done.first_failure })
    }

    /// What an item did becomes part of what its surroundings did.
    fn add(&self, item: &Item) {
        let record = std::mem::take(&mut *item.record.lock().unwrap_or_else(PoisonError::into_inner));
        self.record().append(record);
        let cluster = item.cluster.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(cluster) = cluster {
            self.set_current_cluster(&cluster);
        }
    }
}

/// The turn of a lane, which it keeps until it is dropped.
struct Turn {
    turns: Arc<dyn Turns>,
    lane: usize,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.leave(self.lane);
    }
}

/// Items in work.
struct Work<'a, T, E> {
    host: &'a Host,
    names: &'a [String],
    /// Whom all of this is done for: a cluster of a fleet.
    around: Option<Arc<str>>,
    work: &'a (dyn Fn(usize) -> Result<T, E> + Sync),
    next: AtomicUsize,
    stop: AtomicBool,
    done: Mutex<Done<T, E>>,
}

/// An item that is through, and what came of it.
type End<T, E> = (Arc<Item>, Result<T, E>);

struct Done<T, E> {
    ends: Vec<Option<End<T, E>>>,
    /// How many have been printed.
    printed: usize,
    first_failure: Option<usize>,
}

impl<T: Send, E: Send> Work<'_, T, E> {
    /// Takes item after item.
    fn lane(&self, turn: Option<Turn>) {
        if let Some(turn) = &turn {
            Arc::clone(&turn.turns).enter(turn.lane);
        }
        while !self.stop.load(Ordering::SeqCst) && self.host.stop_reason().is_none() {
            let index = self.next.fetch_add(1, Ordering::SeqCst);
            let Some(name) = self.names.get(index) else { break };
            let item = self.item();
            let host = Host { shared: Arc::clone(&self.host.shared), item: Some(Arc::clone(&item)) };
            let before = HERE.replace(Some(host));
            let spoken = self.around.as_ref().map_or_else(|| name.clone(), |around| format!("{around}/{name}"));
            let result = speaking_for(&spoken, || (self.work)(index));
            HERE.replace(before);
            let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
            if result.is_err() {
                done.first_failure.get_or_insert(index);
                self.stop.store(true, Ordering::SeqCst);
            }
            done.ends[index] = Some((item, result));
            done.print(self.host, false);
        }
    }

    fn item(&self) -> Arc<Item> {
        Arc::new(Item {
            console: Arc::clone(&self.host.shared.console),
            printed: Mutex::default(),
            record: Mutex::default(),
            cluster: Mutex::new(self.host.current_cluster()),
            around: self.host.inside(),
        })
    }
}

impl<T, E> Done<T, E> {
    fn of(count: usize) -> Self {
        Done { ends: (0..count).map(|_| None).collect(), printed: 0, first_failure: None }
    }

    /// Prints what the items through printed, up to the first that is not through; past it too if there will be no more.
    fn print(&mut self, host: &Host, all: bool) {
        while let Some(end) = self.ends.get(self.printed).filter(|end| all || end.is_some()) {
            let printed = end.as_ref().map(|(item, _)| item.printed.lock().unwrap_or_else(PoisonError::into_inner));
            if let Some(text) = printed.filter(|text| !text.is_empty()) {
                host.console().data(&text);
            }
            self.printed += 1;
        }
    }
}
