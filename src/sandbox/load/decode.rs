//! Bytes of a file as text: UTF-8, or UTF-16 with a byte order mark, as PowerShell's `>` writes it.

use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result};

/// The text of a file, without its byte order mark.
///
/// # Errors
/// `SPOT-0707` when the bytes are no text, with the place of the first that is none.
pub fn text(file: &str, bytes: Vec<u8>) -> Result<String> {
    let wide = |bytes: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let mut text = String::new();
        for one in char::decode_utf16(pairs.iter().map(|pair| unit(*pair))) {
            match one {
                Ok(one) => text.push(one),
                Err(_) => return Err(no_text(file, &text, "UTF-16")),
            }
        }
        // Half a unit: it was cut off.
        if rest.is_empty() { Ok(text) } else { Err(no_text(file, &text, "UTF-16")) }
    };
    match bytes.as_slice() {
        [0xff, 0xfe, rest @ ..] => wide(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => wide(rest, u16::from_be_bytes),
        _ => String::from_utf8(bytes)
            .map(|text| text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
            .map_err(|error| {
                let good = error.as_bytes().get(..error.utf8_error().valid_up_to()).unwrap_or_default();
                no_text(file, &String::from_utf8_lossy(good), "UTF-8")
            }),
    }
}

/// What is said of a file that is text as far as `good`.
fn no_text(file: &str, good: &str, form: &str) -> Error {
    let line = good.matches('\n').count() + 1;
    let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Error::new(Code::ObjectsUnusable, format!("`{file}` is no text"))
        .because(format!("what stands there is no {form}"))
        .help("save it as UTF-8; `>` of PowerShell writes UTF-16 with a byte order mark, which is read, too")
        .at(Location { file: file.to_owned(), line, column })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn each_form_is_read_without_its_mark() {
        let said = "kind: Näme 🙂\r\n";
        for bytes in [
            said.as_bytes().to_vec(),
            format!("\u{feff}{said}").into_bytes(),
            utf16(said, u16::to_le_bytes),
            utf16(said, u16::to_be_bytes),
        ] {
            assert_eq!(text("f", bytes).unwrap(), said);
        }
        assert_eq!(text("f", vec![]).unwrap(), "");
        assert_eq!(text("f", vec![0xff, 0xfe]).unwrap(), "");
    }

    #[test]
    fn what_is_no_text_is_told_with_its_place() {
        let place = |bytes: Vec<u8>| text("f", bytes).unwrap_err().location.unwrap().to_string();
        assert_eq!(place(b"a\nb\xe4".to_vec()), "f:2:2");
        let whole = utf16("a\nbc", u16::to_le_bytes);
        assert_eq!(place(whole[..whole.len() - 1].to_vec()), "f:2:2");
        assert_eq!(place([&whole[..], &[0x00, 0xd8]].concat()), "f:2:3");
    }
}
