//! The text of a Windows machine's console: what EC2's launch agent tells, and the last errors of the system's event log
//! (EC2 API reference, GetConsoleOutput). The kubelet logs to the event log alone; that it has registered is not told.

use super::identity::computer;
use super::os;
use crate::sandbox::services::ec2::state::{Boot, Image, Instance};
use crate::sandbox::world::World;
use crate::sandbox::world::clock::SECOND;

pub(super) fn console(world: &World, instance: &Instance, image: &Image) -> String {
    let os = os::of(image);
    let edition = if image.name.contains("-Core-") { "Server Core" } else { "Full" };
    let origin = image.name.rsplit_once('-').map_or(image.name.as_str(), |(name, _)| name);
    let mut lines = vec![
        "Windows sysprep configuration complete.".to_owned(),
        "Message: Waiting for meta-data accessibility...".to_owned(),
        "Message: Meta-data is now available.".to_owned(),
        format!("AMI Origin Name: {origin}"),
        format!("OsProductName: {}", os.image),
        format!("OsInstallOption: {edition}"),
        format!("OsVersion: {}", os.windows_build.unwrap_or_default()),
        format!("AMI-ID: {}", instance.image_id),
        format!("Instance-ID: {}", instance.id),
        format!("Instance Type: {}", instance.instance_type),
        format!("HostName: {}", computer(world.seed, &instance.id)),
    ];
    match &instance.boot {
        Boot::Starting => {}
        Boot::Failed { lines: said, .. } => {
            lines.push("Message: Windows is Ready to use".to_owned());
            lines.extend(said.iter().cloned());
        }
        Boot::Joined { .. } | Boot::NoNetwork { .. } => lines.push("Message: Windows is Ready to use".to_owned()),
    }
    let mut text = String::new();
    for (seconds, line) in (60..).step_by(2).zip(lines) {
        let at = instance.launched + seconds * SECOND;
        if at > world.now() {
            break;
        }
        let at = world.clock.at(at);
        text.push_str(&format!("{}: {line}\n", at.strftime("%Y/%m/%d %H:%M:%SZ")));
    }
    text
}
