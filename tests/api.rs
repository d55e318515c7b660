//! The whole public API of scripts as a snapshot, and what must be true of each part of it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stderr, missing_docs)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;

use spotscript::bindings::schema;
use spotscript::cli::target::sandbox_host;
use spotscript::domain::Code;
use spotscript::domain::code::Kind;
use spotscript::host::{FilePolicy, Recorder};
use spotscript::sandbox::Sandbox;
use spotscript::script::catalog::{Catalog, Entry, EntryKind, names, options_of};
use spotscript::script::check::{Checker, Finding};
use spotscript::script::docs::{self, definitions, markdown, text};
use spotscript::script::render::Look;
use spotscript::script::source::SourceMap;
use spotscript::script::{Session, explain, stdlib};

const LOOK: Look = Look { colour: false, width: 100 };

fn catalog() -> Catalog {
    let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(".", &[]));
    let testing = Session::for_tests(&host, SourceMap::default()).unwrap();
    Catalog::with_tests(Session::new(&host).unwrap().engine(), testing.engine())
}

/// A change here is a change for everyone who has written a runbook: it belongs into the changelog.
#[test]
fn the_public_api_is_what_was_announced() {
    let catalog = catalog();
    let mut lines = BTreeSet::new();
    for entry in catalog.own() {
        let tests = if catalog.is_test_only(entry) { ", in tests" } else { "" };
        lines.insert(format!("{}  ({}{tests})", entry.head(), entry.since()));
    }
    for (function, _) in schema::all() {
        for key in options_of(function) {
            let needed = if key.required { ", required" } else { "" };
            let choices = key.kind.choices();
            let choices = if choices.is_empty() { String::new() } else { format!(" = {}", choices.join(" | ")) };
            lines.insert(format!("{function} #{{ {}: {}{choices} }}{needed}", key.path, key.kind));
        }
    }
    let lines: Vec<String> = lines.into_iter().collect();
    insta::assert_snapshot!("public_api", lines.join("\n"));
}

#[test]
fn every_entry_says_what_it_does_and_shows_it() {
    let catalog = catalog();
    assert!(catalog.own().count() > 150, "the catalog does not see the bindings");
    let lacking = |what: fn(&Entry) -> bool| -> Vec<String> {
        catalog.own().filter(|entry| what(entry)).map(Entry::head).collect()
    };
    assert_eq!(lacking(|entry| entry.description().is_empty()), [""; 0], "no documentation");
    assert_eq!(lacking(|entry| entry.examples().is_empty()), [""; 0], "no example");
    let versions: BTreeSet<&str> = catalog.own().map(Entry::since).collect();
    assert!(versions.iter().all(|version| version.split('.').count() == 3), "{versions:?}");
}

#[test]
fn every_option_map_has_known_keys() {
    let takes_map = |entry: &&Entry| {
        entry.namespace.split('/').next() != Some("std")
            && !matches!(entry.kind, EntryKind::Constant | EntryKind::Operator)
            && entry.parameters.iter().any(|parameter| parameter.ends_with(": map"))
    };
    let catalog = catalog();
    let taking: BTreeSet<String> = catalog.own().filter(takes_map).map(Entry::path).collect();
    let known: BTreeSet<String> =
        schema::all().map(|(function, _)| function).chain(schema::FREE.iter().copied()).map(str::to_owned).collect();
    assert_eq!(taking, known, "the tables of `bindings::schema` hold every function that takes a map, and no other");
}

#[test]
fn namespaces_types_and_modules_say_what_they_are_for() {
    let catalog = catalog();
    let own: BTreeSet<&str> = catalog
        .own()
        .map(|entry| entry.namespace.as_str())
        .filter(|name| !name.is_empty() && !name.contains('/'))
        .collect();
    assert_eq!(own.iter().filter(|name| names::namespace(name).is_empty()).collect::<Vec<_>>(), [&""; 0]);
    assert_eq!(catalog.types().into_iter().filter(|name| names::kind(name).is_empty()).collect::<Vec<_>>(), [""; 0]);
    assert_eq!(catalog.libraries().len(), stdlib::names().count(), "a module does not parse");
    for library in catalog.libraries() {
        assert!(!library.about.is_empty(), "{} says nothing of itself", library.name);
    }
}

