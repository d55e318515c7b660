//! `spotscript repl`.

use std::cell::RefCell;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use etcetera::BaseStrategy;

use super::reach::Reach;
use super::{Failed, Global, TargetKind, console, journal, target};
use crate::domain::Code;
use crate::domain::error::{Error, Result, nearest};
use crate::host::{Cancel, Console, Host, listen_for_interrupts};
use crate::repl::{self, Options, Targets};
use crate::sandbox::{Sandbox, store};
use crate::script::{docs, explain};

/// Try things statement by statement
///
/// At a terminal: with history, completion and multi-line input; `init.rhai` in the folder `spotscript` of the
/// configuration runs first. From a pipe: the same statements without prompts; the exit code is 1 if one of them
/// failed.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run this file first, instead of the startup file
    #[arg(long, value_name = "FILE", conflicts_with = "no_init")]
    init: Option<PathBuf>,
    /// Run no startup file
    #[arg(long)]
    no_init: bool,
    #[command(flatten)]
    reach: Reach,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    if global.json() {
        let error = Error::new(Code::InvalidArgument, "a session prints text: `-o json` means nothing to it");
        return Err(error
            .help("`to_json()` of a value gives it as JSON; `spotscript run -o json FILE` runs a file")
            .into());
    }
    let cancel = Cancel::default();
    let host = target::host_stopped_by(global, &args.reach, cancel.clone())?;
    listen_for_interrupts(cancel.clone());
    let interactive = std::io::stdin().is_terminal();
    let report = |failed: &Failed| console::report(failed, global);
    let targets = Worlds { global: RefCell::new(global.clone()), reach: args.reach, cancel, hosts: RefCell::default() };
    targets.journaled(&host, global);
    let options = Options {
        report: &report,
        targets: &targets,
        history: store::state_folder().ok().map(|folder| folder.join("history")),
        init: if args.no_init { None } else { args.init.or_else(|| startup_file().filter(|_| interactive)) },
        interactive,
        colour: console::data_style(global).colour,
    };
    let code = repl::run(host, &options)?;
    for host in targets.hosts.borrow().iter() {
        host.end_journal(code)?;
    }
    Ok(ExitCode::from(code))
}

/// The startup file, if there is one.
fn startup_file() -> Option<PathBuf> {
    let folder = etcetera::choose_base_strategy().ok()?.config_dir();
    Some(folder.join("spotscript/init.rhai")).filter(|file| file.exists())
}

/// The targets that a session can change to.
struct Worlds {
    global: RefCell<Global>,
    reach: Reach,
    cancel: Cancel,
    /// The hosts of this session, whose journals end with it.
    hosts: RefCell<Vec<Host>>,
}

impl Worlds {
    /// Makes a host write down what the session changes on it.
    fn journaled(&self, host: &Host, global: &Global) {
        journal::keep(host, "repl", &rhai::Map::new(), global, None, &[]);
        self.hosts.borrow_mut().push(host.clone());
    }

    /// The names of the sandbox worlds on disk.
    fn kept() -> Vec<String> {
        let Some(Ok(entries)) = store::state_folder().ok().map(|folder| std::fs::read_dir(folder.join("worlds")))
        else {
            return Vec::new();
        };
        let files = entries.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
        files.filter_map(|name| name.strip_suffix(".world").map(str::to_owned)).collect()
    }
}

impl Targets for Worlds {
    fn current(&self) -> String {
        let global = self.global.borrow();
        match global.target() {
            TargetKind::Sandbox => format!("sandbox (world {}): nothing real is touched", global.world()),
            TargetKind::Aws => "aws: what you enter changes real things".into(),
        }
    }

    fn names(&self) -> Vec<String> {
        let worlds = Self::kept().into_iter().map(|world| format!("sandbox {world}"));
        ["sandbox".to_owned(), "aws".to_owned()].into_iter().chain(worlds).collect()
    }

    fn is_real(&self, name: &str) -> bool {
        name == "aws"
    }

    fn switch(&self, name: &str) -> Result<Host> {
        let mut wanted = self.global.borrow().clone();
        match name.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["aws"] => wanted.target = Some(TargetKind::Aws),
            ["sandbox"] => wanted.target = Some(TargetKind::Sandbox),
            ["sandbox", world] => {
                store::world_path(world)?;
                (wanted.target, wanted.world) = (Some(TargetKind::Sandbox), Some((*world).to_owned()));
            }
            _ => {
                let error = Error::new(Code::InvalidArgument, format!("there is no target `{name}`"));
                return Err(match nearest(name, ["sandbox", "aws"]) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("write `:target sandbox`, `:target sandbox WORLD` or `:target aws`"),
                });
            }
        }
        let host = target::host_stopped_by(&wanted, &self.reach, self.cancel.clone())?;
        self.journaled(&host, &wanted);
        *self.global.borrow_mut() = wanted;
        Ok(host)
    }

    fn planning(&self, console: Arc<dyn Console>) -> Result<Host> {
        let global = self.global.borrow();
        let (files, cancel) = (self.reach.files()?.planning(), self.cancel.clone());
        let host = match global.target() {
            TargetKind::Aws => target::host_with(&global, files, cancel, console),
            TargetKind::Sandbox => {
                // The session holds its world and saves it after each input: the file is what there is.
                let sandbox = match store::peek(&store::world_path(global.world())?)? {
                    Some(world) => Sandbox::of(world),
                    None => Sandbox::fresh(1),
                };
                target::sandbox_host_until(sandbox, console, files, cancel, global.timeout)
            }
        };
        target::only_plan(&host);
        Ok(host)
    }

    fn explain(&self, code: Code) -> String {
        let look = console::data_look(&self.global.borrow());
        format!("{code}, exit code {}\n\n{}", code.kind().exit_code(), docs::text::page(explain::page(code), look))
    }
}
