//! `:time` and `:watch`.

use std::time::{Duration, Instant};

use super::needed_code;
use crate::domain::error::Error;
use crate::domain::{Code, Kind};
use crate::repl::session::Repl;
use crate::script::ScriptError;
use crate::view::words;

/// How long a round of `:watch` lasts at least, so that people can read it where the target's time jumps.
const ROUND: Duration = Duration::from_secs(1);
/// From which difference on the target's clock is worth a word.
const NOTABLE_MS: u64 = 1_000;

pub(super) fn time(repl: &mut Repl<'_>, argument: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    let text = needed_code(":time", "EXPR", argument)?;
    let requests = |repl: &Repl<'_>| repl.host().requests().map_or(0, |requests| requests.total);
    let (began, clock, asked) = (Instant::now(), repl.host().moment(), requests(repl));
    let answer = repl.enter(text)?;
    let took = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    let passed = repl.host().since_ms(clock);
    let mut told = format!("took {}", words::duration_ms(took));
    if passed.saturating_sub(took) >= NOTABLE_MS {
        told.push_str(&format!(", {} on the target's clock", words::duration_ms(passed)));
    }
    match usize::try_from(requests(repl) - asked) {
        Ok(0) | Err(_) => {}
        Ok(made) => told.push_str(&format!(", {}", words::count(made, "request"))),
    }
    repl.host().console().talk(&told);
    Ok(answer)
}

pub(super) fn watch(repl: &mut Repl<'_>, argument: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    let (every, times, text) = rhythm(argument)?;
    let name = repl.begin(text);
    let ast = repl.parse(&name, text)?;
    let mut round = 0;
    loop {
        round += 1;
        let began = Instant::now();
        repl.clear_screen(&format!("every {} s, round {round}: {text}", every.as_secs_f64()));
        let result = repl.run(&name, &ast).and_then(|answer| {
            if answer.is_none() && times != Some(round) {
                pause(repl, every, began)?;
            }
            Ok(answer)
        });
        match result {
            Ok(None) if times != Some(round) => {}
            // To end it is what Ctrl-C is for here; a pipe's reader is told as always.
            Err(failed) if failed.error.kind() == Kind::Interrupted && repl.interactive => return Ok(None),
            other => return other,
        }
    }
}

/// Waits on the target's clock, and a moment on ours if that jumped.
fn pause(repl: &Repl<'_>, every: Duration, began: Instant) -> Result<(), Error> {
    repl.host().ask(async |session| {
        session.clock.sleep(every).await;
        Ok(())
    })?;
    let rest = if repl.interactive { every.min(ROUND).saturating_sub(began.elapsed()) } else { Duration::ZERO };
    repl.host().block(async {
        tokio::time::sleep(rest).await;
        Ok(())
    })
}

/// `30 EXPR`, or `30x5 EXPR` for five rounds.
fn rhythm(argument: &str) -> Result<(Duration, Option<u32>, &str), Error> {
    let wrong = |message: String| {
        Error::new(Code::InvalidArgument, message)
            .help("write `:watch SECONDS EXPR`, or `:watch SECONDSxTIMES EXPR` for so many rounds")
    };
    let Some((rhythm, text)) = argument.split_once(char::is_whitespace) else {
        return Err(wrong("`:watch` needs a number of seconds and an expression".into()));
    };
    let (seconds, times) = rhythm.split_once('x').map_or((rhythm, None), |(seconds, times)| (seconds, Some(times)));
    let every = seconds.parse().ok().and_then(|seconds| Duration::try_from_secs_f64(seconds).ok());
    let every = every.ok_or_else(|| wrong(format!("`{seconds}` is no number of seconds")))?;
    let times = match times {
        Some(times) => {
            let number = times.parse().ok().filter(|times| *times > 0);
            Some(number.ok_or_else(|| wrong(format!("`{times}` is no number of rounds")))?)
        }
        None => None,
    };
    Ok((every, times, text.trim()))
}
