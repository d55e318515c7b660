//! `retry` and `confirm`: trying again what failed, and asking before what cannot be undone.

use std::time::Duration;

use rhai::plugin::*;
use serde::Deserialize;

use super::call::Failure;
use super::eks::timeout;
use crate::domain::error::{Error, Result};
use crate::domain::{Code, Kind};

/// Options of `retry`.
#[derive(Debug, Deserialize, schemars::JsonSchema, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Retry {
    /// How often it is tried in all; 3 unless said.
    times: Option<i64>,
    /// The pause before the second try, such as `"5s"`, an hour at most; one second unless said.
    pause: Option<String>,
    /// By how much each pause is longer than the one before; 2.0 unless said.
    backoff: Option<f64>,
    /// The codes worth another try, such as `["SPOT-0305"]`; without it every failure that may pass: refusals of the
    /// cloud or the cluster, and waits that ended without what was asked for.
    on: Option<Vec<String>>,
}

/// The longest pause: the first may not be longer, and later ones grow up to it.
const LONGEST: Duration = Duration::from_secs(3600);

/// How to try again.
struct Plan {
    times: u32,
    pause: Duration,
    backoff: f64,
    on: Option<Vec<String>>,
}

impl Plan {
    fn of(options: Retry) -> Result<Self> {
        let invalid = |message: String, help: &str| Err(Error::new(Code::InvalidValue, message).help(help));
        let times = options.times.unwrap_or(3);
        let Some(times) = u32::try_from(times).ok().filter(|times| (1..=1000).contains(times)) else {
            return invalid(format!("`times` of `retry` is {times}"), "it is a number from 1 to 1000");
        };
        let backoff = options.backoff.unwrap_or(2.0);
        if !(1.0..=100.0).contains(&backoff) {
            return invalid(format!("`backoff` of `retry` is {backoff}"), "it is a number from 1.0 to 100.0");
        }
        if let Some(odd) =
            options.on.iter().flatten().find(|text| !Code::ALL.iter().any(|code| code.to_string() == **text))
        {
            return invalid(
                format!("`on` of `retry` has `{odd}`, which is no code"),
                "`spotscript explain` lists the codes",
            );
        }
        let pause = timeout(options.pause.as_deref(), Duration::from_secs(1))
            .map_err(|error| Error { message: error.message.replace("`timeout`", "`pause` of `retry`"), ..error })?;
        if pause > LONGEST {
            return invalid(format!("`pause` of `retry` is {}s", pause.as_secs()), "it is an hour or less");
        }
        Ok(Plan { times, pause, backoff, on: options.on })
    }

    /// Whether a failure is worth another try.
    fn covers(&self, failure: &EvalAltResult) -> bool {
        let EvalAltResult::ErrorRuntime(value, _) = failure.unwrap_inner() else { return false };
        let Some(failure) = value.read_lock::<Failure>() else { return false };
        match &self.on {
            Some(codes) => codes.contains(&failure.0.code.to_string()),
            None => matches!(failure.0.kind(), Kind::Refused | Kind::Incomplete),
        }
    }
}

/// Tries and questions.
#[export_module]
#[allow(missing_docs, clippy::unwrap_used, reason = "the macro adds items of its own")]
pub(super) mod module {
    use super::{Plan, Retry};
    use crate::bindings::call::{Outcome, call};
    use crate::bindings::options;
    use crate::domain::Code;
    use crate::domain::error::Error;
    use crate::ports::Answer;
    use rhai::{Dynamic, FnPtr, Map};

    /// Runs a closure and tries again where it fails for a reason that may pass, after longer and longer pauses on the
    /// target's clock. Gives the closure's value; the last failure is thrown on as it is. Options: `times`, `pause`,
    /// `backoff`, `on`.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// let nodes = retry(#{ times: 5, pause: "2s" }, || kube::nodes());
    /// check("there are nodes", nodes.len == 2);
    /// ```
    #[rhai_fn(return_raw)]
    pub fn retry(ctx: NativeCallContext, how: Map, action: FnPtr) -> Outcome<Dynamic> {
        let plan = call(&ctx, |_| Plan::of(options::parse::<Retry>("retry", how)?))?;
        let mut pause = plan.pause;
        let mut tried = 1;
        loop {
            let failure = match action.call_within_context::<Dynamic>(&ctx, ()) {
                Ok(value) => return Ok(value),
                Err(failure) if tried >= plan.times || !plan.covers(&failure) => return Err(failure),
                Err(failure) => failure,
            };
            tried += 1;
            call(&ctx, |host| {
                let why = super::words(&failure);
                host.console().talk(&format!("  try {tried} of {} in {pause:?}: {why}", plan.times));
                host.ask(async |session| {
                    session.clock.sleep(pause).await;
                    Ok(())
                })
            })?;
            pause = pause.mul_f64(plan.backoff).min(super::LONGEST);
        }
    }

    /// Runs a closure, at most three times in all with pauses of one and two seconds.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// check("there are nodes", retry(|| kube::nodes()).len == 2);
    /// ```
    #[rhai_fn(name = "retry", return_raw)]
    pub fn retry_plainly(ctx: NativeCallContext, action: FnPtr) -> Outcome<Dynamic> {
        retry(ctx, Map::new(), action)
    }

    /// Asks the one who runs the script; stops the run unless the answer is yes. `--yes` answers for them. In the
    /// sandbox nothing real can be lost: nobody is asked, and the log says so.
    ///
    /// Since: 0.2.0
    ///
    /// ```rhai
    /// confirm("remove every group of the cluster");
    /// ```
    #[rhai_fn(return_raw)]
    pub fn confirm(ctx: NativeCallContext, question: &str) -> Outcome<()> {
        call(&ctx, |host| {
            let refused = |message: String| Error::new(Code::NotConfirmed, message);
            match host.session()?.operator.confirm(question) {
                Answer::Yes => {}
                Answer::Given => host.console().talk(&format!("  {question}: yes, as `--yes` says")),
                Answer::Harmless => {
                    host.console().talk(&format!("  {question}: yes, nothing real is lost in the sandbox"));
                }
                Answer::No => {
                    return Err(refused(format!("the answer was no: {question}"))
                        .help("what was done before stays done; run it again to be asked again"));
                }
                Answer::Nobody => {
                    return Err(refused(format!("nobody is there to ask: {question}"))
                        .help("run it at a terminal, or with `--yes`"));
                }
            }
            Ok(())
        })
    }
}

/// A failure in a line.
pub(super) fn words(failure: &EvalAltResult) -> String {
    match failure.unwrap_inner() {
        EvalAltResult::ErrorRuntime(value, _) => match value.read_lock::<Failure>() {
            Some(failure) => format!("{}: {}", failure.0.code, failure.0.message),
            None => value.to_string(),
        },
        other => other.to_string(),
    }
}
