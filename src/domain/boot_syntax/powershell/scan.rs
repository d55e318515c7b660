//! A script cut into its statements. Quotes, comments and brackets are PowerShell's.

/// All that PowerShell takes for a single quote.
pub(super) const SINGLE: [char; 5] = ['\'', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}'];
/// All that PowerShell takes for a double quote.
pub(super) const DOUBLE: [char; 4] = ['"', '\u{201c}', '\u{201d}', '\u{201e}'];

/// Deepest nesting of texts in expressions in texts.
const MAX_DEPTH: usize = 32;

/// Where in a text something ends: the index behind it, or what PowerShell says of its missing end.
type End = Result<usize, String>;

/// The statements at a script's top, without comments and joined lines; blocks are part of the statement that has them.
///
/// # Errors
/// PowerShell's sentence about what has no end.
pub(super) fn statements(script: &str) -> Result<Vec<String>, String> {
    let chars: Vec<char> = script.chars().collect();
    let mut found = vec![];
    let mut statement = String::new();
    let mut open: Vec<char> = vec![];
    let mut at = 0;
    // A comment begins where a word may.
    let mut fresh = true;
    while let Some(&c) = chars.get(at) {
        let next = chars.get(at + 1).copied();
        let from = at;
        at += 1;
        match c {
            '#' if fresh => {
                at += chars[at..].iter().take_while(|c| **c != '\n').count();
                continue;
            }
            '<' if next == Some('#') => {
                at = comment(&chars, from)?;
                statement.push(' ');
                continue;
            }
            '`' if next == Some('\n') || (next == Some('\r') && chars.get(at + 1) == Some(&'\n')) => {
                at += if next == Some('\r') { 2 } else { 1 };
                statement.push(' ');
                fresh = true;
                continue;
            }
            '`' if next.is_some() => at += 1,
            '@' if next.is_some_and(|next| here_string(&chars, from, next)) => at = here_end(&chars, from)?,
            c if SINGLE.contains(&c) => at = single_end(&chars, at)?,
            c if DOUBLE.contains(&c) => at = double_end(&chars, at, 0)?,
            '(' | '{' => open.push(c),
            ')' | '}' => {
                let partner = if c == ')' { '(' } else { '{' };
                if open.pop() != Some(partner) {
                    return Err(format!("Unexpected token '{c}' in expression or statement."));
                }
            }
            '\n' | ';' if open.is_empty() => {
                found.push(std::mem::take(&mut statement));
                fresh = true;
                continue;
            }
            _ => {}
        }
        statement.extend(&chars[from..at]);
        fresh = c.is_whitespace() || matches!(c, '(' | '{' | ')' | '}' | ';' | '|' | '&' | ',' | '=');
    }
    match open.last() {
        Some('{') => Err("Missing closing '}' in statement block or type definition.".to_owned()),
        Some(_) => Err("Missing closing ')' in expression.".to_owned()),
        None => {
            found.push(statement);
            found.retain(|statement| !statement.trim().is_empty());
            Ok(found)
        }
    }
}

fn unterminated(end: &str) -> String {
    format!("The string is missing the terminator: {end}.")
}

fn comment(chars: &[char], from: usize) -> End {
    let close = (from + 2..chars.len()).find(|at| chars[*at] == '#' && chars.get(at + 1) == Some(&'>'));
    close.map(|at| at + 2).ok_or_else(|| "The terminator '#>' is missing from the multiline comment.".to_owned())
}

/// Behind the quote that ends the text which began before `at`.
pub(super) fn single_end(chars: &[char], mut at: usize) -> End {
    while let Some(c) = chars.get(at) {
        at += 1;
        if SINGLE.contains(c) {
            match chars.get(at) {
                Some(next) if SINGLE.contains(next) => at += 1,
                _ => return Ok(at),
            }
        }
    }
    Err(unterminated("'"))
}

/// The same for a text in which variables count. Expressions inside may have quotes of their own.
pub(super) fn double_end(chars: &[char], mut at: usize, depth: usize) -> End {
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '`' => at += 1,
            '$' if chars.get(at) == Some(&'(') => {
                at = bracket_end(chars, at, depth + 1).ok_or_else(|| unterminated("\""))?;
            }
            c if DOUBLE.contains(&c) => match chars.get(at) {
                Some(next) if DOUBLE.contains(next) => at += 1,
                _ => return Ok(at),
            },
            _ => {}
        }
    }
    Err(unterminated("\""))
}

/// Behind the bracket that closes the one at `from`; `None` when nothing does.
pub(super) fn bracket_end(chars: &[char], from: usize, depth: usize) -> Option<usize> {
    if depth > MAX_DEPTH {
        return None;
    }
    let mut open = 0_usize;
    let mut at = from;
    while let Some(&c) = chars.get(at) {
        at += 1;
        match c {
            '`' => at += 1,
            '(' | '{' | '[' => open += 1,
            ')' | '}' | ']' => {
                open = open.checked_sub(1)?;
                if open == 0 {
                    return Some(at);
                }
            }
            c if SINGLE.contains(&c) => at = single_end(chars, at).ok()?,
            c if DOUBLE.contains(&c) => at = double_end(chars, at, depth).ok()?,
            _ => {}
        }
    }
    None
}

/// Whether a text over several lines begins: `@'` or `@"` with nothing behind it.
fn here_string(chars: &[char], from: usize, quote: char) -> bool {
    let quoted = SINGLE.contains(&quote) || DOUBLE.contains(&quote);
    let mut rest = chars[from..].iter().skip(2).skip_while(|c| matches!(c, ' ' | '\t' | '\r'));
    quoted && rest.next() == Some(&'\n')
}

/// Behind the `'@` that begins a line.
pub(super) fn here_end(chars: &[char], from: usize) -> End {
    let single = chars.get(from + 1).is_some_and(|quote| SINGLE.contains(quote));
    let quotes: &[char] = if single { &SINGLE } else { &DOUBLE };
    let ends = |at: usize| {
        chars[at] == '\n' && chars.get(at + 1).is_some_and(|c| quotes.contains(c)) && chars.get(at + 2) == Some(&'@')
    };
    let close = (from + 2..chars.len()).find(|at| ends(*at));
    close.map(|at| at + 3).ok_or_else(|| unterminated(if single { "'@" } else { "\"@" }))
}
