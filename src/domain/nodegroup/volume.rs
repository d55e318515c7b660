//! What EBS takes for a root volume.

use super::{Volume, VolumeType};
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};

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
        };
        if !sizes.contains(&self.size_gib) {
            let range = format!("{kind} takes {} to {} GiB", sizes.start(), sizes.end());
            return refuse(format!("the root volume has {} GiB", self.size_gib), range);
        }
        let iops = match self.volume_type {
            VolumeType::Gp2 => None,
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
                    format!("the root volume has {given} IOPS"),
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
                refuse(format!("the root volume has {given} MiB/s"), "gp3 takes 125 to 1000".into())
            }
            _ => Ok(()),
        }
    }
}
