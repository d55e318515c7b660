//! What stands before each line of a text: where the last character of code before it ends.

/// The character of code that stands last before a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// No code at all.
    Nothing,
    /// This one, which ends at this byte.
    Code(char, usize),
    /// The line begins in a text or in a comment.
    Inside,
}

/// What a place in a text is in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum In {
    /// Code; in an interpolation, with the number of braces that are open in it.
    Code(Option<usize>),
    /// A text that this character closes.
    Text(char),
    Comment,
    /// A comment of several lines, with how many are open in each other.
    Block(usize),
}

/// For each line of `text`, what stands before it.
pub(super) fn lines(text: &str) -> Vec<Before> {
    let mut around = vec![In::Code(None)];
    let mut last = Before::Nothing;
    let mut found = vec![Before::Nothing];
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let place = around.last().copied().unwrap_or(In::Code(None));
        if c == '\n' {
            if place == In::Comment {
                around.pop();
            }
            let inside = matches!(around.last(), Some(In::Text(_) | In::Block(_)));
            found.push(if inside { Before::Inside } else { last });
            continue;
        }
        let mut open = |inside: In| around.push(inside);
        match (place, c) {
            (In::Code(_), '/') if next == Some('/') => open(In::Comment),
            (In::Code(_), '/') if next == Some('*') => {
                characters.next();
                open(In::Block(1));
            }
            (In::Code(_), '"' | '`' | '\'') => open(In::Text(c)),
            (In::Code(Some(0)), '}') => drop(around.pop()),
            (In::Code(Some(braces)), '{' | '}') => {
                let braces = if c == '{' { braces + 1 } else { braces - 1 };
                around.pop();
                around.push(In::Code(Some(braces)));
                last = Before::Code(c, at + 1);
            }
            (In::Code(_), c) if !c.is_whitespace() => last = Before::Code(c, at + c.len_utf8()),
            (In::Text('`'), '$') if next == Some('{') => {
                characters.next();
                last = Before::Code('{', at + 2);
                open(In::Code(Some(0)));
            }
            (In::Text(quote), '\\') if quote != '`' => drop(characters.next_if(|(_, next)| *next != '\n')),
            (In::Text(quote), c) if c == quote => {
                around.pop();
                last = Before::Code(c, at + 1);
            }
            (In::Block(depth), '/') if next == Some('*') => {
                characters.next();
                around.pop();
                around.push(In::Block(depth + 1));
            }
            (In::Block(depth), '*') if next == Some('/') => {
                characters.next();
                around.pop();
                if depth > 1 {
                    around.push(In::Block(depth - 1));
                }
            }
            _ => {}
        }
    }
    found
}

/// The last character of code in `text`, and the byte where it ends.
pub(super) fn last(text: &str) -> Option<(char, usize)> {
    match lines(&format!("{text}\n")).last() {
        Some(Before::Code(c, end)) => Some((*c, *end)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_texts_are_no_code() {
        let text = "// a;\nlet a = 1; // b {\n/* c; /* d */\n*/ f();\n\"}\\\"\n;\";\n`x${ {1} \n}y;\n`;\nz";
        let shown = |before: &Before| match before {
            Before::Nothing => "nothing".to_owned(),
            Before::Inside => "inside".to_owned(),
            Before::Code(c, at) => {
                assert!(text[..*at].ends_with(*c));
                text[..*at].lines().last().unwrap_or_default().to_owned()
            }
        };
        let before: Vec<String> = lines(text).iter().map(shown).collect();
        let wanted =
            ["nothing", "nothing", "let a = 1;", "inside", "*/ f();", "inside", ";\";", "`x${ {1}", "inside", "`;"];
        assert_eq!(before, wanted);
    }
}
