//! Keys for nodes: a public key becomes a key pair of the group's own, and goes with it; SSH is open to security groups.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use std::path::Path;
use std::process::Command;

use spotscript::domain::Code;
use spotscript::domain::cloud::TagMap;
use spotscript::domain::desired::ResourceNames;
use spotscript::domain::eksctl;
use spotscript::domain::error::{Error, Result};
use spotscript::domain::mutation::AwsMutation;
use spotscript::domain::nodegroup::{Managed, NodegroupSpec, PublicKey, SshAccess};
use spotscript::journal::Store;
use spotscript::ops::{self, DeleteOptions, EnsureOptions, RollOptions};
use spotscript::sandbox::services::ec2::state::Source;
use spotscript::sandbox::wire::traffic::Loss;
use spotscript::sandbox::world::World;
use spotscript::sandbox::{Sandbox, copy, load};
use support::verbs::{assert_same, host, inventory, undo};
use support::{CLUSTER, GROUP, NAME, Rig, spec, told, waiting};

const ED25519: &str = include_str!("fixtures/node_key_ed25519.pub");
const RSA: &str = include_str!("fixtures/node_key_rsa.pub");

const NONE: [String; 0] = [];

/// What nobody must ever see. No key of anybody's.
const PRIVATE: &str =
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA\n-----END OPENSSH PRIVATE KEY-----\n";

fn with_key(text: &str) -> NodegroupSpec {
    NodegroupSpec { ssh: Some(SshAccess::with_public_key(text)), ..spec() }
}

fn managed(text: &str) -> NodegroupSpec {
    let mut spec = NodegroupSpec { managed: Some(Managed::default()), ..with_key(text) };
    spec.managed.as_mut().unwrap().spot = Some(true);
    spec.distribution = Managed::distribution(true);
    spec.size.min = 1;
    spec
}

/// The pair for a key of the tutorial's group.
fn pair(text: &str) -> String {
    ResourceNames::of(CLUSTER, GROUP).key_pair(&PublicKey::parse(text).unwrap())
}

/// The key pairs beside the tutorial's.
fn pairs(world: &World) -> Vec<String> {
    world.ec2.key_pairs.keys().filter(|name| *name != "eks-spot-key").cloned().collect()
}

fn key_of_instances(world: &World) -> Vec<Option<String>> {
    let living = world.ec2.instances.values().filter(|instance| instance.state.name() == "running");
    let mut names: Vec<_> = living.map(|instance| instance.key_name.clone()).filter(Option::is_some).collect();
    names.dedup();
    names
}

async fn ensure(rig: &Rig, spec: &NodegroupSpec) -> Vec<(String, String, String)> {
    let report = ops::ensure(&rig.session, spec, &waiting()).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    report.resources.into_iter().map(|one| (one.kind, one.name, one.verdict)).collect()
}

async fn delete(rig: &Rig) {
    ops::delete(&rig.session, CLUSTER, GROUP, &DeleteOptions::default())
        .await
        .unwrap_or_else(|e| panic!("{}", told(&e)));
}

fn row(verdict: &str, name: &str) -> (String, String, String) {
    ("key pair".to_owned(), name.to_owned(), verdict.to_owned())
}

#[tokio::test]
async fn a_key_becomes_a_pair_that_nodes_have_and_that_goes_with_the_group() {
    for group in [with_key(ED25519), with_key(RSA), managed(ED25519)] {
        let rig = Rig::new();
        let text = group.ssh.as_ref().unwrap().public_key.clone().unwrap();
        let name = pair(&text);
        assert!(name.starts_with(&format!("{NAME}-")), "{name}");
        let before = rig.sandbox.read(inventory);
        let report = ops::ensure(&rig.session, &group, &waiting()).await.unwrap_or_else(|e| panic!("{}", told(&e)));
        assert!(report.requests <= 31, "{} requests", report.requests);
        assert_eq!(report.resources[0].name, name, "before all else");
        assert!(rig.log().contains(&format!("using EC2 key pair \"{name}\"")), "{}", rig.log());
        rig.sandbox.read(|world| {
            let made = &world.ec2.key_pairs[&name];
            assert_eq!(made.tags["spotscript/nodegroup"], GROUP);
            assert_eq!(made.public_key.as_deref(), Some(PublicKey::parse(&text).unwrap().openssh().as_str()));
            assert_eq!(key_of_instances(world), [Some(name.clone())]);
        });
        let again = ops::ensure(&rig.session, &group, &waiting()).await.unwrap();
        assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
        assert!(again.resources.iter().any(|one| one.kind == "key pair"));
        // The same key under another comment is the same pair.
        let mut other = group.clone();
        other.ssh = Some(SshAccess::with_public_key(text.replace("someone@example.com", "other")));
        assert_eq!(ops::ensure(&rig.session, &other, &waiting()).await.unwrap().mutating_requests, 0);
        delete(&rig).await;
        assert_same(&rig.sandbox.read(inventory), &before, "after the delete");
        assert_eq!(rig.sandbox.read(pairs), NONE);
    }
}

