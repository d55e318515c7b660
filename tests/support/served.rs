//! A world behind sockets, and real processes on it: what a user has with AWS.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

use spotscript::sandbox::Sandbox;
use spotscript::sandbox::serve::{Ports, Server};
use spotscript::sandbox::world::World;

/// A served world. Its time passes some hundred times as fast as the wall clock's.
pub struct Served {
    pub sandbox: Sandbox,
    folder: tempfile::TempDir,
    environment: Vec<(String, String)>,
    kubeconfig: PathBuf,
    ended: Arc<AtomicBool>,
}

impl Served {
    pub fn new(world: World) -> Self {
        let sandbox = Sandbox::of(world);
        let folder = tempfile::tempdir().unwrap();
        let (to, from) = mpsc::channel();
        let ended = Arc::new(AtomicBool::new(false));
        let (serving, stop) = (sandbox.clone(), Arc::clone(&ended));
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
            runtime.block_on(async {
                let server = Server::bind(serving.clone(), Ports::default()).await.unwrap();
                to.send(server.access().clone()).unwrap();
                let passing = async {
                    while !stop.load(Ordering::Relaxed) {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        serving.advance(Duration::from_secs(4));
                    }
                };
                server.run(passing).await.unwrap();
            });
            // Requests that nobody is to answer would keep it.
            runtime.shutdown_background();
        });
        let access = from.recv().unwrap();
        let kubeconfig = folder.path().join("kubeconfig");
        let server = &access.kubernetes;
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: c\nclusters: [{{name: c, cluster: {{server: \"{server}\"}}}}]\n\
             users: [{{name: u, user: {{}}}}]\ncontexts: [{{name: c, context: {{cluster: c, user: u}}}}]\n"
        );
        std::fs::write(&kubeconfig, text).unwrap();
        Served { sandbox, folder, environment: access.environment, kubeconfig, ended }
    }

    /// Where its processes keep their runs.
    pub fn state(&self) -> &Path {
        self.folder.path()
    }

    /// `host:port` of the AWS face.
    pub fn aws(&self) -> SocketAddr {
        self.environment[0].1.trim_start_matches("http://").parse().unwrap()
    }

    /// A process on it.
    pub fn command(&self, words: &[&str]) -> Command {
        self.plain_command(&[&["--kubeconfig", self.kubeconfig.to_str().unwrap()], words].concat())
    }

    /// The kubeconfig that leads to its cluster.
    pub fn kubeconfig(&self) -> &Path {
        &self.kubeconfig
    }

    /// A process on it that is not told of its cluster.
    pub fn plain_command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
        command
            .args(["--target", "aws"])
            .args(words)
            .envs(self.environment.iter().map(|(name, value)| (name.as_str(), value.as_str())))
            .env("SPOTSCRIPT_STATE_DIR", self.state())
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("NO_COLOR", "1")
            .env("NO_PROXY", "127.0.0.1")
            .current_dir(self.state())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs one to its end.
    pub fn run(&self, words: &[&str]) -> Output {
        self.command(words).output().unwrap()
    }

    /// Runs one that has to end well.
    pub fn must(&self, words: &[&str]) -> Output {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", told(&output));
        output
    }

    /// A runbook in its folder.
    pub fn runbook(&self, name: &str, text: &str) -> String {
        let path = self.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path.display().to_string()
    }

    /// The newest run, as `runs show` tells it.
    pub fn last_run(&self) -> serde_json::Value {
        let output = self.must(&["runs", "show", "last", "-o", "json"]);
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()["data"].clone()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::Relaxed);
    }
}

pub fn told(output: &Output) -> String {
    format!(
        "{:?}\n{}{}",
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Sends a signal to a process.
pub fn signal(name: &str, process: u32) {
    assert!(Command::new("kill").args([&format!("-{name}"), &process.to_string()]).status().unwrap().success());
}

/// Stands before the AWS face and holds the first request that contains a text.
pub struct Doorman {
    address: SocketAddr,
    seen: mpsc::Receiver<()>,
    release: mpsc::Sender<()>,
}

impl Doorman {
    pub fn new(to: SocketAddr, text: &'static str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, seen) = mpsc::channel();
        let (release, released) = mpsc::channel();
        let once = Arc::new(Mutex::new(Some((tell, released))));
        std::thread::spawn(move || {
            for client in listener.incoming() {
                let Ok(client) = client else { return };
                let server = TcpStream::connect(to).unwrap();
                let (mut back_from, mut back_to) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                std::thread::spawn(move || std::io::copy(&mut back_from, &mut back_to));
                let once = Arc::clone(&once);
                std::thread::spawn(move || pass(client, server, text, &once));
            }
        });
        Doorman { address, seen, release }
    }

    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Waits until the request is there.
    pub fn wait(&self) {
        self.seen.recv_timeout(Duration::from_secs(60)).expect("the request never came");
    }

    /// Lets it through.
    pub fn release(&self) {
        self.release.send(()).unwrap();
    }
}

type Once = Mutex<Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>>;

fn pass(mut client: TcpStream, mut server: TcpStream, text: &str, once: &Once) {
    let mut buffer = [0; 65_536];
    while let Ok(read) = client.read(&mut buffer) {
        if read == 0 {
            return;
        }
        if buffer[..read].windows(text.len()).any(|window| window == text.as_bytes())
            && let Some((tell, released)) = once.lock().unwrap().take()
        {
            tell.send(()).unwrap();
            // Whoever holds it for good is gone.
            released.recv().ok();
        }
        if server.write_all(&buffer[..read]).is_err() {
            return;
        }
    }
}
