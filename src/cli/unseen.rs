//! A line from the terminal that nobody sees: a secret that is asked for.

use crate::domain::Code;
use crate::domain::error::{Error, Result};

/// Asks `question` and reads a line without showing it; `None` at the end of input. The terminal is as it was afterwards, also after Ctrl-C.
///
/// # Errors
/// `SPOT-0902` after Ctrl-C, `SPOT-0606` when the terminal cannot be read or be made to show nothing.
#[cfg(unix)]
pub(super) fn line(question: &str) -> Result<Option<String>> {
    use nix::sys::termios::{LocalFlags, SetArg, tcgetattr, tcsetattr};
    let failed = |error: nix::Error| {
        Error::new(Code::InvalidArgument, "the terminal cannot be made to hide a secret").because(error.to_string())
    };
    let stdin = std::io::stdin();
    let before = tcgetattr(&stdin).map_err(failed)?;
    let mut quiet = before.clone();
    // Signals too: a process that Ctrl-C ends here would leave a terminal behind that shows nothing.
    quiet.local_flags.remove(LocalFlags::ECHO | LocalFlags::ICANON | LocalFlags::ISIG);
    tcsetattr(&stdin, SetArg::TCSAFLUSH, &quiet).map_err(failed)?;
    // Asked only now: who answers at once is not seen either.
    super::console::ask(question);
    let read = keys(std::io::Read::bytes(stdin.lock()));
    let restored = tcsetattr(&stdin, SetArg::TCSANOW, &before).map_err(failed);
    super::console::say("");
    restored.and(read)
}

/// Where a terminal cannot be asked to show nothing, nothing is asked.
#[cfg(not(unix))]
pub(super) fn line(_: &str) -> Result<Option<String>> {
    Ok(None)
}

/// The line that keys make, those that correct it included.
fn keys(keys: impl Iterator<Item = std::io::Result<u8>>) -> Result<Option<String>> {
    let mut line = Vec::new();
    for key in keys {
        let key = key.map_err(|error| {
            Error::new(Code::InvalidArgument, "the answer cannot be read").because(error.to_string())
        })?;
        match key {
            b'\n' | b'\r' => return text(line).map(Some),
            0x03 => return Err(Error::new(Code::Interrupted, "the run was interrupted").help("nothing was done yet")),
            0x04 if line.is_empty() => return Ok(None),
            0x04 => return text(line).map(Some),
            // Backspace takes a character, which may be several bytes.
            0x08 | 0x7f => while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {},
            0x15 => line.clear(),
            other => line.push(other),
        }
    }
    Ok(None)
}

fn text(line: Vec<u8>) -> Result<String> {
    String::from_utf8(line).map_err(|_| Error::new(Code::InvalidArgument, "the answer is no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(text: &str) -> Result<Option<String>> {
        keys(text.bytes().map(Ok))
    }

    #[test]
    fn keys_make_a_line() {
        assert_eq!(typed("hush\nrest"), Ok(Some("hush".into())));
        assert_eq!(typed("wrong\u{15}hué\u{7f}sh\r"), Ok(Some("hush".into())));
        assert_eq!(typed("\u{7f}\n"), Ok(Some(String::new())));
        assert_eq!((typed(""), typed("\u{4}")), (Ok(None), Ok(None)));
        assert_eq!(typed("hu\u{3}sh\n").map_err(|error| error.code), Err(Code::Interrupted));
    }
}
