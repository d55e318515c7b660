//! The document as a whole: what it is, whose cluster it is about, and its groups.

use indexmap::IndexMap;

use super::super::{API_VERSION, KIND, SSH_SOURCES_ANNOTATION, Section};
use super::{Fields, Reader, schema};
use crate::domain::code::Code;
use crate::domain::error::{Error, nearest};
use crate::domain::nodegroup::{NodegroupSpec, validate_cidr, validate_cluster_name};
use crate::domain::offerings;
use crate::domain::yaml::{Mark, Node, Value};

/// `metadata`, as far as every group needs it.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    pub(super) name: String,
    pub(super) region: Option<String>,
    pub(super) tags: IndexMap<String, (String, Mark)>,
    annotations: IndexMap<String, (String, Mark)>,
}

impl Reader<'_> {
    pub(super) fn cluster_config(&mut self, root: Option<&Node>) -> (Vec<NodegroupSpec>, Vec<Section>) {
        let nothing = Node { at: Mark { line: 1, column: 1 }, value: Value::Map(Vec::new()), size: 1 };
        let root = root.filter(|node| !node.is_null()).unwrap_or(&nothing);
        let sections = self.sections(root);
        let Some(fields) = self.fields(root, "", &schema::CLUSTER_CONFIG) else { return (Vec::new(), sections) };
        // What is no ClusterConfig at all has no other faults worth telling.
        if !self.is_cluster_config(&fields) {
            self.errors.retain(|error| error.code == Code::DocumentKind);
            return (Vec::new(), sections);
        }
        let metadata = self.metadata(&fields);
        let groups = self.groups(&fields, &metadata);
        self.managed_groups(&fields, &groups);
        (groups.into_iter().map(|(spec, _)| spec).collect(), sections)
    }

    fn sections(&self, root: &Node) -> Vec<Section> {
        let Value::Map(entries) = &root.value else { return Vec::new() };
        let acted_on = ["apiVersion", "kind", "metadata", "nodeGroups"];
        let kept = entries.iter().filter(|entry| !acted_on.contains(&entry.key.as_str()));
        kept.map(|entry| Section { name: entry.key.clone(), location: self.location(entry.at) }).collect()
    }

    fn is_cluster_config(&mut self, fields: &Fields<'_>) -> bool {
        let mut right = true;
        for (key, wanted) in [("apiVersion", API_VERSION), ("kind", KIND)] {
            let help = format!("a ClusterConfig begins with `apiVersion: {API_VERSION}` and `kind: {KIND}`");
            match self.text_field(fields, key) {
                Some((given, _)) if given == wanted => {}
                Some((given, at)) => {
                    right = false;
                    let message = format!("`{key}` is `{given}`, not `{wanted}`");
                    self.refuse(at, Code::DocumentKind, message, help);
                }
                None => {
                    right = false;
                    self.refuse(fields.at, Code::DocumentKind, format!("`{key}` is missing"), help);
                }
            }
        }
        right
    }

    fn metadata(&mut self, fields: &Fields<'_>) -> Metadata {
        let Some(entry) = fields.get("metadata") else {
            let message = "`metadata` must be set";
            self.refuse(fields.at, Code::DocumentValue, message, "it holds `name` and `region` of the cluster");
            return Metadata::default();
        };
        let Some(fields) = self.fields(&entry.value, "metadata", &schema::METADATA) else { return Metadata::default() };
        let mut metadata = Metadata::default();
        match self.text_field(&fields, "name") {
            Some((name, at)) => {
                self.keep(at, validate_cluster_name(&name));
                metadata.name = name;
            }
            None => self.required(&fields, "name", "the name of the EKS cluster"),
        }
        metadata.region = self.region(&fields);
        self.text_field(&fields, "version");
        metadata.tags = self.text_map_field(&fields, "tags");
        metadata.annotations = self.text_map_field(&fields, "annotations");
        metadata
    }

    /// A required text that is not there; one that has faults of its own is told elsewhere.
    fn required(&mut self, fields: &Fields<'_>, key: &str, what: &str) {
        if fields.get(key).is_none() {
            let path = fields.path(key);
            self.refuse(fields.at, Code::DocumentValue, format!("`{path}` must be set"), format!("it is {what}"));
        }
    }

    fn region(&mut self, fields: &Fields<'_>) -> Option<String> {
        let written = fields.entries.iter().find(|entry| entry.key == "region");
        let Some(entry) = written else {
            self.required(fields, "region", "the AWS region of the cluster, such as `ap-northeast-1`");
            return None;
        };
        let region = self.text(&entry.value, "metadata.region")?;
        if region.is_empty() {
            let at = if entry.value.is_null() { entry.at } else { entry.value.at };
            self.fault(
                at,
                Error::new(Code::DocumentUnresolvedVariable, "`metadata.region` is empty")
                    .because("an unquoted heredoc writes nothing for a variable that is not set, such as $AWS_REGION")
                    .help("set it (export AWS_REGION=…) and write the file again, or put the region in"),
            );
            return None;
        }
        if !is_region(&region) {
            let error = Error::new(Code::DocumentValue, format!("`metadata.region` is `{region}`, which is no region"));
            self.fault(
                entry.value.at,
                match nearest(&region, offerings::regions()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("a region is written like `ap-northeast-1`"),
                },
            );
            return None;
        }
        Some(region)
    }

    fn groups(&mut self, fields: &Fields<'_>, metadata: &Metadata) -> Vec<(NodegroupSpec, Mark)> {
        let Some(entry) = fields.get("nodeGroups") else { return Vec::new() };
        let mut groups: Vec<(NodegroupSpec, Mark)> = Vec::new();
        for (index, item) in self.items(entry, "nodeGroups").iter().enumerate() {
            let path = format!("nodeGroups[{index}]");
            if item.is_null() {
                self.refuse(item.at, Code::DocumentValue, format!("`{path}` is not set"), "leave the `-` out");
                continue;
            }
            let Some(mut spec) = self.nodegroup(item, &path, metadata) else { continue };
            if let Some(ssh) = &mut spec.ssh
                && let Some((sources, at)) = metadata.annotations.get(&format!("{SSH_SOURCES_ANNOTATION}{}", spec.name))
            {
                ssh.sources = sources.split(',').map(str::to_owned).collect();
                for source in &ssh.sources {
                    self.keep(*at, validate_cidr(source));
                }
            }
            if groups.iter().any(|(other, _)| other.name == spec.name) {
                let message = format!("`{path}.name` `{}` is not unique", spec.name);
                self.refuse(item.at, Code::DocumentValue, message, "each group of a cluster has a name of its own");
            }
            groups.push((spec, item.at));
        }
        groups
    }

    /// Managed groups are kept untouched; but their names must not be taken.
    fn managed_groups(&mut self, fields: &Fields<'_>, groups: &[(NodegroupSpec, Mark)]) {
        let Some(entry) = fields.get("managedNodeGroups") else { return };
        let items = self.items(entry, "managedNodeGroups");
        for (index, item) in items.iter().enumerate() {
            let Value::Map(entries) = &item.value else { continue };
            let Some(name) = entries.iter().find(|entry| entry.key == "name") else { continue };
            let Value::Scalar { text, .. } = &name.value.value else { continue };
            if groups.iter().any(|(group, _)| group.name == *text) {
                let message = format!("`managedNodeGroups[{index}].name` `{text}` is not unique");
                self.refuse(
                    name.value.at,
                    Code::DocumentValue,
                    message,
                    "each group of a cluster has a name of its own",
                );
            }
        }
        if !items.is_empty() {
            self.note(entry.at, "managed node groups are kept as they are, and not acted on");
        }
    }
}

/// `aa-east-1`: lower-case words, the last of them a point of the compass, and a number. Regions open
/// faster than lists of them are updated.
fn is_region(text: &str) -> bool {
    const COMPASS: [&str; 9] =
        ["central", "north", "east", "south", "west", "northeast", "northwest", "southeast", "southwest"];
    let parts: Vec<&str> = text.split('-').collect();
    let lower = |part: &&str| !part.is_empty() && part.chars().all(|c| c.is_ascii_lowercase());
    match parts.as_slice() {
        [words @ .., point, number] => {
            !words.is_empty()
                && words.iter().all(lower)
                && COMPASS.contains(point)
                && !number.is_empty()
                && number.chars().all(|c| c.is_ascii_digit())
        }
        _ => false,
    }
}
