//! How a command's answer is printed: text for people, or JSON with the name and version of its schema.

use serde::Serialize;

use super::{Global, console};
use crate::domain::error::Result;
use crate::view::{Style, json};

/// How a command's answer is wanted.
#[derive(Debug, Clone, Copy)]
pub struct Form {
    /// JSON instead of text.
    pub json: bool,
    /// How text may look.
    pub style: Style,
}

impl Form {
    /// What the flags and the terminal say.
    pub fn of(global: &Global) -> Self {
        Form { json: global.json(), style: console::data_style(global) }
    }

    /// `data` as JSON of schema `kind`, or as the text that `text` makes.
    ///
    /// # Errors
    /// What [`json::render`] says.
    pub fn print<T: Serialize + ?Sized>(
        self,
        kind: &str,
        data: &T,
        text: impl FnOnce(Style) -> String,
    ) -> Result<String> {
        if self.json { json::render(kind, data) } else { Ok(text(self.style)) }
    }
}
