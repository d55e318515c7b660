//! What a terminal shows of the bytes that a program writes: as much of a VT100 as line editors use.

use unicode_width::UnicodeWidthChar;

/// A screen of so many columns and rows, with everything that has scrolled off it.
pub struct Screen {
    lines: Vec<Vec<char>>,
    /// The first line that is on the screen.
    top: usize,
    row: usize,
    column: usize,
    columns: usize,
    rows: usize,
    /// The control sequence that has begun.
    control: Option<String>,
    /// The beginning of a character whose other bytes are still to come.
    partial: Vec<u8>,
    /// How often a new line began.
    pub feeds: usize,
    /// Whether any colour was asked for.
    pub coloured: bool,
    /// Control sequences that this terminal does not know.
    pub unknown: Vec<String>,
}

/// Stands behind a wide character.
const SECOND_HALF: char = '\0';

impl Screen {
    pub fn new(columns: usize, rows: usize) -> Self {
        Screen {
            lines: vec![Vec::new()],
            top: 0,
            row: 0,
            column: 0,
            columns,
            rows,
            control: None,
            partial: Vec::new(),
            feeds: 0,
            coloured: false,
            unknown: Vec::new(),
        }
    }

    /// Takes what a program has written.
    pub fn feed(&mut self, bytes: &[u8]) {
        self.partial.extend_from_slice(bytes);
        let bytes = std::mem::take(&mut self.partial);
        let whole = match std::str::from_utf8(&bytes) {
            Ok(_) => bytes.len(),
            Err(error) => error.valid_up_to(),
        };
        self.partial = bytes[whole..].to_vec();
        assert!(self.partial.len() < 4, "no UTF-8: {:?}", self.partial);
        String::from_utf8_lossy(&bytes[..whole]).chars().for_each(|c| self.take(c));
    }

    /// Everything that was ever shown and not wiped, without spaces at the ends of lines.
    pub fn text(&self) -> String {
        let line = |line: &Vec<char>| {
            let text: String = line.iter().filter(|c| **c != SECOND_HALF).collect();
            text.trim_end().to_owned()
        };
        self.lines.iter().map(line).collect::<Vec<_>>().join("\n").trim_end().to_owned()
    }

    /// The line with the cursor, up to where it was written.
    pub fn current(&self) -> String {
        let text: String = self.lines[self.top + self.row].iter().filter(|c| **c != SECOND_HALF).collect();
        text.trim_end().to_owned()
    }

    fn take(&mut self, c: char) {
        if let Some(mut control) = self.control.take() {
            control.push(c);
            return self.control_goes_on(control);
        }
        match c {
            '\u{1b}' => self.control = Some(String::new()),
            '\r' => self.column = 0,
            '\n' => self.line_feed(),
            '\u{8}' => self.column = self.column.saturating_sub(1),
            '\u{7}' => {}
            '\t' => self.column = (self.column / 8 + 1) * 8,
            c => self.put(c),
        }
    }

    fn put(&mut self, c: char) {
        let width = c.width().unwrap_or(0);
        // The cursor stays behind the last column until something more comes.
        if self.column + width > self.columns {
            self.column = 0;
            self.line_feed();
        }
        let (at, column) = (self.top + self.row, self.column);
        let line = &mut self.lines[at];
        if line.len() < column + width {
            line.resize(column + width, ' ');
        }
        for place in 0..width {
            line[column + place] = if place == 0 { c } else { SECOND_HALF };
        }
        self.column += width;
    }

    fn line_feed(&mut self) {
        self.feeds += 1;
        if self.row + 1 < self.rows {
            self.row += 1
        } else {
            self.top += 1
        }
        while self.lines.len() <= self.top + self.row {
            self.lines.push(Vec::new());
        }
    }

    fn control_goes_on(&mut self, control: String) {
        let Some(last) = control.chars().last() else { return };
        match control.strip_prefix('[') {
            Some("") => self.control = Some(control),
            Some(_) if !last.is_ascii_alphabetic() => self.control = Some(control),
            Some(rest) => self.sequence(&rest[..rest.len() - 1], last),
            None => self.unknown.push(control),
        }
    }

    fn sequence(&mut self, given: &str, what: char) {
        let number = |place: usize, otherwise: usize| {
            given.split(';').nth(place).and_then(|text| text.parse().ok()).unwrap_or(otherwise)
        };
        let many = number(0, 1).max(1);
        let at = self.top + self.row;
        match what {
            'A' => self.row = self.row.saturating_sub(many),
            'B' => self.row = (self.row + many).min(self.rows - 1),
            'C' => self.column = (self.column + many).min(self.columns - 1),
            'D' => self.column = self.column.saturating_sub(many),
            'G' => self.column = many - 1,
            'H' => (self.row, self.column) = (many.min(self.rows) - 1, number(1, 1).max(1) - 1),
            'K' if number(0, 0) == 0 => self.lines[at].truncate(self.column),
            'K' if number(0, 0) == 2 => self.lines[at].clear(),
            'J' if number(0, 0) == 0 => {
                self.lines[at].truncate(self.column);
                self.lines[at + 1..].iter_mut().for_each(Vec::clear);
            }
            'J' if number(0, 0) == 2 => self.lines[self.top..].iter_mut().for_each(Vec::clear),
            'm' => self.coloured |= !matches!(given, "" | "0"),
            // Modes: bracketed paste, synchronized output, the cursor's looks.
            'h' | 'l' if given.starts_with('?') => {}
            _ => self.unknown.push(format!("[{given}{what}")),
        }
        while self.lines.len() <= self.top + self.row {
            self.lines.push(Vec::new());
        }
    }
}

#[test]
fn a_screen_shows_what_a_terminal_would() {
    let mut screen = Screen::new(8, 3);
    screen.feed("abc\r\u{1b}[Kd\u{1b}[1;32me\u{1b}[0m\r\n".as_bytes());
    let wide = "说f".as_bytes();
    screen.feed(&wide[..1]);
    screen.feed(&wide[1..]);
    assert_eq!((screen.text().as_str(), screen.coloured), ("de\n说f", true));
    screen.feed(b"\r\n123456789\x1b[1A\x1b[1G?");
    assert_eq!(screen.text(), "de\n说f\n?2345678\n9");
    screen.feed(b"\x1b[J!\x1b[2J");
    assert_eq!((screen.text().as_str(), screen.unknown.len()), ("de", 0));
}
