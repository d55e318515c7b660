//! `spotscript sandbox serve`: the world's two faces on loopback ports.

use std::path::Path;
use std::process::ExitCode;

use super::form::Form;
use super::{Failed, Global, console, target};
use crate::domain::error::Result;
use crate::host::{Cancel, listen_for_interrupts};
use crate::sandbox::Sandbox;
use crate::sandbox::serve::{Ports, Server};

/// Open the world's ports, so that kubectl and any AWS SDK can be pointed at it
///
/// Prints the shell lines that do so. The world's clock goes with the wall clock until Ctrl-C; the world is saved.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  spotscript sandbox serve
  spotscript sandbox serve --aws-port 4566 --kube-port 8001")]
pub struct Args {
    /// Loopback port of the AWS face; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    aws_port: u16,
    /// Loopback port of the Kubernetes face; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    kube_port: u16,
}

/// Runs the command.
pub fn run(args: Args, path: &Path, global: &Global) -> Result<ExitCode, Failed> {
    let sandbox = Sandbox::open(path)?;
    // Not the host's own cancel: to be interrupted is how this command ends well, with the world saved.
    let stop = Cancel::default();
    listen_for_interrupts(stop.clone());
    let ports = Ports { aws: args.aws_port, kubernetes: args.kube_port };
    target::host(global, &super::reach::Reach::default())?.block(serve(sandbox, ports, stop, Form::of(global)))?;
    Ok(ExitCode::SUCCESS)
}

async fn serve(sandbox: Sandbox, ports: Ports, stop: Cancel, form: Form) -> Result<()> {
    let server = Server::bind(sandbox, ports).await?;
    let access = server.access();
    console::print(&form.print("access", access, |_| access.lines().join("\n"))?);
    console::say("serving the sandbox; Ctrl-C ends and saves it");
    server.run(stop.cancelled()).await
}
