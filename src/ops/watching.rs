//! What changes among objects of a kind, told as the API server tells it.

use std::time::Duration;

use serde::Deserialize;
use serde_json::Value;

use super::objects::{self, Include, Scope};
use crate::domain::kubernetes::kinds::query;
use crate::domain::kubernetes::refusal::Refusal;
use crate::domain::kubernetes::table::{Table, TableRow};
use crate::domain::{Code, Error};
use crate::ports::Cluster;

/// What happened to an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Happened {
    /// It is new.
    Added,
    /// It changed.
    Modified,
    /// It is gone; the row is its last.
    Deleted,
    /// Nothing; so far everything was told.
    Bookmark,
    /// The watch failed.
    Error,
}

/// One event of a watch.
#[derive(Deserialize)]
struct Event {
    #[serde(rename = "type")]
    happened: Happened,
    object: Value,
}

/// A kind that is watched.
pub struct Watching {
    version: String,
}

impl Watching {
    /// Begins with what there is now.
    ///
    /// # Errors
    /// What the server says.
    pub async fn begin(api: &dyn Cluster, scope: Scope<'_>) -> Result<(Self, Table), Refusal> {
        let table = objects::table(api, scope, Include::Metadata).await?;
        Ok((Watching { version: table.metadata.version.clone() }, table))
    }

    /// What happened since the last look, in its order, rows with their metadata. The server waits at most `longest` for
    /// something to happen. `None` when it does not remember that far back: begin anew.
    ///
    /// # Errors
    /// What the server says, `SPOT-0401` when its answer cannot be read.
    pub async fn next(
        &mut self,
        api: &dyn Cluster,
        scope: Scope<'_>,
        longest: Duration,
    ) -> Result<Option<Vec<(Happened, TableRow)>>, Refusal> {
        let seconds = longest.as_secs().max(1).to_string();
        let parts = [
            ("labelSelector", scope.labels),
            ("fieldSelector", scope.fields),
            ("includeObject", Include::Metadata.as_str()),
            ("resourceVersion", self.version.as_str()),
            ("timeoutSeconds", seconds.as_str()),
            ("watch", "true"),
        ];
        let path = format!("{}{}", scope.kind.path(scope.namespace, None), query(&parts));
        let body = match api.read(&path, objects::TABLE).await? {
            Ok(body) => body,
            Err(status) if status.code == 410 => return Ok(None),
            Err(status) => return Err(Refusal::Server(status)),
        };
        let mut news = Vec::new();
        for line in body.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            let event: Event = objects::parse(line)?;
            match event.happened {
                Happened::Error if event.object["code"] == 410 => return Ok(None),
                Happened::Error => {
                    let said = event.object["message"].as_str().unwrap_or("the watch failed").to_owned();
                    return Err(Error::new(Code::KubeRefused, "the watch ended").because(said).into());
                }
                Happened::Bookmark => self.note(&event.object["metadata"]),
                happened => {
                    let table: Table =
                        serde_json::from_value(event.object).map_err(|error| objects::unreadable(&error))?;
                    for row in table.rows {
                        self.note(&row.object["metadata"]);
                        news.push((happened, row));
                    }
                }
            }
        }
        Ok(Some(news))
    }

    fn note(&mut self, metadata: &Value) {
        if let Some(version) = metadata["resourceVersion"].as_str() {
            self.version = version.to_owned();
        }
    }
}
