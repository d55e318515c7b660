#![allow(clippy::unwrap_used)]

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use proptest::prelude::*;

use super::*;
use crate::domain::boot_syntax::mime;

const CLUSTER: &str = "spec:\n  cluster:\n    name: c\n    apiServerEndpoint: https://e\n    certificateAuthority: Y2E=\n    cidr: 10.100.0.0/16\n";

fn config(spec: &str) -> String {
    format!("apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\n{spec}")
}

fn with_flags(flags: &[&str]) -> String {
    let flags: Vec<String> = flags.iter().map(|flag| format!("    - {flag:?}\n")).collect();
    config(&format!("{CLUSTER}  kubelet:\n    flags:\n{}", flags.concat()))
}

fn told(text: &str) -> Result<BootData, Fault> {
    read("al2023", &STANDARD.encode(text))
}

fn kubelet_says(flags: &[&str]) -> String {
    match told(&with_flags(flags)) {
        Err(Fault::Kubelet(words)) => words,
        other => panic!("{other:?}"),
    }
}

fn agent_says(text: &str) -> String {
    match told(text) {
        Err(Fault::Agent(words)) => words,
        other => panic!("{other:?}"),
    }
}

#[test]
fn parts_are_merged_in_order_whatever_the_mail_looks_like() {
    let first = with_flags(&["--node-labels=a=b,c=d", "--register-with-taints=spotInstance=true:PreferNoSchedule"]);
    let second = config("spec:\n  kubelet:\n    config: {maxPods: 17}\n    flags: ['--node-labels=e=f']\n");
    let mail = |boundary: &str, quoted: &str, end: &str| {
        format!(
            "MIME-Version: 1.0\nContent-Type: multipart/mixed;\n boundary={quoted}\n\npreamble\n--{boundary}\n\
             Content-Type: text/x-shellscript\n\n#!/bin/bash\necho --not-a-boundary\n--{boundary}  \n\
             content-type: APPLICATION/node.eks.aws; charset=\"utf-8\"\n\n{first}\n--{boundary}\n\
             Content-Transfer-Encoding: base64\nContent-Type: application/node.eks.aws\n\n{}\n{end}",
            STANDARD.encode(&second)
        )
    };
    for text in [
        mail("==X==", "\"==X==\"", "--==X==--\n"),
        mail("//", "//", "--//--\nnot read"),
        mail("b", "b", ""),
        mail("b", "\"b\"", "--b--").replace('\n', "\r\n"),
    ] {
        let data = told(&text).unwrap();
        assert_eq!(data.cluster, "c", "{text}");
        assert_eq!(data.max_pods, Some(17));
        assert_eq!(data.labels.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>(), ["a=b", "c=d", "e=f"]);
        assert_eq!(
            data.taints.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["spotInstance=true:PreferNoSchedule"]
        );
    }
}

#[test]
fn a_bare_document_will_do_and_a_later_one_wins() {
    let data = told(&with_flags(&["--max-pods 110 --v=2", "-v 3"])).unwrap();
    assert_eq!((data.max_pods, data.endpoint.as_str()), (Some(110), "https://e"));
    let unencoded = read("al2023", &with_flags(&[])).unwrap();
    assert_eq!(unencoded.service_cidr, "10.100.0.0/16");
}

#[test]
fn nodeadm_refuses_in_its_words() {
    let without = |line: &str| config(&CLUSTER.lines().filter(|l| !l.contains(line)).collect::<Vec<_>>().join("\n"));
    assert_eq!(agent_says(&without("name:")), "Name is missing in cluster configuration");
    assert_eq!(agent_says(&without("apiServerEndpoint")), "Apiserver endpoint is missing in cluster configuration");
    assert_eq!(
        agent_says(&without("certificateAuthority")),
        "Certificate authority is missing in cluster configuration"
    );
    assert_eq!(agent_says(&without("cidr")), "CIDR is missing in cluster configuration");
    let script =
        "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/x-shellscript\n\n#!/bin/sh\n--b--";
    assert_eq!(agent_says(script), "could not find NodeConfig within UserData");
    assert_eq!(agent_says(""), "Object 'Kind' is missing in ''");
    assert_eq!(
        agent_says("#!/bin/bash\n/etc/eks/bootstrap.sh c"),
        "Object 'Kind' is missing in '#!/bin/bash\n/etc/eks/bootstrap.sh c'"
    );
    assert!(
        agent_says("kind: NodeConfig\napiVersion: node.eks.aws/v2").starts_with("no kind \"NodeConfig\" is registered")
    );
    assert!(agent_says("a: [").starts_with("error converting YAML to JSON: yaml: "));
    assert!(agent_says(&config("spec: {kubelet: {flags: 7}}")).starts_with("cannot unmarshal NodeConfig: "));
}

