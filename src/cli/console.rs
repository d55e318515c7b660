//! The terminal as a [`Console`], and how failures are shown on it.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use super::{Failed, Global};
use crate::adapters::terminal::live;
use crate::host::{Console, append};
use crate::script::render::{Look, render};
use crate::view::{Style, window};

/// Columns of a terminal that does not tell, and of everything that is none.
const DEFAULT_WIDTH: u16 = 100;

/// Stdout and stderr of the process.
pub struct Terminal {
    style: Style,
    /// Data is kept back from stdout, which has one JSON document only: it goes to stderr and into the document.
    data_is_talk: bool,
    /// Data is not shown at all.
    unseen: bool,
    kept: Mutex<String>,
}

impl Terminal {
    /// The terminal as the flags want it.
    pub fn new(global: &Global) -> Self {
        Terminal { style: data_style(global), data_is_talk: global.json(), unseen: false, kept: Mutex::default() }
    }

    /// The terminal of a run whose answer is another one than what scripts print: that is told with `-v` only.
    pub fn planning(global: &Global) -> Self {
        Terminal { data_is_talk: true, unseen: global.verbose == 0, ..Terminal::new(global) }
    }
}

impl Console for Terminal {
    fn data(&self, text: &str) {
        if !self.data_is_talk {
            return print(text);
        }
        if self.unseen {
            return;
        }
        say(text);
        append(&self.kept, text);
    }

    fn talk(&self, text: &str) {
        say(text);
    }

    fn kept(&self) -> String {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn colour(&self) -> bool {
        self.style.colour
    }

    fn width(&self) -> Option<u16> {
        self.style.width
    }
}

/// Whether stdout is a terminal.
pub fn at_terminal() -> bool {
    stdout().is_terminal()
}

/// How data on stdout may look.
pub fn data_style(global: &Global) -> Style {
    let terminal = stdout().is_terminal();
    Style { colour: global.colour(terminal), width: terminal.then(columns) }
}

/// How documentation on stdout may look.
pub fn data_look(global: &Global) -> Look {
    let style = data_style(global);
    Look { colour: style.colour, width: style.width.unwrap_or(DEFAULT_WIDTH).into() }
}

/// Whether data could not be written for another reason than that its reader has gone: a full disk.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether data on stdout was lost.
pub fn data_was_lost() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Writes data to stdout, its last line ended. A reader that has gone is no failure.
pub fn print(text: &str) {
    if let Err(error) = live::beside(|| write(&mut stdout().lock(), text))
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Writes data to stdout as it is: another program's text may end without a line break.
pub fn print_as_is(text: &str) {
    let mut to = stdout().lock();
    if let Err(error) = to.write_all(text.as_bytes()).and_then(|()| to.flush())
        && error.kind() != ErrorKind::BrokenPipe
    {
        LOST.store(true, Ordering::Relaxed);
    }
}

/// Draws text over the whole terminal, as much of it as there is room for.
pub fn draw(text: &str) {
    // The last row is for what comes after.
    let rows = terminal_size::terminal_size().map_or(usize::MAX, |(_, height)| usize::from(height.0).saturating_sub(1));
    let shown = window::fit(text, columns().into(), rows);
    // Line by line over what stood there: a screen that is wiped first flickers.
    let lines: String = shown.lines().map(|line| format!("{line}\u{1b}[K\r\n")).collect();
    print_as_is(&format!("\u{1b}[H{lines}\u{1b}[J"));
}

/// Writes talk to stderr, its last line ended.
pub fn say(text: &str) {
    drop(live::beside(|| write(&mut stderr().lock(), text)));
}

/// Writes a question to stderr; the answer is on its line.
pub fn ask(question: &str) {
    // In one piece: whoever sees the question may answer, and its last blank would come behind the answer.
    let question = format!("{question} ");
    let mut to = stderr().lock();
    drop(to.write_all(question.as_bytes()).and_then(|()| to.flush()));
}

/// Shows on a terminal's stderr how far something is, in one line that the next takes the place of.
pub fn progress(text: &str, last: bool) {
    let width = usize::from(columns()).saturating_sub(1);
    let text: String = if last { String::new() } else { text.chars().take(width).collect() };
    let mut to = stderr().lock();
    drop(write!(to, "\r\u{1b}[K{text}").and_then(|()| to.flush()));
}

fn write(to: &mut impl Write, text: &str) -> std::io::Result<()> {
    let end = if text.ends_with('\n') { "" } else { "\n" };
    write!(to, "{text}{end}").and_then(|()| to.flush())
}

/// Shows a failure on stderr.
pub fn report(failed: &Failed, global: &Global) {
    say(&render(failed, look(global)));
}

/// How failures on stderr may look.
pub fn look(global: &Global) -> Look {
    let terminal = stderr().is_terminal();
    let width = if terminal { columns() } else { DEFAULT_WIDTH };
    Look { colour: global.colour(terminal), width: width.into() }
}

/// Columns of the terminal.
fn columns() -> u16 {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.or_else(|| terminal_size::terminal_size().map(|(width, _)| width.0)).unwrap_or(DEFAULT_WIDTH).max(40)
}
