//! `:edit`: a file, or the last input, in the user's editor; what comes back is run.

use std::process::Command;

use crate::domain::Code;
use crate::domain::error::Error;
use crate::repl::session::Repl;
use crate::script::ScriptError;

pub(super) fn edit(repl: &mut Repl<'_>, argument: &str, _: bool) -> Result<Option<u8>, ScriptError> {
    if !argument.is_empty() {
        let file = argument.trim_matches('"');
        open(&repl.host().files().locate(file))?;
        return repl.load(file);
    }
    let last = repl.inputs().last().map(|input| input.text.clone()).unwrap_or_default();
    let file = std::env::temp_dir().join(format!("spotscript-{}.rhai", std::process::id()));
    let unusable = |error: std::io::Error| {
        Error::new(Code::File, format!("`{}` cannot be used", file.display())).because(error.to_string())
    };
    std::fs::write(&file, &last).map_err(unusable)?;
    let edited = open(&file).and_then(|()| std::fs::read_to_string(&file).map_err(unusable));
    drop(std::fs::remove_file(&file));
    let edited = edited?;
    if edited.trim().is_empty() {
        return Ok(None);
    }
    repl.host().console().talk(edited.trim_end());
    repl.enter(&edited)
}

/// Runs the editor and waits for it.
fn open(file: &std::path::Path) -> Result<(), Error> {
    let named =
        ["VISUAL", "EDITOR"].iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.trim().is_empty()));
    let Some(editor) = named else {
        return Err(Error::new(Code::InvalidArgument, "no editor is named").help("set EDITOR, as in `EDITOR=vi`"));
    };
    let mut words = editor.split_whitespace();
    let program = words.next().unwrap_or_default();
    let failed = |why: String| Error::new(Code::File, format!("the editor `{editor}` failed")).because(why);
    let status = Command::new(program).args(words).arg(file).status().map_err(|error| failed(error.to_string()))?;
    if status.success() { Ok(()) } else { Err(failed(status.to_string()).help("nothing was run")) }
}
