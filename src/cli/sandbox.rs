//! `spotscript sandbox`: look at the embedded world, begin it anew, open its ports.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;

use clap::Subcommand;
use serde::Serialize;

use super::form::Form;
use super::{Failed, Global, console, serve};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::snapshot;
use crate::domain::world_status::WorldStatus;
use crate::sandbox::store::{self, WorldFile};
use crate::sandbox::world::{Scenario, World};
use crate::sandbox::{copy, load};
use crate::view::words;
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
/// Takes what `spotscript snapshot` saved: the same groups, instances, nodes and pods under the same names and ids. Or what
/// `kubectl get nodes,pods,ds,rs,deploy,sts,jobs,pdb,leases -A -o json` printed, or `-o yaml`: there are no groups then. Pods
/// that are evicted are made anew, as their owners do it, or after their own example where the owner was not given; pods of
/// other controllers are told. What is broken or there twice is refused as a whole.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript snapshot --target aws --cluster prod --out prod.json
  spotscript sandbox load prod.json --world prod
  spotscript roll nodegroup workers --world prod

  kubectl get nodes,pods,ds,rs,deploy,sts,jobs,pdb,leases -A -o json > prod.json
  spotscript sandbox load prod.json --world prod
  spotscript drain -l lifecycle=Ec2Spot --ignore-daemonsets --world prod")]
struct Load {
    /// Files; `-` is standard input
    #[arg(required = true, value_name = "FILE")]
    files: Vec<std::path::PathBuf>,
    /// Name of the cluster [default: what the snapshot or the nodes' labels say]
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// The world's time [default: that of the snapshot, or the newest moment that the objects show]
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
        let options =
            load::Options { seed: self.seed, cluster: self.cluster.clone(), now: self.now, still: self.still };
        let mut texts = vec![];
        for file in &self.files {
            let name = file.display().to_string();
            let mut bytes = vec![];
            let read = match name.as_str() {
                "-" => std::io::stdin().read_to_end(&mut bytes),
                _ => std::fs::File::open(file).and_then(|mut file| file.read_to_end(&mut bytes)),
            };
            read.map_err(|error| {
                Error::new(Code::File, format!("`{name}` cannot be read")).because(error.to_string())
            })?;
            let text = load::text(&name, bytes)?;
            texts.push((name, text));
        }
        let (world, loaded) = match texts.as_slice() {
            [(name, text)] if snapshot::is_one(text) => {
                let snapshot = snapshot::read(text, name)?;
                if let Some(other) = self.cluster.filter(|other| *other != snapshot.cluster.name) {
                    let of = &snapshot.cluster.name;
                    return Err(Error::new(
                        Code::InvalidArgument,
                        format!("the snapshot is of cluster `{of}`, not `{other}`"),
                    )
                    .help("leave `--cluster` out: a copy keeps its names"));
                }
                copy::world(&snapshot, &options)
            }
            texts => {
                if let Some((name, _)) = texts.iter().find(|(_, text)| snapshot::is_one(text)) {
                    let message = format!("the snapshot `{name}` cannot be loaded together with other files");
                    return Err(Error::new(Code::InvalidArgument, message).help("give it alone: it is a whole cluster"));
                }
                let files: Vec<String> = texts.iter().map(|(name, _)| format!("`{name}`")).collect();
                load::world(load::objects(texts)?, &options)
                    .map_err(|error| error.because(format!("they are those of {}", files.join(", "))))?
            }
        };
        tell(&loaded);
        Ok(world)
    }
}

/// Says what was loaded, what was not, and what will not come back.
fn tell(loaded: &load::Loaded) {
    for (kind, count) in &loaded.left_out {
        console::say(&format!("left out: {count} of kind {kind}, which the sandbox does not have"));
    }
    let told: Vec<String> = loaded.objects.iter().map(|(resource, count)| load::spelled(resource, *count)).collect();
    console::say(&format!("loaded: {}", told.join(", ")));
    let unseen = &loaded.unseen;
    for (kind, count) in &unseen.by_example {
        let pods = words::count(*count, "pod");
        console::say(&format!("made anew by their own example: {pods} of kind {kind}, whose owners were not given"));
    }
    for (kind, count) in &unseen.not_remade {
        let pods = words::count(*count, "pod");
        console::say(&format!(
            "not made anew once gone: {pods} of kind {kind}, whose controller the sandbox does not have"
        ));
    }
    if unseen.of_daemon_sets > 0 {
        let pods = words::count(unseen.of_daemon_sets, "pod");
        console::say(&format!("not made on new nodes: {pods} of kind DaemonSet, whose owners were not given"));
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
    let path = match &args.what {
        What::Status(_) | What::Serve(_) => store::existing(global.world())?,
        What::Load(_) | What::Reset(_) => store::world_path(global.world())?,
    };
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
