//! A host that nothing can be asked of: what is called on it is judged by what it was given, up to its first request.

use std::sync::Arc;

use async_trait::async_trait;

use super::target::Target;
use super::{Console, FilePolicy, Hidden, Host, Options};
use crate::domain::Code;
use crate::domain::advisor::Feed;
use crate::domain::error::{Error, Result};
use crate::ops::Session;

/// What every request is answered with.
const SEALED: &str = "nothing is asked of anybody while a script is read";

struct Nobody;

struct Silence;

impl Console for Silence {
    fn data(&self, _: &str) {}
    fn talk(&self, _: &str) {}
}

#[async_trait]
impl Target for Nobody {
    async fn open(&self) -> Result<Session> {
        Err(Error::new(Code::Internal, SEALED))
    }

    async fn advisor(&self, _: &Session) -> Result<Feed> {
        Err(Error::new(Code::Internal, SEALED))
    }

    fn close(&self) -> Result<()> {
        Ok(())
    }
}

impl Host {
    /// A host that nothing can be asked of, with the files of another. What fails on it with anything but
    /// [`Host::is_sealed`] fails everywhere.
    pub fn sealed(files: FilePolicy) -> Self {
        Host::new(Options {
            target: Arc::new(Nobody),
            console: Arc::new(Silence),
            files,
            hidden: Hidden::default(),
            timeout: None,
        })
    }

    /// Whether a failure only says that something would have been asked: of the target, or of the sandbox's levers.
    pub fn is_sealed(error: &Error) -> bool {
        error.code == Code::Internal && error.message == SEALED || error.code == Code::NotInSandbox
    }
}
