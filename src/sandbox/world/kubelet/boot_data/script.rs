//! Images that join by `/etc/eks/bootstrap.sh`: what its arguments say.

use super::flags::{self, Flags};
use super::{BootData, Fault};
use crate::domain::boot_syntax::mime;
use crate::domain::boot_syntax::shell::Shell;

/// Flags of the script that take a value and do not change how a node looks here.
const WITH_VALUE: [&str; 12] = [
    "--aws-api-retry-attempts",
    "--cluster-id",
    "--container-runtime",
    "--containerd-config-file",
    "--docker-config-json",
    "--enable-docker-bridge",
    "--enable-local-outpost",
    "--ip-family",
    "--local-disks",
    "--pause-container-account",
    "--pause-container-version",
    "--service-ipv6-cidr",
];

/// Reads decoded user data: a script, or a multipart document with scripts.
pub(super) fn read(text: &str) -> Result<BootData, Fault> {
    let mut shell = Shell::default();
    let scripts = match mime::parts(text) {
        Some(parts) => parts.into_iter().map(|part| part.body).collect(),
        None => vec![text.to_owned()],
    };
    for script in scripts.iter().filter(|script| script.trim_start().starts_with("#!")) {
        shell.run(script, 0).map_err(Fault::Agent)?;
    }
    let Some(words) = shell.bootstrap else {
        return Err(Fault::Agent("the user data never calls /etc/eks/bootstrap.sh".to_owned()));
    };
    arguments(&words)
}

fn arguments(words: &[String]) -> Result<BootData, Fault> {
    let mut data = BootData::default();
    let mut kubelet = String::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        let mut value = || words.next().cloned().unwrap_or_default();
        match word.as_str() {
            "--apiserver-endpoint" => data.endpoint = value(),
            "--b64-cluster-ca" => data.certificate_authority = value(),
            "--kubelet-extra-args" => kubelet = value(),
            "--dns-cluster-ip" | "--use-max-pods" => {
                value();
            }
            "--mount-bpf-fs" => {
                value();
            }
            known if WITH_VALUE.contains(&known) => {
                value();
            }
            name if data.cluster.is_empty() && !name.starts_with('-') => name.clone_into(&mut data.cluster),
            other => return Err(Fault::Agent(format!("bootstrap.sh: unexpected argument {other}"))),
        }
    }
    if data.cluster.is_empty() {
        return Err(Fault::Agent("bootstrap.sh: cluster name is not defined".to_owned()));
    }
    let words: Vec<&str> = kubelet.split_ascii_whitespace().collect();
    let Flags { labels, taints, max_pods } = flags::parse(&words).map_err(Fault::Kubelet)?;
    Ok(BootData { labels, taints, max_pods, ..data })
}
