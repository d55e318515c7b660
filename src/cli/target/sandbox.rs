//! `--target sandbox`: the embedded world, reached through the same clients as the real ones.

use std::io::{LineWriter, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;

use super::super::{Global, console};
use super::control::Levers;
use crate::adapters::aws::AwsCloud;
use crate::adapters::feeds;
use crate::adapters::kube::ClientAccess;
use crate::adapters::terminal::{Consent, Manner, Terminal};
use crate::domain::Code;
use crate::domain::advisor::Feed;
use crate::domain::error::{Error, Result};
use crate::host::{Console, Hidden, Target};
use crate::ops::Session;
use crate::ports::{Clock, Turns, WorldControl, as_spoken};
use crate::sandbox::world::Scenario;
use crate::sandbox::{self, Sandbox, store};

/// The sandbox as a target.
pub(super) struct SandboxTarget {
    world: World,
    region: Option<String>,
    verbose: u8,
    colour: bool,
    talk: super::Talk,
    /// The cluster of a world that is begun because there is none.
    cluster: Option<String>,
    feed: Option<PathBuf>,
    hidden: Hidden,
    opened: Mutex<Option<Sandbox>>,
}

/// Which world.
enum World {
    /// The one kept under this name.
    Named {
        name: String,
        /// Whether it has to be there already.
        begun: bool,
    },
    /// One that is there already; nothing is said about it, and what happens is told to nobody or to a console.
    Given(Sandbox, Option<Arc<dyn Console>>),
}

impl SandboxTarget {
    pub(super) fn new(global: &Global, hidden: Hidden) -> Self {
        SandboxTarget {
            world: World::Named {
                name: global.world().to_owned(),
                begun: global.start.in_existing_world && global.start.part.is_none(),
            },
            region: global.region.clone(),
            verbose: global.verbose,
            colour: console::look(global).colour,
            talk: super::Talk::of(global),
            cluster: global.start.part.as_ref().map(|part| part.cluster.clone()),
            feed: global.feed.clone(),
            hidden,
            opened: Mutex::new(None),
        }
    }

    pub(super) fn given(sandbox: Sandbox, log: Option<Arc<dyn Console>>) -> Self {
        SandboxTarget {
            world: World::Given(sandbox, log),
            region: None,
            verbose: 0,
            colour: false,
            talk: super::Talk::Usual,
            cluster: None,
            feed: None,
            hidden: Hidden::default(),
            opened: Mutex::new(None),
        }
    }

    fn world(&self) -> Result<Sandbox> {
        match &self.world {
            World::Named { name, begun } => {
                let path = if *begun { store::existing(name)? } else { store::world_path(name)? };
                Sandbox::open_or(&path, || self.fresh())
            }
            World::Given(sandbox, _) => Ok(sandbox.clone()),
        }
    }

    /// A world to begin with: as the tutorial begins, for a cluster of a fleet with its name and region.
    fn fresh(&self) -> sandbox::world::World {
        let mut scenario = Scenario::default();
        if let Some(cluster) = &self.cluster {
            scenario.cluster.clone_from(cluster);
            scenario.region = self.region.clone().unwrap_or(scenario.region);
        }
        scenario.build(1)
    }

    fn operator(&self, clock: &Arc<dyn Clock>) -> Terminal {
        // Nothing real can be lost here, so nothing is asked.
        match &self.world {
            World::Named { .. } => super::log(clock, Consent::Harmless, self.colour, self.talk, &self.hidden),
            World::Given(_, log) => {
                let to: Box<dyn Write + Send> = match log {
                    Some(console) => Box::new(LineWriter::new(Talk(Arc::clone(console)))),
                    None => Box::new(std::io::sink()),
                };
                Terminal::to(to, Arc::clone(clock), Consent::Harmless, Manner::Lines, false)
            }
        }
    }
}

#[async_trait]
impl Target for SandboxTarget {
    async fn open(&self) -> Result<Session> {
        let sandbox = self.world()?;
        let region = sandbox.region();
        if let Some(wanted) = self.region.as_ref().filter(|wanted| **wanted != region) {
            return Err(Error::new(
                Code::InvalidArgument,
                format!("the sandbox is in region `{region}`, not `{wanted}`"),
            )
            .help("leave `--region` out, or begin a world there: `spotscript --region REGION sandbox reset`"));
        }
        if let World::Named { name, .. } = &self.world
            && self.talk != super::Talk::Little
        {
            console::say(&as_spoken(&format!("sandbox (world {name}): nothing real is touched")));
        }
        *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = Some(sandbox.clone());
        let config = sandbox.sdk_config();
        let cloud = if self.verbose > 1 { AwsCloud::with_trace(config, super::trace()) } else { AwsCloud::new(config) };
        let clock: Arc<dyn Clock> = Arc::new(WorldClock(sandbox.clone()));
        Ok(Session {
            cloud: Arc::new(cloud),
            clusters: Arc::new(ClientAccess(sandbox.kube_client())),
            operator: Arc::new(self.operator(&clock)),
            clock,
        })
    }

    async fn advisor(&self, session: &Session) -> Result<Feed> {
        if let Some(file) = &self.feed {
            return feeds::read_file(file)?.feed();
        }
        feeds::synthetic_advisor(session.cloud.region()).feed()
    }

    fn controllable(&self) -> bool {
        true
    }

    fn control(&self) -> Option<Arc<dyn WorldControl>> {
        let opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        opened.clone().map(|sandbox| Arc::new(Levers(sandbox)) as _)
    }

    fn close(&self) -> Result<()> {
        match &*self.opened.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(sandbox) => sandbox.save(),
            None => Ok(()),
        }
    }
}

/// Whole lines of a log as talk on a console.
struct Talk(Arc<dyn Console>);

impl Write for Talk {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.talk(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// How long a process that still has the world is left alone before it is looked at again.
const STILL_THEIRS: Duration = Duration::from_millis(100);

/// The world's time.
struct WorldClock(Sandbox);

#[async_trait]
impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        self.0.now()
    }

    async fn sleep(&self, duration: Duration) {
        self.0.sleep(duration).await;
    }

    async fn aside(&self, duration: Duration) -> Result<()> {
        self.0.lend()?;
        tokio::time::sleep(duration).await;
        loop {
            match self.0.take_back() {
                Err(error) if error.code == Code::WorldLocked => tokio::time::sleep(STILL_THEIRS).await,
                other => return other,
            }
        }
    }

    fn turns(&self, lanes: usize) -> Option<Arc<dyn Turns>> {
        Some(Arc::new(Lanes(crate::sandbox::Turns::new(self.0.clone(), lanes))))
    }
}

/// The world's turns.
struct Lanes(Arc<crate::sandbox::Turns>);

impl Turns for Lanes {
    fn enter(self: Arc<Self>, lane: usize) {
        Arc::clone(&self.0).enter(lane);
    }

    fn leave(&self, lane: usize) {
        self.0.leave(lane);
    }
}
