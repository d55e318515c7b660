//! `spotscript sandbox`: look at the embedded world, begin it anew, open its ports.

use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::form::Form;
use super::{Failed, Global, console, serve};
use crate::domain::error::Result;
use crate::domain::world_status::WorldStatus;
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
