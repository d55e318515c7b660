//! The labels and taints that boot data written here gives: what a node has from an older version of its template.

use base64::Engine;
use indexmap::IndexMap;

use crate::domain::taint::Taint;

const LABELS: [&str; 2] = ["--node-labels=", "NODE_LABELS="];
const TAINTS: [&str; 2] = ["--register-with-taints=", "NODE_TAINTS="];

/// Where the flags of the kubelet stand in boot data of Windows.
const WINDOWS: [&str; 2] = [" -KubeletExtraArgs '", "[string]$KubeletExtraArgs = '"];
/// The same flags once more, for commands that override.
const WINDOWS_MAP: &str = "$KubeletExtraArgsMap = ";

/// What boot data gives a node.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// Labels, in order.
    pub labels: IndexMap<String, String>,
    /// Taints, in order.
    pub taints: Vec<Taint>,
}

/// Reads labels and taints out of boot data as a launch template has it. What was not written here gives none.
pub fn given(user_data: &str) -> Given {
    let mut given = Given::default();
    let mut section = "";
    for line in decoded(user_data).lines() {
        if line.starts_with('[') {
            section = line;
        }
        let flags = on_windows(line).map_or_else(|| vec![line], |(_, flags, _)| flags.split(' ').collect());
        for line in flags {
            if let Some(pairs) = after(line, LABELS) {
                let pairs = pairs.split(',').filter_map(|pair| pair.split_once('='));
                given.labels.extend(pairs.map(|(key, value)| (key.to_owned(), value.to_owned())));
            }
            if let Some(taints) = after(line, TAINTS) {
                given.taints.extend(taints.split(',').filter_map(|taint| Taint::parse(taint).ok()));
            }
        }
        let Some((key, value)) = line.split_once(" = ") else { continue };
        let key = key.trim_matches('"');
        match section {
            "[settings.kubernetes.node-labels]" => {
                given.labels.insert(key.to_owned(), value.trim_matches('"').to_owned());
            }
            "[settings.kubernetes.node-taints]" => {
                let entries: Vec<String> = serde_json::from_str(value).unwrap_or_default();
                given.taints.extend(entries.iter().filter_map(|entry| Taint::from_map_entry(key, entry).ok()));
            }
            _ => {}
        }
    }
    given
}

/// Whether two texts of boot data differ in nothing but labels and taints, which a running node can be given too.
pub fn differ_in_labels_only(one: &str, other: &str) -> bool {
    one == other || without(one) == without(other)
}

fn without(user_data: &str) -> Vec<String> {
    let mut section = String::new();
    let mut lines = vec![];
    for line in decoded(user_data).lines() {
        if line.starts_with('[') {
            section = line.to_owned();
        }
        let named = section.starts_with("[settings.kubernetes.node-");
        if named || line.starts_with(WINDOWS_MAP) || after(line, LABELS).is_some() || after(line, TAINTS).is_some() {
            continue;
        }
        if let Some((before, flags, behind)) = on_windows(line) {
            let others = flags.split(' ').filter(|flag| after(flag, LABELS).is_none() && after(flag, TAINTS).is_none());
            lines.push(format!("{before}{}{behind}", others.collect::<Vec<_>>().join(" ")));
            continue;
        }
        lines.push(line.replace(" --register-with-taints=$NODE_TAINTS", ""));
    }
    lines.retain(|line| !line.is_empty());
    lines
}

/// A line with the kubelet's flags on Windows: what stands before them, they, and what stands behind. Flags have no quotes.
fn on_windows(line: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = WINDOWS.iter().find_map(|marker| line.split_once(marker))?;
    let (flags, behind) = rest.split_once('\'')?;
    Some((before, flags, behind))
}

/// The value behind one of the markers; a shell variable is none.
fn after<'a>(line: &'a str, markers: [&str; 2]) -> Option<&'a str> {
    let [flag, variable] = markers;
    let value = line.trim_start().strip_prefix("- ").unwrap_or(line).strip_prefix(flag);
    value.or_else(|| line.strip_prefix(variable)).filter(|value| !value.starts_with('$'))
}

fn decoded(user_data: &str) -> String {
    let bytes = base64::engine::general_purpose::STANDARD.decode(user_data).unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::nodegroup::AmiFamily;
    use crate::domain::user_data::{BootInput, encode, write};

    fn boot_data(family: &str, labels: &[(&str, &str)], taints: &[&str], max_pods: u32) -> String {
        let labels = labels.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let taints: Vec<Taint> = taints.iter().map(|taint| Taint::parse(taint).unwrap()).collect();
        let input = BootInput {
            cluster: "c",
            service_cidr: "10.100.0.0/16",
            labels: &labels,
            taints: &taints,
            max_pods: Some(max_pods),
            ..BootInput::default()
        };
        encode(&write(AmiFamily::parse(family).unwrap(), &input)).unwrap()
    }

    #[test]
    fn what_was_written_is_read_for_each_family() {
        let labels = [("alpha.eksctl.io/cluster-name", "c"), ("lifecycle", "Ec2Spot"), ("empty", "")];
        let taints = ["spotInstance=true:PreferNoSchedule", "gpu:NoExecute"];
        for family in
            ["AmazonLinux2023", "AmazonLinux2", "Ubuntu2204", "Bottlerocket", "WindowsServer2022CoreContainer"]
        {
            let first = boot_data(family, &labels, &taints, 30);
            let read = given(&first);
            let found: Vec<(&str, &str)> = read.labels.iter().map(|(key, value)| (&**key, &**value)).collect();
            assert_eq!(found, labels, "{family}");
            assert_eq!(read.taints.iter().map(ToString::to_string).collect::<Vec<_>>(), taints, "{family}");

            let relabelled = boot_data(family, &labels[..1], &[], 30);
            assert!(first != relabelled && differ_in_labels_only(&first, &relabelled), "{family}");
            assert!(!differ_in_labels_only(&first, &boot_data(family, &labels, &taints, 40)), "{family}");
        }
    }

    #[test]
    fn what_someone_else_wrote_gives_nothing_and_differs() {
        assert_eq!(given("IyEvYmluL2Jhc2g="), Given::default());
        assert!(!differ_in_labels_only("IyEvYmluL2Jhc2g=", "IyEvYmluL3No"));
    }
}
