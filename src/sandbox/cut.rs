//! Cuts a caller off at one of its requests, as if its process were killed there: for tests of what a kill leaves.

use std::sync::{Mutex, PoisonError};

use super::Sandbox;

/// On which side of a request the caller is cut off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The request never arrives.
    Before,
    /// It is done, and the answer never arrives.
    After,
}

/// A cut that is to come, or came.
#[derive(Default)]
pub(super) struct Cut(Mutex<Option<Armed>>);

struct Armed {
    /// Requests that still pass whole.
    left: u64,
    side: Side,
    /// Told once, when it happens.
    told: Option<Box<dyn FnOnce() + Send>>,
    happened: bool,
}

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passage {
    /// It arrives and is answered.
    Whole,
    /// It arrives; its answer does not.
    Unanswered,
    /// It does not arrive.
    Lost,
}

impl Cut {
    /// Lets the next request through, or not.
    pub(super) fn next(&self) -> Passage {
        let mut cut = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(armed) = cut.as_mut() else { return Passage::Whole };
        if armed.happened {
            return Passage::Lost;
        }
        if armed.left > 0 {
            armed.left -= 1;
            return Passage::Whole;
        }
        armed.happened = true;
        if let Some(told) = armed.told.take() {
            told();
        }
        if armed.side == Side::After { Passage::Unanswered } else { Passage::Lost }
    }
}

impl Sandbox {
    /// Cuts the caller off at its request number `request` (from 1 on, AWS's and Kubernetes' counted together). `told`
    /// is called then; no answer comes any more until [`Sandbox::reconnect`].
    pub fn cut_off(&self, request: u64, side: Side, told: impl FnOnce() + Send + 'static) {
        let armed = Armed { left: request.saturating_sub(1), side, told: Some(Box::new(told)), happened: false };
        *self.cut().0.lock().unwrap_or_else(PoisonError::into_inner) = Some(armed);
    }

    /// Takes a cut back. Tells whether it had happened.
    pub fn reconnect(&self) -> bool {
        let cut = self.cut().0.lock().unwrap_or_else(PoisonError::into_inner).take();
        cut.is_some_and(|cut| cut.happened)
    }
}
