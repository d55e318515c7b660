//! `kubectl describe node`.

use jiff::tz::TimeZone;
use spotscript::adapters::kube::KubeCluster;
use spotscript::domain::kubernetes::node;
use spotscript::ports::Cluster;

use super::cases::{Case, Tally, recordings};

fn in_scope(case: &Case) -> bool {
    matches!(case.argv.get(1..3), Some([verb, resource]) if verb == "describe" && resource.starts_with("node"))
        && !case.case.starts_with("mut-")
        && case.rc == 0
}

#[tokio::test]
async fn describe_prints_what_kubectl_prints() {
    let mut tally = Tally::default();
    for recording in recordings() {
        for case in recording.cases.iter().filter(|case| in_scope(case)) {
            let zone = if case.case.contains("tokyo") { "Asia/Tokyo" } else { "UTC" };
            let zone = TimeZone::get(zone).unwrap();
            let cluster = KubeCluster::new(recording.sandbox(case.now).kube_client()).in_zone(zone);
            let mut names: Vec<String> = case.names().iter().map(ToString::to_string).collect();
            if names.is_empty() {
                let picked = cluster.nodes(case.option(&["-l"]).unwrap_or_default()).await.unwrap();
                names = picked.iter().map(|it| node::name(it).to_string()).collect();
            }
            let mut texts = Vec::new();
            for name in &names {
                let mut text = cluster.describe_node(name, case.now).await.unwrap().unwrap();
                if case.has("--show-events=false") {
                    text.truncate(text.find("\nEvents:").map_or(text.len(), |at| at + 1));
                }
                texts.push(text);
            }
            tally.compare(&recording, case, &recording.expected(case, "out"), &texts.join("\n\n"));
        }
    }
    tally.close("describe cases");
}
