//! The document as a whole: what it is, whose cluster it is about, and its groups.

use std::rc::Rc;

use indexmap::IndexMap;

use super::super::{API_VERSION, KIND, SSH_SOURCES_ANNOTATION, Section};
use super::{Fields, Reader};
use crate::domain::code::Code;
use crate::domain::error::{Error, nearest};
use crate::domain::nodegroup::{NodegroupSpec, validate_cidr, validate_cluster_name};
use crate::domain::offerings;
use crate::domain::yaml::{Mark, Node, Value};

/// What a document holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) nodegroups: Vec<NodegroupSpec>,
    pub(super) managed: Vec<NodegroupSpec>,
    pub(super) sections: Vec<Section>,
}

/// What groups must know of the cluster around them.
#[derive(Debug, Default)]
pub(super) struct Surroundings {
    pub(super) name: String,
    pub(super) region: Option<String>,
    /// Tags of the cluster, which its groups get too.
    pub(super) tags: IndexMap<String, (String, Mark)>,
    /// Names of subnets that the document gives, and their ids where it does.
    pub(super) subnets: IndexMap<String, Option<String>>,
    /// Nothing of the cluster may reach the internet.
    pub(super) fully_private: bool,
    annotations: IndexMap<String, (String, Mark)>,
    ipv6: bool,
}

