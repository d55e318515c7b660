//! A page for every code: what it means, how it looks, how to mend it.

mod pages;

use crate::domain::Code;
use crate::domain::error::{Error, nearest};

/// The page of a code.
pub fn page(code: Code) -> &'static str {
    pages::ALL.iter().find(|(number, _)| *number == code.number()).map_or("", |(_, text)| text.trim_end())
}

/// The title of a code's page.
pub fn title(code: Code) -> &'static str {
    page(code).lines().next().unwrap_or_default().trim_start_matches("# ")
}

/// The code that a text means: `SPOT-0102`, `0102`, `102`.
///
/// # Errors
/// `SPOT-0681` for what is none.
pub fn find(text: &str) -> Result<Code, Error> {
    let plain = text.trim().to_ascii_uppercase();
    let digits = plain.strip_prefix("SPOT").unwrap_or(&plain).trim_start_matches('-');
    let known = |number: u16| Code::ALL.iter().copied().find(|code| code.number() == number);
    if let Some(code) = digits.parse().ok().and_then(known) {
        return Ok(code);
    }
    let error = Error::new(Code::UnknownCode, format!("there is no code `{text}`"));
    let all: Vec<String> = Code::ALL.iter().map(Code::to_string).collect();
    let wanted = digits.parse::<u16>().map_or_else(|_| plain.clone(), |number| format!("SPOT-{number:04}"));
    Err(match nearest(&wanted, all.iter().map(String::as_str)) {
        Some(near) => error.help(format!("did you mean `{near}`? `spotscript explain` lists them all")),
        None => error.help("`spotscript explain` lists them all"),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_code_has_a_page_with_a_title_and_what_to_do() {
        for code in Code::ALL {
            let text = page(*code);
            assert!(text.starts_with("# "), "{code} has no page with a title");
            assert!(text.lines().filter(|line| !line.is_empty()).count() >= 3, "the page of {code} says too little");
            assert!(text.contains("\n## How to mend it\n"), "the page of {code} does not say how to mend it");
        }
    }

    #[test]
    fn the_table_holds_every_file_of_the_folder() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/script/explain/pages");
        let mut files: Vec<u16> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .map(|name| name.strip_suffix(".md").unwrap().parse().unwrap())
            .collect();
        files.sort_unstable();
        let table: Vec<u16> = pages::ALL.iter().map(|(number, _)| *number).collect();
        assert_eq!(table, files);
        let codes: Vec<u16> = Code::ALL.iter().map(|code| code.number()).collect();
        assert_eq!(table, codes, "a page for each code, and no other");
    }

    #[test]
    fn a_code_is_found_in_every_spelling() {
        for text in ["SPOT-0102", "spot-0102", "0102", "102", " SPOT-102 "] {
            assert_eq!(find(text).unwrap(), Code::UnknownOption, "{text}");
        }
        let told = |text: &str| {
            find(text).map_err(|error| format!("{} {} | {}", error.code, error.message, error.help.unwrap()))
        };
        insta::assert_snapshot!(told("SPOT-0105").unwrap_err(), @"SPOT-0681 there is no code `SPOT-0105` | did you mean `SPOT-0101`? `spotscript explain` lists them all");
        insta::assert_snapshot!(told("zebra").unwrap_err(), @"SPOT-0681 there is no code `zebra` | `spotscript explain` lists them all");
    }
}
