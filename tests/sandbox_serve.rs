//! The served sandbox, driven by the real SDK client and kube-rs over sockets.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::time::Duration;

use jiff::Timestamp;
use spotscript::domain::Code;
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::serve::{Ports, Server};
use tokio::sync::oneshot;

/// An SDK configuration that reaches the world through a socket.
fn config(sandbox: &Sandbox, endpoint: &str) -> aws_config::SdkConfig {
    let http = aws_smithy_http_client::Builder::new().build_http();
    sandbox.sdk_config().into_builder().http_client(http).endpoint_url(endpoint).build()
}

#[tokio::test(flavor = "multi_thread")]
async fn both_faces_answer_at_the_wall_clocks_time_and_the_world_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("w.world");
    let sandbox = Sandbox::open(&path).unwrap();
    let server = Server::bind(sandbox.clone(), Ports::default()).await.unwrap();
    let access = server.access().clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap_or_default() }));

    let (name, endpoint) = &access.environment[0];
    assert_eq!(name, "AWS_ENDPOINT_URL");
    let iam = aws_sdk_iam::Client::new(&config(&sandbox, endpoint));
    let trust = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
    let made = iam.create_role().role_name("kept").assume_role_policy_document(trust).send().await.unwrap();
    let age = Timestamp::now().as_second() - made.role().unwrap().create_date().secs();
    assert!((0..=5).contains(&age), "the world is {age} s behind the wall clock");

    let kubeconfig = ::kube::config::Kubeconfig::read_from(&access.kubeconfig).unwrap();
    let kube = ::kube::Config::from_custom_kubeconfig(kubeconfig, &Default::default()).await.unwrap();
    let client = ::kube::Client::try_from(kube).unwrap();
    let version = client.apiserver_version().await.unwrap();
    assert_eq!(version.major, "1");
    let here = sandbox.kube_client().apiserver_version().await.unwrap();
    assert_eq!(here.git_version, version.git_version);

    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
    drop(sandbox);
    let again = spotscript::sandbox::store::peek(&path).unwrap().unwrap();
    assert!(again.iam.roles.contains_key("kept"));
}

#[tokio::test]
async fn a_port_in_use_is_refused() {
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let ports = Ports { aws: taken.local_addr().unwrap().port(), kubernetes: 0 };
    let error = Server::bind(Sandbox::fresh(1), ports).await.unwrap_err();
    assert_eq!(error.code, Code::ServeFailed);
    assert!(error.message.contains(&ports.aws.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watch_over_the_socket_tells_what_happens_in_the_world() {
    let sandbox = Sandbox::fresh(1);
    let server = Server::bind(sandbox.clone(), Ports::default()).await.unwrap();
    let url = format!("{}/api/v1/namespaces?watch=true", server.access().kubernetes);
    let running = tokio::spawn(server.run(std::future::pending()));
    let address = url.strip_prefix("http://").unwrap().split('/').next().unwrap().to_owned();

    let mut socket = tokio::net::TcpStream::connect(&address).await.unwrap();
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let path = &url["http://".len() + address.len()..];
    socket.write_all(format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n\r\n").as_bytes()).await.unwrap();
    let mut seen = String::new();
    let mut buffer = [0; 65_536];
    let mut made = false;
    while !seen.contains("made-meanwhile") {
        let read = tokio::time::timeout(Duration::from_secs(20), socket.read(&mut buffer)).await;
        let read = read.unwrap_or_else(|_| panic!("the watch says nothing more: {seen}")).unwrap();
        assert_ne!(read, 0, "the watch ended: {seen}");
        seen.push_str(&String::from_utf8_lossy(&buffer[..read]));
        if !made {
            made = true;
            sandbox.world(|world| {
                let object = serde_json::json!({"metadata": {"name": "made-meanwhile"}});
                world.objects.create("namespaces", object, world.clock.now).unwrap();
            });
        }
    }
    running.abort();
}

/// Who may use a cluster need not be allowed to ask EKS of it: the kubeconfig names it, and its region.
#[tokio::test(flavor = "multi_thread")]
async fn commands_of_kubectls_need_a_kubeconfig_and_nothing_of_aws() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::bind(Sandbox::open(&folder.path().join("w.world")).unwrap(), Ports::default()).await.unwrap();
    let served = server.access().kubeconfig.clone();
    let (stop, stopped) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async { stopped.await.unwrap_or_default() }));
    // As `aws eks update-kubeconfig` names it; there is no EKS behind these proxies.
    let arn = "arn:aws:eks:ap-northeast-1:123456789012:cluster/eks-spot-eksct";
    let text = std::fs::read_to_string(served).unwrap();
    let file = folder.path().join("kubeconfig");
    std::fs::write(&file, text.replace("eks-spot-eksct", arn)).unwrap();
    let run = |words: &[&str]| {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_spotscript"))
            .args(words)
            .args(["--target", "aws", "--kubeconfig"])
            .arg(&file)
            .env_clear()
            .env("HOME", folder.path())
            .env("SPOTSCRIPT_STATE_DIR", folder.path().join("state"))
            .envs([("HTTPS_PROXY", "http://127.0.0.1:9"), ("AWS_EC2_METADATA_DISABLED", "true"), ("NO_COLOR", "1")])
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert!(output.status.success(), "{words:?}: {}{}", text(&output.stdout), text(&output.stderr));
        assert!(text(&output.stderr).starts_with("aws (region ap-northeast-1)"), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let nodes = run(&["nodes", "-o", "name"]);
    let node = nodes.lines().next().unwrap().trim_start_matches("node/");
    assert!(run(&["describe", "node", node]).contains("Taints:"), "{nodes}");
    assert_eq!(run(&["cordon", node]), format!("node/{node} cordoned\n"));
    assert!(run(&["get", "node", node]).contains("SchedulingDisabled"));
    assert_eq!(run(&["get", "pods", "-l", "none=such"]), "");
    stop.send(()).unwrap();
    running.await.unwrap().unwrap();
}
