//! `spotscript sandbox`: look at the embedded world, begin it anew, open its ports.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::form::Form;
use super::{Failed, Global, console, serve};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::world_status::WorldStatus;
use crate::sandbox::load;
use crate::sandbox::store::{self, WorldFile};
use crate::sandbox::world::{Scenario, World};
use crate::view::world::{Place, render};

/// The seed of a world for which none was chosen.
const SEED: u64 = 1;

/// The embedded world that stands in for AWS and a cluster
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Status(Status),
    Reset(Reset),
    Load(Load),
    Serve(serve::Args),
}

/// Name, file, clock, region, what there is, and the faults in force
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript sandbox status
  spotscript sandbox status --world drill -o json")]
struct Status {}

/// Begin the world anew, as the tutorial begins
///
/// `--region` puts it into another region.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript sandbox reset
  spotscript sandbox reset --seed 7 --region us-west-2")]
struct Reset {
    /// What the world's chance derives from
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
}

/// Make the world a copy of a cluster, to rehearse on: a drain, an interruption
///
/// Takes what `kubectl get nodes,pods,daemonsets,replicasets,pdb,leases -A -o json` printed, or `-o yaml`.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  kubectl get nodes,pods,ds,rs,pdb,leases -A -o json > prod.json
  spotscript sandbox load prod.json --world prod
  spotscript drain -l lifecycle=Ec2Spot --ignore-daemonsets --world prod")]
struct Load {
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<std::path::PathBuf>,
    /// Name of the cluster [default: what the nodes' labels say]
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// The world's time [default: the newest moment that the objects show]
    #[arg(long, value_name = "TIME")]
    now: Option<jiff::Timestamp>,
    /// Without controllers: what is evicted is not made anew, and nothing is scheduled
    #[arg(long)]
    still: bool,
    /// What the world's chance derives from
    #[arg(long, value_name = "N", default_value_t = SEED)]
    seed: u64,
}

impl Load {
    fn world(self) -> Result<World> {
        let mut objects = vec![];
        for file in &self.files {
            let name = file.display().to_string();
            let text = match name.as_str() {
                "-" => std::io::read_to_string(std::io::stdin()),
                _ => std::fs::read_to_string(file),
            };
            let text = text.map_err(|error| {
                Error::new(Code::File, format!("`{name}` cannot be read")).because(error.to_string())
            })?;
            objects.extend(load::objects(&text, &name)?);
        }
        let options = load::Options { seed: self.seed, cluster: self.cluster, now: self.now, still: self.still };
        let (world, loaded) = load::world(objects, &options)?;
        for (kind, count) in &loaded.left_out {
            console::say(&format!("left out: {count} of kind {kind}, which the sandbox does not have"));
        }
        let told: Vec<String> = loaded.objects.iter().map(|(resource, count)| format!("{count} {resource}")).collect();
        console::say(&format!("loaded: {}", told.join(", ")));
        Ok(world)
    }
}

/// The JSON answer.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(flatten)]
    place: &'a Place,
    #[serde(flatten)]
    status: &'a WorldStatus,
}

/// Runs the command.
pub fn run(args: Args, global: &Global) -> Result<ExitCode, Failed> {
    let path = store::world_path(global.world())?;
    let text = match args.what {
        What::Serve(args) => return serve::run(args, &path, global),
        What::Status(Status {}) => {
            // A world that nobody touched yet is what the first command will find.
            let world = store::peek(&path)?.unwrap_or_else(|| World::fresh(SEED));
            told(&world, &path, global)?
        }
        What::Load(load) => {
            let world = load.world()?;
            WorldFile::lock(&path)?.write(store::encode(&world)?)?;
            told(&world, &path, global)?
        }
        What::Reset(Reset { seed }) => {
            let mut scenario = Scenario::default();
            scenario.region = global.region.clone().unwrap_or(scenario.region);
            let world = scenario.build(seed);
            WorldFile::lock(&path)?.write(store::encode(&world)?)?;
            told(&world, &path, global)?
        }
    };
    console::print(&text);
    Ok(ExitCode::SUCCESS)
}

fn told(world: &World, path: &Path, global: &Global) -> Result<String> {
    let place = Place {
        name: global.world().to_owned(),
        file: path.display().to_string(),
        bytes: std::fs::metadata(path).ok().map(|file| file.len()),
    };
    let status = world.status();
    Form::of(global).print("world", &Answer { place: &place, status: &status }, |style| render(&place, &status, style))
}
