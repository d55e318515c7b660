//! Completion without a terminal: for who measures it, or brings a line editor of their own.

use rhai::Engine;

use super::complete::complete;
use super::names::Names;
use crate::domain::error::Result;
use crate::host::Host;
use crate::script::{Session, catalog, engine};

/// What Tab offers in a session in which nothing was entered yet.
pub struct Offers {
    engine: Engine,
    names: Names,
}

impl Offers {
    /// As ready as a session is at its first prompt.
    ///
    /// # Errors
    /// `SPOT-0901` when an engine cannot be built.
    pub fn new(host: &Host) -> Result<Self> {
        let mut names = Names { folder: host.files().locate(""), ..Names::default() };
        names.set_entries(catalog::entries(Session::new(host)?.engine()));
        Ok(Offers { engine: engine::syntax()?, names })
    }

    /// What can stand in the place of the last word.
    pub fn after(&self, text: &str) -> Vec<String> {
        complete(&self.engine, text, &self.names).1.into_iter().map(|one| one.replacement).collect()
    }
}
