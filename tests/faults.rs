//! Every request that changes something, met by every fault: the run ends converged, or it is refused in a way that can be
//! acted on, and then it can be taken up and taken back.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, missing_docs)]

mod support;

use std::path::Path;

use serde_json::{Value, json};
use spotscript::domain::Code;
use spotscript::domain::error::Error;
use spotscript::domain::mutation::{KubeMutation, Mutation};
use spotscript::journal::{Entry, Store};
use spotscript::sandbox::Sandbox;
use spotscript::sandbox::wire::traffic::Loss;
use spotscript::sandbox::world::World;
use support::verbs::{Verb, assert_same, host, inventory, resume, undo};
use support::{GROUP, told};

/// More than anyone tries.
const ALWAYS: u32 = 100;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fault {
    /// Three times.
    Throttled,
    ThrottledAlways,
    /// 500, once.
    Failed,
    FailedAlways,
    /// The request does not arrive, once.
    RequestLost,
    RequestsLost,
    /// It is done, and its sender hears nothing, once.
    AnswerLost,
    AnswersLost,
    Denied,
    Limit,
    /// It is done, and the answer breaks off.
    HalfAnswer,
}

impl Fault {
    const ALL: [Fault; 11] = [
        Fault::Throttled,
        Fault::ThrottledAlways,
        Fault::Failed,
        Fault::FailedAlways,
        Fault::RequestLost,
        Fault::RequestsLost,
        Fault::AnswerLost,
        Fault::AnswersLost,
        Fault::Denied,
        Fault::Limit,
        Fault::HalfAnswer,
    ];

    /// Arms it for a request; `false` when AWS does not have it there.
    fn arm(self, sandbox: &Sandbox, request: &Request) -> bool {
        let (operation, after) = (request.operation.as_str(), request.after);
        sandbox.world(|world| {
            let traffic = &mut world.traffic;
            match self {
                Fault::Throttled => traffic.throttle_after(operation, after, 3),
                Fault::ThrottledAlways => traffic.throttle_after(operation, after, ALWAYS),
                Fault::Failed => traffic.fail_after(operation, request.own_failure(), after, 1),
                Fault::FailedAlways => traffic.fail_after(operation, request.own_failure(), after, ALWAYS),
                Fault::RequestLost => traffic.lose_after(operation, Loss::Request, after, 1),
                Fault::RequestsLost => traffic.lose_after(operation, Loss::Request, after, ALWAYS),
                Fault::AnswerLost => traffic.lose_after(operation, Loss::Answer, after, 1),
                Fault::AnswersLost => traffic.lose_after(operation, Loss::Answer, after, ALWAYS),
                Fault::Denied => traffic.fail_after(operation, request.own_denial(), after, 1),
                Fault::Limit => match request.own_limit() {
                    Some(code) => traffic.fail_after(operation, code, after, 1),
                    None => return false,
                },
                Fault::HalfAnswer => traffic.lose_after(operation, Loss::HalfAnswer, after, 1),
            }
            true
        })
    }

    /// The refusals that it may lead to; none when the run has to converge.
    fn refusals(self, request: &Request) -> &'static [Code] {
        match (self, request.is_kube()) {
            (Fault::Throttled | Fault::Failed, _) | (Fault::RequestLost | Fault::AnswerLost, false) => &[],
            (Fault::ThrottledAlways, false) => &[Code::AwsThrottled],
            (Fault::FailedAlways, false) => &[Code::AwsRefused],
            (Fault::RequestsLost | Fault::AnswersLost, false) => &[Code::AwsUnreachable],
            (Fault::Denied, false) => &[Code::AwsAccessDenied],
            // Another change that is in its way passes by itself.
            (Fault::Limit, false) if request.own_limit() == Some("ResourceContention") => &[],
            (Fault::Limit, _) => &[Code::QuotaExceeded],
            // Half of a refusal that would pass by itself is one that does not.
            (Fault::HalfAnswer, false) => &[Code::AwsMalformedAnswer, Code::AwsRefused],
            (Fault::ThrottledAlways | Fault::FailedAlways, true) => &[Code::KubeBusy, Code::DrainBlocked],
            (Fault::RequestLost | Fault::RequestsLost | Fault::AnswerLost | Fault::AnswersLost, true) => {
                &[Code::KubeUnreachable]
            }
            (Fault::Denied | Fault::HalfAnswer, true) => &[Code::KubeRefused],
        }
    }
}

