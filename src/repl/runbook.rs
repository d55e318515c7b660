//! From the inputs of a session to a runbook that runs: imports first, each function once, the last value under its
//! name `it` where a later input uses it.

use std::collections::HashSet;

use super::scan::{Kind, Token, scan};
use super::session::Kept;

/// A part of an input.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Item {
    Import { path: Option<String>, alias: String, text: String },
    Function { name: String, parameters: usize, text: String },
    Rest { text: String, value: bool },
}

/// The runbook that does what the inputs did. `file` is where it will stand.
pub(super) fn write(inputs: &[&Kept], file: &str) -> String {
    let items: Vec<Vec<Item>> = inputs.iter().map(|input| items(input)).collect();
    let mut imports: Vec<(String, String)> = Vec::new();
    for item in items.iter().flatten() {
        if let Item::Import { path, alias, text } = item {
            let text = path.as_ref().map_or(text.clone(), |path| import(&beside(path, file), alias));
            imports.retain(|(known, _)| known != alias);
            imports.push((alias.clone(), text));
        }
    }
    let mut out = String::from("//! Saved from a session.\n");
    for (_, text) in &imports {
        out.push('\n');
        out.push_str(text);
    }
    out.push_str(if imports.is_empty() { "\n" } else { "\n\n" });
    // A function that was written twice counts as written last, where it was written first.
    let mut written: HashSet<(&str, usize)> = HashSet::new();
    for (index, parts) in items.iter().enumerate() {
        let later = &inputs[index + 1..];
        let until = later.iter().position(|input| input.value).map_or(later.len(), |at| at + 1);
        let used = later[..until].iter().any(|input| uses(&input.text, "it"));
        for part in parts {
            match part {
                Item::Import { .. } => {}
                Item::Function { name, parameters, .. } => {
                    if written.insert((name, *parameters)) {
                        let gap = if out.ends_with("\n\n") { "" } else { "\n" };
                        let text = with_imports(&last_of(&items, name, *parameters), &imports);
                        out.push_str(&format!("{gap}{text}\n\n"));
                    }
                }
                Item::Rest { text, value } => {
                    out.push_str(&statement(text, *value, used));
                    out.push('\n');
                }
            }
        }
    }
    format!("{}\n", out.trim_end())
}

/// Functions that were written more than once, and not the same each time.
pub(super) fn rewritten(inputs: &[&Kept]) -> Vec<String> {
    let items: Vec<Vec<Item>> = inputs.iter().map(|input| items(input)).collect();
    let mut names: Vec<String> = vec![];
    for item in items.iter().flatten() {
        if let Item::Function { name, parameters, text } = item
            && last_of(&items, name, *parameters) != *text
            && !names.contains(name)
        {
            names.push(name.clone());
        }
    }
    names
}

fn import(path: &str, alias: &str) -> String {
    format!("import \"{path}\" as {alias};")
}

fn statement(text: &str, value: bool, used: bool) -> String {
    let code = text.trim().trim_end_matches(';').trim_end();
    // Imports may leave nothing but a comment behind.
    let end = scan(code).code_end;
    if end == 0 {
        return code.to_owned();
    }
    let (code, comment) = code.split_at(end);
    let code = code.trim_end_matches(';').trim_end();
    let quiet = ["check", "step", "require"].iter().any(|word| first_word(code) == *word);
    match (value, used, quiet) {
        (true, true, false) => format!("let it = {code};{comment}\nprint(it);"),
        (true, true, true) => format!("let it = {code};{comment}"),
        (true, false, false) => format!("print({code});{comment}"),
        // The engine takes a `;` behind a block for an empty statement; people do not write it.
        _ if code.ends_with('}') && !value && is_block(code) => format!("{code}{comment}"),
        _ => format!("{code};{comment}"),
    }
}

fn is_block(code: &str) -> bool {
    ["if", "for", "while", "loop", "step", "try", "switch", "{"].contains(&first_word(code))
}

fn first_word(code: &str) -> &str {
    let found = scan(code).tokens.into_iter().find(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
    found.map_or("", |token| token.of(code))
}

/// Whether a text has this variable.
fn uses(text: &str, name: &str) -> bool {
    let tokens: Vec<Token> = scan(text).tokens.into_iter().filter(|token| token.kind != Kind::Space).collect();
    tokens.iter().enumerate().any(|(index, token)| {
        let before = index.checked_sub(1).map_or("", |before| tokens[before].of(text));
        token.kind == Kind::Word && token.of(text) == name && !matches!(before, "." | "::" | "?.")
    })
}

fn last_of(items: &[Vec<Item>], wanted: &str, count: usize) -> String {
    let found = items.iter().flatten().rev().find_map(|item| match item {
        Item::Function { name, parameters, text } if name == wanted && *parameters == count => Some(text.clone()),
        _ => None,
    });
    found.unwrap_or_default()
}

/// Functions of a script do not see its imports, those of a session do: each gets what it uses.
fn with_imports(text: &str, imports: &[(String, String)]) -> String {
    let tokens: Vec<Token> =
        scan(text).tokens.into_iter().filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment)).collect();
    let is_used = |alias: &str| tokens.windows(2).any(|pair| pair[0].of(text) == alias && pair[1].of(text) == "::");
    let needed: Vec<&str> =
        imports.iter().filter(|(alias, _)| is_used(alias)).map(|(_, import)| import.as_str()).collect();
    match tokens.iter().find(|token| token.of(text) == "{") {
        Some(body) if !needed.is_empty() => {
            let (head, rest) = text.split_at(body.end);
            format!("{head}\n    {}{}{rest}", needed.join("\n    "), if rest.starts_with('\n') { "" } else { "\n   " })
        }
        _ => text.to_owned(),
    }
}