impl Reader<'_> {
    pub(super) fn cluster_config(&mut self, root: &Rc<Node>) -> Content {
        let mut content = Content { sections: self.sections(root), ..Content::default() };
        let raw = Fields::of(root, "");
        // What is no ClusterConfig at all has no other faults worth telling.
        if matches!(root.value, Value::Map(_)) && !self.is_cluster_config(&raw) {
            return content;
        }
        let document = self.document(root);
        if !matches!(root.value, Value::Map(_)) {
            return content;
        }
        let fields = Fields::of(&document, "");
        let around = self.surroundings(&fields);
        let mut names: Vec<String> = Vec::new();
        content.nodegroups = self.groups(&fields, "nodeGroups", &around, &mut names);
        if around.ipv6 && !content.nodegroups.is_empty() {
            self.bad(
                fields.key_at("nodeGroups"),
                "self-managed groups do not work in a cluster with `ipFamily: IPv6`",
                "use `managedNodeGroups`",
            );
        }
        content.managed = self.groups(&fields, "managedNodeGroups", &around, &mut names);
        content
    }

    fn sections(&self, root: &Node) -> Vec<Section> {
        let Value::Map(entries) = &root.value else { return Vec::new() };
        let acted_on = ["apiVersion", "kind", "metadata", "nodeGroups", "managedNodeGroups"];
        let kept = entries.iter().filter(|entry| !acted_on.contains(&entry.key.as_str()));
        kept.map(|entry| Section { name: entry.key.clone(), location: self.location(entry.at) }).collect()
    }

    fn is_cluster_config(&mut self, fields: &Fields) -> bool {
        let mut right = true;
        for (key, wanted) in [("apiVersion", API_VERSION), ("kind", KIND)] {
            let help = format!("a ClusterConfig begins with `apiVersion: {API_VERSION}` and `kind: {KIND}`");
            match fields.text(key) {
                Some((given, _)) if given == wanted => {}
                Some((given, at)) => {
                    right = false;
                    let message = format!("`{key}` is `{given}`, not `{wanted}`");
                    self.malformed(at, Error::new(Code::DocumentKind, message).help(help));
                }
                None => {
                    right = false;
                    let error = Error::new(Code::DocumentKind, format!("`{key}` is missing"));
                    self.malformed(fields.key_at(key), error.help(help));
                }
            }
        }
        right
    }

    fn surroundings(&mut self, fields: &Fields) -> Surroundings {
        let mut around = Surroundings::default();
        let network = fields.fields("kubernetesNetworkConfig");
        let family = network.and_then(|network| network.filled("ipFamily"));
        around.ipv6 = family.is_some_and(|family| family.eq_ignore_ascii_case("IPv6"));
        let private = fields.fields("privateCluster").and_then(|private| private.bool("enabled"));
        around.fully_private = private.unwrap_or_default();
        if let Some(subnets) = fields.fields("vpc").and_then(|vpc| vpc.fields("subnets")) {
            for kind in ["public", "private"] {
                let named = subnets.fields(kind);
                for name in named.iter().flat_map(Fields::keys) {
                    let id = named.as_ref().and_then(|named| named.fields(name)).and_then(|subnet| subnet.filled("id"));
                    around.subnets.insert(name.to_owned(), id);
                }
            }
        }
        let Some(metadata) = fields.fields("metadata") else {
            self.bad(fields.at, "`metadata` must be set", "it holds `name` and `region` of the cluster");
            return around;
        };
        match metadata.filled("name") {
            Some(name) => {
                self.keep(metadata.value_at("name"), validate_cluster_name(&name));
                around.name = name;
            }
            None => self.required(&metadata, "name", "the name of the EKS cluster"),
        }
        around.region = self.region(&metadata);
        around.tags = metadata.text_map("tags");
        around.annotations = metadata.text_map("annotations");
        around
    }

    /// A required text that is not there; one that has faults of its own is told elsewhere.
    fn required(&mut self, fields: &Fields, key: &str, what: &str) {
        let path = fields.path(key);
        if !self.unresolved.contains(&path) {
            self.bad(fields.key_at(key), format!("`{path}` must be set"), format!("it is {what}"));
        }
    }

    fn region(&mut self, metadata: &Fields) -> Option<String> {
        let Some(entry) = metadata.written("region") else {
            self.required(metadata, "region", "the AWS region of the cluster, such as `ap-northeast-1`");
            return None;
        };
        let at = if entry.value.is_null() { entry.at } else { entry.value.at };
        let Some(region) = metadata.filled("region") else {
            self.fault(
                at,
                Error::new(Code::DocumentUnresolvedVariable, "`metadata.region` is empty")
                    .because("an unquoted heredoc writes nothing for a variable that is not set, such as $AWS_REGION")
                    .help("set it (export AWS_REGION=…) and write the file again, or put the region in"),
            );
            return None;
        };
        if !is_region(&region) {
            let error = Error::new(Code::DocumentValue, format!("`metadata.region` is `{region}`, which is no region"));
            self.fault(
                at,
                match nearest(&region, offerings::regions()) {
                    Some(near) => error.help(format!("did you mean `{near}`?")),
                    None => error.help("a region is written like `ap-northeast-1`"),
                },
            );
            return None;
        }
        Some(region)
    }

    fn groups(
        &mut self,
        fields: &Fields,
        list: &str,
        around: &Surroundings,
        names: &mut Vec<String>,
    ) -> Vec<NodegroupSpec> {
        let mut groups = Vec::new();
        for (index, item) in fields.items(list).iter().enumerate() {
            let path = format!("{list}[{index}]");
            if item.is_null() {
                self.bad(item.at, format!("`{path}` is not set"), "leave the `-` out");
                continue;
            }
            let group = Fields::of(item, path.as_str());
            let spec = match list {
                "nodeGroups" => self.nodegroup(&group, around),
                _ => self.managed_group(&group, around),
            };
            let Some(mut spec) = spec else { continue };
            if let Some(ssh) = &mut spec.ssh
                && let Some((sources, at)) = around.annotations.get(&format!("{SSH_SOURCES_ANNOTATION}{}", spec.name))
            {
                ssh.sources = sources.split(',').map(str::to_owned).collect();
                for source in &ssh.sources {
                    self.keep(*at, validate_cidr(source));
                }
            }
            if names.contains(&spec.name) {
                let message = format!("`{path}.name` `{}` is not unique", spec.name);
                self.bad(group.value_at("name"), message, "each group of a cluster has a name of its own");
            }
            names.push(spec.name.clone());
            groups.push(spec);
        }
        groups
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
