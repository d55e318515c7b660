//! What answers a run: AWS and a cluster, or the sandbox. The face wires it; the host opens it when first needed.

use std::sync::Arc;

use async_trait::async_trait;

use crate::domain::advisor::Feed;
use crate::domain::error::Result;
use crate::ops::Session;
use crate::ports::WorldControl;

/// What answers a run.
#[async_trait]
pub trait Target: Send + Sync {
    /// Opens the ports. Called once, and only by a run that needs them. A plan is a target whose ports record
    /// mutations instead of making them.
    async fn open(&self) -> Result<Session>;
    /// The advisor feed that goes with this target.
    async fn advisor(&self, session: &Session) -> Result<Feed>;
    /// Keeps what has to be kept. Called at the end of a run, whether it was opened or not.
    ///
    /// # Errors
    /// What saving fails with.
    fn close(&self) -> Result<()>;
    /// Whether the world can be controlled: whether it is the sandbox.
    fn controllable(&self) -> bool {
        false
    }
    /// Control of the world, of a controllable target that was opened.
    fn control(&self) -> Option<Arc<dyn WorldControl>> {
        None
    }
}
