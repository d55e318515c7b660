//! Reads a text only as far as literals and comments go: what is open at its end, and where its code ends.

/// What a text is in the middle of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Open {
    /// Nothing.
    Nothing,
    /// `"…`, which a line's end does not go on unless it is escaped.
    Quotes { escaped: bool },
    /// `` `… ``
    Backtick,
    /// `/* …`
    Comment,
}

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Scan {
    /// What is open at the end.
    pub(super) open: Open,
    /// Where code ends: spaces and comments behind are left out.
    pub(super) code_end: usize,
}

/// Scans a text.
pub(super) fn scan(text: &str) -> Scan {
    let mut open = Open::Nothing;
    let mut code_end = 0;
    // Depth of `/*`, which nest; braces inside of each open `${`.
    let (mut comments, mut embedded): (usize, Vec<usize>) = (0, Vec::new());
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        match open {
            Open::Comment => {
                match (c, next) {
                    ('*', Some('/')) => {
                        characters.next();
                        comments -= 1;
                        open = if comments == 0 { Open::Nothing } else { open };
                    }
                    ('/', Some('*')) => {
                        characters.next();
                        comments += 1;
                    }
                    _ => {}
                }
                continue;
            }
            Open::Quotes { escaped: true } => open = Open::Quotes { escaped: false },
            Open::Quotes { .. } => match c {
                '\\' => open = Open::Quotes { escaped: true },
                '"' => open = Open::Nothing,
                // The engine says so better.
                '\n' => open = Open::Nothing,
                _ => {}
            },
            Open::Backtick => match (c, next) {
                ('`', _) => open = Open::Nothing,
                ('$', Some('{')) => {
                    characters.next();
                    embedded.push(0);
                    open = Open::Nothing;
                }
                _ => {}
            },
            Open::Nothing => match (c, next) {
                ('/', Some('*')) => {
                    characters.next();
                    comments = 1;
                    open = Open::Comment;
                    continue;
                }
                ('/', Some('/')) => {
                    while characters.next_if(|(_, c)| *c != '\n').is_some() {}
                    continue;
                }
                ('"', _) => open = Open::Quotes { escaped: false },
                ('`', _) => open = Open::Backtick,
                ('{', _) => embedded.iter_mut().last().into_iter().for_each(|depth| *depth += 1),
                ('}', _) => match embedded.last_mut() {
                    Some(0) => {
                        embedded.pop();
                        open = Open::Backtick;
                    }
                    Some(depth) => *depth -= 1,
                    None => {}
                },
                _ => {}
            },
        }
        if !c.is_whitespace() {
            code_end = at + c.len_utf8();
        }
    }
    if open == Open::Nothing && !embedded.is_empty() {
        open = Open::Backtick;
    }
    Scan { open, code_end }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn literals_and_comments_hide_each_other() {
        let open = |text| scan(text).open;
        assert_eq!(open("let a = \"/* ` //\";"), Open::Nothing);
        assert_eq!(open("1 /* \" ` /* */"), Open::Comment);
        assert_eq!(open("1 /* /* */ */"), Open::Nothing);
        assert_eq!(open("`a ${ #{ b: `c ${1}` } } \" "), Open::Backtick);
        assert_eq!(open("`a ${ 1 + "), Open::Backtick);
        assert_eq!(open("`a ${ 1 }`"), Open::Nothing);
        assert_eq!(open("\"a \\\" b"), Open::Quotes { escaped: false });
        assert_eq!(open("// it's ` fine"), Open::Nothing);
    }

    #[test]
    fn code_ends_before_comments() {
        let code = |text: &'static str| &text[..scan(text).code_end];
        assert_eq!(code("let f = |x|  // later\n"), "let f = |x|");
        assert_eq!(code("a /* b */ "), "a");
        assert_eq!(code("/* b */ a"), "/* b */ a");
        assert_eq!(code("/* b */"), "");
        assert_eq!(code(" // nothing"), "");
    }

    proptest! {
        #[test]
        fn any_text_can_be_scanned(text in "[a{}$`\"/*\\\\节 \n]{0,30}") {
            let scan = scan(&text);
            prop_assert!(text.get(..scan.code_end).is_some());
        }
    }
}
