//! Whose words they are: while several items of a script are worked on at once, each line says for which it is.

use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static SPEAKER: RefCell<Option<Arc<str>>> = const { RefCell::new(None) };
}

/// Runs `work` on this thread as work on the item called `name`.
pub fn speaking_for<T>(name: &str, work: impl FnOnce() -> T) -> T {
    /// Puts back who spoke before, in a panic too.
    struct Before(Option<Arc<str>>);
    impl Drop for Before {
        fn drop(&mut self) {
            let before = self.0.take();
            SPEAKER.with(|speaker| speaker.replace(before));
        }
    }
    let _before = Before(SPEAKER.with(|speaker| speaker.replace(Some(name.into()))));
    work()
}

/// The name of the item that this thread works on, if it does.
pub fn speaker() -> Option<Arc<str>> {
    SPEAKER.with_borrow(Clone::clone)
}

/// The text's lines, each with the name of the item that this thread works on, if it does.
pub fn as_spoken(text: &str) -> String {
    SPEAKER.with_borrow(|speaker| match speaker {
        Some(name) => text.lines().map(|line| format!("[{name}] {line}")).collect::<Vec<_>>().join("\n"),
        None => text.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_says_for_which_item_it_is_and_only_while_that_is_worked_on() {
        assert_eq!(speaking_for("blue", || as_spoken("one\ntwo")), "[blue] one\n[blue] two");
        assert_eq!(as_spoken("one"), "one");
    }
}