#[tokio::test]
async fn another_key_is_another_pair_and_the_old_one_goes() {
    let rig = Rig::new();
    ensure(&rig, &with_key(ED25519)).await;
    let changed = ensure(&rig, &with_key(RSA)).await;
    assert!(changed.contains(&row("created", &pair(RSA))) && changed.contains(&row("replaced", &pair(ED25519))));
    assert_eq!(rig.sandbox.read(pairs), [pair(RSA)]);
    assert_eq!(ops::ensure(&rig.session, &with_key(RSA), &waiting()).await.unwrap().mutating_requests, 0);
    // A named pair in place of a key, and then none at all.
    ensure(&rig, &spec()).await;
    assert_eq!(rig.sandbox.read(pairs), NONE);
    assert_eq!(ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap().mutating_requests, 0);
    ensure(&rig, &with_key(RSA)).await;
    ensure(&rig, &NodegroupSpec { ssh: None, ..spec() }).await;
    assert_eq!(rig.sandbox.read(pairs), NONE);
    assert!(rig.log().contains("is removed: nothing needs it"), "{}", rig.log());
    delete(&rig).await;
}

#[tokio::test]
async fn a_managed_group_keeps_the_old_pair_until_its_nodes_are_replaced() {
    let rig = Rig::new();
    ensure(&rig, &managed(ED25519)).await;
    ensure(&rig, &managed(RSA)).await;
    // EKS still starts nodes from the version that names the old one.
    assert_eq!(rig.sandbox.read(pairs).len(), 2);
    let rolling = EnsureOptions { roll: Some(RollOptions::default()), ..waiting() };
    ops::ensure(&rig.session, &managed(RSA), &rolling).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(rig.sandbox.read(pairs), [pair(RSA)]);
    delete(&rig).await;
    assert_eq!(rig.sandbox.read(pairs), NONE);
}

/// A run that fails at the last request leaves the pair; the next one, which no key and no template tells of it, does not.
#[tokio::test]
async fn a_pair_whose_removal_failed_goes_with_the_next_run() {
    let rolling = EnsureOptions { roll: Some(RollOptions::default()), ..waiting() };
    for (with, without, options) in [
        (with_key(ED25519), NodegroupSpec { ssh: None, ..spec() }, waiting()),
        (with_key(ED25519), spec(), waiting()),
        (managed(ED25519), NodegroupSpec { ssh: None, ..managed(ED25519) }, rolling),
    ] {
        let rig = Rig::new();
        ensure(&rig, &with).await;
        rig.sandbox.world(|world| world.traffic.fail("DeleteKeyPair", "UnauthorizedOperation", 1));
        let refused = ops::ensure(&rig.session, &without, &options).await.unwrap_err();
        assert_eq!((refused.code, rig.sandbox.read(pairs)), (Code::AwsAccessDenied, vec![pair(ED25519)]));
        let mended = ops::ensure(&rig.session, &without, &waiting()).await.unwrap_or_else(|e| panic!("{}", told(&e)));
        assert_eq!((mended.mutating_requests, rig.sandbox.read(pairs)), (1, vec![]));
        assert_eq!(ops::ensure(&rig.session, &without, &waiting()).await.unwrap().mutating_requests, 0);
    }
}

