//! A secret that stands in the cloud is written down nowhere, and an undo never puts its mask where it stood.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const RUNBOOK: &str = "const PARAMS = #{ token: #{ type: \"string\", init: \"none\", secret: true }, size: #{ init: 1 }, plain: #{ init: \"a\" } };
eks::ensure(eks::nodegroup(\"dev\", #{
    cluster: \"eks-spot-eksct\", types: [\"m5.xlarge\"], desired: PARAM.size, max: 4, tags: #{ token: PARAM.token, plain: PARAM.plain },
}), #{ wait: false });
";

fn spotscript(state: &Path, words: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotscript"));
    command.args(words).current_dir(state).env("SPOTSCRIPT_STATE_DIR", state).env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().unwrap()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn must(state: &Path, words: &[&str]) -> String {
    let output = spotscript(state, words);
    assert!(output.status.success(), "{words:?}: {}", text(&output));
    text(&output)
}

fn tags(state: &Path) -> serde_json::Value {
    let world = fs::read_to_string(state.join("worlds/default.world")).unwrap();
    let world: serde_json::Value = serde_json::from_str(world.split_once('\n').unwrap().1).unwrap();
    let groups = world["autoscaling"]["groups"].as_object().unwrap();
    let (_, group) = groups.iter().find(|(name, _)| name.ends_with("-dev")).unwrap();
    let of = |key: &str| group["tags"][key]["value"].as_str().unwrap_or("-").to_owned();
    serde_json::json!([of("token"), of("plain"), group["desired"]])
}

#[test]
fn an_undo_names_the_secret_that_it_cannot_restore() {
    let folder = tempfile::tempdir().unwrap();
    let state = folder.path();
    fs::write(state.join("a.rhai"), RUNBOOK).unwrap();
    must(state, &["run", "a.rhai"]);
    // Setting one is taken back: what stood there before is known.
    must(state, &["run", "a.rhai", "--token", "hush-hush"]);
    assert_eq!(tags(state), serde_json::json!(["hush-hush", "a", 1]));
    must(state, &["undo", "last", "--yes"]);
    assert_eq!(tags(state), serde_json::json!(["none", "a", 1]));

    must(state, &["run", "a.rhai", "--token", "hush-hush"]);
    fs::write(state.join("b.rhai"), RUNBOOK.replace("token: PARAM.token", "token: \"other\" + PARAM.token.len"))
        .unwrap();
    must(state, &["run", "b.rhai", "--token", "hush-hush", "--plain", "b", "--size", "2"]);
    assert_eq!(tags(state), serde_json::json!(["other9", "b", 2]));
    for file in fs::read_dir(state.join("runs")).unwrap() {
        let path = file.unwrap().path();
        if path.is_file() {
            assert!(!fs::read_to_string(path).unwrap().contains("hush-hush"));
        }
    }
    let refused = spotscript(state, &["undo", "last", "--yes"]);
    assert_eq!(refused.status.code(), Some(5), "{}", text(&refused));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    insta::assert_snapshot!(told[told.find("SPOT-").unwrap()..].trim_end(), @"
    SPOT-0811

      × something of what would be restored is secret and was not kept
      ╰─▶ Auto Scaling group `spotscript-eks-spot-eksct-dev`: tag token
      help: set it as it was by hand and repeat; or `--force` restores everything else, and leaves
            these as they are
    ");
    assert_eq!(tags(state), serde_json::json!(["other9", "b", 2]), "nothing was changed");

    let forced = must(state, &["undo", "last", "--yes", "--force"]);
    assert!(forced.contains("tag token is not restored: it was not kept"), "{forced}");
    assert_eq!(tags(state), serde_json::json!(["other9", "a", 1]));
}
