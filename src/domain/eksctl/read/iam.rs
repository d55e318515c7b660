//! `iam`: what the nodes may do, and through which role.

use super::{Fields, Reader};
use crate::domain::nodegroup::{AddonPolicies, NodeRole, NodegroupSpec};

impl Reader<'_> {
    pub(super) fn iam(&mut self, group: &Fields, spec: &mut NodegroupSpec) {
        let Some(iam) = group.fields("iam") else { return };
        spec.role = NodeRole {
            attach_policy: iam.document("attachPolicy"),
            attach_policy_arns: iam.bare_texts("attachPolicyARNs"),
            instance_profile_arn: iam.filled("instanceProfileARN"),
            role_arn: iam.filled("instanceRoleARN"),
            role_name: iam.filled("instanceRoleName"),
            permissions_boundary: iam.filled("instanceRolePermissionsBoundary"),
        };
        self.arns(&iam);
        let addons = iam.fields("withAddonPolicies");
        if let Some(addons) = &addons {
            self.addons(addons, spec);
        }
        let asks_addons = spec.addons != AddonPolicies::default();
        if let Some(given) = ["instanceProfileARN", "instanceRoleARN"].into_iter().find(|key| iam.filled(key).is_some())
        {
            let mut excluded =
                vec!["instanceRoleName", "attachPolicy", "attachPolicyARNs", "instanceRolePermissionsBoundary"];
            excluded.retain(|key| iam.asks(key));
            if asks_addons {
                excluded.push("withAddonPolicies");
            }
            for key in excluded {
                let message =
                    format!("`{}` together with `{given}`: a role that is given is not changed", iam.path(key));
                self.bad(iam.key_at(key), message, format!("leave it out, or leave `{given}` out"));
            }
        }
        if asks_addons && group.bool("disablePodIMDS") == Some(true) {
            let message = format!(
                "`{}` together with `disablePodIMDS`: pods could not get the node's credentials",
                iam.path("withAddonPolicies")
            );
            self.bad(iam.key_at("withAddonPolicies"), message, "leave one of the two out");
        }
        if spec.managed.is_some() && iam.filled("instanceProfileARN").is_some() {
            let message = format!("`{}`: EKS makes the profile of a managed group", iam.path("instanceProfileARN"));
            self.bad(iam.key_at("instanceProfileARN"), message, "give `instanceRoleARN`");
        }
    }

    /// ARNs of roles, profiles and policies. Placeholders of templates are let through: AWS will tell.
    fn arns(&mut self, iam: &Fields) {
        for (key, kind) in [
            ("instanceProfileARN", "instance-profile/"),
            ("instanceRoleARN", "role/"),
            ("instanceRolePermissionsBoundary", "policy/"),
        ] {
            let Some((arn, at)) = iam.text(key).filter(|(arn, _)| !arn.is_empty()) else { continue };
            if arn.starts_with("arn:") && !arn.contains(&format!(":{kind}")) {
                let message = format!("`{}` is `{arn}`, which is of something else", iam.path(key));
                self.bad(at, message, format!("it is written like `arn:aws:iam::111122223333:{kind}NAME`"));
            }
        }
    }

    fn addons(&mut self, addons: &Fields, spec: &mut NodegroupSpec) {
        let on = |key: &str| addons.bool(key).unwrap_or_default();
        let (old_name, new_name) = (on("albIngress"), on("awsLoadBalancerController"));
        spec.addons = AddonPolicies {
            auto_scaler: on("autoScaler"),
            cloud_watch: on("cloudWatch"),
            aws_load_balancer_controller: old_name || new_name,
            ebs: on("ebs"),
            image_builder: on("imageBuilder"),
            external_dns: on("externalDNS"),
            cert_manager: on("certManager"),
            x_ray: on("xRay"),
            app_mesh: on("appMesh"),
            app_mesh_preview: on("appMeshPreview"),
            efs: on("efs"),
            fsx: on("fsx"),
        };
        if !addons.has("albIngress") {
            return;
        }
        let at = addons.key_at("albIngress");
        if old_name && new_name {
            let path = &addons.path;
            let message = format!("`{path}` has both `albIngress` and `awsLoadBalancerController`, which are the same");
            self.bad(at, message, "leave `albIngress` out, its old name");
        } else {
            self.note(at, "`albIngress` is the old name of `awsLoadBalancerController`");
        }
    }
}