#[tokio::test]
async fn who_wants_no_ssh_needs_no_permission_to_read_of_it() {
    let rig = Rig::new();
    let group = NodegroupSpec { ssh: None, ..spec() };
    ensure(&rig, &group).await;
    for operation in ["DescribeKeyPairs", "DescribeSecurityGroups"] {
        rig.sandbox.world(|world| world.traffic.fail(operation, "UnauthorizedOperation", 1));
        assert_eq!(ops::ensure(&rig.session, &group, &waiting()).await.unwrap().mutating_requests, 0);
        let faults = || rig.sandbox.read(|world| world.traffic.faults().collect::<Vec<_>>());
        assert!(faults().is_empty(), "nothing was refused: {:?}", faults());
    }
}

#[tokio::test]
async fn a_pair_of_someone_else_is_used_when_it_is_of_the_key_and_stays() {
    let rig = Rig::new();
    let import = |public_key: &str| AwsMutation::ImportKeyPair {
        name: pair(RSA),
        public_key: public_key.to_owned(),
        tags: TagMap::new(),
    };
    rig.session.cloud.apply(&import(RSA)).await.unwrap();
    let made = ensure(&rig, &with_key(RSA)).await;
    assert!(made.iter().all(|(kind, ..)| kind != "key pair"), "{made:?}");
    delete(&rig).await;
    assert_eq!(rig.sandbox.read(pairs), [pair(RSA)]);

    rig.session.cloud.apply(&AwsMutation::DeleteKeyPair { name: pair(RSA) }).await.unwrap();
    rig.session.cloud.apply(&import(ED25519)).await.unwrap();
    let before = rig.sandbox.read(inventory);
    let refused = ops::ensure(&rig.session, &with_key(RSA), &waiting()).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.causes.first().map(String::as_str)),
        (Code::NotOurs, Some("it is of another key"))
    );
    assert_same(&rig.sandbox.read(inventory), &before, "nothing is made");
}

#[test]
fn undo_takes_an_imported_pair_back_and_restores_one_that_was_removed() {
    let folder = tempfile::tempdir().unwrap();
    let sandbox = Sandbox::fresh(1);
    let act = |store: &Store, what: &dyn Fn(&spotscript::host::Host) -> Result<()>| {
        let host = host(&sandbox, Some((store, None)));
        what(&host).unwrap_or_else(|e| panic!("{}", told(&e)));
        host.end_journal(0).unwrap();
    };
    let make = |text: &'static str| {
        move |host: &spotscript::host::Host| {
            host.ask(async |session| ops::ensure(session, &with_key(text), &waiting()).await).map(drop)
        }
    };
    let empty = sandbox.read(inventory);
    let created = Store::new(folder.path().join("created"));
    act(&created, &make(ED25519));
    let with_first = sandbox.read(inventory);
    let changed = Store::new(folder.path().join("changed"));
    act(&changed, &make(RSA));
    undo(&sandbox, &changed).unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(sandbox.read(pairs), [pair(ED25519)]);
    let deleted = Store::new(folder.path().join("deleted"));
    act(&deleted, &|host| {
        host.ask(async |session| ops::delete(session, CLUSTER, GROUP, &DeleteOptions::default()).await).map(drop)
    });
    assert_eq!(sandbox.read(pairs), NONE);
    undo(&sandbox, &deleted).unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_same(&sandbox.read(inventory), &with_first, "after the undo of the delete");
    undo(&sandbox, &created).unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_same(&sandbox.read(inventory), &empty, "after the undo of the create");
}

#[tokio::test]
async fn a_lost_answer_of_the_import_makes_no_second_pair_and_no_error() {
    for loss in [Loss::Answer, Loss::Request] {
        let rig = Rig::new();
        rig.sandbox.world(|world| world.traffic.lose_after("ImportKeyPair", loss, 0, 1));
        let made = ensure(&rig, &with_key(ED25519)).await;
        assert_eq!(made[0], row("created", &pair(ED25519)));
        assert_eq!(rig.sandbox.read(pairs), [pair(ED25519)]);
        assert_eq!(ops::ensure(&rig.session, &with_key(ED25519), &waiting()).await.unwrap().mutating_requests, 0);
    }
}

