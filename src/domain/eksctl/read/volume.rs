//! Volumes of the nodes.

use super::{Fields, Reader};
use crate::domain::code::Code;
use crate::domain::error::Error;
use crate::domain::nodegroup::{DataVolume, NodegroupSpec, Volume, VolumeType};

const KEYS: [&str; 7] =
    ["volumeSize", "volumeType", "volumeEncrypted", "volumeIOPS", "volumeThroughput", "volumeName", "volumeKmsKeyID"];

impl Reader<'_> {
    pub(super) fn volumes(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        if KEYS.iter().any(|key| group.has(key)) {
            spec.volume = self.volume(group);
            // eksctl fills the size in before it looks at a managed group, and after it looks at others.
            if spec.managed.is_none() && !group.has("volumeSize") {
                for key in ["volumeName", "volumeEncrypted", "volumeKmsKeyID"].iter().filter(|key| group.asks(key)) {
                    let message = format!("`{}` without `volumeSize`", group.path(key));
                    self.bad(group.key_at(key), message, "set `volumeSize` too; eksctl's own is 80");
                }
            }
        }
        for fields in group.maps("additionalVolumes") {
            let volume = self.volume(&fields);
            match &volume.name {
                None => self.bad(
                    fields.at,
                    format!("`{}` must be set", fields.path("volumeName")),
                    "name the device, for example `/dev/xvdf`",
                ),
                Some(name) if spec.additional_volumes.iter().any(|other| other.volume.name.as_ref() == Some(name)) => {
                    let message = format!("`{}` `{name}` is there twice", fields.path("volumeName"));
                    self.bad(fields.value_at("volumeName"), message, "each volume has a device of its own");
                }
                Some(_) => {}
            }
            spec.additional_volumes.push(DataVolume { volume, snapshot: fields.filled("snapshotID") });
        }
    }

    fn volume(&mut self, fields: &Fields) -> Volume {
        let names = VolumeType::ALL.map(VolumeType::as_str);
        let written = self.one_of(fields, "volumeType", &names);
        let volume_type = VolumeType::ALL.into_iter().find(|known| Some(known.as_str()) == written.as_deref());
        let volume = Volume {
            size_gib: self.positive(fields, "volumeSize").unwrap_or(Volume::bare().size_gib),
            volume_type: volume_type.unwrap_or(VolumeType::Gp3),
            iops: self.positive(fields, "volumeIOPS"),
            throughput: self.positive(fields, "volumeThroughput"),
            encrypted: fields.bool("volumeEncrypted"),
            name: fields.filled("volumeName"),
            kms_key: fields.filled("volumeKmsKeyID"),
        };
        if volume.kms_key.is_some() && volume.encrypted != Some(true) {
            let message = format!("`{}` without `volumeEncrypted: true`", fields.path("volumeKmsKeyID"));
            self.bad(fields.key_at("volumeKmsKeyID"), message, "set `volumeEncrypted: true` too");
        }
        let at = ["volumeThroughput", "volumeIOPS", "volumeSize", "volumeType"];
        let fits = |volume: &Volume, key: &str| {
            let mut bare = volume.clone();
            match key {
                "volumeThroughput" => bare.throughput = None,
                "volumeIOPS" => bare.iops = None,
                _ => bare.size_gib = 500,
            }
            bare.validate().is_ok()
        };
        let key = at
            .into_iter()
            .find(|key| fields.has(key) && fits(&volume, key))
            .or_else(|| at.into_iter().find(|key| fields.has(key)));
        self.keep(key.map_or(fields.at, |key| fields.key_at(key)), volume.validate());
        volume
    }

    pub(super) fn positive(&mut self, fields: &Fields, key: &str) -> Option<u32> {
        let value = fields.int(key)?;
        let positive = u32::try_from(value).ok().filter(|value| *value > 0 && i32::try_from(*value).is_ok());
        if positive.is_none() {
            let error = Error::new(Code::DocumentValue, format!("`{}` is {value}", fields.path(key)));
            self.fault(fields.value_at(key), error.help("it is 1 or more"));
        }
        positive
    }
}
