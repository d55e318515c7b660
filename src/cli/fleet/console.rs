//! What a cluster's run says: its talk at once, each line with the cluster's name; its data kept, to be shown whole.

use std::sync::{Mutex, PoisonError};

use super::super::console;
use crate::host::{Console, append};
use crate::view::Style;

/// The console of one cluster.
pub(super) struct Named {
    name: String,
    style: Style,
    kept: Mutex<String>,
}

impl Named {
    pub(super) fn new(name: &str, style: Style) -> Self {
        Named { name: name.to_owned(), style, kept: Mutex::default() }
    }
}

impl Console for Named {
    fn data(&self, text: &str) {
        append(&self.kept, text);
    }

    fn talk(&self, text: &str) {
        console::say(&named(&self.name, text));
    }

    fn kept(&self) -> String {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn colour(&self) -> bool {
        self.style.colour
    }

    fn width(&self) -> Option<u16> {
        self.style.width
    }
}

/// The text's lines, each with the cluster's name. Those of an item of a script's `parallel` have it already.
pub(super) fn named(name: &str, text: &str) -> String {
    let item = format!("[{name}/");
    let line = |line: &str| match line {
        _ if line.starts_with(&item) => line.to_owned(),
        "" => String::new(),
        line => format!("[{name}] {line}"),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[test]
fn each_line_has_the_name_once() {
    assert_eq!(named("a", "one\n\n[a/blue] two"), "[a] one\n\n[a/blue] two");
}