#[tokio::test]
async fn who_may_not_import_hears_it_before_anything_is_made() {
    let rig = Rig::new();
    let before = rig.sandbox.read(inventory);
    rig.sandbox.world(|world| world.traffic.fail_after("ImportKeyPair", "UnauthorizedOperation", 0, 1));
    let refused = ops::ensure(&rig.session, &with_key(ED25519), &waiting()).await.unwrap_err();
    assert_eq!(refused.code, Code::AwsAccessDenied);
    assert_same(&rig.sandbox.read(inventory), &before, "nothing is made");
}

#[tokio::test]
async fn what_is_no_public_key_is_refused_before_any_request_and_not_repeated() {
    for (text, message) in [
        (PRIVATE, "this is a private key, and the public one is wanted"),
        ("ssh-rsa AAAAB3Nz…(truncated)", "the public key is cut off, or not as it was made"),
        ("hello", "this is not a public key in the form of OpenSSH"),
    ] {
        let rig = Rig::new();
        let refused = ops::ensure(&rig.session, &with_key(text), &waiting()).await.unwrap_err();
        assert_eq!((refused.code, refused.message.as_str()), (Code::InvalidPublicKey, message));
        assert!(!told(&refused).contains("b3BlbnNzaC1r") && refused.help.is_some(), "{}", told(&refused));
        assert_eq!(rig.session.cloud.requests().total, 0);
    }
    // EC2 refuses it too.
    let rig = Rig::new();
    let (name, public_key, tags) = ("x".to_owned(), "ssh-rsa AAAA".to_owned(), TagMap::new());
    let refused = rig.session.cloud.apply(&AwsMutation::ImportKeyPair { name, public_key, tags }).await.unwrap_err();
    assert!(refused.has_cause("InvalidKey.Format"), "{}", told(&refused));
}

/// A document with one group and this `ssh`.
fn document(ssh: &str) -> eksctl::Document {
    let text = format!(
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {{ name: {CLUSTER}, region: ap-northeast-1 }}\n\
         nodeGroups:\n  - name: {GROUP}\n    instanceType: m5.xlarge\n    ssh: {ssh}\n"
    );
    eksctl::open(&text, "f.yml", &|_| None).unwrap_or_else(|e| panic!("{}", told(&e)))
}

#[test]
fn the_file_that_a_document_names_is_read_for_it() {
    let read = |path: &str| match path {
        "keys/a.pub" | "~/.ssh/id_rsa.pub" => Ok(RSA.to_owned()),
        "private" => Ok(PRIVATE.to_owned()),
        _ => Err(Error::new(Code::File, format!("cannot read `{path}`"))),
    };
    for ssh in ["{ publicKeyPath: keys/a.pub }", "{ allow: true }"] {
        let spec = document(ssh).with_keys(&read).unwrap().nodegroups().remove(0);
        assert_eq!(spec.ssh.as_ref().unwrap().key().unwrap(), Some(PublicKey::parse(RSA).unwrap()));
        let written = eksctl::write(&[spec]).unwrap();
        assert!(written.contains("publicKeyPath") && !written.contains("ssh-rsa"), "{written}");
    }
    for (ssh, place, code) in [
        ("{ publicKeyPath: private }", "f.yml:7:27", Code::InvalidPublicKey),
        ("{ publicKeyPath: nowhere }", "f.yml:7:27", Code::File),
    ] {
        let refused = document(ssh).with_keys(&read).unwrap_err();
        assert_eq!((refused.code, refused.location.as_ref().unwrap().to_string().as_str()), (code, place));
        assert!(refused.help.is_some() && !told(&refused).contains("b3BlbnNzaC1r"), "{}", told(&refused));
    }
    let inline = document("{ publicKey: ssh-rsa AAAAB3Nz }");
    let fault = &inline.faults()[0];
    assert_eq!((fault.code, fault.location.as_ref().unwrap().line), (Code::InvalidPublicKey, 7));
}

#[tokio::test]
async fn a_file_that_nobody_has_read_is_not_passed_over() {
    let rig = Rig::new();
    let group = document("{ publicKeyPath: keys/a.pub }").nodegroups().remove(0);
    let refused = ops::ensure(&rig.session, &group, &waiting()).await.unwrap_err();
    assert_eq!((refused.code, refused.message.as_str()), (Code::File, "the public key in `keys/a.pub` was not read"));
}

