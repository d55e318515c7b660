//! The text of an instance's console.
//!
//! Times are seconds since the kernel started, as a console shows them; the lines of a failure are kept with the
//! instance, all others are told by what it is.

use super::console_windows;
use super::refusal::Refusal;
use crate::domain::catalogue;
use crate::sandbox::services::ec2::state::{Boot, InstanceState};
use crate::sandbox::world::World;

/// What of a refusal is kept.
pub(super) fn failure(refusal: &Refusal, node: &str, windows: bool) -> Boot {
    let line = if windows { refusal.line_on_windows(node) } else { refusal.line(node) };
    Boot::Failed { stage: refusal.stage.name().to_owned(), lines: vec![line] }
}

/// What GetConsoleOutput shows, before base64. Empty for an instance that is unknown or has not begun to boot.
pub fn console(world: &World, id: &str) -> String {
    let Some(instance) = world.ec2.instances.get(id) else { return String::new() };
    if instance.state == InstanceState::Pending {
        return String::new();
    }
    if let Some(image) = world.ec2.images.get(&instance.image_id).filter(|image| image.is_windows()) {
        return console_windows::console(world, instance, image);
    }
    let kind = catalogue::get(&instance.instance_type);
    let machine = match world.ec2.images.get(&instance.image_id).map(|image| image.architecture.kubernetes()) {
        Some("arm64") => "aarch64",
        _ => "x86_64",
    };
    let short = instance.private_dns.split('.').next().unwrap_or_default();
    let mut lines = vec![
        format!("Linux version 6.12.58-82.121.amzn2023.{machine} (mockbuild@amazonlinux) #1 SMP"),
        format!("DMI: Amazon EC2 {}/, BIOS 1.0 10/16/2017", instance.instance_type),
    ];
    if let Some(kind) = kind {
        lines.push(format!("smp: Brought up 1 node, {} CPUs", kind.vcpu));
        lines.push(format!("Memory: {}K available", kind.memory_mib * 1024));
    }
    lines.push("systemd[1]: Detected virtualization amazon.".into());
    lines.push(format!("systemd[1]: Hostname set to <{short}>."));
    lines.push("cloud-init[1602]: Cloud-init v. 22.2.2 running 'init' at boot.".into());
    lines.push(format!("cloud-init[1602]: ci-info: | ens5 | True | {} |", instance.private_ip));
    let agent = |message: &str| {
        format!("nodeadm[1688]: {{\"level\":\"info\",\"caller\":\"init/init.go\",\"msg\":\"{message}\"}}")
    };
    let agent_done = ["Loaded configuration", "Configuring kubelet..", "Starting daemon: kubelet"].map(agent);
    let started = "kubelet[1734]: \"Starting kubelet main sync loop\"".to_owned();
    let registered = |node: &str| format!("kubelet[1734]: \"Successfully registered node\" node=\"{node}\"");
    match &instance.boot {
        Boot::Starting => {}
        Boot::Failed { stage, lines: said } => {
            if matches!(stage.as_str(), "kubelet" | "registration") {
                lines.extend(agent_done);
            }
            if stage == "registration" {
                lines.push(started);
            }
            lines.extend(said.iter().cloned());
        }
        Boot::Joined { node, ready } => {
            lines.extend(agent_done);
            lines.push(started);
            lines.push(registered(node));
            if *ready {
                lines.push(format!(
                    "kubelet[1734]: \"Fast updating node status as it just became ready\" node=\"{node}\""
                ));
            }
        }
        Boot::NoNetwork { node, reason } => {
            lines.extend(agent_done);
            lines.push(started);
            lines.push(registered(node));
            lines.push(format!(
                "kubelet[1734]: \"Container runtime network not ready\" networkReady=\"NetworkReady=false \
                 reason:NetworkPluginNotReady message:Network plugin returns error: cni plugin not initialized\" \
                 ({reason})"
            ));
        }
    }
    let mut text = String::new();
    for (index, line) in lines.iter().enumerate() {
        // Kernel first, then one thing after the other within the first half minute.
        let micros = index * index * 91_357 + index * 13_577;
        text.push_str(&format!("[{:5}.{:06}] {line}\n", micros / 1_000_000, micros % 1_000_000));
    }
    if !matches!(instance.boot, Boot::Starting) {
        text.push_str(&format!("\nAmazon Linux 2023\nKernel 6.12.58-82.121.amzn2023.{machine} on an {machine}\n"));
        text.push_str(&format!("\n{short} login: \n"));
    }
    text
}
