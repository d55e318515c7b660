//! Volumes of the nodes, and what EBS takes for them.

use serde::{Deserialize, Serialize};

use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

/// EBS volume types.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VolumeType {
    /// General purpose, previous generation.
    Gp2,
    /// General purpose.
    Gp3,
    /// Provisioned IOPS.
    Io1,
    /// Provisioned IOPS, durable.
    Io2,
    /// Throughput-optimised disks: no root volume.
    St1,
    /// Cold disks: no root volume.
    Sc1,
}

impl VolumeType {
    /// Every type.
    pub const ALL: [VolumeType; 6] =
        [VolumeType::Gp3, VolumeType::Gp2, VolumeType::Io1, VolumeType::Io2, VolumeType::St1, VolumeType::Sc1];

    /// EC2's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            VolumeType::Gp2 => "gp2",
            VolumeType::Gp3 => "gp3",
            VolumeType::Io1 => "io1",
            VolumeType::Io2 => "io2",
            VolumeType::St1 => "st1",
            VolumeType::Sc1 => "sc1",
        }
    }
}

/// Root volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Volume {
    /// GiB.
    pub size_gib: u32,
    /// Type.
    pub volume_type: VolumeType,
    /// IOPS; `None` takes the type's default (3000 for gp3).
    pub iops: Option<u32>,
    /// MiB/s; `None` takes the type's default (125 for gp3).
    pub throughput: Option<u32>,
    /// Encrypted or not; `None` leaves it to the account's default.
    pub encrypted: Option<bool>,
    /// Device name; `None` is the image's root device.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// KMS key that it is encrypted with; `None` is the account's default key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
}

/// A volume beside the root volume.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataVolume {
    /// Size, type and device.
    #[serde(flatten)]
    pub volume: Volume,
    /// Snapshot that it begins with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<String>,
}

impl Default for Volume {
    /// eksctl's default: 80 GiB gp3 with 3000 IOPS and 125 MiB/s.
    fn default() -> Self {
        Volume { iops: Some(3000), throughput: Some(125), ..Volume::bare() }
    }
}

impl Volume {
    /// A volume of which nothing is said but that it is 80 GiB of gp3.
    pub const fn bare() -> Self {
        Volume {
            size_gib: 80,
            volume_type: VolumeType::Gp3,
            iops: None,
            throughput: None,
            encrypted: None,
            name: None,
            kms_key: None,
        }
    }
}

impl Volume {
    /// Checks size, IOPS and throughput by the rules of the volume's type.
    ///
    /// # Errors
    /// `SPOT-0101` with the range.
    pub fn validate(&self) -> Result<()> {
        let kind = self.volume_type.as_str();
        let refuse = |message: String, help: String| Err(Error::new(Code::InvalidValue, message).help(help));
        let sizes = match self.volume_type {
            VolumeType::Io1 | VolumeType::Io2 => 4..=16384,
            VolumeType::Gp2 | VolumeType::Gp3 => 1..=16384,
            VolumeType::St1 | VolumeType::Sc1 => 125..=16384,
        };
        if !sizes.contains(&self.size_gib) {
            let range = format!("{kind} takes {} to {} GiB", sizes.start(), sizes.end());
            return refuse(format!("the volume has {} GiB", self.size_gib), range);
        }
        let iops = match self.volume_type {
            VolumeType::Gp2 | VolumeType::St1 | VolumeType::Sc1 => None,
            VolumeType::Gp3 => Some(3000..=16000),
            VolumeType::Io1 => Some(100..=64000),
            VolumeType::Io2 => Some(100..=256_000),
        };
        match (self.iops, iops) {
            (Some(_), None) => {
                return refuse(format!("{kind} volumes have no setting for IOPS"), "use gp3, io1 or io2".into());
            }
            (Some(given), Some(range)) if !range.contains(&given) => {
                return refuse(
                    format!("the volume has {given} IOPS"),
                    format!("{kind} takes {} to {}", range.start(), range.end()),
                );
            }
            _ => {}
        }
        match self.throughput {
            Some(_) if self.volume_type != VolumeType::Gp3 => {
                refuse(format!("{kind} volumes have no setting for throughput"), "use gp3".into())
            }
            Some(given) if !(125..=1000).contains(&given) => {
                refuse(format!("the volume has {given} MiB/s"), "gp3 takes 125 to 1000".into())
            }
            _ => Ok(()),
        }
    }
}
