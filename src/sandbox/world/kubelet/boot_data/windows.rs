//! Windows: PowerShell that calls EKS's bootstrap script, whose parameters make the node join.

use super::flags::{self, Flags};
use super::{BootData, Fault};
use crate::domain::boot_syntax::powershell::{self, Bound};

/// The script's parameters in the order in which values without a name are taken (comments of `Start-EKSBootstrap.ps1`).
const PARAMETERS: [&str; 10] = [
    "EKSClusterName",
    "KubeletExtraArgs",
    "KubeProxyExtraArgs",
    "Endpoint",
    "APIServerEndpoint",
    "Base64ClusterCA",
    "DNSClusterIP",
    "ServiceCIDR",
    "ExcludedSnatCIDRs",
    "ContainerRuntime",
];
/// Parameters that every script with `CmdletBinding` has: these stand alone, those have a value.
const SWITCHES: [&str; 2] = ["Verbose", "Debug"];
const COMMON: [&str; 6] =
    ["ErrorAction", "WarningAction", "InformationAction", "ErrorVariable", "WarningVariable", "OutVariable"];

/// Reads decoded user data.
pub(super) fn read(text: &str) -> Result<BootData, Fault> {
    let script = powershell::script(text)
        .ok_or_else(|| Fault::Agent("the user data has no script between <powershell> and </powershell>".to_owned()))?;
    let Some(call) = powershell::call(script).map_err(Fault::Agent)? else {
        return Err(Fault::Agent("the user data never calls Start-EKSBootstrap.ps1".to_owned()));
    };
    let values = values(&call).map_err(Fault::Agent)?;
    let value = |name: &str| {
        let at = PARAMETERS.iter().position(|known| *known == name);
        at.and_then(|at| values[at].clone()).unwrap_or_default()
    };
    let cluster = value("EKSClusterName");
    if cluster.is_empty() {
        let missing = "Cannot process command because of one or more missing mandatory parameters: EKSClusterName.";
        return Err(Fault::Agent(missing.to_owned()));
    }
    let runtime = value("ContainerRuntime");
    if !["", "docker", "containerd"].iter().any(|known| known.eq_ignore_ascii_case(&runtime)) {
        return Err(Fault::Agent(format!(
            "Cannot validate argument on parameter 'ContainerRuntime'. The argument \"{runtime}\" does not belong to the \
             set \"docker,containerd\" specified by the ValidateSet attribute."
        )));
    }
    let arguments = value("KubeletExtraArgs");
    let words = words(&arguments);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Flags { labels, taints, max_pods } = flags::parse(&words).map_err(Fault::Kubelet)?;
    Ok(BootData {
        cluster,
        endpoint: value("APIServerEndpoint"),
        certificate_authority: value("Base64ClusterCA"),
        service_cidr: value("ServiceCIDR"),
        max_pods,
        labels,
        taints,
    })
}

/// The value of each parameter, as PowerShell binds them: names may be cut short where they stay unique, and what has none
/// goes to the first that is free.
fn values(call: &[Bound]) -> Result<[Option<String>; PARAMETERS.len()], String> {
    let mut values: [Option<String>; PARAMETERS.len()] = Default::default();
    let mut loose = vec![];
    let mut call = call.iter().peekable();
    while let Some(one) = call.next() {
        let name = match one {
            Bound::Text(text) => {
                loose.push(text.clone());
                continue;
            }
            Bound::Name(name) => name,
        };
        let full = full_name(name)?;
        if SWITCHES.contains(&full) {
            continue;
        }
        let Some(Bound::Text(text)) = call.next_if(|next| matches!(next, Bound::Text(_))) else {
            return Err(format!(
                "Missing an argument for parameter '{full}'. Specify a parameter of type \
                                'System.String' and try again."
            ));
        };
        let Some(at) = PARAMETERS.iter().position(|known| *known == full) else { continue };
        if values[at].replace(text.clone()).is_some() {
            return Err(format!(
                "Cannot bind parameter because parameter '{full}' is specified more than once. To provide multiple \
                 values to parameters that can accept multiple values, use the array syntax."
            ));
        }
    }
    let mut loose = loose.into_iter();
    for slot in values.iter_mut().filter(|slot| slot.is_none()) {
        *slot = loose.next();
    }
    match loose.next() {
        Some(text) => Err(format!("A positional parameter cannot be found that accepts argument '{text}'.")),
        None => Ok(values),
    }
}

fn full_name(name: &str) -> Result<&'static str, String> {
    let all = || PARAMETERS.iter().chain(&SWITCHES).chain(&COMMON).copied();
    if let Some(exact) = all().find(|known| known.eq_ignore_ascii_case(name)) {
        return Ok(exact);
    }
    let begins = |known: &&str| known.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name));
    let found: Vec<&str> = all().filter(begins).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => Err(format!("A parameter cannot be found that matches parameter name '{name}'.")),
        several => Err(format!(
            "Parameter cannot be processed because the parameter name '{name}' is ambiguous. Possible matches include: {}.",
            several.iter().map(|known| format!("-{known}")).collect::<Vec<_>>().join(" ")
        )),
    }
}

/// The words of a command line of Windows: blanks part them, but not between double quotes.
fn words(line: &str) -> Vec<String> {
    let mut words: Vec<String> = vec![];
    let (mut word, mut quoted, mut begun) = (String::new(), false, false);
    for c in line.chars() {
        match c {
            '"' => (quoted, begun) = (!quoted, true),
            c if c.is_ascii_whitespace() && !quoted => {
                if std::mem::take(&mut begun) {
                    words.push(std::mem::take(&mut word));
                }
            }
            c => {
                word.push(c);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}
