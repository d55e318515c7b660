//! Boot data without what may hold secrets: commands and credentials are left out, what makes a node join stays.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

use crate::domain::boot_syntax::powershell::Bound;
use crate::domain::boot_syntax::shell::Shell;
use crate::domain::boot_syntax::{mime, powershell, text_of, toml};
use crate::domain::change::digest;
use crate::domain::user_data::{powershell_literal, render_toml};

/// Keys of Bottlerocket's settings that hold what is nobody's business.
const SECRET: [&str; 8] =
    ["user-data", "password", "auth", "credentials", "identitytoken", "token", "secret", "credential-providers"];

/// Boot data that can be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bare {
    /// The boot data, base64.
    pub user_data: String,
    /// What was left out: each by size and hash. Empty when the boot data is as it was, byte for byte.
    pub left_out: Vec<String>,
}

/// Boot data without commands and credentials.
pub fn bare(user_data: &str) -> Bare {
    let whole = || Bare { user_data: user_data.to_owned(), left_out: vec![] };
    if user_data.trim().is_empty() {
        return whole();
    }
    let mut left_out = vec![];
    let shown = match text_of(user_data) {
        // Packed, or no text at all: nobody can look into it.
        None => {
            left_out.push(digest(user_data));
            String::new()
        }
        Some(text) => match mime::parts(&text) {
            Some(parts) => multipart(parts, &mut left_out),
            None => part("", &text, &mut left_out),
        },
    };
    if left_out.is_empty() { whole() } else { Bare { user_data: STANDARD.encode(shown), left_out } }
}

fn multipart(parts: Vec<mime::Part>, left_out: &mut Vec<String>) -> String {
    const BOUNDARY: &str = "==BARE==";
    let mut text = format!("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{BOUNDARY}\"\n\n");
    for mime::Part { media_type, body } in parts {
        let body = part(&media_type, &body, left_out);
        text.push_str(&format!("--{BOUNDARY}\nContent-Type: {media_type}\n\n{}\n\n", body.trim_end_matches('\n')));
    }
    text.push_str(&format!("--{BOUNDARY}--\n"));
    text
}

fn part(media_type: &str, text: &str, left_out: &mut Vec<String>) -> String {
    let begins = text.trim_start();
    if media_type.is_empty()
        && let Some(inside) = powershell::script(text)
    {
        return windows(text, inside, left_out);
    }
    if media_type == "text/x-shellscript" || begins.starts_with("#!") {
        return script(text, left_out);
    }
    if media_type == "application/node.eks.aws" || (media_type.is_empty() && begins.contains("kind: NodeConfig")) {
        return text.to_owned();
    }
    if media_type.is_empty()
        && let Ok(mut settings) = toml::parse(text)
        && settings["settings"].is_object()
    {
        let before = left_out.len();
        without_secrets(&mut settings, left_out);
        return if left_out.len() == before { text.to_owned() } else { render_toml(&settings) };
    }
    left_out.push(digest(text));
    format!("# left out: {}\n", digest(text))
}

/// A script is replaced by the call of the bootstrap that it comes to, unless it does nothing else.
fn script(text: &str, left_out: &mut Vec<String>) -> String {
    if only_joins(text) {
        return text.to_owned();
    }
    left_out.push(digest(text));
    let mut bare = format!("#!/bin/bash\n# left out: {}\n", digest(text));
    let mut shell = Shell::default();
    if shell.run(text, 0).is_ok()
        && let Some(words) = shell.bootstrap
    {
        let words: Vec<String> = words.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        bare.push_str(&format!("/etc/eks/bootstrap.sh {}\n", words.join(" ")));
    }
    bare
}

/// The same for PowerShell.
fn windows(text: &str, inside: &str, left_out: &mut Vec<String>) -> String {
    if powershell::only_calls(inside) {
        return text.to_owned();
    }
    left_out.push(digest(text));
    let mut bare = format!("<powershell>\n# left out: {}\n", digest(text));
    if let Ok(Some(call)) = powershell::call(inside) {
        let word = |bound: &Bound| match bound {
            Bound::Name(_) => bound.to_string(),
            Bound::Text(text) => powershell_literal(text),
        };
        let words: Vec<String> = call.iter().map(word).collect();
        let script = r"$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1";
        bare.push_str(&format!("& \"{script}\" {}\n", words.join(" ")));
    }
    format!("{bare}</powershell>\n")
}

