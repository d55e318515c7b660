//! Scripts that call `/etc/eks/bootstrap.sh`.

use super::{BootRead, flags};
use crate::domain::boot_syntax::mime;
use crate::domain::boot_syntax::shell::Shell;
use crate::domain::nodegroup::{Boot, Bootstrap};

const CALL: &str = "/etc/eks/bootstrap.sh";
/// What our own scripts begin with.
const OURS: &str = "#!/bin/bash\nset -o errexit\nmkdir -p /etc/eksctl ";

pub(super) fn read(text: &str) -> Option<BootRead> {
    let scripts: Vec<String> = match mime::parts(text) {
        Some(parts) => parts.into_iter().map(|part| part.body).collect(),
        None => vec![text.to_owned()],
    };
    let scripts: Vec<&String> = scripts.iter().filter(|script| script.trim_start().starts_with("#!")).collect();
    let mut boot = BootRead::new(Bootstrap::Script);
    let calls = |script: &str| script.contains(CALL);
    let main = scripts.iter().position(|script| calls(script))?;
    if scripts[main].starts_with(OURS) {
        ours(scripts[main], &mut boot);
        return Some(boot);
    }
    for script in &scripts[..main] {
        boot.boot.pre_bootstrap_commands.push(without_shebang(script).to_owned());
    }
    if scripts.len() > main + 1 {
        boot.note("scripts that run after the node has joined");
    }
    let mut shell = Shell::default();
    for script in &scripts[..=main] {
        shell.run(script, 0).ok()?;
    }
    around(scripts[main], &mut boot);
    arguments(&shell.bootstrap?, &mut boot);
    Some(boot)
}

fn without_shebang(script: &str) -> &str {
    let script = script.trim();
    script.split_once('\n').map_or("", |(_, rest)| rest).trim()
}

/// What the script does before and after the call.
fn around(script: &str, boot: &mut BootRead) {
    let lines: Vec<&str> = script.lines().collect();
    let begins = |line: &&str| line.trim_start().trim_start_matches("exec ").trim_start().starts_with(CALL);
    let Some(at) = lines.iter().position(begins) else {
        boot.note("the script does not call the bootstrap plainly: what else it does is not carried over");
        return;
    };
    let tells = |line: &str| {
        let line = line.trim();
        let told = ["B64_CLUSTER_CA=", "API_SERVER_URL=", "K8S_CLUSTER_DNS_IP=", "set -", "#"];
        line.is_empty() || told.iter().any(|start| line.starts_with(start))
    };
    if !lines[..at].iter().all(|line| tells(line)) {
        let before: Vec<&str> = lines[..at].iter().filter(|line| !line.starts_with("#!")).copied().collect();
        boot.boot.pre_bootstrap_commands.push(before.join("\n").trim().to_owned());
    }
    let call = lines[at..].iter().take_while(|line| line.ends_with('\\')).count() + 1;
    if lines.iter().skip(at + call).any(|line| !tells(line)) {
        boot.note("commands that run after the node has joined");
    }
}

fn arguments(words: &[String], boot: &mut BootRead) {
    let mut words = words.iter().skip_while(|word| !word.starts_with("--"));
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().unwrap_or_default();
        match word.as_str() {
            "--apiserver-endpoint" | "--b64-cluster-ca" | "--use-max-pods" => drop(value()),
            // It is what the image does anyway.
            "--container-runtime" => {
                let runtime = value();
                boot.boot.container_runtime = (runtime == "containerd").then_some(runtime);
            }
            "--dns-cluster-ip" => boot.boot.cluster_dns = Some(value()),
            "--kubelet-extra-args" => {
                let arguments = value();
                let unknown = flags::take(arguments.split_ascii_whitespace(), boot);
                if !unknown.is_empty() {
                    boot.note(format!("flags of the kubelet: {}", unknown.join(" ")));
                }
            }
            flag if flag.starts_with("--") => {
                let value = value();
                boot.note(format!("argument of bootstrap.sh: {flag} {value}"));
            }
            _ => {}
        }
    }
}

/// The text of a here-document that our scripts write to a file.
fn written<'s>(script: &'s str, path: &str) -> Option<&'s str> {
    let (_, rest) = script.split_once(&format!("cat > {path} <<'"))?;
    let (end, rest) = rest.split_once("'\n")?;
    rest.find(&format!("{end}\n")).map(|at| &rest[..at])
}

/// What spotscript writes, piece by piece.
fn ours(script: &str, boot: &mut BootRead) {
    let mut dns = None;
    for line in written(script, "/etc/eksctl/kubelet.env").unwrap_or_default().lines() {
        match line.split_once('=') {
            Some(("NODE_LABELS", labels)) => flags::labels(labels, boot),
            Some(("NODE_TAINTS", taints)) => flags::taints(taints, boot),
            Some(("MAX_PODS", pods)) => boot.max_pods = pods.parse().ok(),
            Some(("CLUSTER_DNS", address)) => dns = Some(address.to_owned()),
            _ => {}
        }
    }
    let mut rest = script;
    while let Some((_, after)) = rest.split_once("\nbash -c '") {
        let (command, behind) = quoted(after);
        boot.boot.pre_bootstrap_commands.push(command);
        rest = behind;
    }
    boot.boot.kubelet_extra_config =
        written(script, "/etc/eksctl/kubelet-extra.json").and_then(|text| serde_json::from_str(text).ok());
    let own = written(script, "/var/lib/cloud/scripts/eksctl/override.sh");
    boot.boot.override_command = own.map(str::to_owned);
    // The address follows from the cluster's, unless it was given: its bytes are the same.
    let given = Boot { cluster_dns: dns, ..boot.boot.clone() };
    boot.others.push(given);
}

/// The text of a quoted word whose first quote is taken, and what follows it.
fn quoted(text: &str) -> (String, &str) {
    let mut word = String::new();
    let mut rest = text;
    while let Some((part, after)) = rest.split_once('\'') {
        word.push_str(part);
        match after.strip_prefix("\\''") {
            Some(more) => {
                word.push('\'');
                rest = more;
            }
            None => return (word, after),
        }
    }
    (word, "")
}
