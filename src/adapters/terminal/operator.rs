//! The operator at standard error.

use std::collections::HashMap;
use std::io::{BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::line::{Level, line};
use super::live;
use crate::domain::cloud::ActivityStatus;
use crate::ports::{Answer, Clock, Event, Operator, as_spoken};

/// What is answered to a question before something that cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Ask at the terminal; without one the answer is no.
    Ask,
    /// Ask nobody: the answer is no.
    Refused,
    /// Yes: `--yes` was given.
    Given,
    /// Yes: the world is a sandbox.
    Harmless,
}

/// How much is told, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// To a person at a terminal: waits in one line that is drawn in its place, and questions.
    Live,
    /// To a log: a line for each change of what is waited for.
    Lines,
    /// Warnings and failures only.
    Quiet,
}

/// Writes a log as eksctl does: time, mark, sentence. Times are the target's, so a run in the sandbox repeats byte for byte.
pub struct Terminal {
    clock: Arc<dyn Clock>,
    consent: Consent,
    colour: bool,
    manner: Manner,
    out: Mutex<Out>,
}

struct Out {
    to: Box<dyn Write + Send>,
    last: String,
    /// What waits have come to.
    waits: HashMap<String, (u32, u32)>,
    /// The line that tells of the wait, if one goes on, and the last that happened in it.
    wait: Option<(jiff::Timestamp, String)>,
    happened: Option<String>,
}

impl Terminal {
    /// A log at `to`. The live line goes to standard error whatever that is: [`Manner::Live`] is for it alone.
    pub fn to(
        to: Box<dyn Write + Send>,
        clock: Arc<dyn Clock>,
        consent: Consent,
        manner: Manner,
        colour: bool,
    ) -> Self {
        let out = Out { to, last: String::new(), waits: HashMap::new(), wait: None, happened: None };
        Terminal { clock, consent, colour, manner, out: Mutex::new(out) }
    }

    fn out(&self) -> MutexGuard<'_, Out> {
        self.out.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn say(&self, level: Level, text: &str) {
        let mut out = self.out();
        if out.last == text {
            return; // a retry for the same reason, or progress that is none
        }
        out.last = text.to_owned();
        let time = self.clock.now().strftime("%Y-%m-%d %H:%M:%S");
        let mark = match self.colour {
            true => format!("\x1b[{}m[{}]\x1b[0m", level.colour(), level.mark()),
            false => format!("[{}]", level.mark()),
        };
        // A log that cannot be written must not stop the work it tells of.
        let _ = live::beside(|| writeln!(out.to, "{time} {mark}  {text}").and_then(|()| out.to.flush()));
    }

    /// What belongs to the live line alone. Whether it does.
    fn goes_live(&self, event: &Event) -> bool {
        let mut out = self.out();
        match event {
            Event::Progress { done, wanted, .. } if done == wanted => return false,
            Event::Progress { since, .. } | Event::Waiting { since, .. } => {
                out.wait = Some((*since, line(event).1));
            }
            Event::Activity { activity } if out.wait.is_some() => {
                out.happened = Some(line(event).1);
                if activity.status != ActivityStatus::InProgress {
                    return false;
                }
            }
            _ => return false,
        }
        if let Some((since, what)) = &out.wait {
            let happened = out.happened.as_ref().map(|happened| format!(" · {happened}")).unwrap_or_default();
            live::show(&self.clock, *since, format!("{what}{happened}"));
        }
        true
    }

    /// Whether a wait has come no further than the log says.
    fn is_known(&self, event: &Event) -> bool {
        let (what, state) = match event {
            Event::Progress { what, done, wanted, .. } => (what, (*done, *wanted)),
            Event::Waiting { what, .. } => (what, (0, 0)),
            _ => return false,
        };
        self.out().waits.insert(what.clone(), state) == Some(state)
    }
}

impl Operator for Terminal {
    fn tell(&self, event: &Event) {
        match self.manner {
            Manner::Live if self.goes_live(event) => return,
            Manner::Live | Manner::Lines if self.is_known(event) => return,
            _ => {}
        }
        let (level, text) = line(event);
        if self.manner != Manner::Quiet || matches!(level, Level::Warning | Level::Failure) {
            self.say(level, &as_spoken(&text));
        }
    }

    fn waited(&self) {
        let mut out = self.out();
        (out.wait, out.happened) = (None, None);
        out.waits.clear();
        if self.manner == Manner::Live {
            live::clear();
        }
    }

