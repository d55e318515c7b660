#![allow(clippy::unwrap_used)]

use serde_json::Value;

use crate::domain::cloud::AuthenticationMode;
use crate::sandbox::services::ec2::state::Boot;
use crate::sandbox::world::{Scenario, World};

fn kube_system(world: &World) -> Vec<String> {
    let count = |value: &Value| value.as_i64().unwrap_or(0);
    let daemonsets = world.objects.list("daemonsets", Some("kube-system")).map(|set| {
        let status = &set["status"];
        let (desired, ready) = (count(&status["desiredNumberScheduled"]), count(&status["numberReady"]));
        format!("{} {ready}/{desired}", set["metadata"]["name"])
    });
    let deployments = world.objects.list("deployments", Some("kube-system")).map(|deployment| {
        let (name, status) = (&deployment["metadata"]["name"], &deployment["status"]);
        format!("{name} {}/{}", count(&status["readyReplicas"]), count(&deployment["spec"]["replicas"]))
    });
    daemonsets.chain(deployments).collect()
}

#[test]
fn a_fresh_world_has_its_first_nodes_and_system_pods() {
    for mode in [AuthenticationMode::ApiAndConfigMap, AuthenticationMode::ConfigMap, AuthenticationMode::Api] {
        let world = Scenario { authentication_mode: mode, ..Scenario::default() }.build(7);
        let boots: Vec<&Boot> = world.ec2.instances.values().map(|instance| &instance.boot).collect();
        assert!(
            boots.iter().all(|boot| matches!(boot, Boot::Joined { ready: true, .. })) && boots.len() == 2,
            "{boots:?}"
        );
        assert_eq!(kube_system(&world), [r#""aws-node" 2/2"#, r#""kube-proxy" 2/2"#, r#""coredns" 2/2"#]);
        assert_eq!(world.objects.list("pods", None).filter(|pod| pod["status"]["phase"] == "Running").count(), 6);
        assert_eq!(world.objects.count("namespaces"), 4);
    }
}
