//! Family and id of the nodes' image.

use super::{Fields, Reader};
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::nodegroup::{AmiFamily, NodegroupSpec, validate_ami};

impl Reader<'_> {
    pub(super) fn image(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let family = group.text("amiFamily").filter(|(family, _)| !family.is_empty());
        if let Some((text, at)) = &family {
            match AmiFamily::parse(text) {
                Ok(family) => spec.ami_family = family,
                Err(error) => {
                    let message = format!("`{}` is `{text}`, which is no image family", group.path("amiFamily"));
                    self.fault(*at, Error { code: Code::DocumentValue, message, ..error });
                }
            }
        }
        let Some((ami, at)) = group.text("ami").filter(|(ami, _)| !ami.is_empty()) else { return };
        if matches!(ami.as_str(), "auto" | "auto-ssm" | "static") {
            // Old words for "the family's newest".
            self.note(at, format!("`{}: {ami}` is the default", group.path("ami")));
            return;
        }
        self.keep(at, validate_ami(&ami));
        spec.ami = Some(ami);
        if family.is_none() {
            self.bad(
                at,
                format!("`{}` without `amiFamily`: how the image boots is not known", group.path("ami")),
                "say the family of the image, for example `amiFamily: AmazonLinux2023`",
            );
        }
    }
}