    fn confirm(&self, question: &str) -> Answer {
        match self.consent {
            Consent::Given => Answer::Given,
            Consent::Harmless => Answer::Harmless,
            Consent::Refused => Answer::Nobody,
            Consent::Ask if !std::io::stderr().is_terminal() || !std::io::stdin().is_terminal() => Answer::Nobody,
            Consent::Ask => {
                {
                    let mut out = self.out();
                    live::clear();
                    let _ = write!(out.to, "{question} [y/N] ");
                    let _ = out.to.flush();
                }
                let mut answer = String::new();
                let read = std::io::stdin().lock().read_line(&mut answer);
                match read {
                    // The end of input is no answer.
                    Ok(0) | Err(_) => Answer::Nobody,
                    Ok(_) if matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") => Answer::Yes,
                    Ok(_) => Answer::No,
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::Duration;

    use async_trait::async_trait;
    use jiff::Timestamp;

    use super::*;
    use crate::domain::cloud::{ActivityStatus, ScalingActivity};
    use crate::domain::{Code, Error};
    use crate::ports::{ResourceKind, Verdict};

    struct Standing;

    #[async_trait]
    impl Clock for Standing {
        fn now(&self) -> Timestamp {
            "2026-01-01T00:00:03Z".parse().unwrap()
        }
        async fn sleep(&self, _: Duration) {}
    }

    #[derive(Clone, Default)]
    struct Page(Arc<Mutex<Vec<u8>>>);

    impl Write for Page {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn log(manner: Manner, colour: bool) -> String {
        let page = Page::default();
        let terminal = Terminal::to(Box::new(page.clone()), Arc::new(Standing), Consent::Ask, manner, colour);
        let now = Standing.now();
        let activity = |status, code: &str, message: Option<&str>| Event::Activity {
            activity: ScalingActivity {
                id: "a".to_owned(),
                description: "Launching a new EC2 instance.".to_owned(),
                cause: String::new(),
                status,
                status_code: code.to_owned(),
                status_message: message.map(str::to_owned),
                started: now,
                ended: None,
            },
        };
        let progress = |done| Event::Progress { what: "nodes of \"dev\"".to_owned(), done, wanted: 2, since: now };
        let retry = || Event::Retry {
            error: Error::new(Code::InstanceProfileInvalid, "could not create Auto Scaling group `x`")
                .because("ValidationError: Invalid IAM Instance Profile"),
        };
        for event in [
            Event::Note { message: "using region us-west-2".to_owned() },
            Event::Resource { kind: ResourceKind::IamRole, name: "r".to_owned(), verdict: Verdict::Created },
            Event::Resource { kind: ResourceKind::IamRole, name: "r".to_owned(), verdict: Verdict::Unchanged },
            retry(),
            retry(),
            progress(0),
            progress(0),
            activity(ActivityStatus::InProgress, "PreInService", None),
            activity(ActivityStatus::Failed, "Failed", Some("UnfulfillableCapacity - Unable to fulfill capacity.")),
            Event::Warning { message: "no capacity".to_owned() },
            progress(1),
            progress(2),
        ] {
            terminal.tell(&event);
        }
        assert_eq!(
            terminal.confirm("sure?"),
            Answer::Nobody,
            "without a terminal at standard input nobody has said yes"
        );
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_log_reads_like_eksctls() {
        insta::assert_snapshot!(log(Manner::Lines, false), @r#"
        2026-01-01 00:00:03 [ℹ]  using region us-west-2
        2026-01-01 00:00:03 [✔]  created IAM role "r"
        2026-01-01 00:00:03 [ℹ]  IAM role "r" is unchanged
        2026-01-01 00:00:03 [ℹ]  trying again: could not create Auto Scaling group `x`: ValidationError: Invalid IAM Instance Profile
        2026-01-01 00:00:03 [ℹ]  waiting for nodes of "dev": 0 of 2
        2026-01-01 00:00:03 [ℹ]  Launching a new EC2 instance (PreInService)
        2026-01-01 00:00:03 [!]  Launching a new EC2 instance: Failed: UnfulfillableCapacity - Unable to fulfill capacity.
        2026-01-01 00:00:03 [!]  no capacity
        2026-01-01 00:00:03 [ℹ]  waiting for nodes of "dev": 1 of 2
        2026-01-01 00:00:03 [✔]  waited for nodes of "dev": 2 of 2
        "#);
    }

    #[test]
    fn a_person_sees_colours_and_the_rest_of_a_wait_in_its_own_line() {
        let log = log(Manner::Live, true);
        assert!(log.contains("\x1b[32m[✔]\x1b[0m  waited for nodes of \"dev\": 2 of 2"), "{log}");
        assert!(!log.contains("waiting for") && !log.contains("PreInService"), "{log}");
    }

    #[test]
    fn who_wants_quiet_hears_what_is_wrong() {
        insta::assert_snapshot!(log(Manner::Quiet, false), @r"
        2026-01-01 00:00:03 [!]  Launching a new EC2 instance: Failed: UnfulfillableCapacity - Unable to fulfill capacity.
        2026-01-01 00:00:03 [!]  no capacity
        ");
    }
}
