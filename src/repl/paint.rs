//! Colours while someone types. Only colours: the text keeps its width, and its meaning without them.

use super::scan::{Kind, scan};

/// Words of the language that begin or join statements.
pub(super) const KEYWORDS: &[&str] = &[
    "let", "const", "if", "else", "switch", "for", "in", "loop", "while", "do", "until", "break", "continue", "return",
    "throw", "try", "catch", "fn", "private", "import", "export", "as", "true", "false", "step",
];

const KEYWORD: &str = "35";
const TEXT: &str = "32";
const NUMBER: &str = "36";
const COMMENT: &str = "2";
const NAMESPACE: &str = "34";
const CALLED: &str = "33";
const COMMAND: &str = "1;36";

/// The text with colours.
pub(super) fn paint(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    let code = match super::command::split(text) {
        Some((name, _)) => {
            let begin = text.find(name).unwrap_or_default();
            out.push_str(&text[..begin]);
            coloured(&mut out, COMMAND, name);
            &text[begin + name.len()..]
        }
        None => text,
    };
    let found = scan(code);
    for (index, token) in found.tokens.iter().enumerate() {
        let word = token.of(code);
        let next = found.tokens.get(index + 1).map(|next| next.of(code));
        let colour = match token.kind {
            Kind::Comment => Some(COMMENT),
            Kind::Text => Some(TEXT),
            Kind::Number => Some(NUMBER),
            Kind::Word if next == Some("::") => Some(NAMESPACE),
            Kind::Word if KEYWORDS.contains(&word) => Some(KEYWORD),
            Kind::Word if next == Some("(") => Some(CALLED),
            _ => None,
        };
        match colour {
            Some(colour) => coloured(&mut out, colour, word),
            None => out.push_str(word),
        }
    }
    out
}

/// A hint: there, but not entered.
pub(super) fn quiet(text: &str) -> String {
    let mut out = String::new();
    coloured(&mut out, COMMENT, text);
    out
}

fn coloured(out: &mut String, colour: &str, text: &str) {
    out.push_str("\u{1b}[");
    out.push_str(colour);
    out.push('m');
    out.push_str(text);
    out.push_str("\u{1b}[0m");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bare(text: &str) -> String {
        let mut parts = text.split('\u{1b}');
        let first = parts.next().unwrap_or_default().to_owned();
        parts.fold(first, |out, part| out + part.split_once('m').map_or("", |(_, rest)| rest))
    }

    #[test]
    fn words_are_coloured_by_what_they_are() {
        let shown = paint("let g = eks::get(\"a\", `b ${n + 1}`); // 说").replace('\u{1b}', "~");
        assert_eq!(
            shown,
            "~[35mlet~[0m g = ~[34meks~[0m::~[33mget~[0m(~[32m\"a\"~[0m, ~[32m`b ~[0m${n + ~[36m1~[0m}~[32m`~[0m); \
             ~[2m// 说~[0m"
        );
        assert_eq!(paint(":time 1").replace('\u{1b}', "~"), "~[1;36m:time~[0m ~[36m1~[0m");
    }

    proptest! {
        #[test]
        fn colours_add_nothing_else(text in "[a-c:{}$`\"'#/*\\\\1.节( \n]{0,30}") {
            prop_assert_eq!(bare(&paint(&text)), text);
        }
    }
}
