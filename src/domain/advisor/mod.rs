//! The Spot Instance Advisor feed: how much Spot saves, and how often it is interrupted.
//!
//! It says nothing about zones, nor about capacity right now, and is a poor source of shapes: those
//! come from the catalogue. Fetching and caching are an adapter's work.

mod filter;
mod parse;
mod row;

pub use filter::{Filter, Sort};
pub use row::{AdvisorRow, Interruption};

use std::collections::BTreeMap;

use serde::Serialize;

use super::code::Code;
use super::error::{Error, Result, nearest};
use super::feed_source::FeedSource;

/// The operating systems that the feed tells apart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
pub enum OperatingSystem {
    /// `Linux`.
    #[default]
    Linux,
    /// `Windows`.
    Windows,
}

/// Facts about a type as the feed states them.
#[derive(Debug, Clone, PartialEq)]
struct TypeFacts {
    name: String,
    vcpu: Option<u32>,
    memory_gib: Option<f64>,
}

/// One line of the feed.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Advice {
    /// Index into the feed's types.
    type_index: usize,
    /// Percent saved; negative where Spot costs more than On-Demand.
    savings: Option<i32>,
    /// The bucket's `index`.
    range: Option<u32>,
}

type Lines = BTreeMap<OperatingSystem, Vec<Advice>>;

/// A parsed feed.
#[derive(Debug, Clone, PartialEq)]
pub struct Feed {
    types: Vec<TypeFacts>,
    ranges: Vec<Interruption>,
    regions: BTreeMap<String, Lines>,
    sha256: String,
    source: Option<FeedSource>,
}

impl Feed {
    /// Reads the feed's JSON.
    ///
    /// # Errors
    /// `SPOT-0802` with line and column where it is not JSON of the feed's form.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        parse::parse(bytes)
    }

    /// Records where the data comes from.
    #[must_use]
    pub fn with_source(self, source: FeedSource) -> Self {
        Feed { source: Some(source), ..self }
    }

    /// Where the data comes from, when that was recorded.
    pub fn source(&self) -> Option<&FeedSource> {
        self.source.as_ref()
    }

    /// SHA-256 of the feed's bytes, in hexadecimal digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The regions that the feed has data for, sorted.
    pub fn regions(&self) -> impl Iterator<Item = &str> {
        self.regions.keys().map(String::as_str)
    }

    /// The buckets of interruption, calmest first.
    pub fn ranges(&self) -> &[Interruption] {
        &self.ranges
    }

    /// The rows of a region that a filter lets pass, in the filter's order.
    ///
    /// # Errors
    /// `SPOT-0802` when the feed has no data for the region: that is not the same as no savings.
    pub fn rows(&self, region: &str, filter: &Filter) -> Result<Vec<AdvisorRow>> {
        let mut rows: Vec<AdvisorRow> = self
            .lines(region, filter.os)?
            .iter()
            .filter_map(|advice| self.row(advice))
            .filter(|row| filter.matches(row))
            .collect();
        filter.sort.apply(&mut rows);
        Ok(rows)
    }

    /// A row for each of these types, in their order. Where the feed lacks a type, its savings and
    /// interruption are `None`.
    ///
    /// # Errors
    /// `SPOT-0802` when the feed has no data for the region.
    pub fn rows_of(&self, region: &str, os: OperatingSystem, types: &[&str]) -> Result<Vec<AdvisorRow>> {
        let lines = self.lines(region, os)?;
        let find = |name: &str| {
            lines.iter().find(|advice| self.types.get(advice.type_index).is_some_and(|facts| facts.name == name))
        };
        Ok(types
            .iter()
            .map(|name| find(name).and_then(|advice| self.row(advice)).unwrap_or_else(|| row::unknown(name)))
            .collect())
    }

    fn lines(&self, region: &str, os: OperatingSystem) -> Result<&[Advice]> {
        if let Some(lines) = self.regions.get(region).and_then(|systems| systems.get(&os)) {
            return Ok(lines);
        }
        let error = Error::new(Code::Feed, format!("the Spot Instance Advisor has no data for {os:?} in `{region}`"));
        Err(match nearest(region, self.regions()) {
            Some(near) if near != region => error.help(format!("did you mean `{near}`?")),
            _ => error.help(format!(
                "it has data for {} regions; savings and interruptions are unknown here",
                self.regions.len()
            )),
        })
    }

    fn row(&self, advice: &Advice) -> Option<AdvisorRow> {
        let facts = self.types.get(advice.type_index)?;
        Some(AdvisorRow {
            instance_type: facts.name.clone(),
            vcpu: facts.vcpu,
            memory_gib: facts.memory_gib,
            savings: advice.savings,
            interruption: advice.range.and_then(|index| self.ranges.iter().find(|range| range.index == index)).cloned(),
        })
    }
}

#[cfg(test)]
mod tests;
