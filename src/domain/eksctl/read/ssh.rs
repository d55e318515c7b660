//! `ssh`: which key, and who may connect.

use super::{Fields, KeyFile, Reader};
use crate::domain::nodegroup::{DEFAULT_KEY_FILE, NodegroupSpec, PublicKey, SshAccess, validate_security_group};

impl Reader<'_> {
    pub(super) fn ssh(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let Some(ssh) = group.fields("ssh") else { return };
        match ssh.bool("enableSsm") {
            Some(false) => {
                let message = format!("`{}: false`: nodes always have SSM", ssh.path("enableSsm"));
                self.bad(ssh.key_at("enableSsm"), message, "leave it out");
            }
            Some(true) => {
                let message = format!("`{}` is deprecated: nodes always have SSM", ssh.path("enableSsm"));
                self.note(ssh.key_at("enableSsm"), message);
            }
            None => {}
        }
        let keys: Vec<&str> = ["publicKeyName", "publicKey", "publicKeyPath"]
            .into_iter()
            .filter(|key| ssh.filled(key).is_some())
            .collect();
        if let [_, second, ..] = keys[..] {
            let message = format!("`{}` gives `{}`: a node has one key", ssh.path, keys.join("` and `"));
            self.bad(ssh.key_at(second), message, "keep one of them");
        }
        let allow = ssh.bool("allow");
        if allow != Some(true) && keys.is_empty() {
            return;
        }
        let mut access = SshAccess {
            key_name: ssh.filled("publicKeyName").unwrap_or_default(),
            public_key: ssh.filled("publicKey").filter(|text| {
                // What is no key is not kept: it may be a private one.
                self.keep(ssh.value_at("publicKey"), PublicKey::parse(text)).is_some()
            }),
            public_key_path: ssh.filled("publicKeyPath"),
            source_security_groups: ssh.bare_texts("sourceSecurityGroupIds"),
            closed: allow == Some(false),
            ..SshAccess::default()
        };
        if keys.is_empty() {
            access.public_key_path = Some(DEFAULT_KEY_FILE.to_owned());
        }
        for (id, at) in ssh.texts("sourceSecurityGroupIds") {
            self.keep(at, validate_security_group(&id));
        }
        let at = keys.first().map_or(group.key_at("ssh"), |key| ssh.value_at(key));
        if let Some(path) = &access.public_key_path {
            let (group, path) = (spec.name.clone(), path.clone());
            self.key_files.push(KeyFile { group, path, location: self.location(at) });
        }
        if access.closed {
            self.note(
                at,
                format!("`{}` is false: the key is put on the nodes and port 22 stays shut", ssh.path("allow")),
            );
        } else if access.source_security_groups.is_empty() {
            self.note(
                at,
                "port 22 is opened to the addresses of the VPC; eksctl opens it to the whole world for public nodes",
            );
        }
        spec.ssh = Some(access);
    }
}
