#![allow(clippy::unwrap_used)]

use super::*;
use crate::repl::hint;
use crate::script::{catalog, engine};

fn names() -> Names {
    let mut all = Engine::new();
    crate::bindings::register(&mut all).unwrap();
    let variables = [("group", "Nodegroup"), ("nodes", "Nodes"), ("text", "string"), ("size", "int")];
    let mut names = Names {
        variables: variables.map(|(name, kind)| (name.to_owned(), kind.to_owned())).into(),
        seen: [("dev-spot".to_owned(), "group")].into(),
        targets: vec!["sandbox".into(), "aws".into()],
        folder: env!("CARGO_MANIFEST_DIR").into(),
        ..Names::default()
    };
    names.set_entries(catalog::entries(&all));
    names
}

/// What is offered behind a text, as lines of the list; where the word begins.
fn offered(before: &str) -> (usize, Vec<String>) {
    let (start, found) = complete(&engine::syntax().unwrap(), before, &names());
    (start, found.into_iter().map(|one| one.display).collect())
}

fn has(before: &str, wanted: &str) -> bool {
    let found = offered(before).1;
    found.iter().any(|one| one.starts_with(wanted))
}

#[test]
fn names_come_with_their_signatures() {
    assert_eq!(offered("let g = eks::nod"), (8, vec!["eks::nodegroup(name: string, options: map) → Nodegroup".into()]));
    assert_eq!(offered("ek").1, ["eks::"]);
    assert_eq!(offered("siz").1, ["size"]);
    assert_eq!(offered("whi").1, ["while"]);
    assert!(offered("// ek").1.is_empty());
}

#[test]
fn members_are_those_of_the_type_if_it_is_evident() {
    assert!(has("nodes.re", "ready("));
    assert!(!has("group.re", "ready("));
    assert!(has("nodes.ready().na", "names"));
    assert!(has("let n = kube::nodes().", "ready("));
    assert!(has("print(kube::nodes(\"a=b\").re", "ready("));
    assert!(has("nodes[0].", "describe("));
    assert!(has("\"a\".tr", "trim("));
    assert!(!has("1..", "ready("), "a range has no members");
    assert!(has("whatever.re", "ready("), "what is not evident may be anything of ours");
}

#[test]
fn variables_of_the_input_itself_are_known() {
    assert!(has("for node in nodes { node.re", "ready"));
    assert!(!has("for node in nodes { node.wi", "wide("), "a node is not the list");
    assert!(has("for (node, at) in nodes.ready() { print(node.zo", "zone"));
    assert!(has("nodes.filter(|n| n.re", "ready"));
    assert!(has("kube::nodes().map(|n| n.na", "name"));
    assert!(has("let fresh = kube::nodes(); fresh.re", "ready("));
    assert!(has("let fresh = kube::nodes();\nfor one in fresh { on", "one"));
    assert!(has("let wide = [1, 2]; wide.le", "len"));
}

#[test]
fn option_maps_offer_their_keys_and_choices() {
    let map = "let g = eks::nodegroup(\"dev\", #{ ";
    assert_eq!(offered(&format!("{map}clu")), (map.len(), vec!["cluster: string (needed)".into()]));
    assert!(has(&format!("{map}cluster: \"a\", spot: #{{ str"), "strategy: "));
    assert!(!has(&format!("{map}cluster: \"a\", "), "cluster"), "what is there is not offered again");
    assert!(has(&format!("{map}spot: #{{ strategy: \"capacity-"), "capacity-optimized"));
    assert!(!has("let a = #{ clu", "cluster"));
}

#[test]
fn strings_offer_types_paths_modules_and_seen_names() {
    assert!(has("spot::types([\"m5.xl", "m5.xlarge (4 vCPU, 16 GiB)"));
    assert!(has("eks::nodegroup(\"a\", #{ types: [\"m5.4", "m5.4xlarge"));
    assert_eq!(offered("import \"std/fo").1, ["std/format"]);
    assert_eq!(offered("import \"./stdlib/fo").1, ["format"]);
    assert_eq!(offered("group.config().save(\"Cargo.to").1, ["Cargo.toml"]);
    assert_eq!(offered("eks::load(\"scr").1, ["scripts/"]);
    assert_eq!(offered("eks::get(\"dev").1, ["dev-spot (group)"]);
}

#[test]
fn commands_offer_what_they_take() {
    assert_eq!(offered(":ti").1, [":time EXPR"]);
    assert_eq!(offered(":load scripts/create").1, ["create_spot.rhai"]);
    assert!(offered(":doc eks::nodeg").1.contains(&"eks::nodegroup".to_owned()));
    assert_eq!(offered(":target sand").1, ["sandbox"]);
    assert!(has(":time nodes.re", "ready("));
    assert_eq!(offered(":watch 5 siz"), (9, vec!["size".into()]));
    assert_eq!(offered(":explain spot-0102").1, ["SPOT-0102"]);
}

#[test]
fn chains_end_where_the_expression_begins() {
    for (text, wanted) in [
        ("let n = eks::get(\"a\", b)", "eks::get(\"a\", b)"),
        ("1 + a.b[0].c(1, |x| x + 1)", "a.b[0].c(1, |x| x + 1)"),
        ("f(a, nodes", "nodes"),
        ("`it is ${x.y", "x.y"),
        ("if a { b", "b"),
        ("return \"a\"", "\"a\""),
        ("[1, 2]", "[1, 2]"),
    ] {
        assert_eq!(chain(text), wanted, "{text}");
    }
}

#[test]
fn hints_say_what_a_call_still_wants() {
    let engine = engine::syntax().unwrap();
    let hint = |line: &str| hint::signature(&engine, line, &names()).map(|ghost| ghost.text);
    assert_eq!(hint("eks::nodegroup(").as_deref(), Some("name: string, options: map)"));
    assert_eq!(hint("eks::nodegroup(\"a\"").as_deref(), Some(", options: map)"));
    assert_eq!(hint("eks::nodegroup(\"a\",").as_deref(), Some(" options: map)"));
    assert_eq!(hint("eks::nodegroup(\"a\", #{").as_deref(), Some(" cluster: string, types: list of string … }"));
    assert_eq!(hint("eks::nodegroup(\"a\", #{ min:").as_deref(), Some(" int"));
    assert_eq!(hint("eks::nodegroup(\"a"), None);
    assert_eq!(hint("let a = 1"), None);
}

#[test]
fn types_are_told_without_running() {
    let engine = engine::syntax().unwrap();
    let kind = |text: &str| names().kind_of(&engine, text);
    for (text, wanted) in [
        ("1 + 2", "int"),
        ("1 + 2.0", "float"),
        ("size > 3 && true", "bool"),
        ("`a ${1}`", "string"),
        ("nodes.ready()", "Nodes"),
        ("nodes.ready()[0]", "Node"),
        ("eks::ensure(group)", "Report"),
        ("eks::nodegroup(\"a\", #{}).config()", "Config"),
        ("if size > 1 { \"a\" } else { text }", "string"),
        ("let a = 1;", "nothing"),
        ("[1, size]", "list"),
    ] {
        assert_eq!(kind(text).as_deref(), Some(wanted), "{text}");
    }
    assert_eq!(kind("unknown(1)"), None);
    assert_eq!(kind("if size > 1 { \"a\" } else { 1 }"), None);
}

#[test]
fn an_engine_that_only_compiles_is_enough() {
    let found = complete(&engine::syntax().unwrap(), "let g = eks::nod", &names()).1;
    assert_eq!(found.len(), 1);
}
