//! Every ClusterConfig of a folder: loaded, saved and loaded again, edited; its groups made in the sandbox, waited for
//! until they are Ready, and deleted until nothing is left.
//!
//! The folder is `EKSCTL_EXAMPLES` (default `../shared/data/eksctl-examples`), with its `extra/` if it has one. A file
//! whose name says `bad` or `old-version` must be refused. A report is written as JSON to `EKSCTL_REPORT` (default:
//! `eksctl-report.json` in the target's temporary folder).
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod support;

use std::io::Write;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use spotscript::domain::eksctl::{self, Change};
use spotscript::domain::error::Error;
use spotscript::domain::nodegroup::{AmiFamily, NodegroupSpec};
use spotscript::ops::{self, DeleteOptions};
use spotscript::sandbox::world::{Scenario, World};
use support::{Rig, waiting};

/// What became of one file.
struct Outcome {
    name: String,
    /// It must not load.
    bad: bool,
    loads: bool,
    /// Text kept, and what was read is equal when written and read again.
    round_trip: bool,
    /// A value changed in place, everything else as it was.
    edit: bool,
    groups: usize,
    /// Faults against eksctl's rules, AWS's or Kubernetes'.
    faults: Vec<Value>,
    /// Each group: made, Ready and gone again, or why not.
    made: Vec<(String, Result<usize, String>)>,
    /// The names of those that EKS manages.
    managed: Vec<String>,
    error: Option<String>,
}

fn folder() -> Option<PathBuf> {
    let package = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    match std::env::var_os("EKSCTL_EXAMPLES") {
        Some(given) => Some(PathBuf::from(given)),
        None => ["../shared", "../../shared"]
            .map(|beside| package.join(beside).join("data/eksctl-examples"))
            .into_iter()
            .find(|folder| folder.exists()),
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let list = |folder: &Path| -> Vec<PathBuf> {
        std::fs::read_dir(folder)
            .map(|entries| entries.map(|entry| entry.unwrap().path()).collect())
            .unwrap_or_default()
    };
    let mut files: Vec<PathBuf> = list(folder).into_iter().chain(list(&folder.join("extra"))).collect();
    files.retain(|path| {
        let name = path.file_name().unwrap().to_string_lossy().to_lowercase();
        [".yaml", ".yml", ".json"].iter().any(|end| name.ends_with(end)) && !name.ends_with("schema.json")
    });
    files.sort();
    files
}

fn told(error: &Error) -> String {
    let place = error.location.as_ref().map(|place| format!("{}:{}: ", place.line, place.column)).unwrap_or_default();
    format!("{place}{} {error}", error.code)
}

fn examine(path: &Path) -> Outcome {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    let text = std::fs::read_to_string(path).unwrap();
    let bad = name.contains("bad") || name.contains("old-version");
    let opened = eksctl::open(&text, &name, &|_| None);
    let mut outcome = Outcome {
        name,
        bad,
        loads: opened.is_ok(),
        round_trip: false,
        edit: false,
        groups: 0,
        faults: vec![],
        made: vec![],
        managed: vec![],
        error: opened.as_ref().err().map(told),
    };
    let Ok(document) = opened else { return outcome };
    let all: Vec<_> = document.nodegroups().into_iter().chain(document.managed().iter().cloned()).collect();
    outcome.groups = all.len();
    outcome.faults = document
        .faults()
        .iter()
        .map(|fault| {
            let place = fault.location.as_ref().expect("every fault has a place");
            assert!(place.line >= 1 && place.column >= 1);
            json!({"code": fault.code, "line": place.line, "column": place.column, "message": fault.message, "help": fault.help})
        })
        .collect();
    let again = eksctl::open(document.text(), &outcome.name, &|_| None).unwrap();
    let same_text = document.text() == text && again == document;
    // Groups of a document with faults cannot be written anew; its text is what is saved.
    let written = if all.is_empty() || !document.faults().is_empty() {
        Ok(true)
    } else {
        eksctl::write(&all).map(|text| {
            let other = eksctl::open(&text, "written", &|_| None).unwrap();
            other.nodegroups() == document.nodegroups() && other.managed() == document.managed()
        })
    };
    outcome.error = written.as_ref().err().map(told);
    outcome.round_trip = same_text && written == Ok(true);
    outcome.edit = edits(&text, &outcome.name);
    outcome.made = all.iter().map(|spec| (spec.name.clone(), make(spec))).collect();
    outcome.managed = document.managed().iter().map(|spec| spec.name.clone()).collect();
    outcome
}

/// Makes a group in a world of its own, in which what the file names is there: cluster, region, keys, images, subnets,
/// security groups. Gives the number of Ready nodes.
fn make(spec: &NodegroupSpec) -> Result<usize, String> {
    let mut spec = spec.clone();
    // Templates have placeholders where their tests fill names in.
    let placeholder = |text: &str| text.starts_with('<') && text.ends_with('>');
    if placeholder(&spec.cluster) {
        spec.cluster = "generated".to_owned();
    }
    if spec.ami.as_deref().is_some_and(placeholder) {
        spec.ami = Some("ami-0123456789abcdef0".to_owned());
    }
    if let Some(command) = &mut spec.boot.override_command {
        *command = command.replace("<generated>", "generated");
    }
    // The file that it names is its author's: any key stands for that in it. A key in the text itself is taken as it is.
    if let Some(ssh) = spec.ssh.as_mut().filter(|ssh| ssh.public_key_path.is_some()) {
        ssh.public_key = Some(support::NODE_KEY.to_owned());
    }
    let mut scenario = Scenario { cluster: spec.cluster.clone(), ..Scenario::default() };
    if let Some(region) = &spec.region {
        scenario.region.clone_from(region);
    }
    if spec.ami_family == AmiFamily::AmazonLinux2 {
        scenario.kubernetes = "1.32".to_owned();
    }
    scenario.key_pairs = spec.ssh.iter().map(|ssh| ssh.key_name.clone()).filter(|name| !name.is_empty()).collect();
    spec.region = Some(scenario.region.clone());
    let mut world = scenario.build(1);
    furnish(&mut world, &spec);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let rig = Rig::of(world);
        let report = ops::ensure(&rig.session, &spec, &waiting()).await.map_err(|error| told(&error))?;
        let again = ops::ensure(&rig.session, &spec, &waiting()).await.map_err(|error| told(&error))?;
        if again.resources.iter().any(|one| one.verdict != "unchanged") {
            return Err(format!("the second time is not unchanged: {:?}", again.resources));
        }
        let delete = DeleteOptions::default();
        ops::delete(&rig.session, &spec.cluster, &spec.name, &delete).await.map_err(|error| told(&error))?;
        Ok(report.ready_nodes.len())
    })
}

