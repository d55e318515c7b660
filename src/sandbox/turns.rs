//! Turns on the world's clock, for threads that work side by side.
//!
//! One lane works at a time. When it waits, the next lane that has work goes on; when all of them wait, time jumps to
//! the earliest end of a wait. Who comes next depends on the world alone and never on the machine's threads, so a run
//! repeats byte for byte, and waits of different lanes overlap as they would in the real world.

use std::cell::RefCell;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::Sandbox;
use super::world::World;
use super::world::clock::Millis;

/// The turns of some lanes.
pub struct Turns {
    sandbox: Sandbox,
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    lanes: Vec<Lane>,
    /// Whose turn it is; `None` when all have left.
    turn: Option<usize>,
    /// Counts waits, so that of two that end at one moment the older comes first.
    waits: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lane {
    /// Has work, or is at it.
    Works,
    /// Waits until a moment; the number tells which wait is older.
    Waits(Millis, u64),
    /// Is done.
    Left,
}

/// The lane that a thread is.
struct Here {
    turns: Arc<Turns>,
    lane: usize,
    /// Its waits: an operation may have several side by side.
    waits: Vec<(u64, Millis)>,
    next: u64,
}

thread_local! {
    static HERE: RefCell<Option<Here>> = const { RefCell::new(None) };
}

impl Turns {
    /// Turns of `lanes` lanes, the first of which begins.
    pub fn new(sandbox: Sandbox, lanes: usize) -> Arc<Self> {
        let state = State { lanes: vec![Lane::Works; lanes], turn: (lanes > 0).then_some(0), waits: 0 };
        Arc::new(Turns { sandbox, state: Mutex::new(state), changed: Condvar::new() })
    }

    /// Makes this thread a lane, and returns when it is its turn.
    pub fn enter(self: Arc<Self>, lane: usize) {
        let turns = Arc::clone(&self);
        HERE.with(|here| here.replace(Some(Here { turns, lane, waits: Vec::new(), next: 0 })));
        drop(self.until_turn(self.state(), lane));
    }

    /// Ends a lane.
    pub fn leave(&self, lane: usize) {
        HERE.with_borrow_mut(|here| {
            if here.as_ref().is_some_and(|here| here.lane == lane && std::ptr::eq(&*here.turns, self)) {
                *here = None;
            }
        });
        let mut state = self.state();
        state.lanes[lane] = Lane::Left;
        if state.turn == Some(lane) {
            self.pass(&mut state);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn until_turn<'a>(&'a self, mut state: MutexGuard<'a, State>, lane: usize) -> MutexGuard<'a, State> {
        while state.turn != Some(lane) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state
    }

    /// Gives the turn to the first lane that has work, else to the one whose wait ends first, at that moment.
    fn pass(&self, state: &mut State) {
        let works = state.lanes.iter().position(|lane| *lane == Lane::Works);
        let wakes = || {
            let waits = state.lanes.iter().enumerate().filter_map(|(place, lane)| match lane {
                Lane::Waits(until, number) => Some((*until, *number, place)),
                _ => None,
            });
            waits.min()
        };
        state.turn = works.or_else(|| {
            let (until, _, lane) = wakes()?;
            self.sandbox.world(|world| world.advance_to(until));
            Some(lane)
        });
        if let Some(lane) = state.turn {
            state.lanes[lane] = Lane::Works;
        }
        self.changed.notify_all();
    }

    fn wait(&self, lane: usize, until: Millis) {
        let mut state = self.state();
        state.waits += 1;
        state.lanes[lane] = Lane::Waits(until, state.waits);
        self.pass(&mut state);
        drop(self.until_turn(state, lane));
    }
}

/// A wait of a lane. Kept as long as something waits for it.
pub(super) struct Wait(u64);

impl Wait {
    /// Notes a wait of this thread's lane; `None` if the thread is no lane in this world.
    pub(super) fn note(sandbox: &Sandbox, until: Millis) -> Option<Self> {
        HERE.with_borrow_mut(|here| {
            let here = here.as_mut().filter(|here| here.turns.sandbox.is(sandbox))?;
            here.next += 1;
            here.waits.push((here.next, until));
            Some(Wait(here.next))
        })
    }

    /// Lets others work until the lane's next wait is over, if that is this one. Whether it is over now.
    pub(super) fn go_on(&self) -> bool {
        let found = HERE.with_borrow(|here| {
            let here = here.as_ref()?;
            let (number, until) = here.waits.iter().copied().min_by_key(|(number, until)| (*until, *number))?;
            Some((number == self.0, until, Arc::clone(&here.turns), here.lane))
        });
        // A wait that goes on in another thread than it began in cannot take part: it is over, and time stands still.
        let Some((next, until, turns, lane)) = found else { return true };
        if !next {
            return false;
        }
        if turns.sandbox.read(World::now) < until {
            turns.wait(lane, until);
        }
        true
    }
}

impl Drop for Wait {
    fn drop(&mut self) {
        HERE.with_borrow_mut(|here| {
            if let Some(here) = here {
                here.waits.retain(|(number, _)| *number != self.0);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::time::Duration;

    use super::*;

    /// What three lanes do: each waits twice, and notes when it comes to it.
    fn told(spans: [[u64; 2]; 3]) -> Vec<String> {
        let sandbox = Sandbox::fresh(1);
        let began = sandbox.read(World::now);
        let turns = Turns::new(sandbox.clone(), spans.len());
        let notes = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for (lane, spans) in spans.into_iter().enumerate() {
                let (turns, sandbox, notes) = (Arc::clone(&turns), sandbox.clone(), &notes);
                scope.spawn(move || {
                    // Threads come in another order than their lanes.
                    std::thread::sleep(Duration::from_millis(20 - 10 * lane as u64));
                    Arc::clone(&turns).enter(lane);
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    for span in spans {
                        runtime.block_on(sandbox.sleep(Duration::from_secs(span)));
                        let at = (sandbox.read(World::now) - began) / 1000;
                        notes.lock().unwrap().push(format!("{lane} at {at}"));
                    }
                    turns.leave(lane);
                });
            }
        });
        notes.into_inner().unwrap()
    }

    #[test]
    fn waits_overlap_and_come_to_their_end_in_the_order_of_time() {
        let wanted = ["1 at 2", "0 at 3", "1 at 4", "2 at 5", "2 at 5", "0 at 6"];
        assert_eq!(told([[3, 3], [2, 2], [5, 0]]), wanted);
        for _ in 0..20 {
            assert_eq!(told([[3, 3], [2, 2], [5, 0]]), wanted);
        }
    }

    #[test]
    fn of_waits_that_end_together_the_older_comes_first() {
        assert_eq!(told([[2, 1], [1, 2], [3, 0]]), ["1 at 1", "0 at 2", "2 at 3", "2 at 3", "1 at 3", "0 at 3"]);
    }

    #[test]
    fn waits_side_by_side_in_one_lane_do_not_add_up() {
        let sandbox = Sandbox::fresh(1);
        let began = sandbox.read(World::now);
        let turns = Turns::new(sandbox.clone(), 1);
        let first = std::thread::scope(|scope| {
            let work = || {
                Arc::clone(&turns).enter(0);
                let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                let timed = async |seconds| {
                    sandbox.sleep(Duration::from_secs(seconds)).await;
                    (sandbox.read(World::now) - began) / 1000
                };
                runtime.block_on(async { tokio::join!(timed(30), timed(10)) })
            };
            scope.spawn(work).join().unwrap()
        });
        assert_eq!(first, (30, 10));
    }
}
