//! `spotscript advisor`: savings and interruptions of instance types.

use std::process::ExitCode;

use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;

use super::bound::Bound;
use super::form::Form;
use super::{Failed, Global, TargetKind, console, target};
use crate::adapters::feeds::{self, AdvisorFeed, Freshness, Loaded};
use crate::domain::advisor::{AdvisorRow, Feed, Filter, OperatingSystem, Sort};
use crate::domain::error::Result;
use crate::domain::feed_source::FeedSource;
use crate::host::listen_for_interrupts;
use crate::view::advisor;

/// Orders of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum By {
    /// Calmest first
    Interruption,
    /// Greatest savings first
    Savings,
    /// By name
    Type,
}

/// Operating systems of the feed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Os {
    /// Linux/UNIX
    Linux,
    /// Windows
    Windows,
}

/// The Spot Instance Advisor: what Spot saves and how often it is interrupted
///
/// In the sandbox the numbers are made up and labelled so. With `--target aws` they come from AWS's public feed, of which
/// a copy is kept. `--feed` reads a file with either target.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript advisor --vcpu 4 --memory 16
  spotscript advisor --types m5.xlarge,m5a.xlarge,t3.xlarge --sort savings
  spotscript advisor --target aws --region ap-northeast-1 --vcpu 4+ --memory 16+ -o json
  spotscript advisor --feed spot-advisor-data.json --region us-west-2 --vcpu 4")]
pub struct Args {
    /// vCPUs: `4` is exactly four, `4+` four or more
    #[arg(long, value_name = "N")]
    vcpu: Option<Bound>,
    /// Memory in GiB: `16` is exactly that, `16+` that or more
    #[arg(long, value_name = "GIB")]
    memory: Option<Bound>,
    /// Only these types
    #[arg(long, value_name = "TYPES", value_delimiter = ',')]
    types: Vec<String>,
    /// Operating system
    #[arg(long, value_enum, default_value_t = Os::Linux)]
    os: Os,
    /// Order of the rows
    #[arg(long, value_enum, default_value_t = By::Interruption)]
    sort: By,
    /// Ask AWS whether there is newer data than the copy on disk
    #[arg(long, conflicts_with = "offline")]
    refresh: bool,
    /// Use only the copy on disk
    #[arg(long)]
    offline: bool,
}

/// The JSON answer.
#[derive(Serialize)]
struct Answer<'a> {
    region: &'a str,
    os: OperatingSystem,
    source: &'a FeedSource,
    feed_sha256: &'a str,
    rows: &'a [AdvisorRow],
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let host = target::host(global, &super::reach::Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    let region = match &global.region {
        Some(region) => region.clone(),
        None => host.session()?.cloud.region().to_owned(),
    };
    let now = Timestamp::now();
    let loaded = match (&global.feed, global.target()) {
        (Some(file), _) => feeds::read_file(file)?,
        (None, TargetKind::Sandbox) => feeds::synthetic_advisor(&region),
        (None, TargetKind::Aws) => host.block(AdvisorFeed::default().load(args.freshness(), now))?,
    };
    warn(&loaded);
    let feed = loaded.feed()?;
    let rows = args.rows(&feed, &region)?;
    let (os, source) = (args.os.into(), &loaded.source);
    let data = Answer { region: &region, os, source, feed_sha256: feed.sha256(), rows: &rows };
    let text =
        Form::of(global).print("advisor", &data, |style| advisor::render(&rows, &region, os, source, now, style))?;
    console::print(&text);
    host.close()?;
    Ok(ExitCode::SUCCESS)
}

/// Says why data is not as fresh as was asked for.
pub(super) fn warn(loaded: &Loaded) {
    if let Some(warning) = &loaded.warning {
        let causes: String = warning.causes.iter().map(|cause| format!(": {cause}")).collect();
        console::say(&format!("[!]  {warning}{causes}"));
    }
}

impl Args {
    const fn freshness(&self) -> Freshness {
        match (self.refresh, self.offline) {
            (true, _) => Freshness::Refresh,
            (_, true) => Freshness::Offline,
            _ => Freshness::Recent,
        }
    }

    /// Types asked for by name have a row even where the feed lacks them.
    fn rows(&self, feed: &Feed, region: &str) -> Result<Vec<AdvisorRow>> {
        let (os, sort): (_, Sort) = (self.os.into(), self.sort.into());
        let mut rows = if self.types.is_empty() {
            feed.rows(region, &Filter { os, sort, ..Filter::default() })?
        } else {
            let names: Vec<&str> = self.types.iter().map(String::as_str).collect();
            feed.rows_of(region, os, &names)?
        };
        let within =
            |bound: Option<Bound>, is: Option<f64>| bound.is_none_or(|bound| is.is_some_and(|is| bound.allows(is)));
        rows.retain(|row| within(self.vcpu, row.vcpu.map(f64::from)) && within(self.memory, row.memory_gib));
        sort.apply(&mut rows);
        Ok(rows)
    }
}

impl From<By> for Sort {
    fn from(by: By) -> Self {
        match by {
            By::Interruption => Sort::Interruption,
            By::Savings => Sort::Savings,
            By::Type => Sort::Type,
        }
    }
}

impl From<Os> for OperatingSystem {
    fn from(os: Os) -> Self {
        match os {
            Os::Linux => OperatingSystem::Linux,
            Os::Windows => OperatingSystem::Windows,
        }
    }
}
