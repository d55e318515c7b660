//! One item of `nodeGroups`.

use super::cluster::Metadata;
use super::{Fields, Reader, schema};
use crate::domain::code::Code;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::nodegroup::{AmiFamily, NodegroupSpec, validate_ami, validate_name};
use crate::domain::yaml::Node;

impl Reader<'_> {
    /// A group, or `None` when it has no name; its other faults are told one by one.
    pub(super) fn nodegroup(&mut self, node: &Node, path: &str, metadata: &Metadata) -> Option<NodegroupSpec> {
        let fields = self.fields(node, path, &schema::NODE_GROUP)?;
        let Some((name, at)) = self.text_field(&fields, "name") else {
            if fields.get("name").is_none() {
                let message = format!("`{path}.name` must be set");
                self.refuse(node.at, Code::DocumentValue, message, "for example `name: dev-4vcpu-16gb-spot`");
            }
            return None;
        };
        self.keep(at, validate_name(&name));
        let mut spec = NodegroupSpec::new(name, &metadata.name, InstanceTypes::default());
        spec.region = metadata.region.clone();
        self.types_and_distribution(&fields, &mut spec);
        self.size(&fields, &mut spec);
        self.image(&fields, &mut spec);
        self.volume(&fields, &mut spec);
        self.ssh(&fields, &mut spec);
        self.addons(&fields, &mut spec);
        self.labels(&fields, &mut spec);
        self.taints(&fields, &mut spec);
        self.tags(&fields, metadata, &mut spec);
        self.network(&fields, &mut spec);
        self.settings(&fields, &mut spec);
        // What follows from labels and taints anyway is no tag of the user's own.
        let derived = spec.template_tags();
        spec.tags.retain(|key, value| derived.get(key) != Some(value));
        Some(spec)
    }

    fn image(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        if let Some((family, at)) = self.text_field(fields, "amiFamily")
            && !family.eq_ignore_ascii_case(AmiFamily::AmazonLinux2023.as_str())
        {
            let message = format!("`{}` is `{family}`, only `AmazonLinux2023` is supported", fields.path("amiFamily"));
            self.refuse(at, Code::DocumentUnsupported, message, "leave it out, or create this group with eksctl");
        }
        if let Some((ami, at)) = self.text_field(fields, "ami") {
            match ami.as_str() {
                // Both are old words for "the family's newest".
                "auto" | "auto-ssm" => self.note(at, format!("`{}: {ami}` is the default", fields.path("ami"))),
                _ => {
                    self.keep(at, validate_ami(&ami));
                    spec.ami = Some(ami);
                }
            }
        }
    }

    fn network(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        spec.private_networking = self.bool_field(fields, "privateNetworking").unwrap_or_default();
        let texts = |texts: Vec<(String, _)>| texts.into_iter().map(|(text, _)| text).collect::<Vec<_>>();
        spec.availability_zones = texts(self.texts_field(fields, "availabilityZones"));
        spec.subnets = texts(self.texts_field(fields, "subnets"));
        if let Some(entry) =
            fields.get("subnets").filter(|_| !spec.subnets.is_empty() && !spec.availability_zones.is_empty())
        {
            let message = format!("`{}` has both zones and subnets", fields.path);
            self.refuse(entry.at, Code::DocumentValue, message, "give `availabilityZones` or `subnets`");
        }
        let Some(entry) = fields.get("securityGroups") else { return };
        let Some(groups) = self.fields(&entry.value, &fields.path("securityGroups"), &schema::SECURITY_GROUPS) else {
            return;
        };
        for key in ["withShared", "withLocal"] {
            if self.bool_field(&groups, key) == Some(false) {
                let at = groups.get(key).map_or(groups.at, |entry| entry.at);
                let message = format!("`{}: false` is not supported yet", groups.path(key));
                self.refuse(at, Code::DocumentUnsupported, message, "leave it out, or create this group with eksctl");
            }
        }
    }

    fn settings(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        if let Some(pods) = self.int_field(fields, "maxPodsPerNode") {
            let at = fields.get("maxPodsPerNode").map_or(fields.at, |entry| entry.value.at);
            match u32::try_from(pods) {
                // eksctl takes 0 for unset.
                Ok(0) => {}
                Ok(pods) => spec.max_pods = Some(pods),
                Err(_) => {
                    let message = format!("`{}` is {pods}", fields.path("maxPodsPerNode"));
                    self.refuse(at, Code::DocumentValue, message, "it is 0 or more");
                }
            }
        }
        if self.bool_field(fields, "disableIMDSv1") == Some(false) {
            let at = fields.get("disableIMDSv1").map_or(fields.at, |entry| entry.at);
            let message = format!("`{}: false` is not supported: nodes take IMDSv2 only", fields.path("disableIMDSv1"));
            self.refuse(at, Code::DocumentUnsupported, message, "leave it out");
        }
        if self.bool_field(fields, "propagateASGTags") == Some(true) {
            let at = fields.get("propagateASGTags").map_or(fields.at, |entry| entry.at);
            self.note(
                at,
                "the autoscaler's tags are derived from labels and taints when `autoScaler` is on; \
                 eksctl's `propagateASGTags` writes taint tags without their effect, which the autoscaler ignores",
            );
        }
        if let Some((runtime, at)) = self.text_field(fields, "containerRuntime")
            && runtime != "containerd"
        {
            let message = format!("`{}` is `{runtime}`", fields.path("containerRuntime"));
            self.refuse(at, Code::DocumentValue, message, "only `containerd` is left in Kubernetes 1.24 and later");
        }
    }
}