/// A request of an undisturbed run.
#[derive(Debug, Clone, PartialEq)]
struct Request {
    /// As the wire knows it.
    operation: String,
    /// Requests for that operation before it.
    after: u32,
}

impl Request {
    fn is_kube(&self) -> bool {
        self.operation.contains(' ')
    }

    fn service(&self) -> &'static str {
        match self.operation.as_str() {
            kube if kube.contains(' ') => "kubernetes",
            it if it.contains("AccessEntry") || it.contains("Nodegroup") => "eks",
            it if it.contains("Role") || it.contains("InstanceProfile") => "iam",
            it if ["LaunchTemplate", "SecurityGroup", "KeyPair"].iter().any(|kind| it.contains(kind)) => "ec2",
            _ => "autoscaling",
        }
    }

    fn own_failure(&self) -> &'static str {
        match self.service() {
            "ec2" | "kubernetes" => "InternalError",
            _ => "InternalFailure",
        }
    }

    fn own_denial(&self) -> &'static str {
        match self.service() {
            "ec2" => "UnauthorizedOperation",
            "eks" => "AccessDeniedException",
            "kubernetes" => "Forbidden",
            _ => "AccessDenied",
        }
    }

    /// What AWS says of this operation when something is full. Auto Scaling's changes have no limit but the one that
    /// another change is under way.
    fn own_limit(&self) -> Option<&'static str> {
        match (self.service(), self.operation.as_str()) {
            ("iam", _) | ("autoscaling", "CreateAutoScalingGroup" | "CreateOrUpdateTags") => Some("LimitExceeded"),
            ("autoscaling", _) => Some("ResourceContention"),
            ("eks", "CreateAccessEntry" | "CreateNodegroup") => Some("ResourceLimitExceededException"),
            ("ec2", "CreateSecurityGroup") => Some("SecurityGroupLimitExceeded"),
            ("ec2", "AuthorizeSecurityGroupIngress") => Some("RulesPerSecurityGroupLimitExceeded"),
            ("ec2", "ImportKeyPair") => Some("KeyPairLimitExceeded"),
            ("ec2", "CreateLaunchTemplate") => Some("LaunchTemplateLimitExceeded"),
            ("ec2", "CreateLaunchTemplateVersion") => Some("VersionLimitExceeded"),
            _ => None,
        }
    }
}

/// The wire's name for a change.
fn operation(mutation: &Mutation) -> String {
    match mutation {
        Mutation::Aws(_) => json!(mutation)["operation"].as_str().unwrap().to_owned(),
        Mutation::Kube(change) => match change {
            KubeMutation::Cordon { .. } | KubeMutation::SetTaints { .. } | KubeMutation::SetLabels { .. } => {
                "patch nodes"
            }
            KubeMutation::Evict { .. } => "create pods/eviction",
            KubeMutation::DeleteNode { .. } => "delete nodes",
            KubeMutation::PutConfigMap { resource_version: None, .. } => "create configmaps",
            KubeMutation::PutConfigMap { .. } => "update configmaps",
            KubeMutation::DeleteConfigMap { .. } => "delete configmaps",
        }
        .to_owned(),
    }
}

/// A verb, the world it begins in, and what an undisturbed run makes of that.
struct Case {
    verb: Verb,
    name: &'static str,
    world: World,
    begin: Value,
    end: Value,
    requests: Vec<Request>,
}

