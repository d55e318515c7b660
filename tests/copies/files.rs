//! What the files of a copy may be: their bytes, and how many objects are in them.

use serde_json::json;

use super::{Desk, list, node, pod, refused, with};

fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
}

#[test]
fn what_powershell_writes_is_read() {
    let text = serde_json::to_string_pretty(&list(&[with(node("a"), |node| {
        node["metadata"]["annotations"] = json!({"owner": "Zoë"});
    })]))
    .unwrap()
    .replace('\n', "\r\n");
    for bytes in [
        utf16(&text, u16::to_le_bytes),
        utf16(&text, u16::to_be_bytes),
        format!("\u{feff}{text}").into_bytes(),
        utf16(&format!("apiVersion: v1\r\nkind: List\r\nitems:\r\n- {}\r\n", node("a")), u16::to_le_bytes),
    ] {
        let desk = Desk::new();
        desk.write_bytes("c.txt", &bytes);
        let (_, said) = desk.must(&["sandbox", "load", "c.txt", "--world", "w"]);
        assert_eq!(said, "loaded: 1 node\n");
        assert_eq!(desk.must(&["nodes", "--world", "w", "-o", "name"]).0, "node/a\n");
    }
}

#[test]
fn a_file_without_objects_is_refused_by_name() {
    let desk = Desk::new();
    desk.write("nodes.json", &list(&[node("a")]).to_string());
    desk.write("pods.json", &list(&[pod("web-1", "a", super::REPLICAS)]).to_string());
    desk.write("none.json", &list(&[]).to_string());
    let cases: [(&str, Vec<u8>); 6] = [
        ("empty.json", vec![]),
        ("blank.yaml", b"\n  \n".to_vec()),
        ("comments.yaml", b"# nothing\n---\n# here\n".to_vec()),
        ("mark.txt", vec![0xff, 0xfe]),
        ("latin1.yaml", b"kind: Node\nmetadata: {name: Zo\xeb}\n".to_vec()),
        ("cut.txt", {
            let mut bytes = utf16("{\n", u16::to_le_bytes);
            bytes.pop();
            bytes
        }),
    ];
    let mut told = vec![];
    for (file, bytes) in cases {
        desk.write_bytes(file, &bytes);
        told.push(format!("{file}\n{}", refused(&desk, &["nodes.json", file])));
    }
    told.push(format!("no node\n{}", refused(&desk, &["pods.json", "none.json"])));
    insta::assert_snapshot!("files", told.join("\n"));
    // A list that is empty is what kubectl says of a kind of which there is none.
    desk.must(&["sandbox", "load", "nodes.json", "none.json", "--world", "w"]);
}

#[test]
fn one_is_told_as_one() {
    let desk = Desk::new();
    let named = |version: &str, kind: &str| {
        json!({
            "apiVersion": version, "kind": kind, "metadata": {"name": "x", "namespace": "default"},
            "spec": {"selector": {"matchLabels": {"app": "x"}}, "template": {"metadata": {"labels": {"app": "x"}}, "spec": {"containers": [{"name": "c"}]}}},
        })
    };
    let said = desk.load(&[
        node("a"),
        named("apps/v1", "Deployment"),
        named("apps/v1", "DaemonSet"),
        with(named("policy/v1", "PodDisruptionBudget"), |budget| {
            budget["spec"] = json!({"minAvailable": 1, "selector": {"matchLabels": {"app": "x"}}});
        }),
    ]);
    assert_eq!(said, "loaded: 1 daemonset, 1 deployment, 1 node, 1 poddisruptionbudget\n");
}
