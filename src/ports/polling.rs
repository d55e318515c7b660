//! Marks the requests that a wait repeats, so that counts can keep them apart.

use std::future::Future;

tokio::task_local! {
    static POLLING: ();
}

/// Runs `future` as part of a wait: adapters count the requests it makes as polls.
pub async fn polling<F: Future>(future: F) -> F::Output {
    POLLING.scope((), future).await
}

/// Whether the running task is inside [`polling`].
pub fn is_polling() -> bool {
    POLLING.try_with(|()| ()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_mark_reaches_the_future_and_ends_with_it() {
        assert!(!is_polling());
        assert!(polling(async { is_polling() }).await);
        assert!(!is_polling());
    }
}
