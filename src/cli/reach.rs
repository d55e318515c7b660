//! The flags that let scripts reach further than the working directory.

use std::path::{Path, PathBuf};

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::host::FilePolicy;

/// What scripts may read besides.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Reading {
    /// Let scripts read this file or folder too, not only below the working directory and beside the runbook
    #[arg(long, value_name = "PATH")]
    pub allow_read: Vec<PathBuf>,
}

/// What scripts may read and write besides.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Reach {
    #[command(flatten)]
    reading: Reading,
    /// Let scripts write this file or below this folder too, not only below the working directory
    #[arg(long, value_name = "PATH")]
    allow_write: Vec<PathBuf>,
}

impl From<Reading> for Reach {
    fn from(reading: Reading) -> Self {
        Reach { reading, allow_write: Vec::new() }
    }
}

impl Reach {
    /// The policy of scripts that run here.
    ///
    /// # Errors
    /// `SPOT-0801` when there is no working directory.
    pub fn files(&self) -> Result<FilePolicy> {
        let working = std::env::current_dir()
            .map_err(|error| Error::new(Code::File, "the working directory is gone").because(error.to_string()))?;
        let read = self.reading.allow_read.iter().map(Path::new);
        Ok(FilePolicy::new(working, &self.allow_write).reading(read))
    }
}