/// The sources of the group's own security group.
fn sources(rig: &Rig) -> Vec<Source> {
    rig.sandbox.read(|world| {
        let group = world.ec2.security_groups.values().find(|group| group.name == format!("{NAME}-ssh")).unwrap();
        let mut sources: Vec<Source> = group.ingress.iter().map(|rule| rule.peer.clone()).collect();
        sources.sort();
        sources
    })
}

#[tokio::test]
async fn ssh_is_open_to_security_groups_in_place_of_addresses() {
    let rig = Rig::new();
    let bastion = rig.sandbox.world(|world| {
        let mut group = world.ec2.security_groups.values().next().unwrap().clone();
        group.id = "sg-0ba5710n".to_owned();
        world.ec2.security_groups.insert(group.id.clone(), group.clone());
        group.id
    });
    let mut group = with_key(ED25519);
    group.ssh.as_mut().unwrap().source_security_groups = vec![bastion.clone()];
    ensure(&rig, &group).await;
    assert_eq!(sources(&rig), [Source::Group(bastion.clone())]);
    assert_eq!(ops::ensure(&rig.session, &group, &waiting()).await.unwrap().mutating_requests, 0);

    // Read back, with the key itself.
    let read = ops::import(&rig.session, CLUSTER, GROUP).await.unwrap().spec.ssh.unwrap();
    assert_eq!(read.source_security_groups, std::slice::from_ref(&bastion));
    assert_eq!((read.sources.len(), read.key().unwrap()), (0, Some(PublicKey::parse(ED25519).unwrap())));

    // Addresses beside it, then addresses alone.
    group.ssh.as_mut().unwrap().sources = vec!["203.0.113.0/24".to_owned()];
    ensure(&rig, &group).await;
    assert_eq!(sources(&rig), [Source::Ipv4("203.0.113.0/24".to_owned()), Source::Group(bastion)]);
    group.ssh.as_mut().unwrap().source_security_groups.clear();
    ensure(&rig, &group).await;
    assert_eq!(sources(&rig), [Source::Ipv4("203.0.113.0/24".to_owned())]);
    delete(&rig).await;

    group.ssh.as_mut().unwrap().source_security_groups = vec!["sg-0123456789abcdef0".to_owned()];
    let refused = ops::ensure(&rig.session, &group, &waiting()).await.unwrap_err();
    assert_eq!(refused.code, Code::SecurityGroupNotFound, "{}", told(&refused));
    group.ssh.as_mut().unwrap().source_security_groups = vec!["bastion".to_owned()];
    assert_eq!(ops::ensure(&rig.session, &group, &waiting()).await.unwrap_err().code, Code::InvalidValue);
}

#[tokio::test]
async fn ssh_that_is_not_wanted_any_more_is_shut_on_running_nodes_too() {
    for shut in [None, Some(SshAccess { closed: true, ..SshAccess::with_public_key(ED25519) })] {
        for (open, shut) in [
            (with_key(ED25519), NodegroupSpec { ssh: shut.clone(), ..spec() }),
            (managed(ED25519), NodegroupSpec { ssh: shut.clone(), ..managed(ED25519) }),
        ] {
            let rig = Rig::new();
            let before = rig.sandbox.read(inventory);
            ensure(&rig, &open).await;
            assert_eq!(sources(&rig).len(), 1);
            // The machines run on, and have the security group.
            rig.sandbox.world(|world| world.traffic.fail("RevokeSecurityGroupIngress", "UnauthorizedOperation", 1));
            let refused = ops::ensure(&rig.session, &shut, &waiting()).await.unwrap_err();
            assert_eq!((refused.code, sources(&rig).len()), (Code::AwsAccessDenied, 1));
            let changed = ensure(&rig, &shut).await;
            let row = ("security group".to_owned(), format!("{NAME}-ssh"), "changed".to_owned());
            assert!(changed.contains(&row), "{changed:?}");
            assert_eq!(sources(&rig), []);
            assert!(rig.log().contains("lets nobody in any more"), "{}", rig.log());
            assert_eq!(ops::ensure(&rig.session, &shut, &waiting()).await.unwrap().mutating_requests, 0);
            delete(&rig).await;
            assert_same(&rig.sandbox.read(inventory), &before, "after the delete");
        }
    }
}

