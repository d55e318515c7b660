//! Which rows of the feed, and in which order.

use std::cmp::Ordering;

use super::{AdvisorRow, OperatingSystem};

/// What a row must be. Every `None` and empty list lets all pass.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Filter {
    /// Operating system.
    pub os: OperatingSystem,
    /// Only these types.
    pub types: Vec<String>,
    /// Exactly as many virtual CPUs.
    pub vcpu: Option<u32>,
    /// Exactly as much memory, in GiB.
    pub memory_gib: Option<f64>,
    /// At most this bucket of interruption. A row without a bucket does not pass.
    pub max_interruption: Option<u32>,
    /// At least these savings, in percent. A row without savings does not pass.
    pub min_savings: Option<i32>,
    /// Order of the rows.
    pub sort: Sort,
}

impl Filter {
    /// Whether a row passes; `os` is looked at elsewhere.
    pub fn matches(&self, row: &AdvisorRow) -> bool {
        (self.types.is_empty() || self.types.contains(&row.instance_type))
            && self.vcpu.is_none_or(|vcpu| row.vcpu == Some(vcpu))
            && self.memory_gib.is_none_or(|gib| row.memory_gib == Some(gib))
            && self
                .max_interruption
                .is_none_or(|most| row.interruption.as_ref().is_some_and(|range| range.index <= most))
            && self.min_savings.is_none_or(|least| row.savings.is_some_and(|savings| savings >= least))
    }
}

/// An order of rows. Rows that lack what is sorted by come last; equal rows go by type name.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// Calmest first, of equals the one that saves most.
    #[default]
    Interruption,
    /// Greatest savings first, of equals the calmest.
    Savings,
    /// By type name.
    Type,
}

impl Sort {
    /// Puts rows in this order.
    pub fn apply(self, rows: &mut [AdvisorRow]) {
        rows.sort_by(|a, b| {
            let by_name = || a.instance_type.cmp(&b.instance_type);
            match self {
                Sort::Interruption => interruption(a, b).then_with(|| savings(a, b)).then_with(by_name),
                Sort::Savings => savings(a, b).then_with(|| interruption(a, b)).then_with(by_name),
                Sort::Type => by_name(),
            }
        });
    }
}

fn interruption(a: &AdvisorRow, b: &AdvisorRow) -> Ordering {
    let key = |row: &AdvisorRow| row.interruption.as_ref().map_or(u32::MAX, |range| range.index);
    key(a).cmp(&key(b))
}

fn savings(a: &AdvisorRow, b: &AdvisorRow) -> Ordering {
    let key = |row: &AdvisorRow| row.savings.map_or(i64::MIN, i64::from);
    key(b).cmp(&key(a))
}
