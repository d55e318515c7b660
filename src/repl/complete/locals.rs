//! Variables that an unfinished input declares itself: by `let` and `const`, by `for … in`, as a closure's parameter.

use rhai::Engine;

use super::chain;
use crate::repl::names::Names;
use crate::repl::scan::{Kind as Sort, Token, scan};
use crate::script::types::Kind;

/// The variables that `before` declares with their types, later ones last. Nothing is evaluated.
pub(super) fn locals(engine: &Engine, before: &str, names: &Names) -> Vec<(String, Kind)> {
    let tokens: Vec<Token> = scan(before).tokens;
    let tokens: Vec<Token> =
        tokens.into_iter().filter(|token| !matches!(token.kind, Sort::Space | Sort::Comment)).collect();
    let mut found: Vec<(String, Kind)> = Vec::new();
    for (place, token) in tokens.iter().enumerate() {
        let rest = tokens.get(place + 1..).unwrap_or_default();
        let declared = match (token.kind, token.of(before)) {
            (Sort::Word, "let" | "const") => made(engine, before, rest, names, &found),
            (Sort::Word, "for") => looped(engine, before, rest, names, &found),
            (Sort::Sign, "|") => taken(engine, before, &tokens, place, names, &found),
            _ => None,
        };
        found.extend(declared);
    }
    found
}

/// `let NAME = VALUE;`
fn made(
    engine: &Engine,
    before: &str,
    rest: &[Token],
    names: &Names,
    known: &[(String, Kind)],
) -> Option<(String, Kind)> {
    let [name, equals, value @ ..] = rest else { return None };
    (name.kind == Sort::Word && equals.of(before) == "=").then_some(())?;
    let text = up_to(before, value, ";")?;
    Some((name.of(before).to_owned(), names.kind_among(engine, text, known)))
}

/// `for NAME in LIST {`, or with a counter, `for (NAME, COUNTER) in LIST {`.
fn looped(
    engine: &Engine,
    before: &str,
    rest: &[Token],
    names: &Names,
    known: &[(String, Kind)],
) -> Option<(String, Kind)> {
    let within = rest.iter().position(|token| token.of(before) == "in")?;
    let name = rest.get(..within)?.iter().find(|token| token.kind == Sort::Word)?;
    let text = up_to(before, rest.get(within + 1..)?, "{")?;
    let list = names.kind_among(engine, text, known);
    Some((name.of(before).to_owned(), names.index().element(&list)))
}

/// `LIST.method(|NAME`: the closure gets each element.
fn taken(
    engine: &Engine,
    before: &str,
    tokens: &[Token],
    place: usize,
    names: &Names,
    known: &[(String, Kind)],
) -> Option<(String, Kind)> {
    let (bracket, name) = (tokens.get(place.checked_sub(1)?)?, tokens.get(place + 1)?);
    (bracket.of(before) == "(" && name.kind == Sort::Word).then_some(())?;
    let (receiver, _method) = chain(before.get(..bracket.start)?).rsplit_once('.')?;
    let list = names.kind_among(engine, receiver, known);
    Some((name.of(before).to_owned(), names.index().element(&list)))
}

/// The text of the tokens before the first that is `end`, outside of brackets; `None` if it does not come.
fn up_to<'a>(before: &'a str, tokens: &[Token], end: &str) -> Option<&'a str> {
    let mut depth = 0usize;
    for token in tokens {
        match token.of(before) {
            text if text == end && depth == 0 => return before.get(tokens.first()?.start..token.start),
            "(" | "[" | "{" | "#{" | "${" => depth += 1,
            ")" | "]" | "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    None
}
