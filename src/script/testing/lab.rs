//! The surroundings of one test: its world, where it writes, its snapshots, and how runbooks run in it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rhai::Map;

use super::super::ScriptError;
use super::super::coverage::Coverage;
use super::super::header::Header;
use super::super::render::{Look, render};
use super::super::session::{Ending, Session};
use super::super::source::SourceMap;
use super::TestWorld;
use super::capture::Capture;
use super::snapshots::Snapshots;
use crate::domain::error::{Error, Result, nearest};
use crate::domain::{Code, Kind};
use crate::host::{self, FilePolicy, Hidden, Host, Snapshot, Trial, read_text};

/// How reports look that go into a test's output.
const PLAIN: Look = Look { colour: false, width: 100 };

/// The surroundings of a test.
pub(super) struct Lab {
    /// The world.
    pub(super) world: Box<dyn TestWorld>,
    /// Where the test and its runbooks write.
    pub(super) scratch: PathBuf,
    /// The folder of the test's file.
    pub(super) beside: PathBuf,
    /// What else may be read.
    pub(super) allow_read: Vec<PathBuf>,
    /// What its runbooks are measured with.
    pub(super) coverage: Option<Arc<Coverage>>,
    /// Its snapshots.
    pub(super) snapshots: Arc<Snapshots>,
}

impl Lab {
    /// A host in this world.
    pub(super) fn host(&self, console: Arc<Capture>, like: Like<'_>) -> Host {
        let hidden = Hidden::default();
        let more = self.allow_read.iter().map(PathBuf::as_path);
        let files = FilePolicy::scratch(&self.scratch).reading(more.chain([Path::new(".")]));
        files.read_beside(&self.beside.join("test"));
        let options = host::Options {
            target: self.world.target(hidden.over(console.clone())),
            console,
            files,
            hidden,
            timeout: like.timeout,
        };
        Host::stopped_by(options, like.cancel.clone())
    }

    fn file(&self, path: &str) -> PathBuf {
        let path = Path::new(path.strip_prefix("./").unwrap_or(path));
        // Without a folder in front, messages are as short as the user's own words.
        if self.beside.as_os_str().is_empty() { path.to_owned() } else { self.beside.join(path) }
    }
}

/// What stops a host.
pub(super) struct Like<'a> {
    /// A request that others share.
    pub(super) cancel: &'a host::Cancel,
    /// Time.
    pub(super) timeout: Option<std::time::Duration>,
}

impl host::Lab for Lab {
    fn run_script(&self, test: &Host, path: &str, parameters: &Map) -> Result<Trial> {
        let file = self.file(path);
        let name = file.display().to_string();
        let real = test.files().readable(path, &file)?;
        let text = read_text(&real).map_err(|error| {
            Error::new(Code::File, format!("the runbook `{name}` cannot be read"))
                .because(error.to_string())
                .help("its path is relative to the test's file")
        })?;
        let console = Arc::new(Capture::default());
        let host = self.host(Arc::clone(&console), Like { cancel: test.cancel(), timeout: test.time_left() });
        let result = self.run(&host, &name, &text, parameters);
        // What it printed is `output`; in the test's own it would bury what the test says.
        test.console().talk(&format!("run_script {name}\n{}", console.said()));
        if let Err(failed) = &result {
            test.console().talk(&render(failed, PLAIN));
        }
        if let Err(failed) = &result
            && (failed.error.kind() == Kind::Interrupted || failed.error.code == Code::TimeLimit)
        {
            return Err((*failed.error).clone());
        }
        let record = host.record().clone();
        let exit_code = match &result {
            Err(failed) => failed.error.kind().exit_code(),
            Ok(Ending::Exit(code)) if *code != 0 => *code,
            Ok(_) if record.failed_checks() > 0 => Kind::Script.exit_code(),
            Ok(_) => 0,
        };
        Ok(Trial {
            exit_code,
            output: console.data(),
            log: console.said(),
            record,
            requests: host.requests().unwrap_or_default(),
            error: result.err().map(|failed| *failed.error),
            elapsed_ms: host.elapsed_ms(),
        })
    }

    fn snapshot(&self, name: &str, value: &str) -> Result<Snapshot> {
        self.snapshots.compare(name, value)
    }
}

impl Lab {
    fn run(&self, host: &Host, name: &str, text: &str, parameters: &Map) -> Result<Ending, ScriptError> {
        let mut session = Session::reading_into(host, SourceMap::measured(self.coverage.clone()))?;
        let program = session.compile(name, text)?;
        let values = given(&program.header, parameters)?;
        host.hidden().hide(program.header.secrets(&values));
        session.run(&program, &values)
    }
}

/// The parameters as the command line would take them: unknown names, wrong types and wrong choices are refused.
fn given(header: &Header, parameters: &Map) -> Result<Map> {
    let mut values = Map::new();
    for (name, value) in parameters {
        let Some(param) = header.params.iter().find(|param| param.name == name.as_str()) else {
            let error = Error::new(Code::InvalidArgument, format!("the script has no parameter `{name}`"));
            return Err(match nearest(name, header.params.iter().map(|param| param.name.as_str())) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error,
            });
        };
        let value = if value.is_array() { param.accept(value.clone())? } else { param.parse(&value.to_string())? };
        values.insert(name.clone(), value);
    }
    Ok(values)
}