#[tokio::test]
async fn who_is_named_twice_is_let_in_once() {
    let rig = Rig::new();
    let bastion = rig.sandbox.read(|world| world.ec2.security_groups.keys().next().unwrap().clone());
    let mut group = with_key(ED25519);
    let ssh = group.ssh.as_mut().unwrap();
    ssh.source_security_groups = vec![bastion.clone(), bastion.clone()];
    // One network, by the address of a machine in it and by its own: EC2 keeps its own.
    ssh.sources = ["203.0.113.7/24", "203.0.113.0/24", "0.0.0.0/0", "1.2.3.4/0"].map(str::to_owned).to_vec();
    ensure(&rig, &group).await;
    let cidr = |cidr: &str| Source::Ipv4(cidr.to_owned());
    assert_eq!(sources(&rig), [cidr("0.0.0.0/0"), cidr("203.0.113.0/24"), Source::Group(bastion)]);
    assert_eq!(ops::ensure(&rig.session, &group, &waiting()).await.unwrap().mutating_requests, 0);
}

#[tokio::test]
async fn what_is_left_of_a_group_is_swept_with_its_pair() {
    let rig = Rig::new();
    ensure(&rig, &with_key(ED25519)).await;
    delete(&rig).await;
    let tags = ["spotscript/cluster", "spotscript/nodegroup"].map(str::to_owned).into_iter();
    let tags: TagMap = tags.zip([CLUSTER.to_owned(), GROUP.to_owned()]).collect();
    let import = AwsMutation::ImportKeyPair { name: pair(RSA), public_key: RSA.to_owned(), tags };
    rig.session.cloud.apply(&import).await.unwrap();
    let left = ops::groups_without_members(&rig.session, None).await.unwrap();
    assert_eq!(left.len(), 1);
    let swept = ops::sweep(&rig.session, &left, None).await.unwrap();
    assert_eq!(swept.orphans[0].resources, [format!("key pair `{}`", pair(RSA))]);
    assert_eq!(rig.sandbox.read(pairs), NONE);
}

#[test]
fn a_plan_sees_the_pairs_that_it_would_make() {
    let sandbox = Sandbox::fresh(1);
    let before = sandbox.read(inventory);
    let no_wait = EnsureOptions { wait: false, ..waiting() };
    let planned = host(&sandbox, None).plan_ahead(
        |_| None,
        async |session| {
            ops::ensure(session, &with_key(ED25519), &no_wait).await?;
            // What the plan would have made is there for what comes next in it.
            ops::ensure(session, &with_key(ED25519), &no_wait).await?;
            ops::ensure(session, &with_key(RSA), &no_wait).await
        },
    );
    let (_, plan) = planned.unwrap_or_else(|e| panic!("{}", told(&e)));
    let requests = plan.requests.iter().filter(|it| it.kind == "key pair");
    let requests: Vec<_> = requests.map(|it| (it.operation.as_str(), it.name.clone())).collect();
    let expected = [("ImportKeyPair", pair(ED25519)), ("ImportKeyPair", pair(RSA)), ("DeleteKeyPair", pair(ED25519))];
    assert_eq!(requests, expected);
    assert_same(&sandbox.read(inventory), &before, "a plan makes nothing");
}

/// Runs the program in a folder that is the home too; gives its code, and all that it says.
fn program(folder: &Path, arguments: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_spotscript"))
        .args(arguments)
        .current_dir(folder)
        .env("HOME", folder)
        .env("SPOTSCRIPT_STATE_DIR", folder.join("state"))
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.code().unwrap(), said)
}

