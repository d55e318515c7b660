//! Reads a fleet's file. Every fault is found and told at its place.

use std::collections::HashMap;
use std::rc::Rc;

use super::{Fleet, LONGEST_NAME, MOST, Member, is_name};
use crate::domain::code::Code;
use crate::domain::error::{Error, Location, Result, nearest};
use crate::domain::yaml::scalar::{self, Kind};
use crate::domain::yaml::{self, Entry, Mark, Node, Value};

/// The version of the form that is read.
const VERSION: i64 = 1;
const TOP: &[&str] = &["version", "defaults", "clusters"];
const DEFAULTS: &[&str] = &["region", "profile", "kubeconfig", "context", "params"];
const MEMBER: &[&str] = &["name", "cluster", "region", "profile", "kubeconfig", "context", "world", "params"];

/// Reads the text of `file`.
///
/// # Errors
/// `SPOT-0201` when it is not YAML, `SPOT-0202` for keys that do not exist, `SPOT-0203` for what is missing, there twice
/// or of a wrong type: all of them in one error, at their lines and columns.
pub(crate) fn read(text: &str, file: &str) -> Result<Fleet> {
    let root = yaml::parse(text, file)?;
    let mut reader = Reader { file, faults: vec![] };
    let members = reader.fleet(root.as_deref());
    match Error::together(reader.faults) {
        Some(error) => Err(error),
        None => Ok(Fleet { members }),
    }
}

struct Reader<'a> {
    file: &'a str,
    faults: Vec<Error>,
}

/// The entries of a map.
struct Map<'a> {
    at: Mark,
    entries: &'a [Entry],
}

impl<'a> Map<'a> {
    fn get(&self, key: &str) -> Option<&'a Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// What is given for all clusters.
#[derive(Default)]
struct Defaults {
    region: Option<String>,
    profile: Option<String>,
    kubeconfig: Option<String>,
    context: Option<String>,
    params: Vec<Entry>,
}

impl Reader<'_> {
    fn fault(&mut self, at: Mark, code: Code, message: impl Into<String>, help: impl Into<String>) {
        let place = Location { file: self.file.to_owned(), line: at.line, column: at.column };
        self.faults.push(Error::new(code, message).help(help).at(place));
    }

    fn fleet(&mut self, root: Option<&Node>) -> Vec<Member> {
        let start = Mark { line: 1, column: 1 };
        let example = "write `version: 1` and `clusters:` with a list: `spotscript run --help` shows one";
        let Some(root) = root.filter(|root| !root.is_null()) else {
            self.fault(start, Code::DocumentValue, "the file holds no fleet", example);
            return vec![];
        };
        let Some(map) = self.map(root, "a fleet", TOP) else { return vec![] };
        self.version(&map);
        let defaults = match map.get("defaults").filter(|entry| !entry.value.is_null()) {
            Some(entry) => self.defaults(&entry.value),
            None => Defaults::default(),
        };
        let Some(clusters) = map.get("clusters") else {
            self.fault(map.at, Code::DocumentValue, "the fleet has no `clusters`", example);
            return vec![];
        };
        let Value::List(items) = &clusters.value.value else {
            let message = format!("`clusters` is {}, not a list", clusters.value.describe());
            self.fault(clusters.value.at, Code::DocumentValue, message, "write one `- name: …` for each cluster");
            return vec![];
        };
        match items.len() {
            0 => {
                self.fault(clusters.value.at, Code::DocumentValue, "`clusters` is empty", "name at least one cluster");
            }
            count if count > MOST => {
                let message = format!("the fleet has {count} clusters, at most {MOST} are read");
                self.fault(clusters.value.at, Code::DocumentValue, message, "make several fleets of it");
            }
            _ => {}
        }
        let members: Vec<Member> = items.iter().filter_map(|item| self.member(item, &defaults)).collect();
        self.twice(&members, "name", |member| &member.name);
        self.twice(&members, "world", |member| &member.world);
        members
    }

    fn version(&mut self, map: &Map<'_>) {
        let help = format!("write `version: {VERSION}`");
        let Some(entry) = map.get("version") else {
            return self.fault(map.at, Code::DocumentValue, "the file does not say its `version`", help);
        };
        let read = match &entry.value.value {
            Value::Scalar { text, plain: true } => scalar::kind(text),
            _ => Kind::Text,
        };
        match read {
            Kind::Int(VERSION) => {}
            Kind::Int(newer) if newer > VERSION => {
                let message = format!("the file has version {newer}, this spotscript reads version {VERSION}");
                self.fault(entry.value.at, Code::DocumentValue, message, "take a newer spotscript");
            }
            _ => self.fault(entry.value.at, Code::DocumentValue, "`version` is no version of fleets", help),
        }
    }

    fn defaults(&mut self, node: &Node) -> Defaults {
        let Some(map) = self.map(node, "`defaults`", DEFAULTS) else { return Defaults::default() };
        Defaults {
            region: self.text(&map, "region"),
            profile: self.text(&map, "profile"),
            kubeconfig: self.text(&map, "kubeconfig"),
            context: self.text(&map, "context"),
            params: self.params(&map),
        }
    }

