//! `--watch`: shows something again and again, until Ctrl-C or for a time.

use std::time::{Duration, Instant};

use super::{Global, TargetKind, console};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::ops::Session;

/// How long a round lasts at least on people's clock where the target's time jumps.
const ROUND: Duration = Duration::from_secs(1);

/// What a question to a world in this process needs to arrive.
const ARRIVAL: Duration = Duration::from_millis(5);

/// The pause between two looks, unless said.
const USUAL: Duration = Duration::from_secs(2);

/// The shortest pause: API servers count whole seconds.
const SHORTEST: Duration = Duration::from_secs(1);

/// Flags of what can be watched.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Watch {
    /// Go on showing: at a terminal the table is drawn anew, elsewhere what changed follows line by line; Ctrl-C ends it, with
    /// exit code 130
    #[arg(short = 'w', long)]
    pub watch: bool,
    /// Pause between two looks, such as `5s`; 2s unless said
    #[arg(long, value_name = "TIME", requires = "watch", value_parser = super::global::duration)]
    pub every: Option<Duration>,
    /// End after this time on the target's clock, such as `10m`
    #[arg(long = "for", value_name = "TIME", requires = "watch", value_parser = super::global::duration)]
    pub length: Option<Duration>,
}

/// A watch under way.
pub struct Live {
    every: Duration,
    until: Option<jiff::Timestamp>,
    /// Whether somebody sees the table at a terminal.
    pub drawn: bool,
    /// Whether the target's time may jump.
    jumps: bool,
}

impl Live {
    /// Begins one now, on the clock of `session`.
    ///
    /// # Errors
    /// `SPOT-0606` when the pause is too short.
    pub fn begin(flags: &Watch, session: &Session, global: &Global) -> Result<Self> {
        let every = flags.every.unwrap_or(USUAL);
        if every < SHORTEST {
            let error = Error::new(Code::InvalidArgument, format!("`--every` is {every:?}"));
            return Err(error.help("it is a second or more, such as `2s`"));
        }
        let until = flags.length.and_then(|length| session.clock.now().checked_add(length).ok());
        Ok(Live { every, until, drawn: console::at_terminal(), jumps: global.target() == TargetKind::Sandbox })
    }

    /// The pause between two looks.
    pub fn every(&self) -> Duration {
        self.every
    }

    /// Draws a table in the place of the one before.
    pub fn draw(&self, title: &str, text: &str) {
        console::draw(&format!("{title}\n\n{text}"));
    }

    /// Waits for the next look; `false` when the time is over. Where the target's time jumps, people get a moment to read.
    ///
    /// # Errors
    /// As [`crate::ports::Clock::aside`].
    pub async fn pause(&self, session: &Session) -> Result<bool> {
        let began = Instant::now();
        session.clock.sleep(self.every).await;
        self.rest(session, began).await?;
        Ok(self.goes_on(session))
    }

    /// The rest of a round on people's clock, where the target's jumped: without an end its time would run away. Other
    /// commands have the world meanwhile.
    async fn rest(&self, session: &Session, began: Instant) -> Result<()> {
        if self.jumps && (self.drawn || self.until.is_none()) {
            session.clock.aside(self.every.min(ROUND).saturating_sub(began.elapsed())).await?;
        }
        Ok(())
    }

    /// What is told while time passes, and whether there is time left. Where the target's time jumps it passes only as
    /// somebody waits: after the question has arrived.
    ///
    /// # Errors
    /// As [`crate::ports::Clock::aside`].
    pub async fn during<T>(&self, session: &Session, told: impl Future<Output = T>) -> Result<(T, bool)> {
        let began = Instant::now();
        let mut told = std::pin::pin!(told);
        if self.jumps
            && let Ok(all) = tokio::time::timeout(ARRIVAL, &mut told).await
        {
            return Ok((all, self.pause(session).await?));
        }
        loop {
            tokio::select! {
                biased;
                all = &mut told => {
                    self.rest(session, began).await?;
                    return Ok((all, self.goes_on(session)));
                }
                () = session.clock.sleep(self.every) => {}
            }
        }
    }

    /// Whether there is time left.
    pub fn goes_on(&self, session: &Session) -> bool {
        self.until.is_none_or(|until| session.clock.now() < until)
    }
}
