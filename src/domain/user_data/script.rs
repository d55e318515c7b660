//! User data for images that join by `/etc/eks/bootstrap.sh`: Amazon Linux 2 and Ubuntu.
//!
//! What eksctl puts on such nodes is there too: commands that override the bootstrap source its helper, and use
//! `CLUSTER_NAME`, `NODE_LABELS` and the like.

use super::BootInput;

const FOLDER: &str = "/var/lib/cloud/scripts/eksctl";
const ENVIRONMENT: &str = "/etc/eksctl/kubelet.env";
const EXTRA: &str = "/etc/eksctl/kubelet-extra.json";
const KUBELET: &str = "/etc/kubernetes/kubelet/kubelet-config.json";

/// The user data, before base64.
pub(super) fn script(input: &BootInput<'_>) -> String {
    let mut text = format!("#!/bin/bash\nset -o errexit\nmkdir -p /etc/eksctl {FOLDER}\n");
    text.push_str(&file(ENVIRONMENT, &environment(input)));
    text.push_str(&file(
        &format!("{FOLDER}/bootstrap.helper.sh"),
        &format!("#!/bin/bash\nset -o allexport\n. {ENVIRONMENT}\nset +o allexport\n"),
    ));
    for command in &input.boot.pre_bootstrap_commands {
        text.push_str(&format!("bash -c {}\n", quoted(command)));
    }
    if let Some(extra) = &input.boot.kubelet_extra_config {
        text.push_str(&file(EXTRA, &format!("{}\n", serde_json::Value::Object(extra.clone()))));
        text.push_str(&format!(
            "jq -s '.[0] * .[1]' {KUBELET} {EXTRA} > {EXTRA}.merged\nmv {EXTRA}.merged {KUBELET}\n"
        ));
    }
    match &input.boot.override_command {
        Some(command) => {
            let path = format!("{FOLDER}/override.sh");
            text.push_str(&file(&path, &format!("{}\n", command.trim_end())));
            text.push_str(&format!("bash {path}\n"));
        }
        None => text.push_str(&bootstrap(input)),
    }
    text
}

fn environment(input: &BootInput<'_>) -> String {
    let mut lines = format!(
        "CLUSTER_NAME={}\nAPI_SERVER_URL={}\nB64_CLUSTER_CA={}\nNODE_LABELS={}\nNODE_TAINTS={}\n",
        input.cluster,
        input.endpoint,
        input.certificate_authority,
        input.node_labels(),
        input.node_taints()
    );
    if let Some(pods) = input.max_pods {
        lines.push_str(&format!("MAX_PODS={pods}\n"));
    }
    if let Some(dns) = input.cluster_dns() {
        lines.push_str(&format!("CLUSTER_DNS={dns}\n"));
    }
    lines
}

fn bootstrap(input: &BootInput<'_>) -> String {
    let mut kubelet = vec!["--node-labels=$NODE_LABELS".to_owned()];
    if !input.taints.is_empty() {
        kubelet.push("--register-with-taints=$NODE_TAINTS".to_owned());
    }
    let mut line = format!(
        ". {FOLDER}/bootstrap.helper.sh\n\
         /etc/eks/bootstrap.sh \"$CLUSTER_NAME\" \\\n  \
         --apiserver-endpoint \"$API_SERVER_URL\" \\\n  \
         --b64-cluster-ca \"$B64_CLUSTER_CA\" \\\n"
    );
    if input.cluster_dns().is_some() {
        line.push_str("  --dns-cluster-ip \"$CLUSTER_DNS\" \\\n");
    }
    if input.max_pods.is_some() {
        line.push_str("  --use-max-pods false \\\n");
        kubelet.push("--max-pods=$MAX_PODS".to_owned());
    }
    line.push_str(&format!("  --kubelet-extra-args \"{}\"\n", kubelet.join(" ")));
    line
}

/// Commands that write a file. The end marker is one that the content does not have.
fn file(path: &str, content: &str) -> String {
    let mut end = "EOF".to_owned();
    while content.lines().any(|line| line == end) {
        end.push('_');
    }
    format!("cat > {path} <<'{end}'\n{content}{end}\n")
}

