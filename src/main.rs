//! spotscript.

use std::process::ExitCode;

fn main() -> ExitCode {
    spotscript::cli::main(std::env::args_os())
}
