//! `:target`: what answers.

use super::super::Targets;
use crate::domain::Code;
use crate::domain::error::Error;
use crate::repl::session::Repl;
use crate::script::ScriptError;

pub(super) fn target(repl: &mut Repl<'_>, argument: &str, forced: bool) -> Result<Option<u8>, ScriptError> {
    let targets = repl.targets();
    if argument.is_empty() {
        repl.host().console().data(&targets.current());
        return Ok(None);
    }
    if targets.is_real(argument) && !forced {
        return Err(Error::new(
            Code::InvalidArgument,
            format!("with `{argument}`, what you enter changes real things"),
        )
        .help(format!("write `:target! {argument}` if that is meant"))
        .into());
    }
    let host = targets.switch(argument)?;
    repl.reset(Some(host))?;
    told(repl, targets);
    Ok(None)
}

fn told(repl: &Repl<'_>, targets: &dyn Targets) {
    let current = targets.current();
    repl.host().console().talk(&format!("{current}; variables, functions and imports begin anew"));
}
