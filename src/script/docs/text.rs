//! Documentation for a terminal.

use super::data::options;
use super::{overview, parts};
use crate::script::catalog::{Catalog, Entry, OptionKey, Topic, is_plain};
use crate::script::render::Look;

/// Columns that text of many lines is kept to, however wide the terminal is.
const READABLE: usize = 100;

/// What there is, a line each.
pub fn all(catalog: &Catalog, look: Look) -> String {
    let mut text = String::new();
    for (title, rows) in overview(catalog) {
        text.push_str(&format!("{}\n{}\n", bold(title, look), table(&rows, look)));
    }
    text.push_str("`spotscript docs NAME` tells more of a namespace, a function, a type or a module.\n");
    text
}

/// One topic.
pub fn topic(topic: &Topic<'_>, look: Look) -> String {
    if !topic.collection {
        let told: Vec<String> = topic.entries.iter().map(|entry| self::entry(entry, look)).collect();
        return told.join("\n");
    }
    let mut text = format!("{}\n{}", bold(&topic.title, look), wrap(&topic.about, "  ", look));
    // What the language's own types have is called on their values, and is a function all the same.
    let plain = is_plain(&topic.title);
    for (title, entries) in parts(&topic.entries) {
        let title = if plain && title == "Functions" { "Methods" } else { title };
        text.push_str(&format!("\n{}\n", bold(title, look)));
        for entry in entries {
            let head = if plain { entry.head_as_method() } else { entry.head() };
            text.push_str(&format!("  {head}\n{}", wrap(&entry.summary(), "      ", look)));
        }
    }
    text
}

/// One entry in full.
pub fn entry(entry: &Entry, look: Look) -> String {
    let mut text = format!("{}\n", bold(&entry.head(), look));
    let keys = options(entry);
    // The table below says it better.
    let told = |paragraph: &&str| !paragraph.is_empty() && (keys.is_empty() || !paragraph.starts_with("Options: "));
    for paragraph in entry.description().split("\n\n").filter(told) {
        text.push_str(&format!("\n{}", wrap(paragraph, "  ", look)));
    }
    if !keys.is_empty() {
        text.push_str(&format!("\n{}\n", bold("Options", look)));
        for key in keys {
            text.push_str(&wrap_from(&format!("{}: {}", key.path, kind(key)), "  ", "      ", look));
            text.push_str(&wrap(&key.documentation, "      ", look));
        }
    }
    let examples = entry.examples();
    if !examples.is_empty() {
        text.push_str(&format!("\n{}\n", bold(if examples.len() == 1 { "Example" } else { "Examples" }, look)));
        let shown: Vec<String> = examples.iter().map(|example| textwrap::indent(example, "  ")).collect();
        text.push_str(&shown.join("\n"));
    }
    if entry.own && !entry.scripted {
        text.push_str(&format!("\n  Since {}\n", entry.since()));
    }
    text
}

/// A page in Markdown: headings, paragraphs and fenced code are all it has.
pub fn page(markdown: &str, look: Look) -> String {
    let (mut text, mut paragraph, mut code) = (String::new(), Vec::new(), false);
    // The empty line at the end ends the last paragraph.
    for line in markdown.lines().chain([""]) {
        let fence = line.starts_with("```");
        if code && !fence {
            text.push_str(&format!("    {line}"));
            text.truncate(text.trim_end_matches(' ').len());
            text.push('\n');
        } else if fence || line.is_empty() || line.starts_with('#') {
            let wrapped = wrap(&paragraph.join(" "), "  ", look);
            paragraph.clear();
            text.push_str(&wrapped);
            match line.trim_start_matches('#') {
                heading if line.starts_with('#') => text.push_str(&format!("{}\n", bold(heading.trim(), look))),
                "" => text.push('\n'),
                _ => code = !code,
            }
        } else {
            paragraph.push(line);
        }
    }
    format!("{}\n", text.trim_end())
}

/// Type of an option, and what it may be.
pub(super) fn kind(key: &OptionKey) -> String {
    let mut text = key.kind.to_string();
    if !key.kind.choices().is_empty() {
        text.push_str(&format!(", one of `{}`", key.kind.choices().join("`, `")));
    }
    if key.required {
        text.push_str(", required");
    }
    text
}

fn table(rows: &[(String, String)], look: Look) -> String {
    let width = rows.iter().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    let mut text = String::new();
    let rest = " ".repeat(width + 4);
    for (name, about) in rows {
        let options = style(look).subsequent_indent(&rest);
        text.push_str(&textwrap::fill(&format!("  {name:<width$}  {about}"), options));
        text.push('\n');
    }
    text
}

fn wrap(text: &str, indent: &str, look: Look) -> String {
    wrap_from(text, indent, indent, look)
}

/// A paragraph at the terminal's width, its first line indented in its own way.
fn wrap_from(text: &str, first: &str, rest: &str, look: Look) -> String {
    if text.is_empty() {
        return String::new();
    }
    textwrap::fill(&text.replace('\n', " "), style(look).initial_indent(first).subsequent_indent(rest)) + "\n"
}

/// Lines break at spaces alone: a name broken elsewhere could not be copied.
fn style(look: Look) -> textwrap::Options<'static> {
    textwrap::Options::new(look.width.clamp(40, READABLE))
        .word_splitter(textwrap::WordSplitter::NoHyphenation)
        .word_separator(textwrap::WordSeparator::AsciiSpace)
}

fn bold(text: &str, look: Look) -> String {
    if look.colour { format!("\u{1b}[1m{text}\u{1b}[0m") } else { text.to_owned() }
}