/// A text as one word of a shell.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::nodegroup::Boot;
    use crate::domain::taint::Taint;

    fn input<'a>(boot: &'a Boot, taints: &'a [Taint]) -> BootInput<'a> {
        BootInput {
            cluster: "c",
            endpoint: "https://ABC.eks.amazonaws.com",
            certificate_authority: "LS0t",
            service_cidr: "10.100.0.0/16",
            taints,
            boot,
            ..BootInput::default()
        }
    }

    #[test]
    fn a_node_joins_by_the_images_script() {
        let taints = [Taint::parse("a=b:NoSchedule").unwrap()];
        let boot = Boot { pre_bootstrap_commands: vec!["echo 'hi'".into()], ..Boot::default() };
        insta::assert_snapshot!(script(&BootInput { max_pods: Some(30), ..input(&boot, &taints) }), @r#"
        #!/bin/bash
        set -o errexit
        mkdir -p /etc/eksctl /var/lib/cloud/scripts/eksctl
        cat > /etc/eksctl/kubelet.env <<'EOF'
        CLUSTER_NAME=c
        API_SERVER_URL=https://ABC.eks.amazonaws.com
        B64_CLUSTER_CA=LS0t
        NODE_LABELS=
        NODE_TAINTS=a=b:NoSchedule
        MAX_PODS=30
        CLUSTER_DNS=10.100.0.10
        EOF
        cat > /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh <<'EOF'
        #!/bin/bash
        set -o allexport
        . /etc/eksctl/kubelet.env
        set +o allexport
        EOF
        bash -c 'echo '\''hi'\'''
        . /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh
        /etc/eks/bootstrap.sh "$CLUSTER_NAME" \
          --apiserver-endpoint "$API_SERVER_URL" \
          --b64-cluster-ca "$B64_CLUSTER_CA" \
          --dns-cluster-ip "$CLUSTER_DNS" \
          --use-max-pods false \
          --kubelet-extra-args "--node-labels=$NODE_LABELS --register-with-taints=$NODE_TAINTS --max-pods=$MAX_PODS"
        "#);
    }

    #[test]
    fn an_override_takes_the_place_of_it() {
        let boot = Boot {
            override_command: Some("#!/bin/bash\nEOF\n/etc/eks/bootstrap.sh c\n".into()),
            kubelet_extra_config: serde_json::json!({"maxPods": 5}).as_object().cloned(),
            ..Boot::default()
        };
        insta::assert_snapshot!(script(&input(&boot, &[])), @r#"
        #!/bin/bash
        set -o errexit
        mkdir -p /etc/eksctl /var/lib/cloud/scripts/eksctl
        cat > /etc/eksctl/kubelet.env <<'EOF'
        CLUSTER_NAME=c
        API_SERVER_URL=https://ABC.eks.amazonaws.com
        B64_CLUSTER_CA=LS0t
        NODE_LABELS=
        NODE_TAINTS=
        CLUSTER_DNS=10.100.0.10
        EOF
        cat > /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh <<'EOF'
        #!/bin/bash
        set -o allexport
        . /etc/eksctl/kubelet.env
        set +o allexport
        EOF
        cat > /etc/eksctl/kubelet-extra.json <<'EOF'
        {"maxPods":5}
        EOF
        jq -s '.[0] * .[1]' /etc/kubernetes/kubelet/kubelet-config.json /etc/eksctl/kubelet-extra.json > /etc/eksctl/kubelet-extra.json.merged
        mv /etc/eksctl/kubelet-extra.json.merged /etc/kubernetes/kubelet/kubelet-config.json
        cat > /var/lib/cloud/scripts/eksctl/override.sh <<'EOF_'
        #!/bin/bash
        EOF
        /etc/eks/bootstrap.sh c
        EOF_
        bash /var/lib/cloud/scripts/eksctl/override.sh
        "#);
    }
}
