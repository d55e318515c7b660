//! `spotscript completions SHELL`.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::Shell;

use super::{Cli, Failed, Global, console};

/// Write completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript completions bash > /etc/bash_completion.d/spotscript
  spotscript completions zsh > ~/.zfunc/_spotscript
  spotscript completions fish > ~/.config/fish/completions/spotscript.fish")]
pub struct Args {
    /// The shell
    shell: Shell,
}

/// Runs the command.
pub fn run(args: Args, _: &Global) -> Result<ExitCode, Failed> {
    let mut text = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "spotscript", &mut text);
    console::print(&String::from_utf8_lossy(&text));
    Ok(ExitCode::SUCCESS)
}
