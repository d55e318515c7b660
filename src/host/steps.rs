//! Steps: entering and leaving them, and saying so.

use super::{Host, Step};

/// A step that was entered and has to be left.
#[must_use]
pub struct Ticket {
    index: usize,
    started_ms: u64,
}

impl Host {
    /// Enters a step.
    pub fn enter_step(&self, name: &str) -> Ticket {
        let started_ms = self.elapsed_ms();
        let mut record = self.record();
        let depth = self.depth() + record.open_steps();
        record.steps.push(Step { name: name.to_owned(), depth, elapsed_ms: None, ok: false });
        let index = record.steps.len() - 1;
        drop(record);
        self.console().talk(&format!("{}▶ {name}", "  ".repeat(depth)));
        Ticket { index, started_ms }
    }

    /// Leaves a step.
    pub fn leave_step(&self, ticket: Ticket, ok: bool) {
        let elapsed_ms = self.elapsed_ms().saturating_sub(ticket.started_ms);
        if let Some(step) = self.record().steps.get_mut(ticket.index) {
            step.elapsed_ms = Some(elapsed_ms);
            step.ok = ok;
        }
    }
}
