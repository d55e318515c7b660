//! Who gets at the nodes, and what the nodes may do: `ssh` and `iam`.

use super::{Fields, Reader, schema};
use crate::domain::code::Code;
use crate::domain::nodegroup::{AddonPolicies, NodegroupSpec, SshAccess};

impl Reader<'_> {
    pub(super) fn ssh(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        let Some(entry) = fields.get("ssh") else { return };
        let Some(ssh) = self.fields(&entry.value, &fields.path("ssh"), &schema::SSH) else { return };
        let key = self.text_field(&ssh, "publicKeyName").filter(|(name, _)| !name.is_empty());
        let allow = self.bool_field(&ssh, "allow");
        let ssm = self.bool_field(&ssh, "enableSsm");
        if let Some(entry) = ssh.get("enableSsm") {
            if ssm == Some(false) {
                let message = format!("`{}: false`: nodes always have SSM", ssh.path("enableSsm"));
                self.refuse(entry.at, Code::DocumentValue, message, "leave it out");
            } else {
                self.note(entry.at, format!("`{}` is deprecated: nodes always have SSM", ssh.path("enableSsm")));
            }
        }
        match (allow, key) {
            (Some(false), None) | (None, None) => {}
            (Some(false), Some((_, at))) => {
                self.note(at, format!("`{}` is false: the key is not used", ssh.path("allow")));
            }
            (Some(true), None) => {
                if ssh.get("publicKeyName").is_none() {
                    let message = format!(
                        "`{}` without `publicKeyName` is not supported: eksctl then imports ~/.ssh/id_rsa.pub",
                        ssh.path("allow")
                    );
                    self.refuse(
                        entry.at,
                        Code::DocumentUnsupported,
                        message,
                        "name a key pair of the region with `publicKeyName`",
                    );
                }
            }
            (_, Some((key_name, at))) => {
                self.note(
                    at,
                    "port 22 is opened to the addresses of the VPC; eksctl opens it to the whole world for public nodes",
                );
                spec.ssh = Some(SshAccess { key_name, sources: Vec::new() });
            }
        }
    }

    pub(super) fn addons(&mut self, fields: &Fields<'_>, spec: &mut NodegroupSpec) {
        let Some(entry) = fields.get("iam") else { return };
        let Some(iam) = self.fields(&entry.value, &fields.path("iam"), &schema::IAM) else { return };
        let Some(entry) = iam.get("withAddonPolicies") else { return };
        let path = iam.path("withAddonPolicies");
        let Some(addons) = self.fields(&entry.value, &path, &schema::ADDON_POLICIES) else { return };
        let mut on = |key: &str| self.bool_field(&addons, key).unwrap_or_default();
        let old_name = on("albIngress");
        let new_name = on("awsLoadBalancerController");
        spec.addons = AddonPolicies {
            auto_scaler: on("autoScaler"),
            cloud_watch: on("cloudWatch"),
            aws_load_balancer_controller: old_name || new_name,
            ebs: on("ebs"),
            image_builder: on("imageBuilder"),
            external_dns: on("externalDNS"),
            cert_manager: on("certManager"),
            x_ray: on("xRay"),
        };
        let Some(old) = addons.get("albIngress") else { return };
        if old_name && new_name {
            let message = format!("`{path}` has both `albIngress` and `awsLoadBalancerController`, which are the same");
            self.refuse(old.at, Code::DocumentValue, message, "leave `albIngress` out, its old name");
        } else {
            self.note(old.at, "`albIngress` is the old name of `awsLoadBalancerController`");
        }
    }
}
