//! `spotscript man`: manual pages, made from the same words as `--help`.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::CommandFactory;
use clap_mangen::Man;

use super::{Cli, Failed, Global, console};
use crate::domain::Code;
use crate::domain::error::Error;

/// Write the manual page, or a folder of pages with one for each command
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript man | man -l -
  spotscript man --directory ~/.local/share/man/man1")]
pub struct Args {
    /// Write a page for spotscript and for each command into this folder
    #[arg(long, alias = "dir", value_name = "DIR")]
    directory: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args, _: &Global) -> Result<ExitCode, Failed> {
    let command = Cli::command();
    let Some(folder) = args.directory else {
        let mut page = Vec::new();
        Man::new(command).render(&mut page).map_err(|error| unwritable("the page", &error))?;
        console::print(&String::from_utf8_lossy(&page));
        return Ok(ExitCode::SUCCESS);
    };
    let failed = |error: std::io::Error| unwritable(&format!("`{}`", folder.display()), &error);
    std::fs::create_dir_all(&folder).map_err(failed)?;
    clap_mangen::generate_to(command, &folder).map_err(failed)?;
    Ok(ExitCode::SUCCESS)
}

fn unwritable(what: &str, error: &std::io::Error) -> Error {
    Error::new(Code::File, format!("{what} cannot be written")).because(error.to_string())
}