    fn member(&mut self, node: &Rc<Node>, defaults: &Defaults) -> Option<Member> {
        let map = self.map(node, "a cluster", MEMBER)?;
        let before = self.faults.len();
        let name = self.text(&map, "name");
        if name.is_none() && self.faults.len() == before {
            self.fault(node.at, Code::DocumentValue, "the cluster has no `name`", "write `name: …`");
        }
        let region = self.text(&map, "region").or_else(|| defaults.region.clone());
        if region.is_none() && map.get("region").is_none() {
            let message = match &name {
                Some(name) => format!("the cluster `{name}` has no `region`"),
                None => "the cluster has no `region`".to_owned(),
            };
            self.fault(node.at, Code::DocumentValue, message, "write `region: …` here, or below `defaults`");
        }
        let world = self.text(&map, "world");
        for (key, text) in [("name", &name), ("world", &world)] {
            if let (Some(text), Some(entry)) = (text, map.get(key))
                && !is_name(text)
            {
                let help = format!(
                    "it is 1 to {LONGEST_NAME} letters, digits, `-` or `_`; what EKS calls the cluster may be told apart from it by `cluster: …`"
                );
                self.fault(entry.value.at, Code::DocumentValue, format!("`{text}` is no `{key}` of a cluster"), help);
            }
        }
        let (cluster, profile) = (self.text(&map, "cluster"), self.text(&map, "profile"));
        let (kubeconfig, context) = (self.text(&map, "kubeconfig"), self.text(&map, "context"));
        let params = self.params(&map);
        let name = name?;
        Some(Member {
            cluster: cluster.unwrap_or_else(|| name.clone()),
            region: region?,
            profile: profile.or_else(|| defaults.profile.clone()),
            kubeconfig: kubeconfig.or_else(|| defaults.kubeconfig.clone()),
            context: context.or_else(|| defaults.context.clone()),
            world: world.unwrap_or_else(|| name.clone()),
            at: node.at,
            params,
            defaults: defaults.params.clone(),
            name,
        })
    }

    /// A map that has no other keys than `known`.
    fn map<'n>(&mut self, node: &'n Node, what: &str, known: &[&str]) -> Option<Map<'n>> {
        let Value::Map(entries) = &node.value else {
            let help = format!("its keys are `{}`", known.join("`, `"));
            self.fault(node.at, Code::DocumentValue, format!("{what} is {}, not a map", node.describe()), help);
            return None;
        };
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let help = match nearest(&entry.key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("its keys are `{}`", known.join("`, `")),
            };
            self.fault(entry.at, Code::DocumentUnknownKey, format!("{what} has no key `{}`", entry.key), help);
        }
        Some(Map { at: node.at, entries })
    }

    /// A text that says something; null is the same as left out.
    fn text(&mut self, map: &Map<'_>, key: &str) -> Option<String> {
        let node = &map.get(key).filter(|entry| !entry.value.is_null())?.value;
        match &node.value {
            Value::Scalar { text, plain } if !*plain || scalar::kind(text) == Kind::Text => {
                if text.trim().is_empty() {
                    self.fault(
                        node.at,
                        Code::DocumentValue,
                        format!("`{key}` is empty"),
                        "leave it out, or fill it in",
                    );
                    return None;
                }
                Some(text.clone())
            }
            Value::Scalar { text, .. } => {
                let message = format!("`{key}` is {}, no text", node.describe());
                self.fault(node.at, Code::DocumentValue, message, format!("put it in quotes: `{key}: \"{text}\"`"));
                None
            }
            _ => {
                let message = format!("`{key}` is {}, no text", node.describe());
                self.fault(node.at, Code::DocumentValue, message, format!("write `{key}: …`"));
                None
            }
        }
    }

    /// Parameters of the runbook. What they may be is the runbook's to say.
    fn params(&mut self, map: &Map<'_>) -> Vec<Entry> {
        let Some(node) = map.get("params").map(|entry| &entry.value).filter(|node| !node.is_null()) else {
            return vec![];
        };
        match &node.value {
            Value::Map(entries) => entries.clone(),
            _ => {
                let message = format!("`params` is {}, not a map", node.describe());
                self.fault(node.at, Code::DocumentValue, message, "write `params: { desired: 3 }`");
                vec![]
            }
        }
    }

    /// Tells members that have the same of what each has for itself.
    fn twice(&mut self, members: &[Member], key: &str, of: impl Fn(&Member) -> &String) {
        let mut first: HashMap<&str, Mark> = HashMap::new();
        for member in members {
            match first.get(of(member).as_str()) {
                // Two of one name have one world too: that is told already.
                Some(_) if key == "world" && members.iter().filter(|other| other.name == member.name).count() > 1 => {}
                Some(earlier) => {
                    let message =
                        format!("two clusters have the {key} `{}`, the first in line {}", of(member), earlier.line);
                    self.fault(member.at, Code::DocumentValue, message, format!("give each a `{key}` of its own"));
                }
                None => {
                    first.insert(of(member), member.at);
                }
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_fleet_is_read_with_its_defaults() {
        let text = "version: 1\ndefaults: { region: eu-west-1, profile: prod, params: { desired: 2 } }\nclusters:\n\
                    - name: a\n- { name: b, cluster: shop.b, region: us-east-1, world: drill, context: c, params: { max: 3 } }\n";
        let fleet = read(text, "fleet.yaml").unwrap();
        let [a, b] = fleet.members.as_slice() else { panic!("{fleet:?}") };
        assert_eq!((&*a.name, &*a.cluster, &*a.region, &*a.world), ("a", "a", "eu-west-1", "a"));
        assert_eq!(
            (&*b.cluster, &*b.region, &*b.world, b.context.as_deref()),
            ("shop.b", "us-east-1", "drill", Some("c"))
        );
        assert_eq!((b.profile.as_deref(), b.params.len(), b.defaults.len(), a.params.len()), (Some("prod"), 1, 1, 0));
    }

    #[test]
    fn all_faults_are_found_in_one_reading() {
        let text = "version: 2\nclsters: []\nclusters:\n- name: a\n- { name: a, region: 5 }\n- [x]\n";
        let error = read(text, "fleet.yaml").unwrap_err();
        assert_eq!(error.code, Code::DocumentUnknownKey);
        assert_eq!(error.detail.unwrap().lines().filter(|line| line.contains("fleet.yaml:")).count(), 4);
    }
}
