//! eksctl's `instanceSelector`: instance types by what they are, expanded by our own catalogue.

use serde::{Deserialize, Serialize};

use crate::domain::catalogue;
use crate::domain::code::Code;
use crate::domain::error::{Error, Result};
use crate::domain::instance_type::InstanceType;
use crate::domain::instance_types::InstanceTypes;
use crate::domain::offerings;
use crate::domain::shape::{Architecture, Device};

/// Most types that a selector may stand for: what an Auto Scaling group takes.
pub const MAX_SELECTED: usize = 40;

/// What the types of a group must be.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct InstanceSelector {
    /// Exactly as many virtual CPUs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vcpus: Option<u32>,
    /// Exactly as much memory: `4` is GiB; `512MiB`, `4 GiB`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory: Option<String>,
    /// Exactly as many GPUs. Unless said, types with GPUs are among the chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpus: Option<u32>,
    /// Exactly as many Neuron devices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub neuron_devices: Option<u32>,
    /// `x86_64` (unless said), `amd64` or `arm64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_architecture: Option<String>,
    /// A regular expression that the names must match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub allow: Option<String>,
    /// A regular expression that the names must not match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deny: Option<String>,
}

impl InstanceSelector {
    /// Whether nothing is asked for: then it selects nothing.
    pub fn is_empty(&self) -> bool {
        *self == InstanceSelector::default()
    }

    /// The types, by name, that are as asked for and offered in the zones; without zones, in the region.
    ///
    /// # Errors
    /// `SPOT-0112` when there is none or are more than 40, `SPOT-0101` for a value that says nothing.
    pub fn expand(&self, region: Option<&str>, zones: &[String]) -> Result<InstanceTypes> {
        let memory = self.memory.as_deref().map(memory_mib).transpose()?;
        let architecture = self.cpu_architecture.as_deref().filter(|text| !text.is_empty()).unwrap_or("x86_64");
        let architecture = Architecture::parse(architecture).ok_or_else(|| {
            Error::new(Code::InvalidValue, format!("`cpuArchitecture` is `{architecture}`"))
                .help("it is `x86_64`, `amd64` or `arm64`")
        })?;
        let (allow, deny) = (pattern(self.allow.as_deref())?, pattern(self.deny.as_deref())?);
        let neuron = |known: &InstanceType| if known.device == Some(Device::Neuron) { known.accelerators } else { 0 };
        let chosen: InstanceTypes = catalogue::all()
            .iter()
            .filter(|known| {
                known.architecture == architecture
                    && self.vcpus.is_none_or(|wanted| known.vcpu == wanted)
                    && memory.is_none_or(|wanted| known.memory_mib == wanted)
                    // EC2 counts a fraction of a GPU as none; it is one all the same.
                    && self.gpus.is_none_or(|wanted| known.gpus == wanted && (wanted > 0 || !has_gpu(known)))
                    && self.neuron_devices.is_none_or(|wanted| neuron(known) == wanted)
                    && allow.as_ref().is_none_or(|pattern| pattern.is_match(&known.name))
                    && !deny.as_ref().is_some_and(|pattern| pattern.is_match(&known.name))
                    && region.is_none_or(|region| offered(region, zones, &known.name))
            })
            .cloned()
            .collect();
        match chosen.len() {
            0 => Err(Error::new(Code::UnusableInstanceTypes, "the instance selector matches no instance type")
                .help("ask for less, or name the types")),
            count if count > MAX_SELECTED => Err(Error::new(
                Code::UnusableInstanceTypes,
                format!("the instance selector matches {count} instance types, at most {MAX_SELECTED} can be used"),
            )
            .help("ask for more: vCPUs, memory, `gpus: 0`, or a pattern in `allow`")),
            _ => Ok(chosen),
        }
    }
}

fn has_gpu(known: &InstanceType) -> bool {
    known.gpus > 0 || matches!(known.device, Some(Device::Nvidia | Device::Amd))
}

/// Offered in each of the zones, as eksctl asks for; without zones, somewhere in the region. Regions that the
/// capture lacks are not judged.
fn offered(region: &str, zones: &[String], name: &str) -> bool {
    if offerings::region_zones(region).is_empty() {
        return true;
    }
    let there = offerings::zones(region, name);
    if zones.is_empty() { !there.is_empty() } else { zones.iter().all(|zone| there.contains(zone)) }
}

fn pattern(text: Option<&str>) -> Result<Option<regex_lite::Regex>> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let compiled = regex_lite::RegexBuilder::new(text).size_limit(1 << 16).build();
    compiled.map(Some).map_err(|error| {
        Error::new(Code::InvalidValue, format!("`{text}` is no regular expression")).because(error.to_string())
    })
}

/// MiB of `4`, `4GiB`, `512 mib` or `1.5gb`: without a unit it is GiB.
fn memory_mib(text: &str) -> Result<u64> {
    let bare = text.trim().to_ascii_lowercase();
    let end = bare.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(bare.len());
    let (number, unit) = bare.split_at(end);
    let per = match unit.trim() {
        "" | "g" | "gb" | "gib" => Some(1024.0),
        "m" | "mb" | "mib" => Some(1.0),
        "t" | "tb" | "tib" => Some(1024.0 * 1024.0),
        _ => None,
    };
    match (number.parse::<f64>(), per) {
        (Ok(number), Some(per)) if number > 0.0 && number * per < 1e12 => Ok((number * per) as u64),
        _ => Err(Error::new(Code::InvalidValue, format!("`memory` is `{text}`"))
            .help("write GiB as a number (`\"4\"`), or with a unit (`512MiB`)")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_selector_chooses_one_shape() {
        let selector =
            InstanceSelector { vcpus: Some(2), memory: Some("4".into()), gpus: Some(0), ..InstanceSelector::default() };
        let types = selector.expand(Some("us-west-2"), &[]).unwrap();
        assert_eq!(types.same_shape().unwrap().to_string(), "2 vCPU / 4 GiB");
        assert!(types.contains("t3.medium") && !types.contains("t4g.medium"), "{:?}", types.names());
    }

    #[test]
    fn patterns_narrow_it_and_too_little_or_too_much_is_refused() {
        let t = InstanceSelector { vcpus: Some(2), allow: Some("^t3".into()), ..InstanceSelector::default() };
        assert!(t.expand(None, &[]).unwrap().iter().all(|known| known.name.starts_with("t3")));
        let refuse = |selector: InstanceSelector| selector.expand(None, &[]).unwrap_err().message;
        assert!(refuse(InstanceSelector { vcpus: Some(3), ..t.clone() }).contains("no instance type"));
        assert!(refuse(InstanceSelector { vcpus: Some(4), ..InstanceSelector::default() }).contains("at most 40"));
        assert!(refuse(InstanceSelector { allow: Some("(".into()), ..t.clone() }).contains("no regular expression"));
        assert!(refuse(InstanceSelector { memory: Some("much".into()), ..t }).contains("`memory`"));
    }

    #[test]
    fn memory_has_units() {
        for (text, mib) in [("4", 4096), ("2GiB", 2048), ("512 MiB", 512), ("0.5", 512), ("1tb", 1_048_576)] {
            assert_eq!(memory_mib(text).unwrap(), mib, "{text}");
        }
    }
}
