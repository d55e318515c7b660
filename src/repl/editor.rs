//! The session at a terminal: line editor, history, prompt.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rustyline::Editor;
use rustyline::config::{ColorMode, CompletionType, Config};
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;

use super::helper::Assistant;
use super::history;
use super::session::Repl;
use super::{Next, Options, handle, unreadable};
use crate::domain::error::Result;
use crate::host::Host;
use crate::script::engine;

const PROMPT: &str = "spot> ";
/// Inputs kept in the history file.
const HISTORY: usize = 10_000;

type Line = Editor<Assistant, DefaultHistory>;

/// Reads until Ctrl-D or `:quit`.
pub(super) fn run(repl: &mut Repl<'_>, options: &Options<'_>) -> Result<u8> {
    let mut editor = editor(repl, options.colour)?;
    let history = options.history.as_deref().and_then(|path| open_history(&mut editor, path, repl.host()));
    repl.host().console().talk("spotscript: `:help` for help, Ctrl-D to leave");
    loop {
        repl.refresh_names();
        let text = match editor.readline(PROMPT) {
            Ok(text) => text,
            Err(ReadlineError::Interrupted) => continue,
            Err(ReadlineError::Eof) => return Ok(0),
            // Keys that are no text, as a wrong terminal or a broken paste sends them.
            Err(ReadlineError::Io(error)) if error.kind() == ErrorKind::InvalidData => {
                (options.report)(&unreadable(error).into());
                continue;
            }
            Err(error) => return Err(unreadable(error)),
        };
        remember(&mut editor, &text, history.as_deref(), repl.host());
        if let Next::Leave(code) = handle(repl, &text, options) {
            return Ok(code);
        }
    }
}

fn editor(repl: &Repl<'_>, colour: bool) -> Result<Line> {
    let config = Config::builder()
        .max_history_size(HISTORY)
        .and_then(|config| config.history_ignore_dups(true))
        .map_err(unreadable)?
        .completion_type(CompletionType::List)
        .color_mode(if colour { ColorMode::Enabled } else { ColorMode::Disabled })
        .build();
    let mut editor = Line::with_config(config).map_err(unreadable)?;
    editor.set_helper(Some(Assistant::new(engine::syntax()?, repl.names(), colour)));
    Ok(editor)
}

/// Reads the history. A history that cannot be read is left alone and not written to.
fn open_history(editor: &mut Line, path: &Path, host: &Host) -> Option<PathBuf> {
    let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    let read = folder
        .map_err(ReadlineError::from)
        .and_then(|()| Ok(history::tidy(path)?))
        .and_then(|()| if path.exists() { editor.load_history(path) } else { Ok(()) });
    match read {
        Ok(()) => Some(path.to_owned()),
        Err(error) => {
            host.console().talk(&format!("warning: the history `{}` cannot be read: {error}", path.display()));
            None
        }
    }
}

/// Keeps an input, on disk at once: a session that is killed loses nothing.
fn remember(editor: &mut Line, text: &str, path: Option<&Path>, host: &Host) {
    let text = text.trim_end();
    if text.is_empty() {
        return;
    }
    let kept = editor.add_history_entry(text).and_then(|_| match path {
        Some(path) => editor.append_history(path),
        None => Ok(()),
    });
    if let Err(error) = kept {
        host.console().talk(&format!("warning: the history cannot be written: {error}"));
    }
}
