//! Recorded cases and the worlds they were recorded in.

use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::kube::store::ObjectStore;
use spotscript::sandbox::kube::time::{Now, to_stored};
use spotscript::sandbox::world::World;

/// A line of `cases.jsonl`.
#[derive(Debug, Clone, Deserialize)]
pub struct Case {
    pub case: String,
    pub argv: Vec<String>,
    pub rc: i32,
    pub now: Timestamp,
}

impl Case {
    /// The value of `--name=value`, `--name value`.
    pub fn option(&self, names: &[&str]) -> Option<&str> {
        self.argv.iter().enumerate().find_map(|(index, argument)| {
            names.iter().find_map(|name| {
                let inline = argument.strip_prefix(name).and_then(|rest| rest.strip_prefix('='));
                inline.or_else(|| (argument == name).then(|| self.argv.get(index + 1).map_or("", String::as_str)))
            })
        })
    }

    pub fn has(&self, flag: &str) -> bool {
        self.argv.iter().any(|argument| argument == flag)
    }

    /// What is neither a flag nor a flag's value, after verb and resource.
    pub fn names(&self) -> Vec<&str> {
        const WITH_VALUE: [&str; 6] = ["-l", "-o", "-L", "-n", "--field-selector", "--selector"];
        let arguments: Vec<&str> = self.argv.iter().skip(3).map(String::as_str).collect();
        arguments
            .iter()
            .enumerate()
            .filter(|(index, text)| {
                !text.starts_with('-') && (*index == 0 || !WITH_VALUE.contains(&arguments[index - 1]))
            })
            .map(|(_, text)| *text)
            .collect()
    }
}

/// A folder of recorded cases.
pub struct Recording {
    pub name: String,
    pub golden: PathBuf,
    pub cases: Vec<Case>,
}

impl Recording {
    pub fn expected(&self, case: &Case, stream: &str) -> String {
        std::fs::read_to_string(self.golden.join(format!("{}.{stream}", case.case))).unwrap_or_default()
    }

    /// A sandbox with the recorded objects, at a moment.
    pub fn sandbox(&self, now: Timestamp) -> Sandbox {
        let mut world = World::fresh(1);
        world.objects = ObjectStore::new(1);
        world.clock.now = 0;
        world.clock.epoch = now;
        let at = Now { epoch: now, millis: 0 };
        for (file, resource) in [
            ("namespaces", "namespaces"),
            ("nodes", "nodes"),
            ("pods", "pods"),
            ("events", "events"),
            ("leases", "leases"),
            ("daemonsets", "daemonsets"),
            ("replicasets", "replicasets"),
            ("pdbs", "poddisruptionbudgets"),
            ("runtimeclasses", "runtimeclasses"),
        ] {
            let Ok(text) = std::fs::read_to_string(self.golden.join(format!("raw/{file}.list.json"))) else { continue };
            let list: Value = serde_json::from_str(&text).unwrap();
            for item in list["items"].as_array().unwrap() {
                let mut item = item.clone();
                to_stored(&mut item, &Value::Null, at);
                world.objects.restore(resource, item);
            }
        }
        Sandbox::of(world)
    }
}

/// The recordings, or none with a loud word.
pub fn recordings() -> Vec<Recording> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let shared = std::env::var_os("SPOTSCRIPT_SHARED").map(|shared| PathBuf::from(shared).join("data/kubectl"));
    let candidates = std::env::var_os("KUBECTL_CASES")
        .map(PathBuf::from)
        .into_iter()
        .chain(shared)
        .chain([root.join("../shared/data/kubectl"), root.join("../../shared/data/kubectl")]);
    let Some(folder) = candidates.into_iter().find(|folder| folder.is_dir()) else {
        eprintln!("SKIPPED: no recorded kubectl cases; set KUBECTL_CASES to the folder that has them");
        return Vec::new();
    };
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("golden/cases.jsonl").is_file())
        .collect();
    folders.sort();
    folders
        .into_iter()
        .map(|path| {
            let golden = path.join("golden");
            let text = std::fs::read_to_string(golden.join("cases.jsonl")).unwrap();
            let cases = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            Recording { name: path.file_name().unwrap().to_string_lossy().into_owned(), golden, cases }
        })
        .collect()
}

/// Counts what is equal and shows what is not.
#[derive(Default)]
pub struct Tally {
    equal: usize,
    differing: Vec<String>,
}

impl Tally {
    pub fn compare(&mut self, recording: &Recording, case: &Case, expected: &str, actual: &str) {
        if expected == actual {
            self.equal += 1;
            return;
        }
        println!("--- {}/{}: {}", recording.name, case.case, case.argv.join(" "));
        println!("{}", similar::TextDiff::from_lines(expected, actual).unified_diff().context_radius(1));
        self.differing.push(format!("{}/{}", recording.name, case.case));
    }

    pub fn close(self, what: &str) {
        let all = self.equal + self.differing.len();
        println!("{what}: {} of {all} equal", self.equal);
        assert!(self.differing.is_empty(), "{what} differ: {}", self.differing.join(" "));
    }
}
