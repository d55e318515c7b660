//! Flags that every command takes.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

/// Which world answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TargetKind {
    /// The embedded world: no account, no network, nothing real is touched.
    Sandbox,
    /// AWS, and the cluster's own API server.
    Aws,
}

impl TargetKind {
    /// `sandbox` or `aws`, as flags, journals and documents have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            TargetKind::Sandbox => "sandbox",
            TargetKind::Aws => "aws",
        }
    }
}

/// The form of data on stdout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// For people.
    Text,
    /// For people, with more columns where there are more.
    Wide,
    /// For programs.
    Json,
    /// Annotations in GitHub's workflow log.
    Github,
    /// kubectl's further forms: `yaml`, `name`, `jsonpath=…`, `custom-columns=…`.
    Kubectl(String),
}

/// Any form: whether a command has it is known to the command.
fn output(text: &str) -> Result<Output, String> {
    Ok(match text {
        "text" => Output::Text,
        "wide" => Output::Wide,
        "json" => Output::Json,
        "github" => Output::Github,
        other => {
            let format = other.split('=').next().unwrap_or_default();
            if !["yaml", "name"].contains(&format)
                && !["jsonpath", "custom-columns"].iter().any(|it| format.starts_with(it))
            {
                return Err("write `text`, `wide` or `json`; for what the cluster holds also `yaml`, `name`, \
                            `jsonpath=…` or `custom-columns=…`"
                    .to_owned());
            }
            Output::Kubectl(other.to_owned())
        }
    })
}

/// How this process came to do what it does: what the journal notes.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// The words of the command line behind the program's name.
    pub words: Vec<String>,
    /// The run, or the fleet, that is taken up again.
    pub resumes: Option<String>,
    /// The only cluster of the fleet that is taken up, if it is not all of them.
    pub only: Option<String>,
    /// Which part of a fleet this is, if it is one.
    pub part: Option<Part>,
    /// Whether a sandbox world that was never begun is refused: looking at one would make it.
    pub in_existing_world: bool,
}

/// A cluster of a fleet.
#[derive(Debug, Clone)]
pub struct Part {
    /// The fleet's id; empty where nothing is written down.
    pub fleet: String,
    /// The cluster's name in the fleet.
    pub member: String,
    /// What EKS calls it.
    pub cluster: String,
}

/// When there are colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// At a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Everywhere.
    Always,
    /// Nowhere.
    Never,
}

/// Flags that every command takes.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Global options")]
pub struct Global {
    /// What answers: `sandbox`, the embedded world where nothing real is touched (the default), or `aws`
    #[arg(long, global = true, value_enum, hide_possible_values = true, env = "SPOTSCRIPT_TARGET")]
    pub target: Option<TargetKind>,
    /// AWS region
    #[arg(long, global = true)]
    pub region: Option<String>,
    /// AWS profile
    #[arg(long, global = true)]
    pub profile: Option<String>,
    /// Reach the cluster through this kubeconfig instead of through EKS
    #[arg(long, global = true, value_name = "FILE")]
    pub kubeconfig: Option<PathBuf>,
    /// Read the Spot Instance Advisor's feed from a file, with either target
    #[arg(long, global = true, value_name = "FILE", env = "SPOTSCRIPT_FEED")]
    pub feed: Option<PathBuf>,
    /// Name of the sandbox world [default: default]
    #[arg(long, global = true, value_name = "NAME")]
    pub world: Option<String>,
    /// Say more: `-v` how many requests were made, `-vv` each of them with the time it took
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
    /// Say less: no progress and nothing of what is made; steps, checks, warnings and errors stay
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Form of the data on stdout: `text` (the default), `wide` with more columns, or `json`; `nodes` and `get` also have
    /// `yaml`, `name`, `jsonpath=…` and `custom-columns=…`
    #[arg(short, long, global = true, value_parser = output)]
    pub output: Option<Output>,
    /// Colours: `auto` (the default: at a terminal, unless NO_COLOR is set), `always` or `never`
    #[arg(long, global = true, value_enum, value_name = "WHEN", hide_possible_values = true)]
    pub color: Option<Colour>,
    /// The same as `--color never`
    #[arg(long, global = true, conflicts_with = "color")]
    pub no_color: bool,
    /// Answer yes to every question
    #[arg(long, global = true)]
    pub yes: bool,
    /// Give up after this time, such as `90s` or `10m`
    #[arg(long, global = true, value_name = "TIME", value_parser = duration)]
    pub timeout: Option<Duration>,
    /// The context of the kubeconfig: set by a fleet's file, not by a flag.
    #[arg(skip)]
    pub context: Option<String>,
    /// Set by the program, not by a flag.
    #[arg(skip)]
    pub start: Start,
}

impl Global {
    /// These flags, with those given in `later` instead where they were given.
    pub fn overridden_by(&self, later: Global) -> Global {
        Global {
            target: later.target.or(self.target),
            region: later.region.or_else(|| self.region.clone()),
            profile: later.profile.or_else(|| self.profile.clone()),
            kubeconfig: later.kubeconfig.or_else(|| self.kubeconfig.clone()),
            feed: later.feed.or_else(|| self.feed.clone()),
            world: later.world.or_else(|| self.world.clone()),
            verbose: self.verbose + later.verbose,
            quiet: self.quiet || later.quiet,
            color: later.color.or(self.color),
            output: later.output.or_else(|| self.output.clone()),
            no_color: self.no_color || later.no_color,
            yes: self.yes || later.yes,
            timeout: later.timeout.or(self.timeout),
            context: self.context.clone(),
            start: self.start.clone(),
        }
    }

    /// The target.
    pub fn target(&self) -> TargetKind {
        self.target.unwrap_or(TargetKind::Sandbox)
    }

    /// Whether there may be colours on a stream that is a terminal or is none.
    pub fn colour(&self, terminal: bool) -> bool {
        match self.color {
            _ if self.no_color => false,
            Some(Colour::Always) => true,
            Some(Colour::Never) => false,
            Some(Colour::Auto) | None => terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty()),
        }
    }

    /// Whether data is for programs.
    pub fn json(&self) -> bool {
        self.output == Some(Output::Json)
    }

    /// Whether more columns are wanted.
    pub fn wide(&self) -> bool {
        self.output == Some(Output::Wide)
    }

    /// The form in kubectl's spelling; empty for its tables.
    pub fn kubectl_output(&self) -> &str {
        match &self.output {
            None | Some(Output::Text | Output::Github) => "",
            Some(Output::Wide) => "wide",
            Some(Output::Json) => "json",
            Some(Output::Kubectl(form)) => form,
        }
    }

    /// The sandbox world's name.
    pub fn world(&self) -> &str {
        self.world.as_deref().unwrap_or(crate::sandbox::store::DEFAULT)
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    let span: jiff::SignedDuration =
        text.parse().map_err(|_| "write a time such as `90s`, `10m` or `1h30m`".to_owned())?;
    Duration::try_from(span).map_err(|_| "a time limit is not negative".to_owned())
}
