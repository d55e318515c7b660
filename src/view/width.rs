//! Text measured in terminal columns, where a wide character takes two.

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// Columns that `text` takes.
pub fn columns(text: &str) -> usize {
    text.width()
}

/// `text` followed by as many spaces as make it `wanted` columns wide.
pub fn pad(text: &str, wanted: usize) -> String {
    format!("{text}{}", " ".repeat(wanted.saturating_sub(columns(text))))
}

/// `text` in the middle of `wanted` columns.
pub fn centre(text: &str, wanted: usize) -> String {
    let free = wanted.saturating_sub(columns(text));
    format!("{}{text}{}", " ".repeat(free / 2), " ".repeat(free - free / 2))
}

/// `text` cut to at most `most` columns, its end replaced with `…` when something had to go.
pub fn fit(text: &str, most: usize) -> String {
    if columns(text) <= most {
        return text.to_owned();
    }
    let mut taken = 0;
    let mut cut = String::new();
    for character in text.chars() {
        let next = character.width().unwrap_or(0);
        if taken + next > most.saturating_sub(1) {
            break;
        }
        taken += next;
        cut.push(character);
    }
    if most > 0 {
        cut.push('…');
    }
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(columns("节点组"), 6);
        assert_eq!(pad("节点", 6), "节点  ");
        assert_eq!(centre("节", 5), " 节  ");
    }

    proptest::proptest! {
        #[test]
        fn what_is_fitted_fits_and_what_fits_is_left_alone(text in "[a-z节点组 ]{0,20}", most in 1usize..12) {
            let fitted = fit(&text, most);
            proptest::prop_assert!(columns(&fitted) <= most);
            proptest::prop_assert_eq!(columns(&text) <= most, fitted == text);
        }
    }
}