impl Case {
    fn new(verb: Verb, name: &'static str, world: World) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::new(folder.path().join("runs"));
        let sandbox = Sandbox::of(world.clone());
        let begin = sandbox.read(inventory);
        host(&sandbox, Some((&store, None))).ask(async |session| verb.act(session, false).await).unwrap();
        let end = sandbox.read(inventory);
        let mut requests: Vec<Request> = vec![];
        for change in store.find("last").unwrap().changes().unwrap() {
            let operation = operation(&change.mutation);
            let after = requests.iter().filter(|request| request.operation == operation).count();
            requests.push(Request { operation, after: after.try_into().unwrap() });
        }
        Case { verb, name, world, begin, end, requests }
    }

    /// Runs a cell; gives what the run was refused with, and whether the fault exists there.
    fn cell(&self, request: &Request, fault: Fault, folder: &Path) -> Option<Option<Error>> {
        let what = format!("{}: {fault:?} at {} number {}", self.name, request.operation, request.after + 1);
        let sandbox = Sandbox::of(self.world.clone());
        if !fault.arm(&sandbox, request) {
            return None;
        }
        let store =
            Store::new(folder.join(format!("{fault:?}-{}-{}", request.operation.replace('/', "-"), request.after)));
        let run = host(&sandbox, Some((&store, None)));
        let result = run.ask(async |session| self.verb.act(session, false).await);
        run.end_journal(result.as_ref().err().map_or(0, |error| error.kind().exit_code())).unwrap();
        drop(run);
        assert_nothing_lost(&store, &what);
        sandbox.heal();
        let refusal = match result {
            Ok(()) => None,
            Err(error) => {
                let refusals = fault.refusals(request);
                // A roll tells of an eviction that failed as of a node that could not be drained.
                let drains = request.operation == "create pods/eviction" && error.code == Code::DrainBlocked;
                assert!(refusals.contains(&error.code) || drains && !refusals.is_empty(), "{what}: {}", told(&error));
                assert!(matches!(error.kind().exit_code(), 5 | 6), "{what}: {error:?}");
                assert!(error.help.is_some(), "{what}: what next? {}", told(&error));
                assert!(!error.message.ends_with('.'), "{what}: {error:?}");
                resume(self.verb, &sandbox, &store).unwrap_or_else(|error| panic!("resume, {what}: {error:?}"));
                assert_nothing_lost(&store, &what);
                Some(error)
            }
        };
        assert_same(&sandbox.read(inventory), &self.end, &what);
        undo(&sandbox, &store).unwrap_or_else(|error| panic!("undo, {what}: {error:?}"));
        assert_same(&sandbox.read(inventory), &self.begin, &format!("undone, {what}"));
        Some(refusal)
    }
}

/// The journal has an answer to every intent.
fn assert_nothing_lost(store: &Store, what: &str) {
    for run in store.runs().unwrap() {
        let run = run.unwrap();
        let intents: Vec<u64> =
            run.lines.iter().filter(|line| matches!(line.entry, Entry::Intent { .. })).map(|line| line.seq).collect();
        assert!(!intents.is_empty(), "{what}");
        assert!(intents.iter().all(|seq| run.answer(*seq).is_some()), "{what}: {:?}", run.lines);
    }
}

/// All cells of a case, or a sample in which each operation meets one fault, each another.
fn matrix(case: &Case) {
    let folder = tempfile::tempdir().unwrap();
    let all = std::env::var_os("SPOTSCRIPT_TEST_EVERY_POINT").is_some();
    let (mut cells, mut refused) = (0, 0);
    let requests: Vec<&Request> = case.requests.iter().filter(|request| all || request.after == 0).collect();
    for (row, request) in requests.iter().enumerate() {
        for (column, fault) in Fault::ALL.into_iter().enumerate() {
            if !all && (column + row * 4) % 11 > 0 {
                continue;
            }
            if let Some(refusal) = case.cell(request, fault, folder.path()) {
                cells += 1;
                refused += u32::from(refusal.is_some());
            }
        }
    }
    println!("{}: {cells} cells, {refused} of them refused, over {} operations", case.name, requests.len());
    assert!(cells > 0);
}

