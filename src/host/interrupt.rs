//! Ctrl-C: the first asks the run to stop, a second within two seconds leaves at once if the run has not stopped.

use std::time::{Duration, Instant};

use super::Cancel;

/// The exit code of an interrupted process.
const INTERRUPTED: i32 = 130;

/// Listens for Ctrl-C on a thread of its own, so that script loops and blocked calls both end.
pub fn listen(cancel: Cancel) {
    let listen = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async move {
            let mut last: Option<Instant> = None;
            while tokio::signal::ctrl_c().await.is_ok() {
                let soon = last.is_some_and(|last| last.elapsed() < Duration::from_secs(2));
                // An interactive session takes the request back before it runs the next input.
                if soon && cancel.is_cancelled() {
                    std::process::exit(INTERRUPTED);
                }
                last = Some(Instant::now());
                cancel.cancel();
            }
        });
    };
    // Without the thread, Ctrl-C ends the process as it always does.
    drop(std::thread::Builder::new().name("interrupt".into()).spawn(listen));
}
