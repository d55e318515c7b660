//! What a run keeps secret, and the console that masks it.

use std::sync::{Arc, PoisonError, RwLock};

use super::Console;
use crate::domain::secret::Secrets;

/// The secrets of a run. Clones are one set, so that whoever writes something hears of those that come later.
#[derive(Debug, Clone, Default)]
pub struct Hidden(Arc<RwLock<Secrets>>);

impl Hidden {
    /// Hides these too.
    pub fn hide(&self, secrets: Secrets) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).extend(secrets);
    }

    /// The text without them.
    pub fn mask(&self, text: &str) -> String {
        self.0.read().unwrap_or_else(PoisonError::into_inner).mask(text).into_owned()
    }

    /// Those known so far.
    pub fn secrets(&self) -> Secrets {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A console that gives `console` everything without them.
    pub fn over(&self, console: Arc<dyn Console>) -> Arc<dyn Console> {
        Arc::new(Masked { console, hidden: self.clone() })
    }
}

struct Masked {
    console: Arc<dyn Console>,
    hidden: Hidden,
}

impl Console for Masked {
    fn data(&self, text: &str) {
        self.console.data(&self.hidden.mask(text));
    }

    fn talk(&self, text: &str) {
        self.console.talk(&self.hidden.mask(text));
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