/// A path as a file at `file` has to write it: relative ones were meant from the working directory.
fn beside(path: &str, file: &str) -> String {
    let folders = file.trim_start_matches("./").matches('/').count();
    if !path.starts_with('.') || folders == 0 || file.starts_with('/') || file.contains("..") {
        return path.to_owned();
    }
    format!("{}{}", "../".repeat(folders), path.trim_start_matches("./"))
}

fn items(input: &Kept) -> Vec<Item> {
    let mut items = all_items(input);
    if !input.ok {
        items.retain(|item| matches!(item, Item::Function { .. }));
    }
    items
}

fn all_items(input: &Kept) -> Vec<Item> {
    let text = input.text.as_str();
    let found = scan(text);
    let tokens: Vec<Token> = found.tokens.iter().copied().filter(|token| token.kind != Kind::Space).collect();
    let mut items = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let begin = tokens[at].start;
        let first = (at..tokens.len()).find(|index| tokens[*index].kind != Kind::Comment).unwrap_or(at);
        let word = tokens[first].of(text);
        let function =
            word == "fn" || (word == "private" && tokens.get(first + 1).is_some_and(|next| next.of(text) == "fn"));
        let end = end_of(text, &tokens, first, function);
        let piece = text.get(begin..tokens[end - 1].end).unwrap_or_default().trim();
        items.push(match word {
            _ if function => function_of(text, &tokens[first..end], piece),
            "import" => import_of(text, &tokens[first..end], piece, input.folder.as_deref()),
            _ => Item::Rest { text: piece.to_owned(), value: false },
        });
        at = end;
    }
    if input.value
        && let Some(Item::Rest { value, .. }) = items.last_mut()
    {
        *value = true;
    }
    items.retain(|item| !matches!(item, Item::Rest { text, .. } if text.trim_matches(';').trim().is_empty()));
    items
}

/// The index behind the item that begins at `first`.
fn end_of(text: &str, tokens: &[Token], first: usize, function: bool) -> usize {
    let mut depth = 0usize;
    for (index, token) in tokens.iter().enumerate().skip(first) {
        let word = if token.kind == Kind::Sign { token.of(text) } else { "" };
        match word {
            "(" | "[" | "{" | "#{" | "${" => depth += 1,
            ")" | "]" | "}" => {
                depth = depth.saturating_sub(1);
                let next = tokens.get(index + 1).map_or("", |next| next.of(text));
                if depth == 0 && word == "}" && (function || matches!(next, "fn" | "private" | "import")) {
                    return index + 1;
                }
            }
            ";" if depth == 0 => {
                // A comment on the same line belongs to it.
                let line_end = text[token.end..].find('\n').map_or(text.len(), |at| token.end + at);
                let comment =
                    tokens.get(index + 1).is_some_and(|next| next.kind == Kind::Comment && next.start < line_end);
                return index + 1 + usize::from(comment);
            }
            _ => {}
        }
    }
    tokens.len()
}

fn function_of(text: &str, tokens: &[Token], piece: &str) -> Item {
    let named = tokens.iter().skip_while(|token| token.of(text) != "fn").nth(1);
    let inside = tokens.iter().skip_while(|token| token.of(text) != "(").skip(1);
    let parameters = inside.take_while(|token| token.of(text) != ")").filter(|token| token.kind == Kind::Word).count();
    Item::Function { name: named.map_or("", |name| name.of(text)).to_owned(), parameters, text: piece.to_owned() }
}

fn import_of(text: &str, tokens: &[Token], piece: &str, folder: Option<&str>) -> Item {
    let literal = tokens.get(1).filter(|token| token.kind == Kind::Text).map(|token| token.of(text).trim_matches('"'));
    let alias = tokens.iter().skip_while(|token| token.of(text) != "as").nth(1).map_or("", |alias| alias.of(text));
    let path = literal.map(|path| match folder {
        Some(folder) if path.starts_with('.') && !folder.is_empty() => format!("./{folder}/{path}").replace("/./", "/"),
        _ => path.to_owned(),
    });
    Item::Import { path, alias: alias.to_owned(), text: format!("{};", piece.trim_end_matches(';')) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(text: &str, value: bool) -> Kept {
        Kept { number: 1, text: text.to_owned(), ok: true, value, folder: None }
    }

    #[test]
    fn inputs_become_a_runbook() {
        let inputs = [
            kept("let size = 20", false),
            kept("size * 2 // twice", true),
            kept("it + 1", true),
            kept("import \"std/format\" as format; import \"./low\" as low", false),
            kept("/// Told.\nfn told(n) { format::count(n, \"group\") }", false),
            kept("fn told(n) {\n    format::count(n, \"node\")\n}", false),
            kept("for i in 0..2 { print(i) }", false),
            kept("let a = 1; fn f() { 1 } a + f()", true),
            kept("check(\"it holds\", a == 1)", true),
            kept("`it is ${it}`; // so", false),
        ];
        let text = write(&inputs.iter().collect::<Vec<_>>(), "books/a.rhai");
        insta::assert_snapshot!(text, @r#"
        //! Saved from a session.

        import "std/format" as format;
        import "../low" as low;

        let size = 20;
        let it = size * 2; // twice
        print(it);
        print(it + 1);

        fn told(n) {
            import "std/format" as format;
            format::count(n, "node")
        }

        for i in 0..2 { print(i) }
        let a = 1;

        fn f() { 1 }

        print(a + f());
        let it = check("it holds", a == 1);
        `it is ${it}`; // so
        "#);
    }
}
