//! `spotscript test`.

mod coverage;
mod text;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use super::reach::Reading;
use super::{Failed, Global, console, target, whole_file};
use crate::domain::Kind;
use crate::domain::error::Result;
use crate::host::{Cancel, Console, Target, listen_for_interrupts};
use crate::sandbox::Sandbox;
use crate::script::coverage::{Coverage, lcov};
use crate::script::testing::{Options, Outcome, Report, Suite, TestWorld, Wanted, junit};
use crate::view::json;

/// Seconds that one test may take.
const TIMEOUT: Duration = Duration::from_secs(60);

/// Run tests of scripts
///
/// Every `fn test_…()` of files `*_test.rhai` runs in a sandbox world of its own, in memory, beginning as the tutorial
/// does; `setup()`, if the file has it, runs before each. `--timeout` is for each test.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript test
  spotscript test scripts stdlib --junit report.xml
  spotscript test --coverage --fail-under 80
  spotscript test scripts/create_spot_test.rhai::test_a_second_run_changes_nothing --seed 7")]
pub struct Args {
    /// Files, folders, or FILE::TEST
    #[arg(value_name = "PATH", default_value = ".")]
    paths: Vec<String>,
    /// Only tests whose path (FILE::TEST) contains this
    #[arg(long, value_name = "TEXT")]
    filter: Option<String>,
    /// Show the tests, run none
    #[arg(long)]
    list: bool,
    /// What the chance of every world derives from
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// How many tests run at once [default: one for each processor]
    #[arg(long, short, value_name = "N")]
    jobs: Option<usize>,
    /// Stop at the first failure
    #[arg(long)]
    fail_fast: bool,
    /// Write snapshots instead of comparing with them
    #[arg(long)]
    update: bool,
    /// Measure which lines of runbooks and imported modules run
    #[arg(long)]
    coverage: bool,
    /// Measure, and write lcov's form of it
    #[arg(long, value_name = "FILE")]
    coverage_lcov: Option<PathBuf>,
    /// Measure, and exit with 1 if less than this percentage of lines runs
    #[arg(long, value_name = "PERCENT", value_parser = percent)]
    fail_under: Option<f64>,
    /// Write a report for CI systems
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    #[command(flatten)]
    reading: Reading,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let options = args.options(global)?;
    let wanted: Vec<Wanted> = args.paths.iter().map(|path| Wanted::from(path.as_str())).collect();
    let suite = Suite::read(&wanted, args.filter.as_deref(), &options)?;
    if args.list {
        console::print(&listed(&suite, global)?);
        return Ok(ExitCode::SUCCESS);
    }
    listen_for_interrupts(options.cancel.clone());
    let report = suite.run(&options, &progress(suite.len(), global));
    let told = |outcome: &Outcome| text::failure(outcome, console::look(global));
    if let Some(file) = &args.junit {
        let document = junit::document(&report, &|outcome| text::failure(outcome, text::PLAIN))?;
        whole_file::write(file, &document)?;
    }
    if let (Some(file), Some(measured)) = (&args.coverage_lcov, &report.coverage) {
        whole_file::write(file, &lcov(measured))?;
    }
    if global.json() {
        console::print(&json::render("test", &report)?);
    } else {
        let style = console::data_style(global);
        let measured = report.coverage.as_ref().map(|measured| coverage::text(measured, args.fail_under, style));
        console::print(&format!("{}{}", text::report(&report, style, &told), measured.unwrap_or_default()));
    }
    let enough = report.coverage.as_ref().is_none_or(|measured| coverage::enough(measured, args.fail_under));
    Ok(ExitCode::from(exit_code(&report, enough, &options)))
}

impl Args {
    fn options(&self, global: &Global) -> Result<Options> {
        let processors = || std::thread::available_parallelism().map_or(2, usize::from);
        let measured = self.coverage || self.coverage_lcov.is_some() || self.fail_under.is_some();
        Ok(Options {
            world: Box::new(|seed| Box::new(Fresh(Sandbox::fresh(seed)))),
            seed: self.seed,
            jobs: self.jobs.unwrap_or_else(processors),
            timeout: global.timeout.unwrap_or(TIMEOUT),
            fail_fast: self.fail_fast,
            update: self.update,
            allow_read: self.reading.allow_read.clone(),
            coverage: measured.then(Coverage::new).transpose()?.map(Arc::new),
            cancel: Cancel::default(),
        })
    }
}

/// A world of one test.
struct Fresh(Sandbox);

impl TestWorld for Fresh {
    fn target(&self, console: Arc<dyn Console>) -> Arc<dyn Target> {
        target::sandbox_target(self.0.clone(), console)
    }
}

fn listed(suite: &Suite, global: &Global) -> Result<String> {
    let paths = suite.paths();
    if global.json() { json::render("tests", &paths) } else { Ok(paths.join("\n")) }
}

/// Tells on a terminal how far the run is.
fn progress(total: usize, global: &Global) -> impl Fn(&Outcome, usize) + Send + Sync + use<> {
    let shown = std::io::stderr().is_terminal() && !global.json();
    move |outcome, done| {
        if shown {
            console::progress(&format!("{done}/{total} {}", outcome.path()), done == total);
        }
    }
}

fn exit_code(report: &Report, enough: bool, options: &Options) -> u8 {
    match report.ok && enough {
        _ if options.cancel.is_cancelled() => Kind::Interrupted.exit_code(),
        true => 0,
        false => Kind::Script.exit_code(),
    }
}

/// A percentage on the command line.
fn percent(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "a percentage is a number from 0 to 100".to_owned())
}
