//! Ctrl-C and SIGTERM: the first asks the run to stop, which finishes the request in flight; a second leaves at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::Cancel;

/// The exit code of a process that was interrupted (128 + SIGINT).
const INTERRUPTED: u8 = 130;
/// That of one that was told to end (128 + SIGTERM).
const TERMINATED: u8 = 143;

/// Whether the process was told to end, rather than interrupted.
static TOLD_TO_END: AtomicBool = AtomicBool::new(false);

/// The exit code as the signal wants it: whoever sends SIGTERM looks for 143.
pub fn exit_code_by_signal(code: u8) -> u8 {
    if code == INTERRUPTED && TOLD_TO_END.load(Ordering::Relaxed) { TERMINATED } else { code }
}

/// Listens for both on a thread of its own, so that script loops and blocked calls both end.
pub fn listen(cancel: Cancel) {
    let listen = move || {
        let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else { return };
        runtime.block_on(async move {
            let Ok(mut terminated) = Terminations::new() else { return };
            loop {
                tokio::select! {
                    interrupted = tokio::signal::ctrl_c() => if interrupted.is_err() { return },
                    () = terminated.next() => TOLD_TO_END.store(true, Ordering::Relaxed),
                }
                // An interactive session takes the request back before it runs the next input.
                if cancel.is_cancelled() {
                    std::process::exit(exit_code_by_signal(INTERRUPTED).into());
                }
                cancel.cancel();
            }
        });
    };
    // Without the thread, both end the process as they always do.
    drop(std::thread::Builder::new().name("interrupt".into()).spawn(listen));
}

/// SIGTERM, where there is one.
struct Terminations {
    #[cfg(unix)]
    signals: tokio::signal::unix::Signal,
}

impl Terminations {
    #[cfg(unix)]
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Terminations { signals: signal(SignalKind::terminate())? })
    }

    #[cfg(unix)]
    async fn next(&mut self) {
        if self.signals.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }

    #[cfg(not(unix))]
    fn new() -> std::io::Result<Self> {
        Ok(Terminations {})
    }

    #[cfg(not(unix))]
    async fn next(&mut self) {
        std::future::pending().await
    }
}
