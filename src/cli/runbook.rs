//! A runbook that is ready to run: its text, its parameters, the flags it was given.

use std::path::{Path, PathBuf};

use rhai::Map;
use sha2::{Digest, Sha256};

use super::params::{self, Given};
use super::reach::Reach;
use super::{Failed, Global, console, given, journal, target};
use crate::domain::Code;
use crate::domain::change::Plan;
use crate::domain::error::Error;
use crate::domain::secret::{MASK, Secrets};
use crate::host::{Choice, Host, listen_for_interrupts};
use crate::script::session::Ending;
use crate::script::{Header, ScriptError, Session};

/// What stands for a runbook from standard input.
pub const STDIN: &str = "-";

/// What running a runbook takes on the command line, beside the runbook.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Flags {
    #[command(flatten)]
    pub reach: Reach,
    /// Take parameters from this YAML or JSON file; flags go before it, the environment after it
    #[arg(long, value_name = "FILE")]
    pub params: Option<PathBuf>,
    /// Ask nothing: a parameter that is missing is an error
    #[arg(long)]
    pub no_input: bool,
    /// When the run fails, take back what it did, without asking
    #[arg(long)]
    pub rollback: bool,
    /// Change something in this step only, as often as needed: the others are planned, so that this one has what they give
    #[arg(long, value_name = "STEP")]
    pub only: Vec<String>,
    /// Change something from this step on only: those before it are planned
    #[arg(long, value_name = "STEP", conflicts_with = "only")]
    pub from: Option<String>,
}

impl Flags {
    /// The steps that were chosen, if not all of them are meant.
    fn choice(&self) -> Option<Choice> {
        match &self.from {
            Some(name) => Some(Choice::From(name.clone())),
            None => Some(Choice::Only(self.only.clone())).filter(|_| !self.only.is_empty()),
        }
    }
}

/// A runbook that is ready to run.
pub struct Runbook {
    /// Its path.
    pub file: String,
    /// Its text.
    pub text: String,
    /// The parameters that were given.
    pub values: Map,
    /// All parameters as they may be shown and written down: what is secret is masked.
    pub shown: Map,
    /// Names of parameters that are secret.
    pub secret: Vec<String>,
    /// What is not to be shown.
    secrets: Secrets,
    /// The flags, with those behind FILE.
    pub global: Global,
    /// The flags of the run itself.
    pub flags: Flags,
}

/// A runbook with the parameters that flags give, before the others are asked for.
pub struct Draft {
    /// Its path.
    pub file: String,
    /// Its head.
    pub header: Header,
    /// Parameters given by flags.
    pub given: Map,
    /// The flags, with those behind FILE.
    pub global: Global,
    text: String,
    flags: Flags,
}

/// A runbook, or its help.
pub enum Wanted<T = Runbook> {
    /// To be run.
    Runbook(Box<T>),
    /// `--help`: its text.
    Help(String),
}

/// How a host is to be used for a run.
pub enum Way<'a> {
    /// It changes what it changes.
    Freely,
    /// It changes nothing.
    OnlyPlan,
    /// It changes what was planned.
    Following(&'a Plan),
}

impl Runbook {
    /// Reads a runbook and what follows it on the command line. Missing parameters are asked for where that is possible.
    ///
    /// # Errors
    /// `SPOT-0801` when it cannot be read, what is wrong with it or its parameters.
    pub fn read(file: &str, rest: &[String], flags: &Flags, global: &Global) -> Result<Wanted, Failed> {
        Ok(match Draft::read(file, rest, flags, global)? {
            Wanted::Help(text) => Wanted::Help(text),
            Wanted::Runbook(draft) => {
                let ask = !flags.no_input && !draft.global.json() && given::can_ask();
                Wanted::Runbook(Box::new(draft.complete(draft.given.clone(), draft.global.clone(), ask)?))
            }
        })
    }

    /// SHA-256 of its text.
    pub fn sha256(&self) -> String {
        sha256(&self.text)
    }

