//! User data for Windows: PowerShell that calls EKS's bootstrap script.
//!
//! The parameters are those that the script of EKS's images documents (EKS user guide, "Bootstrap script configuration
//! parameters"). What eksctl gives commands that override the call is there too: `$EKSClusterName`, `$KubeletExtraArgs`
//! and the like.

use super::BootInput;

/// The line that both forms begin with. Only PowerShell knows where programs are.
const SCRIPT: &str = r#"[string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1""#;

/// The user data, before base64.
pub(super) fn windows(input: &BootInput<'_>) -> String {
    let mut lines = vec![SCRIPT.to_owned()];
    lines.extend(input.boot.pre_bootstrap_commands.iter().cloned());
    match &input.boot.override_command {
        None => {
            let given: Vec<String> = parameters(input)
                .into_iter()
                .filter(|(_, value)| !value.is_empty())
                .map(|(name, value)| format!("-{name} {}", literal(&value)))
                .collect();
            // What the script says goes to the launch agent's log.
            lines.push(format!("& $EKSBootstrapScriptFile {} 3>&1 4>&1 5>&1 6>&1", given.join(" ")));
        }
        Some(command) => {
            let variable = |(name, value): (&str, String)| format!("[string]${name} = {}", literal(&value));
            lines.extend(parameters(input).into_iter().map(variable));
            let pairs = kubelet(input).into_iter().map(|(name, value)| format!("'{name}' = {}", literal(&value)));
            lines.push(format!("$KubeletExtraArgsMap = @{{{}}}", pairs.collect::<Vec<_>>().join("; ")));
            lines.push(command.trim_end().to_owned());
        }
    }
    between_tags(&lines)
}

/// Commands alone, to which EKS adds what makes nodes of a managed group join.
pub(super) fn commands(commands: &[String]) -> String {
    between_tags(commands)
}

fn between_tags(lines: &[String]) -> String {
    format!("<powershell>\n{}\n</powershell>\n", lines.join("\n"))
}

/// The script's parameters. Without the address of the DNS it would be guessed from the machine's own.
fn parameters(input: &BootInput<'_>) -> Vec<(&'static str, String)> {
    let kubelet: Vec<String> = kubelet(input).into_iter().map(|(name, value)| format!("--{name}={value}")).collect();
    let mut parameters = vec![
        ("EKSClusterName", input.cluster.to_owned()),
        ("APIServerEndpoint", input.endpoint.to_owned()),
        ("Base64ClusterCA", input.certificate_authority.to_owned()),
        ("ServiceCIDR", input.service_cidr.to_owned()),
        ("DNSClusterIP", input.cluster_dns().unwrap_or_default()),
    ];
    if let Some(runtime) = &input.boot.container_runtime {
        parameters.push(("ContainerRuntime", runtime.clone()));
    }
    parameters.push(("KubeletExtraArgs", kubelet.join(" ")));
    parameters
}

/// Flags of the kubelet, without their dashes.
fn kubelet(input: &BootInput<'_>) -> Vec<(&'static str, String)> {
    let mut flags = vec![];
    if !input.labels.is_empty() {
        flags.push(("node-labels", input.node_labels()));
    }
    if !input.taints.is_empty() {
        flags.push(("register-with-taints", input.node_taints()));
    }
    if let Some(pods) = input.max_pods {
        flags.push(("max-pods", pods.to_string()));
    }
    flags
}

/// A text as PowerShell takes it literally: in single quotes, those inside doubled. Typographic ones count as quotes too.
pub(super) fn literal(text: &str) -> String {
    let mut quoted = String::from("'");
    for c in text.chars() {
        quoted.push(c);
        if matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}') {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use indexmap::IndexMap;

    use super::*;
    use crate::domain::nodegroup::Boot;
    use crate::domain::taint::Taint;

    fn written(boot: &Boot, max_pods: Option<u32>) -> String {
        let labels = IndexMap::from([("os".to_owned(), "windows".to_owned()), ("e".to_owned(), String::new())]);
        windows(&BootInput {
            cluster: "c",
            endpoint: "https://ABC.eks.amazonaws.com",
            certificate_authority: "LS0t",
            service_cidr: "10.100.0.0/16",
            labels: &labels,
            taints: &[Taint::parse("os=windows:NoSchedule").unwrap()],
            max_pods,
            boot,
        })
    }

    #[test]
    fn a_node_joins_by_ekss_script() {
        let boot = Boot {
            pre_bootstrap_commands: vec!["net user Administrator 'x'".into(), "Start-Sleep 1".into()],
            container_runtime: Some("containerd".into()),
            ..Boot::default()
        };
        insta::assert_snapshot!(written(&boot, Some(30)), @r#"
        <powershell>
        [string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1"
        net user Administrator 'x'
        Start-Sleep 1
        & $EKSBootstrapScriptFile -EKSClusterName 'c' -APIServerEndpoint 'https://ABC.eks.amazonaws.com' -Base64ClusterCA 'LS0t' -ServiceCIDR '10.100.0.0/16' -DNSClusterIP '10.100.0.10' -ContainerRuntime 'containerd' -KubeletExtraArgs '--node-labels=os=windows,e= --register-with-taints=os=windows:NoSchedule --max-pods=30' 3>&1 4>&1 5>&1 6>&1
        </powershell>
        "#);
    }

    #[test]
    fn an_override_finds_what_eksctl_gives_it() {
        let boot = Boot {
            override_command: Some("& $EKSBootstrapScriptFile -EKSClusterName \"$EKSClusterName\"\n".into()),
            cluster_dns: Some("169.254.20.10".into()),
            ..Boot::default()
        };
        insta::assert_snapshot!(written(&boot, None), @r#"
        <powershell>
        [string]$EKSBootstrapScriptFile = "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1"
        [string]$EKSClusterName = 'c'
        [string]$APIServerEndpoint = 'https://ABC.eks.amazonaws.com'
        [string]$Base64ClusterCA = 'LS0t'
        [string]$ServiceCIDR = '10.100.0.0/16'
        [string]$DNSClusterIP = '169.254.20.10'
        [string]$KubeletExtraArgs = '--node-labels=os=windows,e= --register-with-taints=os=windows:NoSchedule'
        $KubeletExtraArgsMap = @{'node-labels' = 'os=windows,e='; 'register-with-taints' = 'os=windows:NoSchedule'}
        & $EKSBootstrapScriptFile -EKSClusterName "$EKSClusterName"
        </powershell>
        "#);
    }

    #[test]
    fn values_are_literal() {
        assert_eq!(literal("it's $env:X `n \u{2019}"), "'it''s $env:X `n \u{2019}\u{2019}'");
        assert_eq!(commands(&["a".into(), "b".into()]), "<powershell>\na\nb\n</powershell>\n");
    }
}
