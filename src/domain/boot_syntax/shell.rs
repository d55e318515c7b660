//! A shell script, followed as far as it decides what the node is told: files written by `cat`, variables, sourced
//! files, and the call of `/etc/eks/bootstrap.sh`. Whatever else it runs is taken to work.

use std::collections::HashMap;

/// Deepest nesting of scripts that call scripts.
const MAX_DEPTH: usize = 8;
/// Most commands followed.
const MAX_COMMANDS: usize = 10_000;

/// What a script came to.
#[derive(Debug, Default)]
pub struct Shell {
    files: HashMap<String, String>,
    variables: HashMap<String, String>,
    /// Words of the bootstrap's call.
    pub bootstrap: Option<Vec<String>>,
    commands: usize,
}

impl Shell {
    /// Follows a script.
    ///
    /// # Errors
    /// What the shell would say.
    pub fn run(&mut self, text: &str, depth: usize) -> Result<(), String> {
        if depth > MAX_DEPTH {
            return Err("maximum nesting of scripts exceeded".to_owned());
        }
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let mut line = line.to_owned();
            while let Some(head) = line.strip_suffix('\\') {
                line = format!("{head}{}", lines.next().unwrap_or_default());
            }
            // Quotes that are open take the next line in.
            while open_quote(&line) {
                match lines.next() {
                    Some(next) => line = format!("{line}\n{next}"),
                    None => return Err("unexpected EOF while looking for matching quote".to_owned()),
                }
            }
            if let Some((command, end, literal)) = here_document(&line) {
                let mut body = String::new();
                for next in lines.by_ref() {
                    if next.trim_start_matches('\t') == end {
                        break;
                    }
                    body.push_str(next);
                    body.push('\n');
                }
                let body = if literal { body } else { self.expand(&body) };
                let words = self.words(&command);
                if let Some(at) = words.iter().position(|word| word == ">")
                    && let Some(path) = words.get(at + 1)
                {
                    self.files.insert(path.clone(), body);
                }
                continue;
            }
            for command in commands(&line) {
                self.command(&command, depth)?;
            }
        }
        Ok(())
    }

    fn command(&mut self, text: &str, depth: usize) -> Result<(), String> {
        self.commands += 1;
        if self.commands > MAX_COMMANDS {
            return Err("too many commands".to_owned());
        }
        let mut words = self.words(text);
        while let Some((name, value)) = words.first().and_then(|word| assignment(word)) {
            self.variables.insert(name, value);
            words.remove(0);
        }
        if words.first().is_some_and(|word| matches!(word.as_str(), "exec" | "sudo")) {
            words.remove(0);
        }
        let rest = words.get(1..).unwrap_or_default();
        match words.first().map(String::as_str) {
            Some("export" | "declare" | "local" | "readonly") => {
                for (name, value) in rest.iter().filter_map(|word| assignment(word)) {
                    self.variables.insert(name, value);
                }
            }
            Some("." | "source" | "bash" | "sh" | "/bin/bash" | "/bin/sh") => {
                if let Some(script) = rest.first().and_then(|path| self.files.get(path)).cloned() {
                    self.run(&script, depth + 1)?;
                }
            }
            Some(program) if program == "/etc/eks/bootstrap.sh" || program.ends_with("/eks/bootstrap.sh") => {
                self.bootstrap = Some(rest.to_vec());
            }
            _ => {}
        }
        Ok(())
    }

    /// Splits into words: quotes, escapes and variables as a shell takes them. `>` is a word.
    fn words(&self, text: &str) -> Vec<String> {
        let mut words: Vec<String> = Vec::new();
        let mut word: Option<String> = None;
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            match c {
                '\'' => {
                    let word = word.get_or_insert_default();
                    for (_, c) in chars.by_ref() {
                        if c == '\'' {
                            break;
                        }
                        word.push(c);
                    }
                }
                '"' => {
                    let mut inside = String::new();
                    while let Some((_, c)) = chars.next() {
                        match c {
                            '"' => break,
                            '\\' if chars.peek().is_some_and(|(_, next)| "\"\\$`".contains(*next)) => {
                                // A dollar that is escaped is none.
                                let next = chars.next().map(|(_, next)| next).unwrap_or_default();
                                inside.push(if next == '$' { '\u{0}' } else { next });
                            }
                            c => inside.push(c),
                        }
                    }
                    word.get_or_insert_default().push_str(&self.expand(&inside).replace('\u{0}', "$"));
                }
                '\\' => word.get_or_insert_default().extend(chars.next().map(|(_, c)| c)),
                '$' => {
                    let rest = &text[at..];
                    let length = variable(rest).map_or(1, |(_, length)| length);
                    word.get_or_insert_default().push_str(&self.expand(&rest[..length]));
                    for _ in 1..rest[..length].chars().count() {
                        chars.next();
                    }
                }
                '#' if word.is_none() => break,
                '>' | '<' => {
                    words.extend(word.take());
                    words.push(c.to_string());
                }
                c if c.is_whitespace() => words.extend(word.take()),
                c => word.get_or_insert_default().push(c),
            }
        }
        words.extend(word);
        words
    }

    fn expand(&self, text: &str) -> String {
        let mut expanded = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('$') {
            expanded.push_str(&rest[..at]);
            rest = &rest[at..];
            match variable(rest) {
                Some((name, length)) => {
                    expanded.push_str(self.variables.get(name).map(String::as_str).unwrap_or_default());
                    rest = &rest[length..];
                }
                None => {
                    expanded.push('$');
                    rest = &rest[1..];
                }
            }
        }
        expanded.push_str(rest);
        expanded
    }
}

