//! Whether an input is whole, or goes on in the next line. The compiler decides: an error at the very end of the text
//! means that something is still to come, an error before it will not go away by typing more.

use rhai::{Engine, LexError, ParseErrorType};

use super::scan::{Open, scan};
use crate::script::source;

/// Whether an input can be run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// It can, or it is wrong in a way that more lines do not mend.
    Whole,
    /// More lines are needed.
    Unfinished,
}

/// Looks at an input. Nothing runs.
pub(super) fn examine(engine: &Engine, text: &str) -> Input {
    let found = scan(text);
    match found.open {
        Open::Backtick | Open::Comment | Open::Quotes { escaped: true } => return Input::Unfinished,
        Open::Quotes { escaped: false } => return Input::Whole,
        Open::Nothing => {}
    }
    let code = &text[..found.code_end];
    let unfinished = match engine.compile(text) {
        // `let f = |x|` compiles: a closure that does nothing. What it does is probably on the next line.
        Ok(_) => code.ends_with('|'),
        Err(error) => match *error.0 {
            ParseErrorType::UnexpectedEOF => true,
            ParseErrorType::BadInput(LexError::UnterminatedString) => false,
            _ => error.1.line().is_none_or(|line| {
                let column = error.1.position().unwrap_or(1);
                source::span(text, line, column).start >= found.code_end
            }),
        },
    };
    if unfinished { Input::Unfinished } else { Input::Whole }
}

/// Whether an input of several lines ends with an empty one: the way out of any input that does not end.
pub(super) fn ends_empty(text: &str) -> bool {
    text.rsplit_once('\n').is_some_and(|(_, last)| last.trim().is_empty())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn engine() -> Engine {
        crate::script::engine::syntax().unwrap()
    }

    #[test]
    fn what_goes_on_is_unfinished() {
        let engine = engine();
        for text in [
            "fn f()",
            "fn f(a,",
            "fn f() {",
            "if x {",
            "let x =",
            "1 +",
            "[1, 2",
            "#{ a: 1,",
            "f(",
            "a::",
            "x.",
            "import \"a\" as",
            "import \"a\"  as  // b",
            "`a",
            "`a ${b}",
            "`a ${1 +",
            "/* a",
            "let f = |x|",
            "step \"a\"",
            "step \"a\" {",
            "step",
            "if true {} else",
            "for a in",
            "while true",
            "loop {\n  break;",
            "\"a \\",
            "switch 1 {",
            "try {} catch (e)",
            "let",
            "f(1) +  // and\n  // so on",
            "do {} while",
        ] {
            assert_eq!(examine(&engine, text), Input::Unfinished, "{text}");
        }
    }

    #[test]
    fn what_is_whole_or_wrong_is_not() {
        let engine = engine();
        for text in [
            "1",
            "1 2",
            "}",
            "let = 3",
            "x",
            "f()",
            "fn f() {}",
            "\"a",
            "let x = \"a\nb",
            "`a`",
            "// a",
            "/* a */",
            "step \"a\" { 1 }",
            "if x {}",
            "[1, 2]",
            "1 +* 2",
            "let x = 1 }",
            ")",
            "",
            "eks::list(\"a\")",
            "match",
            "|x| x + 1",
            "x = `a ${#{ b: 1 }.b} c`;",
        ] {
            assert_eq!(examine(&engine, text), Input::Whole, "{text}");
        }
    }

    #[test]
    fn an_empty_line_ends_everything() {
        assert!(ends_empty("fn f() {\n") && ends_empty("fn f() {\n  \n  "));
        assert!(!ends_empty("fn f() {") && !ends_empty("") && !ends_empty("fn f() {\n\n  1"));
    }
}