/// Puts what a file names into the world.
fn furnish(world: &mut World, spec: &NodegroupSpec) {
    let family = match spec.ami_family {
        AmiFamily::AmazonLinux2 => "al2",
        family if family.is_bottlerocket() => "bottlerocket",
        family if family.is_ubuntu() => "ubuntu",
        family if family.is_windows() => match family.windows_release().unwrap().0 {
            "2019" => "windows2019",
            "2025" => "windows2025",
            _ => "windows2022",
        },
        _ => "al2023",
    };
    let kubernetes = world.eks.clusters[&spec.cluster].version.clone();
    if let (Some(ami), Some(first)) = (&spec.ami, spec.types.first()) {
        let like = world.ec2.images.values().find(|image| {
            (image.family.as_str(), &image.kubernetes, image.architecture) == (family, &kubernetes, first.architecture)
        });
        if let Some(mut image) = like.cloned() {
            image.id.clone_from(ami);
            world.ec2.images.insert(ami.clone(), image);
        }
    }
    for id in &spec.subnets {
        let like = world.ec2.subnets.values().find(|subnet| subnet.public != spec.private_networking).cloned();
        if let Some(mut subnet) = like {
            subnet.id.clone_from(id);
            world.ec2.subnets.insert(id.clone(), subnet);
        }
    }
    for (index, zone) in spec.local_zones.iter().enumerate() {
        let like = world.ec2.subnets.values().find(|subnet| subnet.public != spec.private_networking).cloned();
        if let Some(mut subnet) = like {
            subnet.id = format!("subnet-local{index}");
            subnet.zone.clone_from(zone);
            let cluster = world.eks.clusters.get_mut(&spec.cluster).unwrap();
            cluster.subnet_ids.push(subnet.id.clone());
            world.ec2.subnets.insert(subnet.id.clone(), subnet);
        }
    }
    if let Some(given) = spec.managed.as_ref().and_then(|managed| managed.launch_template.as_ref()) {
        let like = world.ec2.launch_templates.values().next().cloned();
        if let Some(mut template) = like {
            template.id.clone_from(&given.id);
            template.name = "given".to_owned();
            let wanted = given.version.as_deref().and_then(|version| version.parse().ok()).unwrap_or(1);
            let mut version = template.versions.pop_first().unwrap().1;
            version.number = wanted;
            let mut data = serde_json::json!({"MetadataOptions": version.data["MetadataOptions"]});
            if spec.types.is_empty() {
                data["InstanceType"] = "m5.large".into();
            }
            version.data = std::sync::Arc::new(data);
            template.default_version = wanted;
            template.versions = [(wanted, version)].into();
            world.ec2.launch_template_names.insert(template.name.clone(), given.id.clone());
            world.ec2.launch_templates.insert(given.id.clone(), template);
        }
    }
    if let Some(arn) = &spec.role.role_arn {
        let name = arn.rsplit('/').next().unwrap().to_owned();
        let like = world.iam.roles.values().find(|role| role.name.contains("NodeInstanceRole")).cloned();
        if let Some(mut role) = like.filter(|_| spec.managed.is_some()) {
            role.name.clone_from(&name);
            role.arn.clone_from(arn);
            world.iam.roles.entry(name).or_insert(role);
        }
    }
    let sources = spec.ssh.iter().flat_map(|ssh| &ssh.source_security_groups);
    for id in spec.security_groups.attach_ids.iter().chain(sources) {
        let like = world.ec2.security_groups.values().next().cloned();
        if let Some(mut group) = like {
            group.id.clone_from(id);
            world.ec2.security_groups.insert(id.clone(), group);
        }
    }
}

