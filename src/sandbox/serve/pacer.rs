//! Keeps a served world at the wall clock's time, and on disk.

use std::time::Duration;

use jiff::Timestamp;

use crate::domain::error::Result;
use crate::sandbox::Sandbox;

/// How often a world is brought to the present at least, and saved at most.
const BEAT: Duration = Duration::from_secs(1);

#[derive(Debug, Clone)]
pub(super) struct Pacer {
    sandbox: Sandbox,
}

impl Pacer {
    pub(super) fn new(sandbox: Sandbox) -> Self {
        Pacer { sandbox }
    }

    /// The world, at the present.
    pub(super) fn present(&self) -> &Sandbox {
        self.catch_up();
        &self.sandbox
    }

    /// Brings the world to the present; whether anything happened on the way.
    pub(super) fn catch_up(&self) -> bool {
        self.sandbox.world(|world| {
            let now = world.clock.millis(Timestamp::now());
            let due = world.queue.next_at().is_some_and(|event| event <= now);
            world.advance_to(now);
            due
        })
    }

    /// Follows the wall clock from event to event, and saves what changed.
    pub(super) async fn run(&self) -> Result<()> {
        let (mut saved, mut changes) = (0, 0);
        let mut last = tokio::time::Instant::now();
        loop {
            let pause = self.sandbox.read(|world| {
                let wait = world.queue.next_at().map(|event| event.saturating_sub(world.now()));
                wait.and_then(|wait| u64::try_from(wait).ok()).map_or(BEAT, Duration::from_millis)
            });
            tokio::time::sleep(pause.clamp(Duration::from_millis(5), BEAT)).await;
            changes += u64::from(self.catch_up());
            let written = changes + self.sandbox.read(|world| world.traffic.requests().mutating);
            if written != saved && last.elapsed() >= BEAT {
                saved = written;
                let sandbox = self.sandbox.clone();
                // A failed save ends the server: a world that silently is not kept would be worse.
                if let Ok(outcome) = tokio::task::spawn_blocking(move || sandbox.save()).await {
                    outcome?;
                }
                last = tokio::time::Instant::now();
            }
        }
    }
}