#[test]
fn every_name_that_is_offered_is_found() {
    let catalog = catalog();
    for path in catalog.paths() {
        let topic = catalog.find(&path).unwrap_or_else(|error| panic!("{path}: {}", error.message));
        assert!(!topic.entries.is_empty(), "{path} is empty");
        assert!(text::topic(&topic, LOOK).contains(path.rsplit([':', '.']).next().unwrap()), "{path}");
    }
}

#[test]
fn names_that_do_not_exist_are_answered_with_the_nearest() {
    let catalog = catalog();
    let told = |name: &str| {
        let error = catalog.find(name).unwrap_err();
        format!("{} {} | {}", error.code, error.message, error.help.unwrap_or_default())
    };
    insta::assert_snapshot!(told("eks::nodegruop"), @"SPOT-0680 there is nothing called `eks::nodegruop` | did you mean `eks::nodegroup`?");
    insta::assert_snapshot!(told("nodegroup"), @"SPOT-0680 there is nothing called `nodegroup` | did you mean `eks::nodegroup`?");
    insta::assert_snapshot!(told("Nodegroup.with_sise"), @"SPOT-0680 there is nothing called `Nodegroup.with_sise` | did you mean `Nodegroup.with_size`?");
    insta::assert_snapshot!(told("zzz"), @"SPOT-0680 there is nothing called `zzz` | without a name, the documentation lists what there is");
}

#[test]
fn a_function_is_told_in_full() {
    let catalog = catalog();
    insta::assert_snapshot!("docs_scale", text::topic(&catalog.find("eks::scale").unwrap(), LOOK));
    insta::assert_snapshot!("docs_report", text::topic(&catalog.find("Report").unwrap(), LOOK));
    let list = text::topic(&catalog.find("list").unwrap(), LOOK);
    assert!(list.contains("list.sort_by(") && list.contains("list.len → int"), "{list}");
    assert!(!list.contains("assert_") && !list.contains("list.print("), "{list}");
    let trim = text::topic(&catalog.find("string.trim").unwrap(), LOOK);
    assert!(trim.contains("trim("), "{trim}");
    insta::assert_snapshot!("docs_all", text::all(&catalog, LOOK));
}

#[test]
fn markdown_has_a_page_for_everything() {
    let catalog = catalog();
    let pages = markdown::pages(&catalog);
    let whole: String = pages.iter().map(|(_, text)| text.as_str()).collect();
    for entry in catalog.own() {
        assert!(whole.contains(&format!(" `{}`\n", entry.head())), "{} is on no page", entry.head());
    }
    assert_eq!(whole.matches("```").count() % 2, 0, "a fence is open");
}

#[test]
fn definitions_keep_to_their_grammar() {
    let catalog = catalog();
    let types: BTreeSet<&str> = catalog.types().into_iter().collect();
    let plain = ["?", "String", "Array", "Map", "FnPtr", "()", "int", "float", "bool", "char", "range"];
    let known = |kind: &str| plain.contains(&kind) || types.contains(kind);
    let word = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    for (file, text) in definitions::files(&catalog) {
        let mut lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with("//"));
        assert!(lines.next().is_some_and(|line| line.starts_with("module ") && line.ends_with(';')), "{file}");
        for line in lines {
            let good = if let Some(rest) = line.strip_prefix("const ") {
                rest.strip_suffix(';')
                    .and_then(|rest| rest.split_once(": "))
                    .is_some_and(|(name, kind)| word(name) && known(kind))
            } else {
                let (signature, returns) = line.split_once(") -> ").unwrap_or_else(|| panic!("{file}: {line}"));
                let (head, parameters) = signature.split_once('(').unwrap();
                let operator = head.starts_with("op ");
                let name = head.strip_prefix("fn ").or(head.strip_prefix("op ")).unwrap_or_default();
                let name = name.strip_prefix("get ").unwrap_or(name);
                let parameter = |text: &str| match text.split_once(": ") {
                    Some((name, kind)) => !operator && word(name) && known(kind),
                    None => operator && known(text),
                };
                (operator || word(name))
                    && known(returns.trim_end_matches(';'))
                    && (parameters.is_empty() || parameters.split(", ").all(parameter))
            };
            assert!(good, "{file}: {line}");
        }
    }
}

