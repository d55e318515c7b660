//! How text may look: whether it may be coloured and how wide it may be.

/// What a stretch of text means; a colour is chosen from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// A title.
    Heading,
    /// As wanted.
    Good,
    /// To be looked at.
    Warning,
    /// Wrong.
    Bad,
    /// Of lesser weight.
    Quiet,
}

impl Tone {
    /// The ANSI "select graphic rendition" parameters.
    const fn parameters(self) -> &'static str {
        match self {
            Tone::Heading => "1",
            Tone::Good => "32",
            Tone::Warning => "33",
            Tone::Bad => "31",
            Tone::Quiet => "2",
        }
    }
}

/// How text may look. The default is plain text of any width.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Style {
    /// Whether ANSI colours may be used.
    pub colour: bool,
    /// Columns to stay within; `None` is as wide as the content.
    pub width: Option<u16>,
}

impl Style {
    /// Plain text of any width: for pipes, files and tests.
    pub const fn plain() -> Self {
        Style { colour: false, width: None }
    }

    /// Plain text that stays within `columns` where it can.
    pub const fn within(columns: u16) -> Self {
        Style { colour: false, width: Some(columns) }
    }

    /// `text` in the colour of `tone`, or as it is.
    pub fn paint(self, tone: Tone, text: &str) -> String {
        if self.colour { format!("\u{1b}[{}m{text}\u{1b}[0m", tone.parameters()) } else { text.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_adds_nothing_but_escape_sequences() {
        assert_eq!(Style::plain().paint(Tone::Bad, "failed"), "failed");
        let coloured = Style { colour: true, width: None }.paint(Tone::Bad, "failed");
        assert_eq!(coloured, "\u{1b}[31mfailed\u{1b}[0m");
    }
}
