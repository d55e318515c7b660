//! kubectl's verbs as kubectl understands them: the same arguments, text and exit codes.
//!
//! [`Line`] reads a whole command line; the program's own commands hold the same argument structs. What goes wrong is said
//! in kubectl's words and ends with its code, 1; only what kubectl has no words for is an error of ours.

pub mod change;
pub mod describe;
pub mod drain;
mod dry_run;
pub mod get;
mod select;
mod watch;

use std::process::ExitCode;
use std::time::Duration;

use clap::{Parser, Subcommand};

use super::cluster_choice::ClusterChoice;
use super::reach::Reach;
use super::{Failed, Global, console, journal, target};
use crate::domain::Kind;
use crate::domain::error::{Error, Result};
use crate::domain::kubernetes::refusal::Refusal;
use crate::host::listen_for_interrupts;
use crate::ops::Session;
use crate::ports::Cluster;
pub use crate::view::kubectl::Stream;

/// A command line of kubectl, its name first.
#[derive(Debug, Parser)]
#[command(name = "kubectl", disable_version_flag = true)]
pub struct Line {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    verb: Verb,
}

/// A verb with its arguments.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// List objects
    Get(get::Args),
    /// Show objects in full
    Describe(describe::DescribeArgs),
    /// Keep new pods away from nodes
    Cordon(drain::CordonArgs),
    /// Let new pods come to nodes again
    Uncordon(drain::UncordonArgs),
    /// Empty nodes
    Drain(drain::DrainArgs),
    /// Add and remove taints of nodes
    Taint(change::TaintArgs),
    /// Set and remove labels of nodes
    Label(change::LabelArgs),
    /// Delete node objects
    Delete(change::DeleteArgs),
}

impl Line {
    /// Carries the line out. The exit code is kubectl's.
    ///
    /// # Errors
    /// What kubectl has no words for.
    pub async fn respond(&self, session: &Session, api: &dyn Cluster, to: &Streams<'_>) -> Result<u8> {
        let output = self.global.kubectl_output();
        let global = &self.global;
        self.verb.respond(&Shell { session, api, to, global, output, timeout: global.timeout }).await
    }

    /// Carries the line out on the target; what `global` says counts where the line says nothing.
    ///
    /// # Errors
    /// What kubectl has no words for.
    pub fn run(self, global: &Global) -> Result<ExitCode, Failed> {
        run(&self.verb, &global.overridden_by(self.global))
    }
}

/// Where text goes, as it is.
pub type Streams<'a> = dyn Fn(Stream, &str) + Send + Sync + 'a;

/// What a verb works with.
pub struct Shell<'a> {
    session: &'a Session,
    api: &'a dyn Cluster,
    to: &'a Streams<'a>,
    /// The flags of the whole program.
    global: &'a Global,
    /// `-o`
    output: &'a str,
    /// `--timeout`
    timeout: Option<Duration>,
}

impl Shell<'_> {
    fn out(&self, text: &str) {
        (self.to)(Stream::Out, text);
    }

    fn err(&self, text: &str) {
        (self.to)(Stream::Err, text);
    }
}

/// What carrying a verb out comes to.
type Answer = std::result::Result<(), Refusal>;

impl Verb {
    async fn respond(&self, shell: &Shell<'_>) -> Result<u8> {
        let answer = match self {
            Verb::Get(args) => get::run(&args.resources, &args.flags, shell).await,
            Verb::Describe(args) => describe::run(args, shell).await,
            Verb::Cordon(args) => drain::cordon(&args.nodes, true, shell).await,
            Verb::Uncordon(args) => drain::cordon(&args.nodes, false, shell).await,
            Verb::Drain(args) => drain::run(args, shell).await,
            Verb::Taint(args) => change::taint(args, shell).await,
            Verb::Label(args) => change::label(args, shell).await,
            Verb::Delete(args) => change::delete(args, shell).await,
        };
        match answer {
            Ok(()) => Ok(0),
            Err(Refusal::Own(error)) => Err(*error),
            Err(refusal) => {
                shell.err(&refusal.told());
                Ok(1)
            }
        }
    }

    fn watches(&self) -> bool {
        matches!(self, Verb::Get(args) if args.flags.live.watch)
    }

    fn cluster(&self) -> &ClusterChoice {
        match self {
            Verb::Get(args) => &args.flags.cluster,
            Verb::Describe(args) => &args.cluster,
            Verb::Cordon(drain::CordonArgs { nodes }) | Verb::Uncordon(drain::UncordonArgs { nodes }) => &nodes.cluster,
            Verb::Drain(args) => &args.cluster,
            Verb::Taint(args) => &args.cluster,
            Verb::Label(args) => &args.cluster,
            Verb::Delete(args) => &args.cluster,
        }
    }
}

/// Carries a verb out on the target.
///
/// # Errors
/// What kubectl has no words for.
pub fn run(verb: &Verb, global: &Global) -> Result<ExitCode, Failed> {
    // A drain's time limit is its own, not the whole run's: it has words for it.
    let whole = Global { timeout: global.timeout.filter(|_| !matches!(verb, Verb::Drain(_))), ..global.clone() };
    let host = target::host(&whole, &Reach::default())?;
    listen_for_interrupts(host.cancel().clone());
    journal::keep(&host, &global.start.words.join(" "), &rhai::Map::new(), global, None, &[]);
    let to = |stream, text: &str| match stream {
        Stream::Out => console::print_as_is(text),
        Stream::Err => console::say(text),
    };
    let result = host.ask(async |session| {
        let api = verb.cluster().connect(session).await?;
        let output = global.kubectl_output();
        verb.respond(&Shell { session, api: &*api, to: &to, global, output, timeout: global.timeout }).await
    });
    let closed = host.close();
    let result = match result {
        // That is how a watch without an end is ended: nothing needs to be said, and as kubectl's it ends by the signal.
        Err(error) if error.kind() == Kind::Interrupted && verb.watches() => Ok(Kind::Interrupted.exit_code()),
        other => other,
    };
    let code = match &result {
        Ok(code) => *code,
        Err(error) => error.kind().exit_code(),
    };
    let noted = host.end_journal(code);
    result.map_err(|error: Error| Failed::from(error))?;
    closed.and(noted)?;
    Ok(ExitCode::from(code))
}
