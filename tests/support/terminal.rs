//! A program at a pseudo-terminal, and a person before it: who types, and waits for what is seen.
#![allow(dead_code, reason = "each test binary uses its part")]

use std::fs::File;
use std::io::{Read, Write};
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use rexpect::process::{PtyProcess, WaitStatus};

use self::screen::Screen;

#[path = "screen.rs"]
mod screen;

/// How long anything may take on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_secs(90);
/// The terminal's size.
pub const COLUMNS: usize = 100;
const ROWS: usize = 40;

/// What the keys of a keyboard send.
pub mod key {
    pub const ENTER: &str = "\r";
    pub const TAB: &str = "\t";
    pub const UP: &str = "\u{1b}[A";
    pub const RIGHT: &str = "\u{1b}[C";
    pub const CTRL_C: &str = "\u{3}";
    pub const CTRL_D: &str = "\u{4}";
    pub const CTRL_R: &str = "\u{12}";
    pub const CTRL_U: &str = "\u{15}";
}

struct Seen {
    screen: Screen,
    bytes: Vec<u8>,
    ended: bool,
}

type Shared = Arc<(Mutex<Seen>, Condvar)>;

/// A terminal with a program in it.
pub struct Terminal {
    process: PtyProcess,
    keyboard: File,
    seen: Shared,
    /// New lines that had begun when the last input was entered.
    entered: usize,
}

impl Terminal {
    /// Starts a program. The terminal has its size and echoes before the program begins.
    pub fn start(command: &Command) -> Self {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("stty echo columns {COLUMNS} rows {ROWS}; exec \"$0\" \"$@\""));
        shell.arg(command.get_program()).args(command.get_args());
        if let Some(folder) = command.get_current_dir() {
            shell.current_dir(folder);
        }
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        shell.env("TERM", "xterm").env_remove("COLUMNS").env_remove("LINES");
        let process = PtyProcess::new(shell).expect("a pseudo-terminal");
        let keyboard = process.get_file_handle().expect("its keyboard");
        let seen = Seen { screen: Screen::new(COLUMNS, ROWS), bytes: Vec::new(), ended: false };
        let seen: Shared = Arc::new((Mutex::new(seen), Condvar::new()));
        let (output, shared) = (process.get_file_handle().expect("its screen"), Arc::clone(&seen));
        std::thread::spawn(move || watch(output, &shared));
        Terminal { process, keyboard, seen, entered: 0 }
    }

    /// Types.
    pub fn keys(&mut self, text: &str) -> &mut Self {
        self.keyboard.write_all(text.as_bytes()).and_then(|()| self.keyboard.flush()).expect("it reads");
        self
    }

    /// Types a line.
    pub fn line(&mut self, text: &str) -> &mut Self {
        self.entered = lock(&self.seen).screen.feeds;
        self.keys(text).keys(key::ENTER)
    }

    /// Waits until the terminal shows something of which `is_there` says yes. Gives all that it shows.
    pub fn until(&mut self, what: &str, is_there: impl Fn(&Screen) -> bool) -> String {
        let begun = Instant::now();
        let mut seen = lock(&self.seen);
        while !is_there(&seen.screen) {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            let given_up = left.is_zero() || seen.ended;
            if given_up {
                let shown = seen.screen.text();
                drop(seen);
                panic!("no {what} in:\n{shown}");
            }
            seen = self.seen.1.wait_timeout(seen, left.min(Duration::from_secs(1))).expect("a screen").0;
        }
        seen.screen.text()
    }

    /// Waits for a text anywhere.
    pub fn see(&mut self, text: &str) -> &mut Self {
        self.until(text, |screen| screen.text().contains(text));
        self
    }

    /// Waits until a text was shown so many times.
    pub fn until_times(&mut self, text: &str, times: usize) -> &mut Self {
        self.until(&format!("`{text}` {times} times"), |screen| screen.text().matches(text).count() >= times);
        self
    }

    /// Waits until the line with the cursor is this one, and a later one than when the last input was entered.
    pub fn at(&mut self, line: &str) -> &mut Self {
        let entered = self.entered;
        self.until(&format!("line `{line}` with the cursor"), |screen| {
            screen.feeds > entered && screen.current() == line
        });
        self
    }

    /// What is shown.
    pub fn shown(&self) -> String {
        lock(&self.seen).screen.text()
    }

    /// Everything that the program wrote.
    pub fn bytes(&self) -> Vec<u8> {
        lock(&self.seen).bytes.clone()
    }

    /// Whether anything was coloured.
    pub fn coloured(&self) -> bool {
        lock(&self.seen).screen.coloured
    }

    /// Waits until the program ends. Gives all that was shown, and the exit code.
    pub fn end(self) -> (String, i32) {
        let begun = Instant::now();
        let mut seen = lock(&self.seen);
        while !seen.ended {
            let left = PATIENCE.saturating_sub(begun.elapsed());
            if left.is_zero() {
                let shown = seen.screen.text();
                drop(seen);
                panic!("it does not end:\n{shown}");
            }
            seen = self.seen.1.wait_timeout(seen, left.min(Duration::from_secs(1))).expect("a screen").0;
        }
        assert!(seen.screen.unknown.is_empty(), "control sequences: {:?}", seen.screen.unknown);
        match self.process.wait().expect("an end") {
            WaitStatus::Exited(_, code) => (seen.screen.text(), code),
            other => panic!("it ended by {other:?}:\n{}", seen.screen.text()),
        }
    }
}

fn lock(seen: &Shared) -> MutexGuard<'_, Seen> {
    seen.0.lock().expect("a screen")
}

fn watch(mut output: File, shared: &Shared) {
    let mut buffer = [0; 4096];
    loop {
        // At the end of the program the terminal is gone: an error on Linux, nothing elsewhere.
        let count = output.read(&mut buffer).unwrap_or(0);
        let mut seen = lock(shared);
        seen.screen.feed(&buffer[..count]);
        seen.bytes.extend_from_slice(&buffer[..count]);
        seen.ended = count == 0;
        shared.1.notify_all();
        if seen.ended {
            return;
        }
    }
}
