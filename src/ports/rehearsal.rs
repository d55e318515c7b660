//! Marks requests that ask whether something would be allowed, and make nothing.

use std::future::Future;

tokio::task_local! {
    static REHEARSING: ();
}

/// Runs `future`, whose requests change nothing whatever they are called.
pub async fn rehearsing<F: Future>(future: F) -> F::Output {
    REHEARSING.scope((), future).await
}

/// Whether the running task is inside [`rehearsing`].
pub fn is_rehearsing() -> bool {
    REHEARSING.try_with(|()| ()).is_ok()
}
