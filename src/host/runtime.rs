//! The async runtime, built when the first call needs it: a script that needs none starts without.

use std::sync::{Mutex, OnceLock, PoisonError};

use tokio::runtime::{Builder, Runtime};

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// A runtime that is built at most once.
#[derive(Default)]
pub(super) struct Lazy {
    runtime: OnceLock<Runtime>,
    building: Mutex<()>,
}

impl Lazy {
    /// The runtime.
    ///
    /// # Errors
    /// `SPOT-0901` when the system gives no threads or descriptors.
    pub(super) fn get(&self) -> Result<&Runtime> {
        let _building = self.building.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(runtime) = self.runtime.get() {
            return Ok(runtime);
        }
        let runtime =
            Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(|error| {
                Error::new(Code::Internal, "the async runtime cannot start").because(error.to_string())
            })?;
        Ok(self.runtime.get_or_init(|| runtime))
    }
}