/// A changed value and a new key: all other lines stay, in their order.
fn edits(text: &str, name: &str) -> bool {
    let changes = [
        Change::Set("metadata.name".into(), "edited".into()),
        Change::Set("metadata.annotations[\"example.com/edited\"]".into(), "yes".into()),
    ];
    let Ok(edited) = eksctl::edit(text, name, &changes) else { return false };
    let mut lines = edited.lines();
    let kept = text.lines().filter(|line| lines.clone().any(|other| other == *line)).count();
    // The changed line; in JSON, where a new key wants a comma before it, the line above the new one too.
    let changed = if name.ends_with(".json") { 2 } else { 1 };
    let others_stay = kept + changed >= text.lines().count();
    lines.any(|line| line.contains("edited")) && others_stay && eksctl::open(&edited, name, &|_| None).is_ok()
}

#[test]
fn every_file_of_the_folder() {
    let mut console = std::io::stderr();
    let Some(folder) = folder() else {
        let _ = writeln!(console, "SKIPPED: ../shared/data/eksctl-examples is not there");
        return;
    };
    let outcomes: Vec<Outcome> = files(&folder).iter().map(|path| examine(path)).collect();
    let report: Vec<Value> = outcomes
        .iter()
        .map(|one| {
            json!({
                "file": one.name, "expectedToLoad": !one.bad, "loads": one.loads, "roundTrip": one.round_trip,
                "edit": one.edit, "groups": one.groups, "faults": one.faults, "error": one.error,
                "made": one.made.iter().map(|(name, made)| match made {
                    Ok(nodes) => json!({"group": name, "readyNodes": nodes}),
                    Err(why) => json!({"group": name, "refused": why}),
                }).collect::<Vec<_>>(),
            })
        })
        .collect();
    let good: Vec<&Outcome> = outcomes.iter().filter(|one| !one.bad).collect();
    let count = |of: fn(&Outcome) -> bool| good.iter().filter(|one| of(one)).count();
    let refused = outcomes.iter().filter(|one| one.bad && !one.loads).count();
    let all: Vec<_> = good.iter().flat_map(|one| one.made.iter().map(move |made| (&one.name, made))).collect();
    let made = all.iter().filter(|(_, (_, made))| made.is_ok()).count();
    let summary = [
        format!("{} of {} load", count(|one| one.loads), good.len()),
        format!("{} of {} round-trip", count(|one| one.round_trip), good.len()),
        format!("{} of {} keep everything else in an edit", count(|one| one.edit), good.len()),
        format!("{refused} of {} bad ones are refused", outcomes.len() - good.len()),
        format!("{made} of {} groups made, Ready, unchanged the second time and deleted", all.len()),
    ];
    let of_eks = || good.iter().flat_map(|one| one.made.iter().filter(|(name, _)| one.managed.contains(name)));
    let managed = format!(
        "{} of {} managed groups made, Ready, unchanged the second time and deleted",
        of_eks().filter(|(_, made)| made.is_ok()).count(),
        of_eks().count()
    );
    let summary: Vec<String> = summary.into_iter().chain([managed]).collect();
    let path = std::env::var_os("EKSCTL_REPORT")
        .map_or_else(|| Path::new(env!("CARGO_TARGET_TMPDIR")).join("eksctl-report.json"), PathBuf::from);
    let whole = json!({"folder": folder, "summary": summary, "files": report});
    std::fs::write(&path, serde_json::to_string_pretty(&whole).unwrap()).unwrap();
    let mut failed = vec![];
    for one in &outcomes {
        let fine = if one.bad { !one.loads } else { one.loads && one.round_trip && one.edit };
        if !fine {
            let what = (one.loads, one.round_trip, one.edit);
            failed.push(format!(
                "{}: loads, round-trips, edits: {what:?} {}",
                one.name,
                one.error.as_deref().unwrap_or("")
            ));
        }
    }
    let _ = writeln!(console, "eksctl: {}; report in {}", summary.join(", "), path.display());
    for (file, (group, made)) in &all {
        if let Err(why) = made {
            let _ = writeln!(console, "  not made: {file} {group}: {why}");
            // Nothing that such a file says is left undone but for types that AWS does not offer.
            assert!(["SPOT-0111", "SPOT-0314"].iter().any(|code| why.starts_with(code)), "{file} {group}: {why}");
        }
    }
    assert!(!outcomes.is_empty(), "no files in {}", folder.display());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
