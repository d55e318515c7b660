//! Waiting on the world's clock.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Sandbox;
use super::turns::Wait;
use super::world::World;
use super::world::clock::Millis;

/// A wait. Each poll takes the world to its next event or to the end of the wait, so that whoever else waits for
/// something to happen sees it at its own moment. Two waits side by side last as long as the longer one. A thread that
/// takes turns with others lets them work meanwhile.
pub(super) struct Sleep {
    sandbox: Sandbox,
    until: Millis,
    /// Since the first poll, in a thread that takes turns.
    turn: Option<Wait>,
}

impl Sleep {
    pub(super) fn new(sandbox: Sandbox, span: Duration) -> Self {
        let span = Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX);
        let until = sandbox.read(World::now).saturating_add(span);
        Sleep { sandbox, until, turn: None }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let until = self.until;
        if let Some(wait) = &self.turn {
            if wait.go_on() {
                self.turn = None;
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        // Waits beside this one begin before it goes on.
        self.turn = Wait::note(&self.sandbox, until);
        if self.turn.is_some() {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        let over = self.sandbox.world(|world| {
            let next = world.queue.next_at().map_or(until, |event| event.min(until));
            world.advance_to(next);
            world.now() >= until
        });
        if over {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_hour_passes_at_once_and_side_by_side_waits_do_not_add_up() {
        let (sandbox, begun) = (Sandbox::fresh(1), std::time::Instant::now());
        let before = sandbox.now();
        tokio::join!(sandbox.sleep(Duration::from_secs(3600)), sandbox.sleep(Duration::from_secs(1800)));
        assert_eq!(sandbox.now().duration_since(before).as_secs(), 3600);
        assert!(begun.elapsed() < Duration::from_secs(60));
    }
}
