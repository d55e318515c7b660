//! The line at a terminal's end that tells of a wait: drawn in its own place again and again, gone when the wait is over.
//!
//! A process has one stderr and so one such line, whoever waits. What else writes to the terminal does so by
//! [`beside`], which keeps the two apart. The line never fills its row: the `^C` that a terminal echoes would wrap, and
//! the row above could not be taken away any more.

use std::io::Write;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::ports::Clock;

/// How often the line shows that time passes.
const TICK: Duration = Duration::from_millis(200);
/// How often it is drawn at most, when only the time has changed.
const PAUSE: Duration = Duration::from_millis(50);
/// What turns while time passes.
const SPINNER: [char; 4] = ['◜', '◝', '◞', '◟'];
/// Columns that the line leaves free.
const MARGIN: usize = 4;
/// Columns of a terminal that does not tell.
const USUAL_WIDTH: usize = 80;
/// Takes a row away.
const WIPE: &str = "\r\u{1b}[K";

struct Line {
    clock: Arc<dyn Clock>,
    since: Timestamp,
    text: String,
    drawn: Instant,
    turns: usize,
}

static LINE: Mutex<Option<Line>> = Mutex::new(None);

fn line() -> MutexGuard<'static, Option<Line>> {
    LINE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Shows what is waited for, with the time since `since`; takes the place of what was shown.
pub(super) fn show(clock: &Arc<dyn Clock>, since: Timestamp, text: String) {
    let mut line = line();
    match &mut *line {
        Some(line) if line.text == text && line.drawn.elapsed() < PAUSE => {}
        Some(line) => {
            (line.since, line.text) = (since, text);
            line.draw();
        }
        None => {
            let begun = Line { clock: Arc::clone(clock), since, text, drawn: Instant::now(), turns: 0 };
            line.insert(begun).draw();
            // Without the thread the line stands still between two news.
            drop(std::thread::Builder::new().name("wait".into()).spawn(tick));
        }
    }
}

/// Lets time pass in the line until it is gone.
fn tick() {
    loop {
        std::thread::sleep(TICK);
        match &mut *line() {
            // Another wait's thread draws already.
            Some(line) if line.drawn.elapsed() < PAUSE => {}
            Some(line) => line.draw(),
            None => return,
        }
    }
}

impl Line {
    fn draw(&mut self) {
        let turning = SPINNER[self.turns % SPINNER.len()];
        (self.turns, self.drawn) = (self.turns + 1, Instant::now());
        let waited = passed(self.clock.now().duration_since(self.since));
        let columns = terminal_size::terminal_size_of(std::io::stderr()).map_or(USUAL_WIDTH, |size| size.0.0.into());
        let text = format!("{turning} {}  {waited}", self.text);
        put(&format!("{WIPE}{}", fitting(&text, &waited, columns.saturating_sub(MARGIN))));
    }
}

/// A terminal that cannot be written to must not stop the work that the line tells of.
fn put(text: &str) {
    let mut to = std::io::stderr().lock();
    drop(to.write_all(text.as_bytes()).and_then(|()| to.flush()));
}

/// What of a text fits into the room; its end is kept.
fn fitting(text: &str, end: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut used = end.width() + "… ".width();
    let fits = |c: &char| {
        used += c.width().unwrap_or(0);
        used <= room
    };
    format!("{}… {end}", text.chars().take_while(fits).collect::<String>())
}

/// `45s`, `2m 5s`.
fn passed(time: SignedDuration) -> String {
    format!("{:#}", SignedDuration::from_secs(time.as_secs()))
}

/// Takes the line away: the wait is over.
pub fn clear() {
    if line().take().is_some() {
        put(WIPE);
    }
}

/// Writes to the terminal with the line out of the way.
pub fn beside<T>(write: impl FnOnce() -> T) -> T {
    match &mut *line() {
        Some(line) => {
            put(WIPE);
            let written = write();
            line.draw();
            written
        }
        None => write(),
    }
}

#[test]
fn times_are_told_in_whole_seconds() {
    let told = [0, 45, 125, 3_600].map(|seconds| passed(SignedDuration::from_millis(seconds * 1_000 + 700)));
    assert_eq!(told, ["0s", "45s", "2m 5s", "1h"]);
}

#[test]
fn a_long_text_keeps_to_one_row_and_tells_the_time() {
    assert_eq!(fitting("nodes  5s", "5s", 9), "nodes  5s");
    assert_eq!([fitting("nodes  5s", "5s", 8), fitting("节点们  5s", "5s", 8)], ["node… 5s", "节点… 5s"]);
}
