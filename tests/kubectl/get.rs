//! `kubectl get nodes` and `kubectl get pods`.

use k8s_openapi::api::core::v1::{Node, Pod};
use kube::api::{Api, ListParams};
use spotscript::domain::kubernetes::Selector;
use spotscript::view::kubectl::{GetOptions, nodes, none_found, pods};

use super::cases::{Case, Recording, Tally, recordings};

fn in_scope(case: &Case) -> bool {
    let verb_and_resource = matches!(case.argv.get(1..3), Some([verb, resource])
        if verb == "get" && matches!(resource.as_str(), "nodes" | "node" | "pods"));
    verb_and_resource
        && matches!(case.option(&["-o"]), None | Some("wide"))
        && !case.argv.iter().any(|argument| argument.starts_with("--sort-by"))
        // Cases after mutations are another world than the recorded objects.
        && !case.case.starts_with("mut-")
}

async fn printed(recording: &Recording, case: &Case) -> (String, String) {
    let client = recording.sandbox(case.now).kube_client();
    let options = GetOptions {
        wide: case.option(&["-o"]) == Some("wide"),
        show_labels: case.has("--show-labels"),
        label_columns: case
            .option(&["-L"])
            .map(|keys| keys.split(',').map(str::to_string).collect())
            .unwrap_or_default(),
        no_headers: case.has("--no-headers"),
        all_namespaces: case.has("-A"),
    };
    let labels = case.option(&["-l", "--selector"]).unwrap_or_default();
    let fields = case.option(&["--field-selector"]).unwrap_or_default();
    if let Err(sentence) = Selector::parse_as_server(labels) {
        let error = format!(
            "Error from server (BadRequest): Unable to find \"/v1, Resource={}\" that match label selector \"{labels}\", \
             field selector \"{fields}\": {sentence}\n",
            case.argv[2]
        );
        return (String::new(), error);
    }
    let params = ListParams::default().labels(labels).fields(fields);
    let name = case.names().first().map(ToString::to_string);
    let (text, namespace) = if case.argv[2] == "pods" {
        let api: Api<Pod> = if case.has("-A") { Api::all(client) } else { Api::namespaced(client, "default") };
        let listed = api.list(&params).await.unwrap().items;
        (pods(&listed, case.now, &options), (!case.has("-A")).then_some("default"))
    } else {
        let api: Api<Node> = Api::all(client);
        let listed = match &name {
            None => api.list(&params).await.unwrap().items,
            Some(name) => match api.get(name).await {
                Ok(node) => vec![node],
                Err(kube::Error::Api(status)) => {
                    return (String::new(), format!("Error from server ({}): {}\n", status.reason, status.message));
                }
                Err(error) => panic!("{error}"),
            },
        };
        (nodes(&listed, case.now, &options), None)
    };
    let said = if text.is_empty() { none_found(namespace) + "\n" } else { String::new() };
    (text, said)
}

#[tokio::test]
async fn get_prints_what_kubectl_prints() {
    let mut tally = Tally::default();
    for recording in recordings() {
        for case in recording.cases.iter().filter(|case| in_scope(case)) {
            let (out, err) = printed(&recording, case).await;
            let expected = ["out", "err"].map(|stream| recording.expected(case, stream)).concat();
            tally.compare(&recording, case, &expected, &[out, err].concat());
        }
    }
    tally.close("get cases");
}
