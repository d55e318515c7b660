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
    let mut reader = Reader { engine, before, names, found: Vec::new() };
    for (place, token) in tokens.iter().enumerate() {
        let rest = tokens.get(place + 1..).unwrap_or_default();
        let declared = match (token.kind, token.of(before)) {
            (Sort::Word, "let" | "const") => reader.made(rest),
            (Sort::Word, "for") => reader.looped(rest),
            (Sort::Sign, "|") => reader.taken(&tokens, place),
            _ => None,
        };
        reader.found.extend(declared);
    }
    reader.found
}

/// What declarations are read with: what was declared before them counts.
struct Reader<'a> {
    engine: &'a Engine,
    before: &'a str,
    names: &'a Names,
    found: Vec<(String, Kind)>,
}

impl Reader<'_> {
    /// `let NAME = VALUE;`
    fn made(&self, rest: &[Token]) -> Option<(String, Kind)> {
        let [name, equals, value @ ..] = rest else { return None };
        (name.kind == Sort::Word && equals.of(self.before) == "=").then_some(())?;
        Some((name.of(self.before).to_owned(), self.kind(up_to(self.before, value, ";")?)))
    }

    /// `for NAME in LIST {`, or with a counter, `for (NAME, COUNTER) in LIST {`.
    fn looped(&self, rest: &[Token]) -> Option<(String, Kind)> {
        let within = rest.iter().position(|token| token.of(self.before) == "in")?;
        let name = rest.get(..within)?.iter().find(|token| token.kind == Sort::Word)?;
        let list = self.kind(up_to(self.before, rest.get(within + 1..)?, "{")?);
        Some((name.of(self.before).to_owned(), self.names.index().element(&list)))
    }

    /// `LIST.method(|NAME`: the closure gets each element.
    fn taken(&self, tokens: &[Token], place: usize) -> Option<(String, Kind)> {
        let (bracket, name) = (tokens.get(place.checked_sub(1)?)?, tokens.get(place + 1)?);
        (bracket.of(self.before) == "(" && name.kind == Sort::Word).then_some(())?;
        let (receiver, _method) = chain(self.before.get(..bracket.start)?).rsplit_once('.')?;
        let list = self.kind(receiver);
        Some((name.of(self.before).to_owned(), self.names.index().element(&list)))
    }

    fn kind(&self, text: &str) -> Kind {
        self.names.kind_among(self.engine, text, &self.found)
    }
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
