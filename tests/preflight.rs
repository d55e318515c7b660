//! What would fail later is told before the first write, all at once.
#![allow(clippy::unwrap_used, clippy::expect_used, missing_docs)]

mod support;

use spotscript::domain::Code;
use spotscript::domain::nodegroup::{Managed, NodegroupSpec, Size, SshAccess};
use spotscript::ops;
use support::{Rig, spec, told, waiting};

/// Everything that a user sees, with what was found beside the first.
fn all(error: &spotscript::domain::error::Error) -> String {
    let detail = error.detail.as_ref().map(|detail| format!("\n{detail}")).unwrap_or_default();
    format!("{}{detail}", told(error))
}

#[tokio::test]
async fn everything_that_stands_against_a_group_is_told_at_once_and_nothing_is_made() {
    let rig = Rig::new();
    rig.sandbox.world(|world| {
        world.set_quota("standard/spot", Some(5));
        for subnet in world.ec2.subnets.values_mut() {
            subnet.used = (4..subnet.size() - 1).collect();
        }
    });
    let before = rig.sandbox.read(|world| world.traffic.requests().mutating);
    let mut wanted = spec();
    wanted.ssh = Some(SshAccess::with_key_pair("eks-spot-kee"));
    wanted.role.role_arn = Some("arn:aws:iam::641288255406:role/absent".into());
    let error = ops::ensure(&rig.session, &wanted, &waiting()).await.unwrap_err();
    insta::assert_snapshot!(all(&error), @r"
    SPOT-0313: no key pair `eks-spot-kee` in region `ap-northeast-1`
      help: did you mean `eks-spot-key`?
    3 more things were found:
      SPOT-0323: 2 nodes are to start and the subnets have 0 free addresses
          because free: subnet-0aa962ac35598d20d (ap-northeast-1a) 0, subnet-0629c3c16839aea8d (ap-northeast-1c) 0, subnet-0776dabb767e65d6d (ap-northeast-1d) 0
          help: name other subnets or zones, add a CIDR to the VPC, or ask for fewer nodes
      SPOT-0320: the nodes wanted have 8 vCPUs of Spot at least and the account may run 5
          because quota `All Standard (A, C, D, H, I, M, R, T, Z) Spot Instance Requests` (L-34B43A08) in ap-northeast-1
          help: want fewer nodes, or ask for more: `aws service-quotas request-service-quota-increase --region ap-northeast-1 --service-code ec2 --quota-code L-34B43A08 --desired-value 20`
      SPOT-0321: role `arn:aws:iam::641288255406:role/absent` does not exist
          help: correct the ARN, or leave it out and let a role be made
    ");
    assert_eq!(rig.sandbox.read(|world| world.traffic.requests().mutating), before);
}

#[tokio::test]
async fn what_a_group_may_grow_to_is_warned_about() {
    let rig = Rig::new();
    rig.sandbox.world(|world| {
        world.set_quota("standard/spot", Some(12));
        for subnet in world.ec2.subnets.values_mut() {
            subnet.used = (4..subnet.size() - 2).collect();
        }
    });
    ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    let log = rig.log();
    let warnings: Vec<&str> = log.lines().filter(|line| line.starts_with("[!]")).collect();
    insta::assert_snapshot!(warnings.join("\n"), @r"
    [!]  at its maximum the group needs 5 addresses more and its subnets have 3: subnet-0aa962ac35598d20d (ap-northeast-1a) 1, subnet-0629c3c16839aea8d (ap-northeast-1c) 1, subnet-0776dabb767e65d6d (ap-northeast-1d) 1
    [!]  at its maximum the group can have 20 vCPUs of Spot and the account may run 12 (quota L-34B43A08): ask for more: `aws service-quotas request-service-quota-increase --region ap-northeast-1 --service-code ec2 --quota-code L-34B43A08 --desired-value 20`
    ");
    // Nothing has to be known again about a group that does not grow.
    let before = rig.sandbox.read(|world| world.traffic.log().filter(|entry| entry.service == "servicequotas").count());
    let again = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!((again.verdict.as_str(), again.mutating_requests), ("unchanged", 0));
    let after = rig.sandbox.read(|world| world.traffic.log().filter(|entry| entry.service == "servicequotas").count());
    assert_eq!((before, after), (1, 1));
}

#[tokio::test]
async fn a_quota_that_may_not_be_read_is_no_reason_to_refuse() {
    let rig = Rig::new();
    rig.sandbox.world(|world| world.traffic.fail("GetServiceQuota", "AccessDeniedException", 9));
    let mut wanted = spec();
    wanted.size = Size::new(0, 1, 2).unwrap();
    let report = ops::ensure(&rig.session, &wanted, &waiting()).await.unwrap();
    assert_eq!(report.verdict, "created");
    assert!(rig.log().contains("the Spot quota of the account could not be read"), "{}", rig.log());
}

#[tokio::test]
async fn what_the_caller_may_not_make_is_known_before_anything_is_made() {
    let rig = Rig::new();
    rig.sandbox.world(|world| {
        world.traffic.fail("CreateLaunchTemplate", "UnauthorizedOperation", 9);
        world.traffic.fail("CreateSecurityGroup", "UnauthorizedOperation", 9);
    });
    let mut wanted = spec();
    wanted.ssh = Some(SshAccess::with_key_pair("eks-spot-key"));
    let error = ops::ensure(&rig.session, &wanted, &waiting()).await.unwrap_err();
    insta::assert_snapshot!(all(&error), @r"
    SPOT-0304: could not create security group `spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot-ssh`
      because UnauthorizedOperation: Fault injected for CreateSecurityGroup
      help: ask for the permission named above, or use another profile with `--profile`
    1 more thing was found:
      SPOT-0304: could not create launch template `spotscript-eks-spot-eksct-dev-4vcpu-16gb-spot`
          because UnauthorizedOperation: Fault injected for CreateLaunchTemplate
          help: ask for the permission named above, or use another profile with `--profile`
    ");
    let (mutating, asked) = rig.sandbox.read(|world| {
        let asked = world.traffic.log().filter(|entry| entry.operation.ends_with(" (dry run)")).count();
        (world.traffic.requests().mutating, asked)
    });
    assert_eq!((mutating, asked), (0, 2));
}

#[tokio::test]
async fn asking_whether_something_may_be_made_makes_nothing_and_is_not_repeated_once_it_is_there() {
    let rig = Rig::new();
    let dry = || {
        rig.sandbox.read(|world| {
            let asked = world.traffic.log().filter(|entry| entry.operation.ends_with(" (dry run)"));
            asked.map(|entry| entry.status).collect::<Vec<_>>()
        })
    };
    let before = rig.sandbox.read(|world| world.ec2.launch_templates.len());
    // A fault that is no refusal waits for the request itself.
    rig.sandbox.world(|world| world.traffic.fail("CreateLaunchTemplate", "RequestLimitExceeded", 1));
    let report = ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap();
    assert_eq!((report.verdict.as_str(), dry()), ("created", vec![412, 412]));
    let templates = || rig.sandbox.read(|world| world.ec2.launch_templates.len());
    assert_eq!(templates(), before + 1);
    assert_eq!(ops::ensure(&rig.session, &spec(), &waiting()).await.unwrap().verdict, "unchanged");
    assert_eq!(dry(), [412, 412]);
}

#[tokio::test]
async fn several_groups_are_looked_at_before_the_first_is_made() {
    let rig = Rig::new();
    let named = |name: &str| NodegroupSpec { name: name.to_owned(), ..spec() };
    let mut second = named("second");
    second.ssh = Some(SshAccess::with_key_pair("eks-spot-kee"));
    let mut third = named("third");
    third.ami = Some("ami-0123456789abcdef0".to_owned());
    third.managed = Some(Managed { spot: Some(true), ..Managed::default() });
    third.distribution = Managed::distribution(true);
    third.size.min = 1;
    let before = rig.sandbox.read(|world| world.traffic.requests().mutating);
    let error = ops::foresee(&rig.session, &[named("first"), second, third.clone()]).await.unwrap_err();
    insta::assert_snapshot!(all(&error), @r"
    SPOT-0313: node group `second`: no key pair `eks-spot-kee` in region `ap-northeast-1`
      help: did you mean `eks-spot-key`?
    1 more thing was found:
      SPOT-0316: node group `third`: there is no image `ami-0123456789abcdef0` in region `ap-northeast-1`
          help: images are of one region: copy it here, or name one that is here and shared with this account
    ");
    assert_eq!(rig.log(), "", "nothing else is told");
    // The image alone too: it was refused after a role and a launch template had been made.
    let refused = ops::ensure(&rig.session, &third, &waiting()).await.unwrap_err();
    assert_eq!(refused.code, Code::ImageNotFound);
    assert_eq!(rig.sandbox.read(|world| world.traffic.requests().mutating), before);
    // Who may not look for it hears of it later.
    rig.sandbox.world(|world| world.traffic.fail("DescribeImages", "UnauthorizedOperation", 1));
    ops::foresee(&rig.session, &[third]).await.unwrap_or_else(|e| panic!("{}", told(&e)));
}

#[test]
fn a_file_whose_last_group_cannot_be_made_makes_none() {
    let state = tempfile::tempdir().unwrap();
    std::fs::write(
        state.path().join("f.yml"),
        "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: eks-spot-eksct, region: ap-northeast-1}\n\
         nodeGroups:\n  - {name: one, instanceType: m5.large, desiredCapacity: 1}\n  \
         - {name: two, instanceType: m5.large, ssh: {publicKeyName: nokey}}\n",
    )
    .unwrap();
    for plan in [&["--plan"][..], &[]] {
        let output = std::process::Command::new(env!("CARGO_BIN_EXE_spotscript"))
            .args(["create", "nodegroup", "-f", "f.yml"])
            .args(plan)
            .current_dir(state.path())
            .env("SPOTSCRIPT_STATE_DIR", state.path())
            .env("NO_COLOR", "1")
            .output()
            .unwrap();
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(5) && output.stdout.is_empty(), "{told}");
        assert!(told.contains("SPOT-0313") && told.contains("node group `two`: no key pair `nokey`"), "{told}");
        assert!(!told.contains("created"), "{told}");
    }
}
