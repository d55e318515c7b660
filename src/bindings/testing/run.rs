//! `run_script`: a runbook through its public face, in the world of the test.

use std::sync::Arc;

use rhai::plugin::*;
use rhai::{Dynamic, Map};

use crate::bindings::call::{Outcome, call};
use crate::domain::Code;
use crate::domain::error::Error;
use crate::host;

/// `Trial`: how a runbook went.
#[derive(Debug, Clone)]
pub struct Trial(pub Arc<host::Trial>);

/// Running runbooks.
#[export_module]
#[allow(missing_docs, dead_code, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Outcome, Trial, count, list, rows, run};
    use crate::bindings::call::Failure;
    use rhai::{Array, Dynamic, INT, Map};
    use std::sync::Arc;

    /// Runs a whole runbook in the test's world. Its path is relative to the test's file; a failure of the runbook does
    /// not fail the test: ask `ok`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let run = run_script("create_spot.rhai");
    /// assert(run.ok);
    /// ```
    #[rhai_fn(return_raw, volatile)]
    pub fn run_script(ctx: NativeCallContext, path: &str) -> Outcome<Trial> {
        run(&ctx, path, &Map::new())
    }

    /// Runs a whole runbook in the test's world with values for its parameters.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let run = run_script("create_spot.rhai", #{ desired: 1 });
    /// assert_eq(run.exit_code, 0);
    /// ```
    #[rhai_fn(return_raw, volatile, name = "run_script")]
    pub fn run_script_with(ctx: NativeCallContext, path: &str, parameters: Map) -> Outcome<Trial> {
        run(&ctx, path, &parameters)
    }

    /// Whether the process would have exited with 0.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(run_script("create_spot.rhai").ok);
    /// ```
    #[rhai_fn(get = "ok", pure)]
    pub fn ok(trial: &mut Trial) -> bool {
        trial.0.exit_code == 0
    }

    /// What the process would have exited with.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(run_script("create_spot.rhai").exit_code, 0);
    /// ```
    #[rhai_fn(get = "exit_code", pure)]
    pub fn exit_code(trial: &mut Trial) -> INT {
        trial.0.exit_code.into()
    }

    /// What it printed.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_contains(run_script("create_spot.rhai").output, "Spot Instance Advisor");
    /// ```
    #[rhai_fn(get = "output", pure)]
    pub fn output(trial: &mut Trial) -> String {
        trial.0.output.clone()
    }

    /// What was said while it ran: steps, checks, what the cloud did.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_contains(run_script("create_spot.rhai").log, "verify");
    /// ```
    #[rhai_fn(get = "log", pure)]
    pub fn log(trial: &mut Trial) -> String {
        trial.0.log.clone()
    }

    /// Its checks, as a list of `#{ name, ok, place }`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(run_script("create_spot.rhai").checks.all(|check| check.ok));
    /// ```
    #[rhai_fn(return_raw, get = "checks", pure)]
    pub fn checks(ctx: NativeCallContext, trial: &mut Trial) -> Outcome<Array> {
        rows(&ctx, &trial.0.record.checks)
    }

    /// The names of its checks that did not hold.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(run_script("create_spot.rhai").failed_checks, []);
    /// ```
    #[rhai_fn(get = "failed_checks", pure)]
    pub fn failed_checks(trial: &mut Trial) -> Array {
        list(trial.0.record.checks.iter().filter(|check| !check.ok).map(|check| check.name.clone()))
    }

    /// Its steps, as a list of `#{ name, depth, elapsed_ms, ok }`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(run_script("create_spot.rhai").steps.map(|one| one.name), ["choose", "write", "create", "verify"]);
    /// ```
    #[rhai_fn(return_raw, get = "steps", pure)]
    pub fn steps(ctx: NativeCallContext, trial: &mut Trial) -> Outcome<Array> {
        rows(&ctx, &trial.0.record.steps)
    }

    /// The resources it settled, as a list of `#{ kind, name, verdict }`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(run_script("create_spot.rhai").resources.some(|one| one.kind == "IAM role"));
    /// ```
    #[rhai_fn(return_raw, get = "resources", pure)]
    pub fn resources(ctx: NativeCallContext, trial: &mut Trial) -> Outcome<Array> {
        rows(&ctx, &trial.0.record.resources)
    }

    /// How many resources it created.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(run_script("create_spot.rhai").created > 0);
    /// ```
    #[rhai_fn(get = "created", pure)]
    pub fn created(trial: &mut Trial) -> INT {
        count(trial.0.record.settled("created"))
    }

    /// How many resources it changed.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(run_script("create_spot.rhai").changed, 0);
    /// ```
    #[rhai_fn(get = "changed", pure)]
    pub fn changed(trial: &mut Trial) -> INT {
        count(trial.0.record.settled("changed"))
    }

    /// How many resources it found as they should be.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// run_script("create_spot.rhai");
    /// assert(run_script("create_spot.rhai").unchanged > 0);
    /// ```
    #[rhai_fn(get = "unchanged", pure)]
    pub fn unchanged(trial: &mut Trial) -> INT {
        count(trial.0.record.settled("unchanged"))
    }

    /// How many resources it deleted.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(run_script("create_spot.rhai").deleted, 0);
    /// ```
    #[rhai_fn(get = "deleted", pure)]
    pub fn deleted(trial: &mut Trial) -> INT {
        count(trial.0.record.settled("deleted"))
    }

    /// How many requests it sent to AWS that can change something.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// run_script("create_spot.rhai");
    /// assert_eq(run_script("create_spot.rhai").mutating_requests, 0);
    /// ```
    #[rhai_fn(get = "mutating_requests", pure)]
    pub fn mutating_requests(trial: &mut Trial) -> INT {
        INT::try_from(trial.0.requests.mutating).unwrap_or(INT::MAX)
    }

    /// How many requests it sent to AWS, retries included.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(run_script("create_spot.rhai").requests > 0);
    /// ```
    #[rhai_fn(get = "requests", pure)]
    pub fn requests(trial: &mut Trial) -> INT {
        INT::try_from(trial.0.requests.total).unwrap_or(INT::MAX)
    }

    /// How long it took on the world's clock, in milliseconds.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert(run_script("create_spot.rhai").elapsed_ms < 600_000);
    /// ```
    #[rhai_fn(get = "elapsed_ms", pure)]
    pub fn elapsed_ms(trial: &mut Trial) -> INT {
        INT::try_from(trial.0.elapsed_ms).unwrap_or(INT::MAX)
    }

    /// What made it fail, with `code`, `message`, `help`, `causes`; `()` when it did not fail.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// assert_eq(run_script("create_spot.rhai").error, ());
    /// ```
    #[rhai_fn(get = "error", pure)]
    pub fn error(trial: &mut Trial) -> Dynamic {
        trial.0.error.clone().map_or(Dynamic::UNIT, |error| Dynamic::from(Failure(Arc::new(error))))
    }

    /// How it went, in a line.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// print(run_script("create_spot.rhai"));
    /// ```
    #[rhai_fn(name = "to_string", name = "to_debug", pure)]
    pub fn to_string(trial: &mut Trial) -> String {
        match &trial.0.error {
            Some(error) => format!("exit {}, {}: {}", trial.0.exit_code, error.code, error.message),
            None => format!("exit {}", trial.0.exit_code),
        }
    }
}

fn run(ctx: &NativeCallContext, path: &str, parameters: &Map) -> Outcome<Trial> {
    call(ctx, |host| {
        let lab = host
            .lab()
            .ok_or_else(|| Error::new(Code::InvalidTest, "`run_script` works under `spotscript test` only"))?;
        Ok(Trial(Arc::new(lab.run_script(host, path, parameters)?)))
    })
}

fn count(number: usize) -> rhai::INT {
    rhai::INT::try_from(number).unwrap_or(rhai::INT::MAX)
}

fn list(texts: impl Iterator<Item = String>) -> rhai::Array {
    texts.map(Dynamic::from).collect()
}

fn rows<T: serde::Serialize>(ctx: &NativeCallContext, rows: &[T]) -> Outcome<rhai::Array> {
    let row = |row: &T| {
        rhai::serde::to_dynamic(row).map_err(|cause| {
            let error = Error::new(Code::Internal, "a record is no map").because(cause.to_string());
            crate::bindings::raise(error, ctx.call_position())
        })
    };
    rows.iter().map(row).collect()
}
