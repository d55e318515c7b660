//! The root volume.

use super::{Fields, Reader};
use crate::domain::code::Code;
use crate::domain::error::{Error, nearest};
use crate::domain::nodegroup::{NodegroupSpec, Volume, VolumeType};
use crate::domain::yaml::Mark;

const KEYS: [&str; 5] = ["volumeSize", "volumeType", "volumeEncrypted", "volumeIOPS", "volumeThroughput"];
const TYPES: [VolumeType; 4] = [VolumeType::Gp2, VolumeType::Gp3, VolumeType::Io1, VolumeType::Io2];

impl Reader<'_> {
    pub(super) fn volume(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        if KEYS.iter().all(|key| fields.get(key).is_none()) {
            return;
        }
        let size_gib = self.positive(fields, "volumeSize").unwrap_or(spec.volume.size_gib);
        let volume_type = match self.text_field(fields, "volumeType") {
            Some((text, at)) => self.volume_type(&text, at, &fields.path("volumeType")),
            None => VolumeType::Gp3,
        };
        spec.volume = Volume {
            size_gib,
            volume_type,
            iops: self.positive(fields, "volumeIOPS"),
            throughput: self.positive(fields, "volumeThroughput"),
            encrypted: self.bool_field(fields, "volumeEncrypted"),
        };
        let at = KEYS.iter().find_map(|key| fields.get(key)).map_or(fields.at, |entry| entry.at);
        self.keep(at, spec.volume.validate());
    }

    fn volume_type(&mut self, text: &str, at: Mark, path: &str) -> VolumeType {
        if let Some(known) = TYPES.into_iter().find(|known| known.as_str() == text) {
            return known;
        }
        let error = Error::new(Code::DocumentValue, format!("`{path}` is `{text}`"));
        self.fault(
            at,
            match nearest(text, TYPES.map(VolumeType::as_str)) {
                Some(near) => error.help(format!("did you mean `{near}`?")),
                None => error.help("a root volume is of type gp2, gp3, io1 or io2"),
            },
        );
        VolumeType::Gp3
    }

    fn positive(&mut self, fields: &Fields<'_>, key: &str) -> Option<u32> {
        let value = self.int_field(fields, key)?;
        let at = fields.get(key).map_or(fields.at, |entry| entry.value.at);
        let positive = u32::try_from(value).ok().filter(|value| *value > 0);
        if positive.is_none() {
            let message = format!("`{}` is {value}", fields.path(key));
            self.refuse(at, Code::DocumentValue, message, format!("it is from 1 to {}", u32::MAX));
        }
        positive
    }
}