    /// Runs it on a host of its own.
    ///
    /// # Errors
    /// What compiling fails with. How the run itself failed is in what is given.
    pub fn run(&self, way: &Way<'_>) -> Result<(Host, Result<Ending, ScriptError>), Failed> {
        let host = match way {
            Way::OnlyPlan => target::planning_host(&self.global, &self.flags.reach)?,
            _ => target::host(&self.global, &self.flags.reach)?,
        };
        listen_for_interrupts(host.cancel().clone());
        let result = self.run_on(&host, way, || Ok(()))?;
        Ok((host, result))
    }

    /// Runs it on a host; `begin` is called when the run has its journal, and nothing of it has begun yet.
    ///
    /// # Errors
    /// What compiling or `begin` fails with. How the run itself failed is in what is given.
    pub fn run_on(
        &self,
        host: &Host,
        way: &Way<'_>,
        begin: impl FnOnce() -> Result<(), Error>,
    ) -> Result<Result<Ending, ScriptError>, Failed> {
        host.files().read_beside(Path::new(&self.file));
        host.hidden().hide(self.secrets.clone());
        let mut session = Session::new(host)?;
        let program = session.compile(&self.file, &self.text)?;
        if !matches!(way, Way::OnlyPlan) {
            let sha256 = Some(self.sha256());
            journal::keep(host, &self.file, &self.shown, &self.global, sha256, &self.secret);
        }
        if let Way::Following(plan) = way {
            host.follow(plan);
        }
        if let Some(choice) = self.flags.choice() {
            target::choose(host, choice);
        }
        begin()?;
        let ended = session.run(&program, &self.values);
        Ok(ended.and_then(|ending| match host.chosen_were_entered() {
            Ok(()) => Ok(ending),
            Err(error) => Err(error.into()),
        }))
    }

    /// What scripts may read and write besides.
    pub fn reach(&self) -> &Reach {
        &self.flags.reach
    }
}

impl Draft {
    /// Reads a runbook and what follows it on the command line.
    ///
    /// # Errors
    /// `SPOT-0801` when it cannot be read, what is wrong with it or its flags.
    pub fn read(file: &str, rest: &[String], flags: &Flags, global: &Global) -> Result<Wanted<Draft>, Failed> {
        let text =
            if file == STDIN { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
        let text = text
            .map_err(|error| Error::new(Code::File, format!("`{file}` cannot be read")).because(error.to_string()))?;
        let session = Session::new(&target::host(global, &flags.reach)?)?;
        let program = session.compile(file, &text)?;
        let (given, global) = match rest {
            [] => (Map::new(), global.clone()),
            rest => match params::parse(file, &program.header, rest)? {
                Given::Values(values, later) => (values, global.overridden_by(*later)),
                Given::Help(text) => return Ok(Wanted::Help(text)),
            },
        };
        for warning in given::strangers(&program.header) {
            console::say(&format!("warning: {warning}"));
        }
        let header = program.header;
        Ok(Wanted::Runbook(Box::new(Draft {
            file: file.to_owned(),
            header,
            given,
            global,
            text,
            flags: flags.clone(),
        })))
    }

    /// SHA-256 of its text.
    pub fn sha256(&self) -> String {
        sha256(&self.text)
    }

    /// The runbook with these parameters, and those that a file, the environment and, if `ask` allows it, the user give.
    ///
    /// # Errors
    /// What is wrong with the parameters.
    pub fn complete(&self, given: Map, global: Global, ask: bool) -> Result<Runbook, Error> {
        let values = given::complete(&self.header, given, self.flags.params.as_deref(), ask)?;
        let secret = self.header.params.iter().filter(|param| param.secret).map(|param| param.name.clone()).collect();
        Ok(Runbook {
            file: self.file.clone(),
            text: self.text.clone(),
            shown: shown(&self.header, &values),
            secrets: self.header.secrets(&values),
            values,
            secret,
            global,
            flags: self.flags.clone(),
        })
    }
}

/// SHA-256 of a text, in hexadecimal digits.
pub fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The parameters as they may be shown and written down: what is secret is masked.
fn shown(header: &Header, given: &Map) -> Map {
    let mut values = header.values(given).unwrap_or_default();
    for param in header.params.iter().filter(|param| param.secret) {
        if let Some(value) = values.get_mut(param.name.as_str()) {
            *value = MASK.into();
        }
    }
    values
}
