//! Whole processes, side by side in one run: what a user waits for.
//!
//! `cargo bench --bench whole_process` prints medians, ratios, and peak memory where `/usr/bin/time` is there.
//! Nothing here passes or fails: it reports.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 21;

/// One command to measure, made anew for every round.
struct Subject<'a> {
    name: &'a str,
    command: Box<dyn Fn() -> Command + 'a>,
    /// Runs before each round, untimed.
    prepare: Box<dyn Fn() + 'a>,
}

fn main() {
    let spotscript = env!("CARGO_BIN_EXE_spotscript");
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let trivial = folder.path().join("trivial.rhai");
    std::fs::write(&trivial, "print(1 + 1);\n").unwrap();
    let state = folder.path().join("state");
    let work = folder.path().join("work");
    std::fs::create_dir_all(&work).unwrap();
    let ours = |arguments: &[&str]| {
        let mut command = Command::new(spotscript);
        command.args(arguments).current_dir(&work).env("SPOTSCRIPT_STATE_DIR", &state);
        command
    };
    let tutorial = root.join("scripts/create_spot.rhai");
    let (trivial, tutorial) = (trivial.to_str().unwrap().to_owned(), tutorial.to_str().unwrap().to_owned());
    let scripts = root.join("scripts").to_str().unwrap().to_owned();
    let forget = || {
        let _ = std::fs::remove_dir_all(&state);
    };

    let mut subjects = vec![
        Subject {
            name: "spotscript run trivial.rhai",
            command: Box::new(|| ours(&["run", &trivial])),
            prepare: Box::new(|| {}),
        },
        Subject { name: "spotscript --help", command: Box::new(|| ours(&["--help"])), prepare: Box::new(|| {}) },
        Subject {
            name: "tutorial in a fresh sandbox",
            command: Box::new(|| ours(&["run", &tutorial])),
            prepare: Box::new(forget),
        },
        Subject {
            name: "tutorial again (all unchanged)",
            command: Box::new(|| ours(&["run", &tutorial])),
            prepare: Box::new(|| {}),
        },
    ];
    subjects.push(Subject {
        name: "spotscript repl, nothing entered",
        command: Box::new(|| ours(&["repl"])),
        prepare: Box::new(|| {}),
    });
    subjects.push(Subject {
        name: "spotscript check scripts",
        command: Box::new(|| ours(&["check", &scripts])),
        prepare: Box::new(|| {}),
    });
    let kubectl = Command::new("kubectl").args(["version", "--client"]).output().is_ok_and(|out| out.status.success());
    if kubectl {
        let command = || {
            let mut command = Command::new("kubectl");
            command.args(["version", "--client"]);
            command
        };
        subjects.push(Subject {
            name: "kubectl version --client",
            command: Box::new(command),
            prepare: Box::new(|| {}),
        });
    }

    // Rounds are interleaved, so that a busy moment hits every subject alike.
    let mut times: Vec<Vec<Duration>> = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (subject, times) in subjects.iter().zip(&mut times) {
            (subject.prepare)();
            let mut command = (subject.command)();
            let begun = Instant::now();
            let status = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
            times.push(begun.elapsed());
            assert!(status.success(), "{} ended with {status}", subject.name);
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    let reference = if kubectl { medians.last().copied() } else { None };
    println!("{:<34} {:>10} {:>18} {:>12}", format!("median of {ROUNDS}"), "wall", "of kubectl version", "peak memory");
    for (subject, median) in subjects.iter().zip(&medians) {
        (subject.prepare)();
        let ratio = reference
            .map_or_else(String::new, |reference| format!("{:.2}", median.as_secs_f64() / reference.as_secs_f64()));
        let peak = peak_memory(&(subject.command)()).map_or_else(|| "-".to_owned(), |mib| format!("{mib:.1} MiB"));
        println!("{:<34} {:>7.1} ms {ratio:>18} {peak:>12}", subject.name, median.as_secs_f64() * 1e3);
    }
    #[cfg(unix)]
    at_a_terminal(&ours);
}

/// From the start of a session at a terminal to its prompt, and from Tab to what it completes.
#[cfg(unix)]
fn at_a_terminal(ours: &dyn Fn(&[&str]) -> Command) {
    use std::io::{Read, Write};

    let (mut ready, mut completed) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let mut command = ours(&["repl", "--no-init"]);
        command.env("TERM", "xterm").env("NO_COLOR", "1");
        let begun = Instant::now();
        let process = rexpect::process::PtyProcess::new(command).unwrap();
        let mut terminal = process.get_file_handle().unwrap();
        let mut shown = Vec::new();
        let mut until = |terminal: &mut std::fs::File, text: &str| {
            let mut buffer = [0; 4096];
            while !String::from_utf8_lossy(&shown).contains(text) {
                let count = terminal.read(&mut buffer).unwrap();
                shown.extend_from_slice(&buffer[..count]);
            }
        };
        until(&mut terminal, "spot> ");
        ready.push(begun.elapsed());
        terminal.write_all(b"eks::nod").unwrap();
        until(&mut terminal, "eks::nod");
        let begun = Instant::now();
        terminal.write_all(b"\t").unwrap();
        until(&mut terminal, "eks::nodegroup");
        completed.push(begun.elapsed());
    }
    for (name, times) in [("repl at a terminal, to its prompt", ready), ("repl, first Tab to its answer", completed)] {
        println!("{name:<34} {:>7.1} ms", median(times).as_secs_f64() * 1e3);
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Peak resident set in MiB, as GNU time tells it.
fn peak_memory(command: &Command) -> Option<f64> {
    let mut timed = Command::new("/usr/bin/time");
    timed.args(["-f", "%M"]).arg(command.get_program()).args(command.get_args());
    if let Some(folder) = command.get_current_dir() {
        timed.current_dir(folder);
    }
    for (name, value) in command.get_envs() {
        match value {
            Some(value) => timed.env(name, value),
            None => timed.env_remove(name),
        };
    }
    let output = timed.stdin(Stdio::null()).stdout(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.lines().last()?.trim().parse::<f64>().ok().map(|kib| kib / 1024.0)
}
