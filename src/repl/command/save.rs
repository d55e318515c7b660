//! `:save`: the inputs that worked, as a runbook.

use super::needed;
use crate::domain::Code;
use crate::domain::error::Error;
use crate::repl::runbook;
use crate::repl::session::Repl;
use crate::script::ScriptError;
use crate::view::words;

pub(super) fn save(repl: &mut Repl<'_>, argument: &str, forced: bool) -> Result<Option<u8>, ScriptError> {
    let file = needed(":save", "FILE", argument)?;
    // Functions stay also from inputs that failed later on.
    let inputs: Vec<_> = repl.inputs().iter().collect();
    let worked = inputs.iter().filter(|input| input.ok).count();
    if worked == 0 {
        return Err(Error::new(Code::InvalidArgument, "there is nothing to save: no input worked yet").into());
    }
    if repl.host().files().locate(file).exists() && !forced {
        return Err(Error::new(Code::File, format!("`{file}` is there already"))
            .help(format!("`:save! {file}` overwrites it"))
            .into());
    }
    let count = worked;
    let text = runbook::write(&inputs, file);
    // It has to run: what does not even parse is not written.
    repl.check(file, &text)?;
    repl.host().files().write(file, &text)?;
    for name in runbook::rewritten(&inputs) {
        let told = format!("warning: `{name}` was written anew: the file has it as written last, for all that call it");
        repl.host().console().talk(&told);
    }
    let (inputs, them) = (words::count(count, "input"), if count == 1 { "it" } else { "them" });
    repl.host().console().talk(&format!("{inputs} saved; run {them} with `spotscript run {file}`"));
    Ok(None)
}
