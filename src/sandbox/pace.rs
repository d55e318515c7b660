//! Waiting on the world's clock.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use super::Sandbox;
use super::world::World;
use super::world::clock::Millis;

/// A wait. Each poll takes the world to its next event or to the end of the wait, so that whoever else waits for
/// something to happen sees it at its own moment. Two waits side by side last as long as the longer one.
pub(super) struct Sleep {
    sandbox: Sandbox,
    until: Millis,
}

impl Sleep {
    pub(super) fn new(sandbox: Sandbox, span: Duration) -> Self {
        let span = Millis::try_from(span.as_millis()).unwrap_or(Millis::MAX);
        let until = sandbox.read(World::now).saturating_add(span);
        Sleep { sandbox, until }
    }
}

impl Future for Sleep {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let until = self.until;
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