#[test]
fn the_kubelet_refuses_in_its_words() {
    insta::assert_snapshot!(kubelet_says(&["--register-with-taints=spotInstance=true"]), @r#"failed to parse kubelet flag: invalid argument "spotInstance=true" for "--register-with-taints" flag: invalid taint spec: spotInstance=true, name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"#);
    insta::assert_snapshot!(kubelet_says(&["--register-with-taints=a=b:NoShedule"]), @r#"failed to parse kubelet flag: invalid argument "a=b:NoShedule" for "--register-with-taints" flag: invalid taint effect: NoShedule, unsupported taint effect"#);
    insta::assert_snapshot!(kubelet_says(&["--register-with-taints=a=b:c:NoSchedule"]), @r#"failed to parse kubelet flag: invalid argument "a=b:c:NoSchedule" for "--register-with-taints" flag: invalid taint spec: a=b:c:NoSchedule"#);
    insta::assert_snapshot!(kubelet_says(&["--register-with-taints=a=1:NoSchedule,a=2:NoSchedule"]), @r#"failed to parse kubelet flag: invalid argument "a=1:NoSchedule,a=2:NoSchedule" for "--register-with-taints" flag: duplicated taints with the same key and effect: {a 2 NoSchedule <nil>}"#);
    insta::assert_snapshot!(kubelet_says(&["--register-with-taints=a=b!:NoSchedule"]), @r#"failed to parse kubelet flag: invalid argument "a=b!:NoSchedule" for "--register-with-taints" flag: invalid taint spec: a=b!:NoSchedule, a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"#);
    insta::assert_snapshot!(kubelet_says(&["--node-labels=node-role.kubernetes.io/spot=true,k8s.io/x=y"]), @r#"
    failed to validate kubelet flags: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [k8s.io/x node-role.kubernetes.io/spot]
    --node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set (beta.kubernetes.io/arch, beta.kubernetes.io/instance-type, beta.kubernetes.io/os, failure-domain.beta.kubernetes.io/region, failure-domain.beta.kubernetes.io/zone, kubernetes.io/arch, kubernetes.io/hostname, kubernetes.io/os, node.kubernetes.io/instance-type, topology.kubernetes.io/region, topology.kubernetes.io/zone)
    "#);
    insta::assert_snapshot!(kubelet_says(&["--node-labels=-a=b,c=d!"]), @"failed to validate kubelet flags: invalid node labels: '-a' - name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]'); 'd!' - a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')");
    insta::assert_snapshot!(kubelet_says(&["--node-label=a=b"]), @"failed to parse kubelet flag: unknown flag: --node-label");
    insta::assert_snapshot!(kubelet_says(&["--node-labels=team=spot workers"]), @"unknown command workers");
    insta::assert_snapshot!(kubelet_says(&["--max-pods=many"]), @r#"failed to parse kubelet flag: invalid argument "many" for "--max-pods" flag: strconv.ParseInt: parsing "many": invalid syntax"#);
    insta::assert_snapshot!(kubelet_says(&["--node-labels"]), @"failed to parse kubelet flag: flag needs an argument: --node-labels");
    insta::assert_snapshot!(kubelet_says(&["-x"]), @"failed to parse kubelet flag: unknown shorthand flag: 'x' in -x");
}

#[test]
fn what_the_product_writes_is_read_back() {
    use crate::domain::nodegroup::{AmiFamily, Boot, Bootstrap};
    use crate::domain::user_data::{self, BootInput, encode};
    let labels = IndexMap::from([("lifecycle".to_owned(), "Ec2Spot".to_owned()), ("e".to_owned(), String::new())]);
    let taints = [Taint::parse("spotInstance=true:PreferNoSchedule").unwrap(), Taint::parse("gpu:NoExecute").unwrap()];
    let powershell = Boot { pre_bootstrap_commands: vec!["echo 'it''s' # \"".into(), "dir".into()], ..Boot::default() };
    let commands = Boot {
        pre_bootstrap_commands: vec![
            "echo \"it's\" <<X; /etc/eks/bootstrap.sh other".into(),
            "#!/bin/sh\ndate\n".into(),
        ],
        ..Boot::default()
    };
    let nothing = Boot::default();
    for (family, image) in [
        (AmiFamily::AmazonLinux2023, "al2023"),
        (AmiFamily::AmazonLinux2, "al2"),
        (AmiFamily::Ubuntu2404, "ubuntu"),
        (AmiFamily::Bottlerocket, "bottlerocket"),
        (AmiFamily::WindowsServer2022CoreContainer, "windows2022"),
    ] {
        let text = user_data::write(
            family,
            &BootInput {
                cluster: "c",
                endpoint: "https://e",
                certificate_authority: "Y2E=",
                service_cidr: "10.100.0.0/16",
                labels: &labels,
                taints: &taints,
                max_pods: Some(17),
                boot: match family.bootstrap() {
                    Bootstrap::Bottlerocket => &nothing,
                    Bootstrap::Windows => &powershell,
                    _ => &commands,
                },
            },
        );
        let data = read(image, &encode(&text).unwrap()).unwrap_or_else(|fault| panic!("{family}: {fault:?}\n{text}"));
        assert_eq!((data.cluster.as_str(), data.endpoint.as_str()), ("c", "https://e"), "{family}");
        assert_eq!((data.labels, data.taints.as_slice()), (labels.clone(), taints.as_slice()), "{family}");
        assert_eq!(data.max_pods, Some(17), "{family}");
    }
}

#[test]
fn an_override_decides_what_the_script_is_told() {
    use crate::domain::nodegroup::{AmiFamily, Boot};
    use crate::domain::user_data::{self, BootInput, encode};
    let read_with = |command: &str| {
        let boot = Boot { override_command: Some(command.to_owned()), ..Boot::default() };
        let labels = IndexMap::from([("a".to_owned(), "b".to_owned())]);
        let input = BootInput { cluster: "c", labels: &labels, boot: &boot, ..BootInput::default() };
        read("al2", &encode(&user_data::write(AmiFamily::AmazonLinux2, &input)).unwrap())
    };
    let data = read_with(
        "#!/bin/bash\nsource /var/lib/cloud/scripts/eksctl/bootstrap.helper.sh\n/etc/eks/bootstrap.sh mine \\\n  \
         --container-runtime containerd --kubelet-extra-args \"--node-labels=${NODE_LABELS},x=y --max-pods=7\"",
    )
    .unwrap();
    assert_eq!((data.cluster.as_str(), data.endpoint.as_str(), data.max_pods), ("mine", "", Some(7)));
    assert_eq!(data.labels, IndexMap::from([("a".to_owned(), "b".to_owned()), ("x".to_owned(), "y".to_owned())]));
    let fault = |command: &str| match read_with(command).unwrap_err() {
        Fault::Agent(text) | Fault::Kubelet(text) => text,
    };
    insta::assert_snapshot!(fault("echo nothing"), @r"
    the user data never calls /etc/eks/bootstrap.sh
    ");
    insta::assert_snapshot!(fault("/etc/eks/bootstrap.sh --kubelet-extra-args x"), @r"
    bootstrap.sh: cluster name is not defined
    ");
    insta::assert_snapshot!(fault("/etc/eks/bootstrap.sh c --kubelet-extra-args '--node-label=a=b'"), @r"
    failed to parse kubelet flag: unknown flag: --node-label
    ");
    insta::assert_snapshot!(fault("/etc/eks/bootstrap.sh 'c"), @r"
    unexpected EOF while looking for matching quote
    ");
}

#[test]
fn windows_binds_what_its_script_is_called_with() {
    use crate::domain::nodegroup::{AmiFamily, Boot};
    use crate::domain::user_data::{self, BootInput, encode};
    let labels = IndexMap::from([("a".to_owned(), "b".to_owned())]);
    let written = |command: &str| {
        let boot = Boot { override_command: Some(command.to_owned()), ..Boot::default() };
        let input =
            BootInput { cluster: "c'", labels: &labels, max_pods: Some(7), boot: &boot, ..BootInput::default() };
        encode(&user_data::write(AmiFamily::WindowsServer2022FullContainer, &input)).unwrap()
    };
    let read_with = |command: &str| read("windows2022", &written(command));
    for command in [
        "& $EKSBootstrapScriptFile -EKSClusterName \"$EKSClusterName\" -ContainerRuntime \"containerd\" `\n  \
         -KubeletExtraArgs \"$KubeletExtraArgs --v=2\" 3>&1 4>&1 5>&1 6>&1",
        "& $EKSBootstrapScriptFile -EKSC $eksClusterName -KubeletE:\"--node-labels=$($KubeletExtraArgsMap['node-labels']) \
         --max-pods=7\" -Verbose",
        "$given = @{ EKSClusterName = $EKSClusterName; KubeletExtraArgs = $KubeletExtraArgs }\n& $EKSBootstrapScriptFile \
         @given",
        "& $EKSBootstrapScriptFile $EKSClusterName $KubeletExtraArgs",
    ] {
        let data = read_with(command).unwrap_or_else(|fault| panic!("{command}: {fault:?}"));
        assert_eq!((data.cluster.as_str(), data.max_pods, &data.labels), ("c'", Some(7), &labels), "{command}");
    }
    let said: Vec<String> = [
        "Write-Host nothing",
        "& $EKSBootstrapScriptFile -Cluster c",
        "& $EKSBootstrapScriptFile -API https://e",
        "& $EKSBootstrapScriptFile -E c",
        "& $EKSBootstrapScriptFile -EKSClusterName",
        "& $EKSBootstrapScriptFile c -ContainerRuntime cri-o",
        "& $EKSBootstrapScriptFile 'c",
        "& $EKSBootstrapScriptFile c '--node-label=a=b'",
    ]
    .into_iter()
    .map(|command| match read_with(command).unwrap_err() {
        Fault::Agent(text) => text,
        Fault::Kubelet(text) => format!("kubelet: {text}"),
    })
    .collect();
    insta::assert_snapshot!(said.join("\n"), @r#"
    the user data never calls Start-EKSBootstrap.ps1
    A parameter cannot be found that matches parameter name 'Cluster'.
    Cannot process command because of one or more missing mandatory parameters: EKSClusterName.
    Parameter cannot be processed because the parameter name 'E' is ambiguous. Possible matches include: -EKSClusterName -Endpoint -ExcludedSnatCIDRs -ErrorAction -ErrorVariable.
    Missing an argument for parameter 'EKSClusterName'. Specify a parameter of type 'System.String' and try again.
    Cannot validate argument on parameter 'ContainerRuntime'. The argument "cri-o" does not belong to the set "docker,containerd" specified by the ValidateSet attribute.
    The string is missing the terminator: '.
    kubelet: failed to parse kubelet flag: unknown flag: --node-label
    "#);
    assert!(matches!(read("windows2022", "#!/bin/bash"), Err(Fault::Agent(_))));
}

#[test]
fn bottlerocket_says_what_its_settings_lack() {
    let fault = |text: &str| match read("bottlerocket", &STANDARD.encode(text)).unwrap_err() {
        Fault::Agent(text) | Fault::Kubelet(text) => text,
    };
    insta::assert_snapshot!(fault("[settings.kubernetes]\ncluster-name = \"c\"\n"), @r"
    pluto: settings.kubernetes.api-server is not set
    ");
    insta::assert_snapshot!(fault("[settings.kubernetes\n"), @r"
    early-boot-config: TOML parse error at line 1: `]` is missing
    ");
    insta::assert_snapshot!(fault("a = [1, \"b\n"), @r"
    early-boot-config: TOML parse error at line 1: a string has no end
    ");
    let full =
        "[settings.kubernetes]\ncluster-name = 'c'\napi-server = 'https://e' # here\ncluster-certificate = 'Y'\n";
    insta::assert_snapshot!(fault(&format!("{full}node-labels.'kubernetes.io/role' = 'x'\n")), @r"
    failed to validate kubelet flags: unknown 'kubernetes.io' or 'k8s.io' labels specified with --node-labels: [kubernetes.io/role]
    --node-labels in the 'kubernetes.io' namespace must begin with an allowed prefix (kubelet.kubernetes.io, node.kubernetes.io) or be in the specifically allowed set (beta.kubernetes.io/arch, beta.kubernetes.io/instance-type, beta.kubernetes.io/os, failure-domain.beta.kubernetes.io/region, failure-domain.beta.kubernetes.io/zone, kubernetes.io/arch, kubernetes.io/hostname, kubernetes.io/os, node.kubernetes.io/instance-type, topology.kubernetes.io/region, topology.kubernetes.io/zone)
    ");
    let data =
        read("bottlerocket", &format!("{full}node-taints = {{ k = [\"v:NoSchedule\", \":NoExecute\"] }}\n")).unwrap();
    assert_eq!(data.taints.len(), 2);
}

proptest! {
    #[test]
    fn no_bytes_make_the_readers_panic(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,200}") {
        let _ = read("al2023", &STANDARD.encode(&bytes));
        let _ = read("al2023", &String::from_utf8_lossy(&bytes));
        let _ = read("bottlerocket", &text);
        let _ = read("bottlerocket", &format!("a = {text}"));
        let _ = read("al2", &format!("#!/bin/bash\n{text}"));
        let _ = read("windows2022", &format!("<powershell>& Start-EKSBootstrap.ps1 {text}</powershell>"));
        let _ = mime::parts(&format!("Content-Type: multipart/mixed; boundary=b\n\n--b\n{text}"));
        let _ = node_config::parse(&config(&text));
        let words: Vec<&str> = text.split(' ').collect();
        let _ = flags::parse(&words);
        let _ = flags::parse(&[&format!("--node-labels={text}"), &format!("--register-with-taints={text}")]);
    }
}
