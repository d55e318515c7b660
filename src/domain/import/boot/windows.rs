//! PowerShell that calls EKS's bootstrap script for Windows.

use super::{BootRead, flags};
use crate::domain::boot_syntax::powershell::{self, Bound};
use crate::domain::nodegroup::{Boot, Bootstrap};

/// How the line begins that finds the script; then come commands, then the call, or what an override is given and it.
const SCRIPT: &str = "[string]$EKSBootstrapScriptFile = ";
const CALL: &str = "& $EKSBootstrapScriptFile ";
const GIVEN: &str = "[string]$EKSClusterName = '";
const GIVEN_LAST: &str = "$KubeletExtraArgsMap = ";

pub(super) fn read(text: &str) -> Option<BootRead> {
    let script = powershell::script(text)?;
    let mut boot = BootRead::new(Bootstrap::Windows);
    let lines: Vec<&str> = script.strip_prefix('\n').unwrap_or(script).lines().collect();
    let dns = match lines.as_slice() {
        [first, ..] if first.starts_with(SCRIPT) && lines.iter().any(|line| line.starts_with(GIVEN_LAST)) => {
            overridden(&lines, &mut boot)?
        }
        [first, .., call] if first.starts_with(SCRIPT) && call.starts_with(CALL) => {
            if lines.len() > 2 {
                boot.boot.pre_bootstrap_commands.push(lines[1..lines.len() - 1].join("\n"));
            }
            arguments(&powershell::call(&format!("{first}\n{call}")).ok()??, &mut boot)
        }
        _ => {
            around(&lines, &mut boot);
            arguments(&powershell::call(script).ok()??, &mut boot)
        }
    };
    // The address follows from the cluster's network, unless it was given: its bytes are the same.
    boot.others.push(Boot { cluster_dns: dns, ..boot.boot.clone() });
    Some(boot)
}

/// Commands alone, to which EKS adds the call; `None` when the text is no PowerShell, or calls itself.
pub(super) fn commands(text: &str) -> Option<String> {
    let script = powershell::script(text)?;
    let none = powershell::call(script).ok()?.is_none();
    let inside = script.strip_prefix('\n').and_then(|script| script.strip_suffix('\n')).unwrap_or(script);
    none.then(|| inside.to_owned())
}

/// Takes what a specification has words for; gives the address of the cluster's DNS.
fn arguments(call: &[Bound], boot: &mut BootRead) -> Option<String> {
    let mut dns = None;
    let mut bound = call.iter();
    while let Some(one) = bound.next() {
        let Bound::Name(name) = one else { continue };
        let mut value = || match bound.next() {
            Some(Bound::Text(text)) => text.clone(),
            _ => String::new(),
        };
        match name.to_ascii_lowercase().as_str() {
            "eksclustername" | "apiserverendpoint" | "base64clusterca" | "servicecidr" => drop(value()),
            "dnsclusterip" => dns = Some(value()),
            "containerruntime" => {
                let runtime = value();
                boot.boot.container_runtime = (runtime == "containerd").then_some(runtime);
            }
            "kubeletextraargs" => {
                let arguments = value();
                kubelet(&arguments, boot);
            }
            _ => {
                let value = value();
                boot.note(format!("argument of Start-EKSBootstrap.ps1: -{name} {value}"));
            }
        }
    }
    dns
}

fn kubelet(arguments: &str, boot: &mut BootRead) {
    let unknown = flags::take(arguments.split_ascii_whitespace(), boot);
    if !unknown.is_empty() {
        boot.note(format!("flags of the kubelet: {}", unknown.join(" ")));
    }
}

/// What someone else's script does before and after the call.
fn around(lines: &[&str], boot: &mut BootRead) {
    let is_call = |line: &&str| line.trim_start().starts_with('&') && line.contains("ootstrap");
    let Some(at) = lines.iter().rposition(is_call) else {
        boot.note("the script does not call the bootstrap plainly: what else it does is not carried over");
        return;
    };
    // Where the script is, which everybody says in words of their own.
    let tells = |line: &&str| {
        let line = line.trim();
        line.is_empty() || line.starts_with("[string]$EKSB") || line.starts_with('#') || line.starts_with("$LastError")
    };
    let before: Vec<&str> = lines[..at].iter().filter(|line| !tells(line)).copied().collect();
    if !before.is_empty() {
        boot.boot.pre_bootstrap_commands.push(before.join("\n"));
    }
    let call = lines[at..].iter().take_while(|line| line.ends_with('`')).count() + 1;
    if !lines.iter().skip(at + call).all(tells) {
        boot.note("commands that run after the node has joined");
    }
}

/// A command that takes the call's place, and what it finds: as eksctl and spotscript write it.
fn overridden(lines: &[&str], boot: &mut BootRead) -> Option<Option<String>> {
    let given = lines.iter().position(|line| line.starts_with(GIVEN))?;
    let last = lines.iter().position(|line| line.starts_with(GIVEN_LAST))?;
    if given > 1 {
        boot.boot.pre_bootstrap_commands.push(lines[1..given].join("\n"));
    }
    boot.boot.override_command = Some(lines[last + 1..].join("\n"));
    let mut dns = None;
    for line in lines.get(given..last)? {
        let Some((name, value)) = line.strip_prefix("[string]$").and_then(|line| line.split_once(" = '")) else {
            continue;
        };
        // Addresses and flags have no quotes.
        let value = value.strip_suffix('\'').unwrap_or(value);
        match name {
            "DNSClusterIP" => dns = Some(value.to_owned()).filter(|value| !value.is_empty()),
            "ContainerRuntime" => boot.boot.container_runtime = Some(value.to_owned()),
            "KubeletExtraArgs" => kubelet(value, boot),
            _ => {}
        }
    }
    Some(dns)
}
