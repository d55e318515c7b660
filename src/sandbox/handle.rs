//! The handle to a world: what clients, views and commands share.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use super::pace::Sleep;
use super::store::WorldFile;
use super::world::World;
use crate::domain::error::Result;

/// A world, shared. Clones are handles to the same world.
#[derive(Clone)]
pub struct Sandbox {
    shared: Arc<Shared>,
}

struct Shared {
    world: Mutex<World>,
    changed: watch::Sender<u64>,
    file: Option<Mutex<WorldFile>>,
    cut: super::cut::Cut,
}

impl std::fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sandbox")
    }
}

impl Sandbox {
    /// A new world as the tutorial begins, in memory only.
    pub fn fresh(seed: u64) -> Self {
        Self::of(World::fresh(seed))
    }

    /// A given world, in memory only.
    pub fn of(world: World) -> Self {
        Self::with_file(world, None)
    }

    /// The world kept at `path`; a new one, made of seed 1, when there is none. The world stays locked for other
    /// processes until the last handle goes.
    ///
    /// # Errors
    /// `SPOT-0701` when it cannot be read, `SPOT-0702` when another process has it, `SPOT-0801` for the file system.
    pub fn open(path: &Path) -> Result<Self> {
        Self::open_or(path, || World::fresh(1))
    }

    /// The same, with a beginning of one's own where there is no world yet.
    ///
    /// # Errors
    /// As [`Sandbox::open`].
    pub fn open_or(path: &Path, fresh: impl FnOnce() -> World) -> Result<Self> {
        let mut file = WorldFile::lock(path)?;
        let world = file.load()?.unwrap_or_else(fresh);
        Ok(Self::with_file(world, Some(file)))
    }

    fn with_file(world: World, file: Option<WorldFile>) -> Self {
        let shared = Shared {
            world: Mutex::new(world),
            changed: watch::Sender::new(0),
            file: file.map(Mutex::new),
            cut: Default::default(),
        };
        Sandbox { shared: Arc::new(shared) }
    }

    /// Writes the world to where it was opened from. Nothing is written when nothing changed, or when the world is in
    /// memory only.
    ///
    /// # Errors
    /// `SPOT-0801` for the file system.
    pub fn save(&self) -> Result<()> {
        let Some(file) = &self.shared.file else { return Ok(()) };
        let content = self.read(super::store::encode)?;
        file.lock().unwrap_or_else(PoisonError::into_inner).write(content)
    }

    /// Writes the world down and gives it free for other processes, until [`Sandbox::take_back`]. A world in memory only
    /// stays as it is.
    ///
    /// # Errors
    /// `SPOT-0801` for the file system.
    pub fn lend(&self) -> Result<()> {
        self.save()?;
        if let Some(file) = &self.shared.file {
            file.lock().unwrap_or_else(PoisonError::into_inner).release();
        }
        Ok(())
    }

    /// Takes the world back, as others have left it. Watches of its objects go on.
    ///
    /// # Errors
    /// `SPOT-0702` when another process still has it, `SPOT-0701` when it cannot be read, `SPOT-0801` for the file system.
    pub fn take_back(&self) -> Result<()> {
        let Some(file) = &self.shared.file else { return Ok(()) };
        let changed = file.lock().unwrap_or_else(PoisonError::into_inner).retake()?;
        if let Some(mut new) = changed {
            self.world(|world| {
                new.objects.follow(&world.objects);
                *world = new;
            });
        }
        Ok(())
    }

    /// Where the world is kept; `None` when it is in memory only.
    pub fn path(&self) -> Option<std::path::PathBuf> {
        let file = self.shared.file.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        Some(file.path().to_owned())
    }

    /// Reads or changes the world.
    pub fn world<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        let result = act(&mut self.shared.world.lock().unwrap_or_else(PoisonError::into_inner));
        self.shared.changed.send_modify(|count| *count += 1);
        result
    }

    /// Reads the world; watchers are not told.
    pub fn read<R>(&self, look: impl FnOnce(&World) -> R) -> R {
        look(&self.shared.world.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Tells whenever the world may have changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.shared.changed.subscribe()
    }

    /// Where callers are cut off.
    pub(super) fn cut(&self) -> &super::cut::Cut {
        &self.shared.cut
    }

    /// Whether this is a handle to the same world.
    pub(super) fn is(&self, other: &Sandbox) -> bool {
        Arc::ptr_eq(&self.shared, &other.shared)
    }

    /// The region of the world.
    pub fn region(&self) -> String {
        self.read(|world| world.account.region.clone())
    }

    /// The world's time.
    pub fn now(&self) -> Timestamp {
        self.read(|world| world.clock.timestamp())
    }

    /// Lets time pass at once.
    pub fn advance(&self, span: Duration) {
        self.world(|world| world.advance(span));
    }

    /// Waits on the world's clock: nobody really waits. Time goes from event to event, and others can look at the
    /// world in between.
    pub fn sleep(&self, span: Duration) -> impl Future<Output = ()> + Send + Sync + use<> {
        Sleep::new(self.clone(), span)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_fresh_worlds_of_one_seed_are_equal_byte_for_byte() {
        let text = |seed| Sandbox::fresh(seed).read(super::super::store::encode);
        assert_eq!(text(7), text(7));
        assert_ne!(text(7), text(8));
    }
}
