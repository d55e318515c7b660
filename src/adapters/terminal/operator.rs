//! The operator at standard error.

use std::io::{BufRead, IsTerminal, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::line::{Level, line};
use crate::ports::{Clock, Event, Operator, as_spoken};

/// What is answered to a question before something that cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// Ask at the terminal; without one the answer is no.
    Ask,
    /// Yes: `--yes` was given, or the world is a sandbox.
    Given,
    /// No.
    Refused,
}

/// Writes a log as eksctl does: time, mark, sentence. Times are the target's, so a run in the sandbox repeats byte for byte.
pub struct Terminal {
    clock: Arc<dyn Clock>,
    consent: Consent,
    colour: bool,
    interactive: bool,
    out: Mutex<Out>,
}

struct Out {
    to: Box<dyn Write + Send>,
    last: String,
}

impl Terminal {
    /// A log at standard error; colours and progress only when that is a terminal, colours not with `NO_COLOR`.
    pub fn stderr(clock: Arc<dyn Clock>, consent: Consent) -> Self {
        let interactive = std::io::stderr().is_terminal();
        let colour = interactive && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        Self::to(Box::new(std::io::stderr()), clock, consent, interactive, colour)
    }

    /// A log at `to`. `interactive` shows progress and permits questions.
    pub fn to(
        to: Box<dyn Write + Send>,
        clock: Arc<dyn Clock>,
        consent: Consent,
        interactive: bool,
        colour: bool,
    ) -> Self {
        Terminal { clock, consent, colour, interactive, out: Mutex::new(Out { to, last: String::new() }) }
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
        let _ = writeln!(out.to, "{time} {mark}  {text}");
    }
}

impl Operator for Terminal {
    fn tell(&self, event: &Event) {
        if let Event::Progress { done, wanted, .. } = event
            && !self.interactive
            && done != wanted
        {
            return;
        }
        let (level, text) = line(event);
        self.say(level, &as_spoken(&text));
    }

    fn confirm(&self, question: &str) -> bool {
        match self.consent {
            Consent::Given => true,
            Consent::Refused => false,
            Consent::Ask if !self.interactive || !std::io::stdin().is_terminal() => false,
            Consent::Ask => {
                {
                    let mut out = self.out();
                    let _ = write!(out.to, "{question} [y/N] ");
                    let _ = out.to.flush();
                }
                let mut answer = String::new();
                let read = std::io::stdin().lock().read_line(&mut answer);
                read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
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

    fn log(interactive: bool, colour: bool) -> String {
        let page = Page::default();
        let terminal = Terminal::to(Box::new(page.clone()), Arc::new(Standing), Consent::Ask, interactive, colour);
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
            activity(ActivityStatus::InProgress, "PreInService", None),
            activity(ActivityStatus::Failed, "Failed", Some("UnfulfillableCapacity - Unable to fulfill capacity.")),
            Event::Warning { message: "no capacity".to_owned() },
            progress(2),
        ] {
            terminal.tell(&event);
        }
        assert!(!terminal.confirm("sure?"), "without a terminal at standard input nobody has said yes");
        let bytes = page.0.lock().unwrap().clone();
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn a_log_reads_like_eksctls() {
        insta::assert_snapshot!(log(false, false), @r#"
        2026-01-01 00:00:03 [ℹ]  using region us-west-2
        2026-01-01 00:00:03 [✔]  created IAM role "r"
        2026-01-01 00:00:03 [ℹ]  IAM role "r" is unchanged
        2026-01-01 00:00:03 [ℹ]  trying again: could not create Auto Scaling group `x`: ValidationError: Invalid IAM Instance Profile
        2026-01-01 00:00:03 [ℹ]  Launching a new EC2 instance (PreInService)
        2026-01-01 00:00:03 [!]  Launching a new EC2 instance: Failed: UnfulfillableCapacity - Unable to fulfill capacity.
        2026-01-01 00:00:03 [!]  no capacity
        2026-01-01 00:00:03 [✔]  waited for nodes of "dev": 2 of 2
        "#);
    }

    #[test]
    fn a_terminal_sees_progress_and_colours() {
        let log = log(true, true);
        assert!(log.contains("\x1b[36m[ℹ]\x1b[0m  waiting for nodes of \"dev\": 0 of 2"), "{log}");
    }
}
