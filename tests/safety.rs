//! What a script cannot do: read or write where it may not. One test for each way out, and what stays allowed.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

struct Ran {
    code: i32,
    out: String,
    err: String,
}

/// A working directory, and one beside it that scripts may not reach.
struct Bench {
    folder: TempDir,
}

const GROUP: &str = "apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: { name: eks-spot-eksct, region: ap-northeast-1 }
nodeGroups:
  - name: kept-secret
    instancesDistribution: { instanceTypes: [m5.xlarge] }
";

impl Bench {
    fn new() -> Self {
        let bench = Bench { folder: tempfile::tempdir().unwrap() };
        std::fs::create_dir_all(bench.at("in/lib")).unwrap();
        std::fs::create_dir_all(bench.at("out")).unwrap();
        std::fs::create_dir_all(bench.at("books")).unwrap();
        bench.write("out/group.yml", GROUP);
        bench.write("out/module.rhai", "fn told() { \"kept-secret\" }");
        bench
    }

    fn at(&self, path: &str) -> PathBuf {
        self.folder.path().canonicalize().unwrap().join(path)
    }

    fn shown(&self, path: &str) -> String {
        self.at(path).display().to_string()
    }

    fn write(&self, path: &str, text: &str) {
        std::fs::write(self.at(path), text).unwrap();
    }

    fn run_with(&self, input: &str, arguments: &[&str]) -> Ran {
        let mut child = Command::new(env!("CARGO_BIN_EXE_spotscript"))
            .args(arguments)
            .current_dir(self.at("in"))
            .env("SPOTSCRIPT_STATE_DIR", self.at("state"))
            .env("NO_COLOR", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A child that fails early does not read it.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| unwrapped(&String::from_utf8_lossy(&bytes)).replace(&self.shown(""), "/…/");
        Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
    }

    fn run(&self, arguments: &[&str]) -> Ran {
        self.run_with("", arguments)
    }

    /// Runs a text as `in/a.rhai`.
    fn script(&self, text: &str) -> Ran {
        self.write("in/a.rhai", text);
        self.run(&["run", "a.rhai"])
    }

    /// Runs a text that has to be refused, with nothing of what is outside told. Gives what is said.
    fn refused(&self, text: &str) -> String {
        let ran = self.script(text);
        assert_eq!((ran.code, ran.out.as_str()), (2, ""), "{text}: {}", ran.err);
        assert!(ran.err.contains("SPOT-0806") && !ran.err.contains("kept-secret"), "{text}: {}", ran.err);
        ran.err[ran.err.find("SPOT-").unwrap()..].to_owned()
    }
}

/// A help in one line: where it is broken depends on where temporary folders are.
fn unwrapped(text: &str) -> String {
    let mut whole = String::new();
    for line in text.split_inclusive('\n') {
        let helps = whole.lines().last().is_some_and(|last| last.starts_with("  help: "));
        match line.strip_prefix("        ").filter(|_| helps) {
            Some(more) => {
                whole.truncate(whole.trim_end().len());
                whole.push_str(if whole.ends_with(['/', '-']) { "" } else { " " });
                whole.push_str(more);
            }
            None => whole.push_str(line),
        }
    }
    whole
}

fn load(path: &str) -> String {
    format!("print(eks::load(\"{path}\").name);")
}

fn save(path: &str) -> String {
    let group = "eks::nodegroup(\"dev\", #{ cluster: \"c\", types: [\"m5.xlarge\"] })";
    format!("print({group}.config().save(\"{path}\"));")
}

#[test]
fn a_relative_path_does_not_lead_out() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused(&load("../out/group.yml")), @r#"
    SPOT-0806

      × `../out/group.yml` is outside of what scripts may read
      ╰─▶ it leads to `/…/out/group.yml`
       ╭─[a.rhai:1:12]
     1 │ print(eks::load("../out/group.yml").name);
       ·            ────
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/group.yml`
    "#);
    bench.refused(&load("lib/../../out/group.yml"));
    // Whether a file outside exists is not told either.
    bench.refused(&load("../out/nothing.yml"));
    bench.refused(&load("missing/../../out/group.yml"));
}

#[test]
fn an_absolute_path_does_not_lead_out() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused(&load(&bench.shown("out/group.yml"))), @r#"
    SPOT-0806

      × `/…/out/group.yml` is outside of what scripts may read
       ╭─[a.rhai:1:12]
     1 │ print(eks::load("/…/out/group.yml").name);
       ·            ────
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/group.yml`
    "#);
    bench.refused(&load("/etc/passwd"));
    bench.refused(&load("/proc/self/environ"));
}