/// The variable that begins at this `$`, and how long it is written.
fn variable(text: &str) -> Option<(&str, usize)> {
    let after = text.strip_prefix('$')?;
    let end = |text: &str| text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    if let Some(inside) = after.strip_prefix('{') {
        let close = inside.find('}')?;
        let name = &inside[..end(inside).min(close)];
        return (!name.is_empty()).then_some((name, close + 3));
    }
    let name = &after[..end(after)];
    (!name.is_empty()).then_some((name, name.len() + 1))
}

fn assignment(word: &str) -> Option<(String, String)> {
    let (name, value) = word.split_once('=')?;
    let good = !name.is_empty()
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !name.starts_with(|c: char| c.is_ascii_digit());
    good.then(|| (name.to_owned(), value.to_owned()))
}

/// Whether a quote is open at the end.
fn open_quote(line: &str) -> bool {
    let mut open = None;
    let mut chars = line.chars();
    let mut before = ' ';
    while let Some(c) = chars.next() {
        match (open, c) {
            (None, '#') if before.is_whitespace() => return false,
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (None | Some('"'), '\\') => {
                chars.next();
            }
            _ => {}
        }
        before = c;
    }
    open.is_some()
}

/// Commands of a line: what `;`, `&&` and `||` part, outside quotes.
fn commands(line: &str) -> Vec<String> {
    let mut commands = vec![String::new()];
    let mut open = None;
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (None, ';') => {
                commands.push(String::new());
                continue;
            }
            (None, '&' | '|') if chars.peek() == Some(&c) => {
                chars.next();
                commands.push(String::new());
                continue;
            }
            _ => {}
        }
        if let Some(last) = commands.last_mut() {
            last.push(c);
            if c == '\\' && open != Some('\'') {
                last.extend(chars.next());
            }
        }
    }
    commands
}

/// A line that a here-document follows: the command, the end marker, and whether its text is taken as it is.
fn here_document(line: &str) -> Option<(String, String, bool)> {
    let mut open = None;
    let mut at = None;
    for (index, c) in line.char_indices() {
        match (open, c) {
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            (None, '#') => return None,
            (None, '<') if line[index..].starts_with("<<") => {
                at = Some(index);
                break;
            }
            _ => {}
        }
    }
    let (command, marker) = line.split_at(at?);
    let marker = &marker[2..];
    if marker.starts_with('<') {
        return None;
    }
    let marker = marker.trim_start_matches('-').trim();
    let end = marker.split_whitespace().next()?;
    let bare = end.trim_matches(['\'', '"']);
    Some((command.to_owned(), bare.to_owned(), bare != end))
}
