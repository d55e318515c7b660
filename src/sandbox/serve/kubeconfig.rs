//! The kubeconfig file of a served world.

use std::fs;
use std::path::PathBuf;

use serde_json::json;

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::sandbox::Sandbox;

/// Writes it next to the world, or to the folder for temporary files when the world is in memory only.
pub(super) fn write(sandbox: &Sandbox, server: &str) -> Result<PathBuf> {
    let path = match sandbox.path() {
        Some(world) => world.with_extension("kubeconfig"),
        None => std::env::temp_dir().join(format!("spotscript-{}.kubeconfig", std::process::id())),
    };
    let name = sandbox.read(|world| world.eks.clusters.keys().next().cloned()).unwrap_or_else(|| "sandbox".to_owned());
    let config = json!({
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": {"server": server}}],
        "users": [{"name": "sandbox", "user": {}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": "sandbox"}}],
        "current-context": name,
    });
    let failed = |why: String| Error::new(Code::File, format!("cannot write `{}`", path.display())).because(why);
    let text = serde_yaml::to_string(&config).map_err(|error| failed(error.to_string()))?;
    fs::write(&path, text).map_err(|error| failed(error.to_string()))?;
    Ok(path)
}