#[test]
fn a_linked_file_does_not_lead_out() {
    let bench = Bench::new();
    symlink(bench.at("out/group.yml"), bench.at("in/group.yml")).unwrap();
    symlink("group.yml", bench.at("in/again.yml")).unwrap();
    insta::assert_snapshot!(bench.refused(&load("group.yml")), @r#"
    SPOT-0806

      × `group.yml` is outside of what scripts may read
      ╰─▶ it leads to `/…/out/group.yml`
       ╭─[a.rhai:1:12]
     1 │ print(eks::load("group.yml").name);
       ·            ────
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/group.yml`
    "#);
    bench.refused(&load("again.yml"));
}

#[test]
fn a_linked_folder_does_not_lead_out() {
    let bench = Bench::new();
    symlink("../out", bench.at("in/linked")).unwrap();
    bench.refused(&load("linked/group.yml"));
    bench.refused(&load("linked/../out/group.yml"));
    bench.refused(&save("linked/new.yml"));
    bench.refused("import \"./linked/module\" as m; print(m::told());");
}

#[test]
fn an_import_does_not_lead_out() {
    let bench = Bench::new();
    insta::assert_snapshot!(bench.refused("let a = 1;\nimport \"../out/module\" as m;\nprint(m::told());"), @r#"
    SPOT-0806

      × `../out/module` is outside of what scripts may read
      ╰─▶ it leads to `/…/out/module.rhai`
       ╭─[a.rhai:2:8]
     1 │ let a = 1;
     2 │ import "../out/module" as m;
       ·        ───────────────
     3 │ print(m::told());
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/module.rhai`
    "#);
    bench.refused(&format!("import \"{}\" as m; print(m::told());", bench.shown("out/module")));
    symlink("../out/module.rhai", bench.at("in/linked.rhai")).unwrap();
    bench.refused("import \"./linked\" as m; print(m::told());");
}

#[test]
fn an_import_of_an_import_does_not_lead_out() {
    let bench = Bench::new();
    bench.write("in/lib/inner.rhai", "import \"../../out/module\" as m;\nfn told() { m::told() }");
    insta::assert_snapshot!(bench.refused("import \"./lib/inner\" as inner;\nprint(inner::told());"), @r#"
    SPOT-0806

      × `../../out/module` is outside of what scripts may read
      ╰─▶ it leads to `/…/out/module.rhai`
       ╭─[lib/inner.rhai:1:8]
     1 │ import "../../out/module" as m;
       ·        ──────────────────
     2 │ fn told() { m::told() }
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/module.rhai`
      ☞ in import of `lib/inner.rhai`
       ╭─[a.rhai:1:8]
     1 │ import "./lib/inner" as inner;
       ·        ─────────────
     2 │ print(inner::told());
       ╰────
    "#);
}

#[test]
fn a_write_does_not_lead_out() {
    let bench = Bench::new();
    symlink(bench.at("out/linked.yml"), bench.at("in/linked.yml")).unwrap();
    symlink(bench.at("out/group.yml"), bench.at("in/group.yml")).unwrap();
    insta::assert_snapshot!(bench.refused(&save("../out/new.yml")), @r#"
    SPOT-0806

      × `../out/new.yml` is outside of what scripts may write
      ╰─▶ it leads to `/…/out/new.yml`
       ╭─[a.rhai:1:79]
     1 │ print(eks::nodegroup("dev", #{ cluster: "c", types: ["m5.xlarge"] }).config().save("../out/new.yml"));
       ·                                                                               ────
       ╰────
      help: scripts write below the working directory; allow more with `--allow-write /…/out/new.yml`
    "#);
    bench.refused(&save(&bench.shown("out/new.yml")));
    bench.refused(&save("linked.yml"));
    bench.refused(&save("group.yml"));
    assert_eq!(std::fs::read_to_string(bench.at("out/group.yml")).unwrap(), GROUP);
    assert_eq!(std::fs::read_dir(bench.at("out")).unwrap().count(), 2, "nothing new is outside");
}

/// A script that catches the refusal has read nothing all the same.
#[test]
fn a_refusal_is_an_error_like_others() {
    let bench = Bench::new();
    let ran = bench.script("try { eks::load(\"../out/group.yml\") } catch (error) { print(error.code) }");
    assert_eq!((ran.code, ran.out.as_str()), (0, "SPOT-0806\n"), "{}", ran.err);
}

#[test]
fn a_home_directory_is_written_out() {
    let bench = Bench::new();
    let ran = bench.script(&load("~/group.yml"));
    assert_eq!(ran.code, 2);
    insta::assert_snapshot!(ran.err, @r#"
    SPOT-0801

      × `~/group.yml` cannot be read
      ╰─▶ No such file or directory (os error 2)
       ╭─[a.rhai:1:12]
     1 │ print(eks::load("~/group.yml").name);
       ·            ────
       ╰────
      help: `~` is a name like any other here: write the home directory out
    "#);
}

/// Below the working directory everything is as it was, links that stay inside included.
#[test]
fn inside_is_read_and_written() {
    let bench = Bench::new();
    bench.write("in/lib/group.yml", GROUP);
    bench.write("in/lib/inner.rhai", "import \"../top\" as top;\nfn told() { top::told() }");
    bench.write("in/top.rhai", "fn told() { \"top\" }");
    symlink("lib/group.yml", bench.at("in/linked.yml")).unwrap();
    symlink("lib", bench.at("in/folder")).unwrap();
    let absolute = bench.shown("in/lib/group.yml");
    for path in ["lib/group.yml", "linked.yml", "folder/group.yml", "lib/../lib/group.yml", absolute.as_str()] {
        let ran = bench.script(&load(path));
        assert_eq!((ran.code, ran.out.as_str()), (0, "kept-secret\n"), "{path}: {}", ran.err);
    }
    let imports = "import \"std/format\" as f; import \"./lib/inner\" as i; print(f::count(2, i::told()));";
    assert_eq!(bench.script(imports).out, "2 tops\n");
    for (path, verdict) in [("new.yml", "created\n"), ("folder/new.yml", "created\n"), ("lib/new.yml", "unchanged\n")] {
        let ran = bench.script(&save(path));
        assert_eq!((ran.code, ran.out.as_str()), (0, verdict), "{path}: {}", ran.err);
    }
}

/// A runbook that is called from elsewhere has its own files with it; it does not write there.
#[test]
fn a_runbook_reads_and_imports_beside_itself() {
    let bench = Bench::new();
    bench.write("books/group.yml", GROUP);
    bench.write("books/part.rhai", "fn told() { \"part\" }");
    let book = bench.shown("books/book.rhai");
    bench.write("books/book.rhai", &format!("import \"./part\" as p; print(p::told()); {}", load("group.yml")));
    let ran = bench.run(&["run", &book]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "part\nkept-secret\n"), "{}", ran.err);
    assert_eq!(bench.run(&["run", "../books/book.rhai"]).out, "part\nkept-secret\n");
    bench.write("in/group.yml", &GROUP.replace("kept-secret", "nearer"));
    assert_eq!(bench.run(&["run", &book]).out, "part\nnearer\n", "the working directory goes first");
    bench.write("books/book.rhai", &save(&bench.shown("books/new.yml")));
    let ran = bench.run(&["run", &book]);
    assert!(ran.code == 2 && ran.err.contains("SPOT-0806"), "{}", ran.err);
    bench.write("books/book.rhai", &load("../out/group.yml"));
    assert_eq!(bench.run(&["run", &book]).code, 2, "beside is not around");
}

#[test]
fn flags_allow_more_each_for_its_own() {
    let bench = Bench::new();
    let (folder, file) = (bench.shown("out"), bench.shown("out/group.yml"));
    bench.write("in/a.rhai", &load("../out/group.yml"));
    for allowed in ["../out", &folder, &file] {
        let ran = bench.run(&["run", "--allow-read", "/nowhere", "--allow-read", allowed, "a.rhai"]);
        assert_eq!((ran.code, ran.out.as_str()), (0, "kept-secret\n"), "{allowed}: {}", ran.err);
    }
    assert_eq!(bench.run(&["run", "--allow-write", &folder, "a.rhai"]).code, 2, "to write is not to read");
    let after = bench.run(&["run", "a.rhai", "--allow-read", "../out"]);
    assert!(after.err.contains("spotscript run --allow-read … FILE"), "{}", after.err);
    bench.write("in/a.rhai", &save("../out/new.yml"));
    assert_eq!(bench.run(&["run", "--allow-read", &folder, "a.rhai"]).code, 2, "to read is not to write");
    for allowed in ["../out", &bench.shown("out/new.yml")] {
        let ran = bench.run(&["run", "--allow-write", allowed, "a.rhai"]);
        assert_eq!(ran.code, 0, "{allowed}: {}", ran.err);
    }
    bench.write("in/a.rhai", "import \"../out/module\" as m; print(m::told());");
    assert_eq!(bench.run(&["run", "--allow-read", "../out", "a.rhai"]).out, "kept-secret\n");
}

/// What the user names on the command line is the user's will.
#[test]
fn what_the_user_names_is_not_confined() {
    let bench = Bench::new();
    bench.write("out/params.yml", "name: given\n");
    bench.write("out/a.rhai", "const PARAMS = #{ name: #{ type: \"string\" } }; print(PARAM.name);");
    let ran = bench.run(&["run", "--params", "../out/params.yml", "../out/a.rhai"]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "given\n"), "{}", ran.err);
    assert_eq!(bench.run(&["check", "../out/a.rhai"]).code, 0);
}

#[test]
fn a_runbook_from_standard_input_is_confined_too() {
    let bench = Bench::new();
    bench.write("in/group.yml", GROUP);
    let inside = bench.run_with(&load("group.yml"), &["run", "-"]);
    assert_eq!((inside.code, inside.out.as_str()), (0, "kept-secret\n"), "{}", inside.err);
    let outside = bench.run_with(&load("../out/group.yml"), &["run", "-"]);
    assert_eq!(outside.code, 2);
    insta::assert_snapshot!(outside.err, @r#"
    SPOT-0806

      × `../out/group.yml` is outside of what scripts may read
      ╰─▶ it leads to `/…/out/group.yml`
       ╭─[-:1:12]
     1 │ print(eks::load("../out/group.yml").name);
       ·            ────
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/group.yml`
    "#);
}

#[test]
fn a_session_is_confined_and_its_user_is_not() {
    let bench = Bench::new();
    let refused = bench.run_with(&load("../out/group.yml"), &["repl"]);
    assert!(refused.code == 1 && refused.err.contains("SPOT-0806"), "{}", refused.err);
    let imported = bench.run_with("import \"../out/module\" as m;\nm::told()\n", &["repl"]);
    assert!(imported.err.contains("SPOT-0806") && !imported.out.contains("kept-secret"), "{}", imported.err);
    bench.write("out/book.rhai", "import \"./module\" as m; print(m::told());");
    let loaded = bench.run_with(":load ../out/book.rhai\n", &["repl"]);
    assert!(loaded.code == 0 && loaded.out.contains("kept-secret"), "{}{}", loaded.out, loaded.err);
    let allowed = bench.run_with(&load("../out/group.yml"), &["repl", "--allow-read", "../out"]);
    assert!(allowed.code == 0 && allowed.out.contains("kept-secret"), "{}", allowed.err);
}

#[test]
fn tests_are_confined_and_so_are_their_runbooks() {
    let bench = Bench::new();
    bench.write("out/book.rhai", "print(\"kept-secret\");");
    bench.write("in/lib/book.rhai", &load("group.yml"));
    bench.write("in/lib/group.yml", GROUP);
    bench.write("in/top.rhai", "fn told() { \"top\" }");
    let test = "import \"../top\" as top;
fn test_inside() { assert_eq(run_script(\"book.rhai\").output, \"kept-secret\\n\"); }
fn test_around() { import \"../top\" as top; assert_eq(top::told(), \"top\"); }
fn test_read() { eks::load(\"../../out/group.yml\"); }
fn test_run() { run_script(\"../../out/book.rhai\"); }
fn test_import() { import \"../../out/module\" as m; m::told(); }
fn test_write() { eks::nodegroup(\"a\", #{ cluster: \"c\", types: [\"m5.xlarge\"] }).config().save(\"../a.yml\"); }";
    bench.write("in/lib/a_test.rhai", test);
    let one = |name: &str| bench.run(&["test", &format!("lib/a_test.rhai::test_{name}")]);
    for name in ["inside", "around"] {
        let ran = one(name);
        assert_eq!(ran.code, 0, "{name}: {}{}", ran.out, ran.err);
    }
    for name in ["read", "run", "import", "write"] {
        let ran = one(name);
        assert!(ran.code == 1 && ran.out.contains("SPOT-0806"), "{name}: {}{}", ran.out, ran.err);
        assert!(!ran.out.contains("print(\"kept-secret"), "{name}: {}", ran.out);
    }
    let allowed = bench.run(&["test", "--allow-read", "../out", "lib/a_test.rhai::test_run"]);
    assert_eq!(allowed.code, 0, "{}{}", allowed.out, allowed.err);
}

#[test]
fn check_reads_no_module_outside() {
    let bench = Bench::new();
    bench.write("in/a.rhai", "import \"../out/module\" as m;\nprint(m::told());");
    bench.write("in/lib/inner.rhai", "import \"../../out/module\" as m;\nfn told() { m::told() }");
    bench.write("in/b.rhai", "import \"./lib/inner\" as inner;\nprint(inner::told());");
    let checked = bench.run(&["check", "a.rhai"]);
    assert_eq!(checked.code, 3);
    insta::assert_snapshot!(checked.out, @r#"
    SPOT-0806

      × `../out/module` is outside of what scripts may read
      ╰─▶ it leads to `/…/out/module.rhai`
       ╭─[a.rhai:1:8]
     1 │ import "../out/module" as m;
       ·        ───────────────
     2 │ print(m::told());
       ╰────
      help: scripts read below the working directory and beside the runbook; allow more with `--allow-read /…/out/module.rhai`

    1 finding in 1 of 1 file
    "#);
    assert!(bench.run(&["check", "b.rhai"]).out.contains("SPOT-0806"));
    let allowed = bench.run(&["check", "--allow-read", "../out"]);
    assert_eq!(allowed.out, "3 files, no findings\n");
}

/// A snapshot is a file of its own: what a link leads to is neither told nor overwritten.
#[test]
fn a_snapshot_does_not_lead_out() {
    let bench = Bench::new();
    bench.write("in/a_test.rhai", "fn test_a() { assert_snapshot(\"a\", \"new\"); }");
    let folder = "in/__snapshots__/a_test";
    std::fs::create_dir_all(bench.at(folder)).unwrap();
    symlink(bench.at("out/group.yml"), bench.at(folder).join("a.snap")).unwrap();
    for arguments in [&["test"][..], &["test", "--update"]] {
        let ran = bench.run(arguments);
        assert!(ran.code == 1 && ran.out.contains("SPOT-0806"), "{}{}", ran.out, ran.err);
        assert!(!ran.out.contains("kept-secret"), "{}", ran.out);
    }
    std::fs::remove_dir_all(bench.at("in/__snapshots__")).unwrap();
    symlink(bench.at("out"), bench.at("in/__snapshots__")).unwrap();
    assert!(bench.run(&["test", "--update"]).out.contains("SPOT-0806"));
    assert_eq!(std::fs::read_dir(bench.at("out")).unwrap().count(), 2);
    assert_eq!(std::fs::read_to_string(bench.at("out/group.yml")).unwrap(), GROUP);
}

/// What never ends, or is no text, is no file for a script.
#[test]
fn a_pipe_does_not_hang_a_script() {
    let bench = Bench::new();
    assert!(Command::new("mkfifo").arg(bench.at("in/pipe.yml")).status().unwrap().success());
    std::fs::File::create(bench.at("in/long.rhai")).unwrap().set_len((16 << 20) + 1).unwrap();
    std::fs::write(bench.at("in/bytes.yml"), [0xff, 0xfe, 0]).unwrap();
    for (script, why) in [
        (load("pipe.yml"), "it is no regular file"),
        (load("lib"), "it is no regular file"),
        (load("bytes.yml"), "stream did not contain valid UTF-8"),
        (save("pipe.yml"), "it is no regular file"),
    ] {
        let ran = bench.script(&script);
        assert!(ran.code == 2 && ran.err.contains("SPOT-0801") && ran.err.contains(why), "{script}: {}", ran.err);
    }
    let ran = bench.script("import \"./long\" as long;");
    assert!(ran.code == 1 && ran.err.contains("it has more than 16777216 bytes"), "{}: {}", ran.code, ran.err);
    assert!(Path::new(&bench.at("in/pipe.yml")).exists());
}
