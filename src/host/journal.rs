//! The journal of a run, as its host sees it.

use std::sync::Arc;

use super::{Host, exit_code_by_signal};
use crate::domain::error::Result;
use crate::domain::secret::Secrets;
use crate::journal::Writer;

impl Host {
    /// Writes every change of this run down, from now on. Counts only before the target is opened; the first one stays.
    pub fn keep_journal(&self, writer: Writer) {
        drop(self.shared.journal.set(Arc::new(writer)));
    }

    /// Keeps these secret too: on the console, and in the journal.
    pub fn hide(&self, secrets: Secrets) {
        if let Some(writer) = self.shared.journal.get() {
            writer.hide(secrets.clone());
        }
        self.shared.hidden.hide(secrets);
    }

    /// Notes the orderly end of the run in its journal, if it has one and changed something.
    ///
    /// # Errors
    /// `SPOT-0804` when it cannot be written.
    pub fn end_journal(&self, exit: u8) -> Result<()> {
        match (self.shared.journal.get(), self.shared.opened.get()) {
            (Some(writer), Some(opened)) => writer.end(exit_code_by_signal(exit), opened.session.clock.now()),
            _ => Ok(()),
        }
    }

    /// Keeps other runs from changing the group whose resources are called `name`, until this run ends.
    ///
    /// # Errors
    /// `SPOT-0810` that names the run which changes it already.
    pub fn hold(&self, name: &str) -> Result<()> {
        self.shared.journal.get().map_or(Ok(()), |writer| writer.hold(name))
    }

    /// The id of this run in its journal, if it keeps one.
    pub fn run_id(&self) -> Option<&str> {
        self.shared.journal.get().map(|writer| writer.run())
    }

    /// The id of this run, if it has written a change down.
    pub fn changing_run(&self) -> Option<String> {
        self.shared.journal.get().filter(|writer| writer.has_begun()).map(|writer| writer.run().to_owned())
    }
}
