//! What a group of Windows needs of its cluster: told, for it is not the group's to change.

use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::Session;
use crate::ops::clusters::quoted;
use crate::ports::Cluster;

/// The settings of the network plugin, which EKS's controller for Windows reads too.
const SETTINGS: &str = "amazon-vpc-cni";
const ADDRESSES: &str = "enable-windows-ipam";
/// Families of types on which EKS does not support Windows (EKS user guide, "Considerations" of Windows support).
const UNSUPPORTED: [&str; 6] = ["c3", "c4", "d2", "i2", "m4", "r3"];

/// Tells what will not work. Nothing is asked for groups of other families.
pub(super) async fn tell(session: &Session, api: &dyn Cluster, spec: &NodegroupSpec) {
    if !spec.ami_family.is_windows() {
        return;
    }
    if spec.ssh.as_ref().is_some_and(|ssh| !ssh.closed) {
        session.warn(
            "images of Windows run no SSH server: port 22 is opened all the same; the key decrypts the administrator's \
             password, and Remote Desktop (port 3389) stays closed"
                .to_owned(),
        );
    }
    let types = || {
        let unsupported = |name: &&str| {
            let family = name.split('.').next().unwrap_or_default();
            UNSUPPORTED.contains(&family) && *name != "m4.16xlarge"
        };
        spec.types.names().into_iter().filter(unsupported)
    };
    if types().next().is_some() {
        session.warn(format!("EKS does not support Windows on {}: pods there get no addresses", quoted(types())));
    }
    let enabled = match api.config_map("kube-system", SETTINGS).await {
        Ok(map) => {
            map.and_then(|map| map.data).and_then(|data| data.get(ADDRESSES).cloned()).as_deref() == Some("true")
        }
        Err(error) => {
            session.warn(format!("whether pods on Windows get addresses is not known: {error}"));
            return;
        }
    };
    if !enabled {
        session.warn(format!(
            "pods on Windows get no addresses in cluster \"{}\": ConfigMap `kube-system/{SETTINGS}` has no `{ADDRESSES}: \
             \"true\"`; set it, and give the cluster's role `AmazonEKSVPCResourceController`",
            spec.cluster
        ));
    }
}
