//! Who may know whom: the table of `src/README.md`, enforced on the sources.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Layer → layers it may name. A layer may always name itself.
const MAY_USE: &[(&str, &[&str])] = &[
    ("domain", &[]),
    ("ports", &["domain"]),
    ("ops", &["domain", "ports"]),
    ("adapters", &["domain", "ports"]),
    ("journal", &["domain"]),
    ("host", &["domain", "ports", "ops", "journal"]),
    // `ports`: a read that is no use-case goes straight through the port that the host holds.
    // `view`: a value prints itself as people read it.
    ("bindings", &["domain", "ports", "host", "ops", "view"]),
    ("script", &["domain", "host", "bindings", "journal"]),
    ("sandbox", &["domain"]),
    ("view", &["domain"]),
    ("repl", &["domain", "host", "script", "view", "bindings"]),
    (
        "cli",
        &["domain", "ports", "ops", "adapters", "journal", "host", "bindings", "script", "sandbox", "view", "repl"],
    ),
];

/// External crate → places (path prefixes below `src/`) that may name it.
const CRATE_HOMES: &[(&str, &[&str])] = &[
    ("aws_config", &["adapters/aws", "adapters/kube", "sandbox", "cli/target"]),
    ("aws_sdk_autoscaling", &["adapters/aws"]),
    ("aws_sdk_ec2", &["adapters/aws"]),
    ("aws_sdk_eks", &["adapters/aws"]),
    ("aws_sdk_iam", &["adapters/aws"]),
    ("aws_sdk_ssm", &["adapters/aws"]),
    ("aws_sdk_sts", &["adapters/aws"]),
    ("aws_smithy_runtime_api", &["adapters", "sandbox"]),
    ("kube", &["adapters/kube", "sandbox", "cli/target"]),
    ("axum", &["sandbox"]),
    ("rustyline", &["repl"]),
    ("schemars", &["bindings"]),
    ("rhai", &["bindings", "script", "host", "repl", "cli"]),
    ("miette", &["script", "repl", "cli"]),
    ("clap", &["cli"]),
];

struct Source {
    /// Path below `src/`, with forward slashes.
    path: String,
    /// Code without comments, up to the unit tests at the end: line number and text.
    code: Vec<(usize, String)>,
    lines: usize,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    collect(&root, &mut files);
    files
        .into_iter()
        .map(|file| {
            let text = std::fs::read_to_string(&file).unwrap();
            let path = file.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
            let code = text
                .lines()
                .enumerate()
                .take_while(|(_, line)| line.trim() != "#[cfg(test)]")
                .filter(|(_, line)| !line.trim_start().starts_with("//"))
                .map(|(number, line)| (number + 1, line.to_owned()))
                .collect();
            Source { path, code, lines: text.lines().count() }
        })
        .collect()
}

fn collect(folder: &Path, into: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, into);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            into.push(path);
        }
    }
}

fn is_test_only(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/") || path.ends_with("_tests.rs")
}

/// Whether `line` goes on a path or a word just before byte `at`.
fn continues_a_path(line: &str, at: usize) -> bool {
    line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || matches!(c, '_' | ':' | '"' | '/' | '.'))
}

/// The words that follow `prefix` anywhere in `line`: `crate::ops::x` gives `ops`.
fn names_after<'a>(line: &'a str, prefix: &str) -> Vec<&'a str> {
    line.match_indices(prefix)
        .filter(|(at, _)| !continues_a_path(line, *at))
        .map(|(at, _)| {
            let rest = &line[at + prefix.len()..];
            &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())]
        })
        .collect()
}

#[test]
fn layers_know_only_the_layers_below_them() {
    let layers: BTreeSet<&str> = MAY_USE.iter().map(|(layer, _)| *layer).collect();
    let mut wrong = Vec::new();
    let mut seen = 0;
    for source in sources().iter().filter(|source| !is_test_only(&source.path)) {
        let Some((layer, _)) = source.path.split_once('/') else { continue };
        let (_, allowed) = MAY_USE.iter().find(|(name, _)| *name == layer).unwrap_or_else(|| {
            panic!("src/{layer} is not in the table: give it a place in src/README.md and in this test")
        });
        for (number, line) in &source.code {
            let used: Vec<&str> = if line.contains("crate::{") {
                line.split(['{', ',', '}']).map(|word| word.trim().split("::").next().unwrap_or_default()).collect()
            } else {
                names_after(line, "crate::")
            };
            for name in used.into_iter().filter(|name| layers.contains(name)) {
                seen += 1;
                if name != layer && !allowed.contains(&name) {
                    wrong.push(format!(
                        "src/{}:{number}: `{layer}` may not know `{name}`: {}",
                        source.path,
                        line.trim()
                    ));
                }
            }
        }
    }
    assert!(seen > 100, "only {seen} uses found: this test does not see the sources");
    assert!(wrong.is_empty(), "\n{}\nThe table is in src/README.md.", wrong.join("\n"));
}

#[test]
fn external_crates_stay_where_they_belong() {
    let sources = sources();
    let paths: BTreeSet<String> = sources.iter().map(|source| source.path.clone()).collect();
    let mut wrong = Vec::new();
    for source in sources.iter().filter(|source| !is_test_only(&source.path)) {
        for (number, line) in &source.code {
            for (name, homes) in CRATE_HOMES {
                // A module of ours beside the file may bear the crate's name: `bindings/kube.rs`.
                let folder = source.path.rsplit_once('/').map_or("", |(folder, _)| folder);
                if paths.contains(&format!("{folder}/{name}.rs")) || paths.contains(&format!("{folder}/{name}/mod.rs"))
                {
                    continue;
                }
                let path = format!("{name}::");
                let used = line.match_indices(&path).any(|(at, _)| !continues_a_path(line, at));
                if used && !homes.iter().any(|home| source.path.starts_with(home)) {
                    wrong.push(format!("src/{}:{number}: `{name}` belongs to {homes:?}: {}", source.path, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn only_the_host_blocks_on_async_code() {
    let wrong: Vec<String> = sources()
        .iter()
        .filter(|source| !is_test_only(&source.path) && !source.path.starts_with("host/"))
        .flat_map(|source| source.code.iter().map(move |line| (source, line)))
        .filter(|(_, (_, line))| line.contains(".block_on("))
        .map(|(source, (number, _))| format!("src/{}:{number}", source.path))
        .collect();
    assert!(wrong.is_empty(), "`block_on` outside src/host: {wrong:?}");
}

#[test]
fn files_stay_small() {
    let sources = sources();
    let mut sizes: Vec<usize> = sources.iter().map(|source| source.lines).collect();
    sizes.sort_unstable();
    let median = sizes[sizes.len() / 2];
    let large: Vec<String> = sources
        .iter()
        .filter(|source| source.lines > 500)
        .map(|source| format!("src/{} has {} lines", source.path, source.lines))
        .collect();
    assert!(median <= 200, "the median file has {median} lines");
    assert!(large.is_empty(), "{large:?}");
}

#[test]
fn the_root_is_what_people_expect() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["Cargo.toml", "src", "scripts", "stdlib", "tests", "README.md"] {
        assert!(root.join(name).exists(), "{name} is missing");
    }
}
