//! Where the cursor stands: in which literal, which call, which argument, under which key of an option map.

use super::scan::{Kind, Token, scan};

/// A bracket that is open at the cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Bracket {
    pub(super) kind: BracketKind,
    /// How many commas stand behind it.
    pub(super) commas: usize,
    /// Whether anything stands between the last comma and the cursor.
    pub(super) begun: bool,
    /// In a map: the key whose value is being written.
    pub(super) key: Option<String>,
}

/// What a bracket opens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum BracketKind {
    /// A call: what is called, and where its name begins.
    Call { path: String, method: bool, start: usize },
    /// `(` of an expression.
    Group,
    /// `[`
    List,
    /// `#{`
    Map,
    /// `{`, `${`
    Block,
}

/// Where the cursor stands.
#[derive(Debug)]
pub(super) struct Context {
    /// Brackets that are open, outermost first.
    pub(super) open: Vec<Bracket>,
    /// Where the content of the string begins in which the cursor stands.
    pub(super) text: Option<usize>,
    /// The tokens that count, spaces and comments left out.
    pub(super) tokens: Vec<Token>,
    /// Whether the cursor stands in a comment.
    pub(super) comment: bool,
}

impl Context {
    /// Looks at the text before the cursor.
    pub(super) fn of(before: &str) -> Self {
        let found = scan(before);
        let comment = found.tokens.last().is_some_and(|token| token.kind == Kind::Comment);
        let tokens: Vec<Token> =
            found.tokens.into_iter().filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment)).collect();
        let text = found.in_text.then(|| tokens.last().map_or(0, |token| content_start(token.of(before), token.start)));
        let mut open: Vec<Bracket> = Vec::new();
        for (index, token) in tokens.iter().enumerate() {
            let word = token.of(before);
            if token.kind != Kind::Sign {
                open.iter_mut().last().into_iter().for_each(|bracket| bracket.begun = true);
                continue;
            }
            match word {
                "(" | "[" | "{" | "#{" | "${" => {
                    open.iter_mut().last().into_iter().for_each(|bracket| bracket.begun = true);
                    let kind = match word {
                        "(" => callee(before, &tokens[..index]).unwrap_or(BracketKind::Group),
                        "[" => BracketKind::List,
                        "#{" => BracketKind::Map,
                        _ => BracketKind::Block,
                    };
                    open.push(Bracket { kind, commas: 0, begun: false, key: None });
                }
                ")" | "]" | "}" => drop(open.pop()),
                "," => {
                    if let Some(bracket) = open.last_mut() {
                        (bracket.commas, bracket.begun, bracket.key) = (bracket.commas + 1, false, None);
                    }
                }
                ":" => {
                    if let Some(bracket) = open.last_mut().filter(|bracket| bracket.kind == BracketKind::Map) {
                        let key = index.checked_sub(1).and_then(|index| tokens.get(index));
                        bracket.key = key.map(|key| key.of(before).trim_matches('"').to_owned());
                    }
                }
                _ => open.iter_mut().last().into_iter().for_each(|bracket| bracket.begun = true),
            }
        }
        Context { open, text, tokens, comment }
    }

    /// The innermost call with the option path at the cursor: `("eks::nodegroup", ["spot"])` inside of
    /// `eks::nodegroup("a", #{ spot: #{ `. Lists between are looked through. `None` outside of a literal map.
    pub(super) fn option(&self) -> Option<(&str, Vec<&str>)> {
        let mut keys = Vec::new();
        let mut in_map = false;
        for bracket in self.open.iter().rev() {
            match &bracket.kind {
                BracketKind::Map => {
                    in_map = true;
                    keys.extend(bracket.key.as_deref());
                }
                BracketKind::List => {}
                BracketKind::Call { path, .. } if in_map => {
                    keys.reverse();
                    return Some((path, keys));
                }
                _ => return None,
            }
        }
        None
    }

    /// Whether a key of a map is to be written here.
    pub(super) fn at_key(&self) -> bool {
        self.open.last().is_some_and(|bracket| bracket.kind == BracketKind::Map && bracket.key.is_none())
    }

    /// The innermost call.
    pub(super) fn call(&self) -> Option<(&str, bool, usize, &Bracket)> {
        self.open.iter().rev().find_map(|bracket| match &bracket.kind {
            BracketKind::Call { path, method, start } => Some((path.as_str(), *method, *start, bracket)),
            _ => None,
        })
    }
}

/// Where the content of a string begins.
fn content_start(text: &str, start: usize) -> usize {
    let opening = text.trim_start_matches('#').strip_prefix(['"', '`']);
    start + opening.map_or(0, |rest| text.len() - rest.len())
}

/// What stands before `(`: `name`, `space::name`, or a method behind a dot.
fn callee(text: &str, before: &[Token]) -> Option<BracketKind> {
    let mut at = before.len().checked_sub(1)?;
    let word = before.get(at).filter(|token| token.kind == Kind::Word)?;
    if super::paint::KEYWORDS.contains(&word.of(text)) {
        return None;
    }
    while at >= 2 && before[at - 1].of(text) == "::" && before[at - 2].kind == Kind::Word {
        at -= 2;
    }
    let method = at > 0 && matches!(before[at - 1].of(text), "." | "?.");
    let defined = at > 0 && before[at - 1].of(text) == "fn";
    let path = before[at..].iter().map(|token| token.of(text)).collect();
    (!defined).then_some(BracketKind::Call { path, method, start: before[at].start })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_found_through_lists_and_maps() {
        let option = |text| Context::of(text).option().map(|(path, keys)| format!("{path} {}", keys.join(".")));
        assert_eq!(option("let g = eks::nodegroup(\"a\", #{ spot: #{ st").as_deref(), Some("eks::nodegroup spot"));
        assert_eq!(option("eks::nodegroup(\"a\", #{ min: 1, ").as_deref(), Some("eks::nodegroup "));
        assert_eq!(option("eks::nodegroup(\"a\", #{ types: [\"m5").as_deref(), Some("eks::nodegroup types"));
        assert_eq!(option("eks::nodegroup(\"a\", #{ f: || { "), None);
        assert_eq!(option("eks::nodegroup("), None);
        assert_eq!(option("let a = #{ b"), None);
        assert!(Context::of("f(#{ a").at_key() && !Context::of("f(#{ a: b").at_key());
    }

    #[test]
    fn calls_know_their_argument() {
        let call = |text| Context::of(text).call().map(|(path, method, _, at)| (path.to_owned(), method, at.commas));
        assert_eq!(call("x.y(eks::get(\"a\", "), Some(("eks::get".into(), false, 1)));
        assert_eq!(call("x.y(1, [2, 3], "), Some(("y".into(), true, 2)));
        assert_eq!(call("if (a"), None);
        assert_eq!(call("fn f(a"), None);
        assert_eq!(call("`a ${f(1, "), Some(("f".into(), false, 1)));
    }

    #[test]
    fn strings_are_known_from_their_first_character_on() {
        assert_eq!(Context::of("f(\"ab").text, Some(3));
        assert_eq!(Context::of("f(\"ab\"").text, None);
        assert_eq!(Context::of("`a ${b").text, None);
        assert!(Context::of("1 // a").comment);
    }
}