#[test]
fn the_program_reads_key_files_from_the_home_and_from_here_and_shows_no_private_key() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    std::fs::create_dir(folder.path().join(".ssh")).unwrap();
    write(".ssh/id_rsa.pub", RSA);
    write("node.pub", ED25519);
    write("node", PRIVATE);
    let file = |ssh: &str| write("f.yml", &document(ssh).text().replace(GROUP, "g"));
    let create = || program(folder.path(), &["create", "nodegroup", "-f", "f.yml", "--yes"]);
    let name = |text: &str| ResourceNames::of(CLUSTER, "g").key_pair(&PublicKey::parse(text).unwrap());
    for (ssh, key) in [("{ allow: true }", RSA), ("{ publicKeyPath: node.pub }", ED25519)] {
        file(ssh);
        let (code, said) = create();
        assert_eq!(code, 0, "{said}");
        assert!(said.contains(&format!("using EC2 key pair \"{}\"", name(key))), "{said}");
    }
    let one_line = PRIVATE.trim().replace('\n', "\\n");
    for ssh in ["{ publicKeyPath: node }", &format!("{{ publicKey: \"{one_line}\" }}")] {
        file("{ allow: true }");
        let text = std::fs::read_to_string(folder.path().join("f.yml")).unwrap();
        write("f.yml", &text.replace("{ allow: true }", ssh));
        let (code, said) = create();
        assert_eq!(code, 1, "{said}");
        assert!(said.contains("SPOT-0133") && said.contains("f.yml:7:"), "{said}");
        assert!(!said.contains("b3BlbnNzaC1r"), "{said}");
    }
    file("{ publicKeyPath: nowhere.pub }");
    let (code, said) = create();
    assert!(code == 2 && said.contains("cannot read `nowhere.pub`") && said.contains("publicKeyName"), "{said}");

    // Scripts read only what they may.
    file("{ publicKeyPath: node.pub }");
    write("a.rhai", "print(eks::load(\"f.yml\").to_json());");
    let (code, said) = program(folder.path(), &["run", "a.rhai"]);
    assert!(code == 0 && said.contains("AAAAC3NzaC1lZDI1NTE5"), "{said}");
    file("{ publicKeyPath: /etc/hostname }");
    let (code, said) = program(folder.path(), &["run", "a.rhai"]);
    assert!(code == 2 && said.contains("SPOT-0806") && said.contains("--allow-read"), "{said}");
    write(
        "b.rhai",
        &format!(
            "eks::nodegroup(\"g\", #{{ cluster: \"c\", types: [\"m5.xlarge\"], ssh_public_key: \"{one_line}\" }});"
        ),
    );
    let (code, said) = program(folder.path(), &["run", "b.rhai"]);
    assert!(code == 1 && said.contains("SPOT-0133") && !said.contains("b3BlbnNzaC1r"), "{said}");
}

#[tokio::test]
async fn drift_tells_of_another_key_and_of_a_pair_that_is_gone() {
    for make in [with_key as fn(&str) -> NodegroupSpec, managed] {
        let rig = Rig::new();
        ensure(&rig, &make(ED25519)).await;
        let differences =
            async |spec: NodegroupSpec| ops::drift(&rig.session, &[spec]).await.unwrap().remove(0).differences;
        assert_eq!(differences(make(ED25519)).await, NONE);
        let other = differences(make(RSA)).await;
        assert!(other.contains(&"launch template: key pair".to_owned()), "{other:?}");
        rig.session.cloud.apply(&AwsMutation::DeleteKeyPair { name: pair(ED25519) }).await.unwrap();
        let gone = format!("there is no key pair `{}`: new nodes cannot be started", pair(ED25519));
        assert_eq!(differences(make(ED25519)).await, [gone]);
        // Made anew, and nothing else.
        let mended = ensure(&rig, &make(ED25519)).await;
        assert!(mended.iter().all(|(kind, _, verdict)| (kind == "key pair") == (verdict == "created")), "{mended:?}");
    }
}

#[tokio::test]
async fn a_copy_of_a_cluster_has_its_keys() {
    let rig = Rig::new();
    ensure(&rig, &with_key(ED25519)).await;
    let snapshot = ops::snapshot(&rig.session, CLUSTER, true).await.unwrap();
    let copy = Rig::of(copy::world(&snapshot, &load::Options { seed: 7, ..load::Options::default() }).0);
    let again =
        ops::ensure(&copy.session, &with_key(ED25519), &waiting()).await.unwrap_or_else(|e| panic!("{}", told(&e)));
    assert_eq!(again.mutating_requests, 0);
    ops::delete(&copy.session, CLUSTER, GROUP, &DeleteOptions::default()).await.unwrap();
    assert_eq!(copy.sandbox.read(pairs), NONE);
}
