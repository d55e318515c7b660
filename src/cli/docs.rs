//! `spotscript docs`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use clap::ValueEnum;

use super::target::sandbox_host;
use super::{Failed, Global, console};
use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::{FilePolicy, Recorder};
use crate::sandbox::Sandbox;
use crate::script::Session;
use crate::script::catalog::Catalog;
use crate::script::docs::{self, definitions, markdown, text};
use crate::script::source::SourceMap;
use crate::view::json;

/// Forms of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For reading at a terminal
    Text,
    /// Markdown
    Markdown,
    /// For programs; `-o json` means the same
    Json,
    /// Definition files for editors, `.d.rhai`
    Definitions,
}

/// What scripts can use: functions, methods, option keys, the standard library
///
/// Without a name: what there is. A name is a namespace, a function, a type, or a module of the standard library.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript docs
  spotscript docs eks::nodegroup
  spotscript docs Nodegroup
  spotscript docs std/spot
  spotscript docs --format markdown --directory reference
  spotscript docs --format definitions --directory .rhai")]
pub struct Args {
    /// `eks`, `eks::nodegroup`, `Nodegroup`, `Nodegroup.with_size`, `std/spot`
    name: Option<String>,
    /// Form
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Write files into this folder instead of to stdout; for `markdown` and `definitions` of everything
    #[arg(long, value_name = "DIR", conflicts_with = "name")]
    directory: Option<PathBuf>,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let catalog = catalog()?;
    let format = if global.json() { Format::Json } else { args.format };
    if let Some(folder) = &args.directory {
        let files = match format {
            Format::Markdown => markdown::pages(&catalog),
            Format::Definitions => definitions::files(&catalog),
            Format::Text | Format::Json => {
                let error = Error::new(Code::InvalidArgument, "`--directory` writes Markdown or definitions");
                return Err(error.help("add `--format markdown` or `--format definitions`").into());
            }
        };
        write(folder, &files)?;
        console::say(&format!("{} files written to `{}`", files.len(), folder.display()));
        return Ok(ExitCode::SUCCESS);
    }
    console::print(&told(&catalog, args.name.as_deref(), format, global)?);
    Ok(ExitCode::SUCCESS)
}

fn told(catalog: &Catalog, name: Option<&str>, format: Format, global: &Global) -> Result<String, Error> {
    let look = console::data_look(global);
    let topic = name.map(|name| catalog.find(name)).transpose()?;
    Ok(match (format, topic) {
        (Format::Text, None) => text::all(catalog, look),
        (Format::Text, Some(topic)) => text::topic(&topic, look),
        (Format::Markdown, None) => {
            let pages: Vec<String> = markdown::pages(catalog).into_iter().map(|(_, text)| text).collect();
            pages.join("\n")
        }
        (Format::Markdown, Some(topic)) => markdown::topic(&topic),
        (Format::Json, None) => json::render("docs", &docs::items(catalog))?,
        (Format::Json, Some(topic)) => {
            let items: Vec<docs::Item> = topic.entries.iter().map(|entry| docs::item(entry)).collect();
            json::render("docs", &items)?
        }
        (Format::Definitions, None) => {
            let files = definitions::files(catalog).into_iter();
            files.map(|(name, text)| format!("// {name}\n{text}")).collect::<Vec<_>>().join("\n")
        }
        (Format::Definitions, Some(topic)) => definitions::of(&topic),
    })
}

/// The catalog of a session that runs nothing.
fn catalog() -> Result<Catalog> {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let testing = Session::for_tests(&host, SourceMap::default())?;
    Ok(Catalog::with_tests(Session::new(&host)?.engine(), testing.engine()))
}

fn write(folder: &Path, files: &[(String, String)]) -> Result<()> {
    let failed = |path: &Path, why: std::io::Error| {
        Error::new(Code::File, format!("cannot write `{}`", path.display())).because(why.to_string())
    };
    std::fs::create_dir_all(folder).map_err(|why| failed(folder, why))?;
    for (name, text) in files {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|why| failed(&path, why))?;
    }
    Ok(())
}
