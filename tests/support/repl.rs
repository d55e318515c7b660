//! A session that is fed from a pipe.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

pub fn repl(state: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command.arg("repl").current_dir(state).env("SPOTSCRIPT_STATE_DIR", state).env("NO_COLOR", "1");
    command.env_remove("SPOTSCRIPT_TARGET").env_remove("COLUMNS").env("TERM", "xterm");
    command
}

/// Feeds statements and gives what came out on stdout and stderr, and the exit code.
pub fn feed(state: &Path, text: &str) -> (String, String, i32) {
    feed_to(&mut repl(state), text)
}

/// The same to a session with settings of its own.
pub fn feed_to(command: &mut Command, text: &str) -> (String, String, i32) {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    child.stdin.take().expect("a pipe").write_all(text.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (text(output.stdout), text(output.stderr), output.status.code().expect("it exits"))
}