/// Whether a script does nothing but call the bootstrap, as EKS, its documentation and spotscript write that.
fn only_joins(text: &str) -> bool {
    let ours = text.starts_with("#!/bin/bash\nset -o errexit\nmkdir -p /etc/eksctl ")
        && !["\nbash -c '", "/override.sh", "/kubelet-extra.json"].iter().any(|own| text.contains(own));
    if ours {
        return true;
    }
    let joined = text.replace("\\\n", " ");
    let mut lines = joined.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines.all(|line| {
        let one = !line.contains([';', '&', '|', '`']) && !line.contains("$(");
        let call = line.starts_with("/etc/eks/bootstrap.sh ");
        let known = ["B64_CLUSTER_CA=", "API_SERVER_URL=", "K8S_CLUSTER_DNS_IP=", "set -"];
        one && (call || known.iter().any(|start| line.starts_with(start)))
    })
}

fn without_secrets(value: &mut Value, left_out: &mut Vec<String>) {
    let Value::Object(map) = value else { return };
    let secret: Vec<String> = map.keys().filter(|key| SECRET.contains(&key.as_str())).cloned().collect();
    for key in secret {
        if let Some(gone) = map.shift_remove(&key) {
            left_out.push(digest(gone.as_str().unwrap_or(&gone.to_string())));
        }
    }
    map.values_mut().for_each(|value| without_secrets(value, left_out));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::nodegroup::{AmiFamily, Boot};
    use crate::domain::user_data::{BootInput, write};
    use proptest::prelude::*;

    fn bared(text: &str) -> (String, usize) {
        let bare = bare(&STANDARD.encode(text));
        (String::from_utf8(STANDARD.decode(bare.user_data).unwrap()).unwrap(), bare.left_out.len())
    }

    fn written(family: &str, boot: &Boot) -> String {
        write(AmiFamily::parse(family).unwrap(), &BootInput { cluster: "c", boot, ..BootInput::default() })
    }

    #[test]
    fn what_only_joins_stays_byte_for_byte() {
        for family in ["AmazonLinux2023", "AmazonLinux2", "Bottlerocket", "WindowsServer2022CoreContainer"] {
            let text = written(family, &Boot::default());
            assert_eq!(bared(&text), (text, 0), "{family}");
        }
        for text in [
            "#!/bin/bash\nset -ex\nB64_CLUSTER_CA=Y2E=\n/etc/eks/bootstrap.sh c \\\n  --b64-cluster-ca $B64_CLUSTER_CA\n",
            "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec: {}\n",
        ] {
            assert_eq!(bared(text), (text.to_owned(), 0));
        }
        assert_eq!(bare(""), Bare { user_data: String::new(), left_out: vec![] });
    }

    #[test]
    fn a_script_is_told_by_size_and_hash_and_still_joins() {
        let text = "#!/bin/bash\nexport TOKEN=hush\nARGS='--node-labels=a=b'\n/etc/eks/bootstrap.sh c --kubelet-extra-args \"$ARGS\"\n";
        let (shown, count) = bared(text);
        assert_eq!(count, 1);
        insta::assert_snapshot!(shown, @r"
        #!/bin/bash
        # left out: <108 bytes, sha256 cb247ee94802…>
        /etc/eks/bootstrap.sh 'c' '--kubelet-extra-args' '--node-labels=a=b'
        ");
    }

    #[test]
    fn powershell_is_told_by_size_and_hash_and_still_joins() {
        let boot = Boot { pre_bootstrap_commands: vec!["net user Administrator hush".into()], ..Boot::default() };
        let (shown, count) = bared(&written("WindowsServer2022CoreContainer", &boot));
        assert_eq!(count, 1);
        insta::assert_snapshot!(shown, @r#"
        <powershell>
        # left out: <209 bytes, sha256 0a4a175b3eb8…>
        & "$env:ProgramFiles\Amazon\EKS\Start-EKSBootstrap.ps1" -EKSClusterName 'c'
        </powershell>
        "#);
    }

    #[test]
    fn credentials_of_bottlerocket_go() {
        let text = "[settings.kubernetes]\ncluster-name = \"c\"\n\n[settings.host-containers.admin]\nenabled = true\nuser-data = \"hush\"\n";
        let (shown, count) = bared(text);
        assert_eq!(count, 1);
        assert!(shown.contains("cluster-name = \"c\"") && shown.contains("enabled = true") && !shown.contains("hush"));
    }

    #[test]
    fn what_cannot_be_looked_into_goes_whole() {
        assert_eq!(bare("H4sIAAAAAAAA/w==").user_data, "");
        assert_eq!(bared("#cloud-config\nwrite_files: [hush]\n").1, 1);
    }

    proptest! {
        #[test]
        fn no_command_is_left(command in "[a-z]{6,12} hush[0-9]{4}", family in prop::sample::select(vec!["AmazonLinux2023", "AmazonLinux2", "WindowsServer2022CoreContainer"])) {
            let boot = Boot { pre_bootstrap_commands: vec![command], ..Boot::default() };
            let (shown, count) = bared(&written(family, &boot));
            prop_assert!(count == 1 && !shown.contains("hush"), "{shown}");
        }
    }
}
