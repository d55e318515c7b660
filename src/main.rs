//! spotscript.

use std::process::ExitCode;

/// Stack of the thread that does the work, in bytes: address space, not memory. Values nested as deep as the engine's
/// limits of size and memory allow are printed, converted and dropped by recursion.
const STACK: usize = 1 << 30;

fn main() -> ExitCode {
    let work = || spotscript::cli::main(std::env::args_os());
    match std::thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(work) {
        Ok(thread) => thread.join().unwrap_or(ExitCode::from(70)),
        // Without room for such a stack the ordinary one does for ordinary scripts.
        Err(_) => work(),
    }
}
