//! Steps: entering and leaving them, and saying so.

use super::{Host, Moment, Step};

/// A step that was entered and has to be left.
#[must_use]
pub struct Ticket {
    index: usize,
    began: Moment,
}

impl Host {
    /// Enters a step.
    pub fn enter_step(&self, name: &str) -> Ticket {
        let began = self.moment();
        let mut record = self.record();
        let depth = self.depth() + record.open_steps().count();
        record.steps.push(Step { name: name.to_owned(), depth, elapsed_ms: None, ok: false, left_out: None });
        let index = record.steps.len() - 1;
        drop(record);
        self.choice_enters(name);
        self.console().talk(&format!("{}▶ {name}", "  ".repeat(depth)));
        Ticket { index, began }
    }

    /// The names of the steps around what happens now, the outermost first.
    pub(super) fn inside(&self) -> Vec<String> {
        let mut steps = self.around().to_vec();
        steps.extend(self.record().open_steps().map(|step| step.name.clone()));
        steps
    }

    /// Leaves a step.
    pub fn leave_step(&self, ticket: Ticket, ok: bool) {
        let elapsed_ms = self.since_ms(ticket.began);
        let left_out = self.newly_left_out();
        if let Some(step) = self.record().steps.get_mut(ticket.index) {
            step.elapsed_ms = Some(elapsed_ms);
            step.ok = ok;
            step.left_out = left_out;
        }
    }
}