#[test]
fn data_has_every_entry_with_types() {
    let items = docs::items(&catalog());
    let nodegroup = items.iter().find(|item| item.path == "eks::nodegroup").unwrap();
    let value = serde_json::to_value(nodegroup).unwrap();
    assert_eq!(value["parameters"][0], serde_json::json!({ "name": "name", "type": "string" }));
    let spot = value["options"].as_array().unwrap().iter().find(|key| key["path"] == "spot.strategy").unwrap();
    assert_eq!(spot["kind"]["type"], "one-of");
    assert_eq!(spot["kind"]["of"][0], "lowest-price");
}

#[test]
fn a_page_reads_well_at_a_terminal() {
    insta::assert_snapshot!(text::page(explain::page(Code::UnknownOption), LOOK), @r#"
    An option map has a key that does not exist

      Option maps are closed: a key that is not read would be a setting that silently does nothing. The
      message has the whole path of the key, such as `spot.stratgy`.

        eks::nodegroup("dev-spot", #{ cluster: "eks-spot-eksct", types: ["m5.xlarge"], spot: #{ stratgy: "lowest-price" } });

    How to mend it

      Correct the spelling: the nearest key is suggested. `spotscript docs eks::nodegroup` lists the
      keys of a function with their types. Labels and tags have free keys and belong under `labels` and
      `tags`.
    "#);
}

/// The wrong example of a page fails, and with the code of the page.
/// The page of endless recursion takes more stack than a test's thread has.
#[test]
fn pages_of_codes_show_what_they_speak_of() {
    let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run_pages).unwrap();
    thread.join().unwrap_or_else(|failed| std::panic::resume_unwind(failed));
}

fn run_pages() {
    let (mut shown, mut wrong) = (0, Vec::new());
    for code in Code::ALL {
        let Some((_, rest)) = explain::page(*code).split_once("```rhai\n") else { continue };
        let example = rest.split("```").next().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let host = sandbox_host(Sandbox::fresh(1), Arc::new(Recorder::default()), FilePolicy::new(folder.path(), &[]));
        if code.kind() == Kind::Lint {
            let findings = Checker::new(&host).unwrap().check("page", example);
            let codes: Vec<Code> = findings.iter().map(Finding::code).collect();
            if codes != [*code] {
                wrong.push(format!("{code}: {codes:?} is found"));
            }
        } else {
            let mut session = Session::new(&host).unwrap();
            let result = session.compile("page", example).and_then(|program| session.run(&program, &rhai::Map::new()));
            let failed = result.err().unwrap_or_else(|| panic!("the example of {code} does not fail"));
            assert_eq!(failed.error.code, *code, "the example of {code} fails with: {}", failed.error.message);
        }
        shown += 1;
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(shown >= 25, "only {shown} pages have an example");
}

fn spotscript(arguments: &[&str], folder: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_spotscript")).args(arguments).current_dir(folder).output().unwrap()
}

#[test]
fn the_commands_answer_in_every_form() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let output = spotscript(arguments, folder.path());
        (
            output.status.code().unwrap(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let json = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();

    let (code, out, _) = run(&["docs", "-o", "json"]);
    assert_eq!((code, json(&out)["schema"].as_str()), (0, Some("spotscript.docs/v1")));
    let (code, out, _) = run(&["explain", "102", "-o", "json"]);
    let answer = json(&out);
    assert_eq!((code, answer["data"]["code"].as_str()), (0, Some("SPOT-0102")));
    assert_eq!(answer["data"]["page"].as_str(), Some(explain::page(Code::UnknownOption)));
    let (code, out, _) = run(&["explain"]);
    assert_eq!((code, out.lines().count()), (0, Code::ALL.len()));
    let (code, out, err) = run(&["explain", "SPOT-0105"]);
    assert_eq!((code, out.as_str()), (2, ""));
    assert!(err.contains("SPOT-0681") && err.contains("did you mean `SPOT-0101`?"), "{err}");
    let (code, _, err) = run(&["docs", "eks::nodegruop"]);
    assert!(code == 2 && err.contains("did you mean `eks::nodegroup`?"), "{code} {err}");

    let (code, out, err) = run(&["docs", "--format", "definitions", "--directory", "types"]);
    assert_eq!((code, out.as_str()), (0, ""), "{err}");
    let written = std::fs::read_to_string(folder.path().join("types/eks.d.rhai")).unwrap();
    assert!(written.contains("\nfn nodegroup(name: String, options: Map) -> Nodegroup;\n"), "{written}");
    let (code, _, err) = run(&["docs", "--directory", "types"]);
    assert!(code == 2 && err.contains("--format markdown"), "{code} {err}");
}
