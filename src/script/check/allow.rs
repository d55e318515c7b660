//! `// spotscript: allow SPOT-0621` on a line or the line above, and `allow-file` for a whole file.

use std::ops::Range;

use crate::domain::Code;
use crate::domain::error::{Error, nearest};

/// What a text allows.
#[derive(Debug, Default)]
pub(super) struct Allowances {
    file: Vec<Code>,
    /// 1-based line that a comment speaks of, and the code.
    lines: Vec<(usize, Code)>,
    /// Words that are no codes, and comments that were meant to be such: their bytes, and what is wrong.
    pub(super) unknown: Vec<(Range<usize>, Error)>,
}

const MARK: &str = "// spotscript: ";

impl Allowances {
    /// Reads the comments of a text.
    pub(super) fn read(text: &str) -> Self {
        let mut found = Allowances::default();
        let mut start = 0;
        for (index, line) in text.split_inclusive('\n').enumerate() {
            if let Some(at) = line.find(MARK)
                && !in_text(&line[..at])
            {
                // A comment alone on its line speaks of the next.
                let spoken_of = if line[..at].trim().is_empty() { index + 2 } else { index + 1 };
                found.read_comment(spoken_of, start + at + MARK.len(), &line[at + MARK.len()..]);
            }
            start += line.len();
        }
        found
    }

    fn read_comment(&mut self, line: usize, start: usize, comment: &str) {
        // What stands behind another comment sign is for people.
        let comment = comment.split("//").next().unwrap_or(comment);
        let Some((whole_file, rest)) = comment
            .strip_prefix("allow-file ")
            .map(|rest| (true, rest))
            .or_else(|| comment.strip_prefix("allow ").map(|rest| (false, rest)))
        else {
            // Far from the words, it is for people.
            let word = comment.split_whitespace().next().unwrap_or_default();
            if let Some(near) = nearest(word, ["allow", "allow-file"]) {
                let error = Error::new(Code::UnknownAllowance, format!("`{word}` allows nothing"));
                self.unknown.push((start..start + word.len(), error.help(format!("did you mean `{near}`?"))));
            }
            return;
        };
        let offset = start + comment.len() - rest.len();
        for word in rest.split([' ', ',', '\n', '\r']).filter(|word| !word.is_empty()) {
            // Both are slices of one text.
            let at = offset + (word.as_ptr() as usize - rest.as_ptr() as usize);
            match code(word) {
                Some(code) if whole_file => self.file.push(code),
                Some(code) => self.lines.push((line, code)),
                None if word.starts_with("SPOT-") => {
                    let error = Error::new(Code::UnknownAllowance, format!("there is no code `{word}`"));
                    self.unknown.push((at..at + word.len(), error.help("`spotscript explain` lists the codes")));
                }
                // A reason may follow.
                None => break,
            }
        }
    }

    /// Whether a finding with this code on this line is allowed.
    pub(super) fn covers(&self, code: Code, line: usize) -> bool {
        self.file.contains(&code) || self.lines.contains(&(line, code))
    }
}

/// Whether a line's beginning leaves a text open: then no comment begins behind it.
fn in_text(before: &str) -> bool {
    let mut open = None;
    let mut escaped = false;
    for c in before.chars() {
        match open {
            Some(_) if escaped => escaped = false,
            Some('"') if c == '\\' => escaped = true,
            Some(quote) if c == quote => open = None,
            None if matches!(c, '"' | '`') => open = Some(c),
            _ => {}
        }
    }
    open.is_some()
}

fn code(word: &str) -> Option<Code> {
    Code::ALL.iter().find(|code| code.to_string() == word).copied()
}