#[test]
fn create_survives_every_fault() {
    matrix(&Case::new(Verb::Create, "create", Verb::Create.beginning()));
}

#[test]
fn create_with_aws_auth_survives_every_fault() {
    let mut case = Case::new(Verb::Create, "create with aws-auth", Verb::Create.beginning_with_aws_auth());
    case.requests.retain(Request::is_kube);
    assert!(!case.requests.is_empty());
    matrix(&case);
}

#[test]
fn change_survives_every_fault() {
    matrix(&Case::new(Verb::Change, "change", Verb::Change.beginning()));
}

#[test]
fn scale_survives_every_fault() {
    matrix(&Case::new(Verb::Scale, "scale", Verb::Scale.beginning()));
}

#[test]
fn roll_survives_every_fault() {
    matrix(&Case::new(Verb::Roll, "roll", Verb::Roll.beginning()));
}

#[test]
fn delete_survives_every_fault() {
    matrix(&Case::new(Verb::Delete, "delete", with_a_pod(Verb::Delete.beginning())));
}

#[test]
fn delete_with_aws_auth_survives_every_fault() {
    let mut case = Case::new(Verb::Delete, "delete with aws-auth", Verb::Delete.beginning_with_aws_auth());
    case.requests.retain(|request| request.operation.contains("configmaps"));
    assert!(!case.requests.is_empty());
    matrix(&case);
}

/// The world with something to evict on a node of the group.
fn with_a_pod(world: World) -> World {
    let sandbox = Sandbox::of(world);
    sandbox.world(|world| {
        let label = "alpha.eksctl.io/nodegroup-name";
        let node = world.objects.list("nodes", None).find(|node| node["metadata"]["labels"][label] == GROUP).unwrap();
        let pod = json!({
            "metadata": {"name": "web-0", "namespace": "default"},
            "spec": {"nodeName": node["metadata"]["name"], "containers": [{"name": "web", "image": "web"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]},
        });
        world.objects.create("pods", pod, 0).unwrap();
    });
    sandbox.read(World::clone)
}

/// Every refusal as a user meets it.
/// What is asked of EKS about a managed group; the other requests are those of self-managed groups.
fn managed(verb: Verb, name: &'static str) {
    let mut case = Case::new(verb, name, verb.beginning());
    case.requests.retain(|request| request.operation.contains("Nodegroup"));
    assert!(!case.requests.is_empty(), "{name}");
    matrix(&case);
}

#[test]
fn create_of_a_managed_group_meets_every_fault() {
    managed(Verb::CreateManaged, "create managed");
}

#[test]
fn change_of_a_managed_group_meets_every_fault() {
    managed(Verb::ChangeManaged, "change managed");
}

#[test]
fn change_of_a_managed_group_with_a_roll_meets_every_fault() {
    managed(Verb::RenewManaged, "change managed with roll");
}

#[test]
fn delete_of_a_managed_group_meets_every_fault() {
    managed(Verb::DeleteManaged, "delete managed");
}

#[test]
fn refusals_say_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let mut text = String::new();
    for (verb, name, world) in [
        (Verb::Create, "CreateAutoScalingGroup", Verb::Create.beginning()),
        (Verb::Delete, "patch nodes", Verb::Delete.beginning()),
    ] {
        let case = Case::new(verb, name, world);
        let request = Request { operation: name.to_owned(), after: 0 };
        for fault in Fault::ALL {
            if let Some(Some(error)) = case.cell(&request, fault, folder.path()) {
                text.push_str(&format!("{fault:?} at {name}\n{}\n\n", told(&error)));
            }
        }
    }
    insta::assert_snapshot!(text);
}
