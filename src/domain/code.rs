//! The stable codes of everything spotscript can say went wrong.
//!
//! A code never changes its meaning and is never reused. The hundreds digit names the area:
//! 01 values and options, 02 eksctl documents, 03 AWS, 04 Kubernetes, 05 waits and verification,
//! 06 scripts, 07 sandbox, 08 feeds and files, 09 our own faults.

use std::fmt;

/// What a failure means for the caller: decides the process's exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The script, a check in it, or a value it made is wrong. Exit 1.
    Script,
    /// The command line or an input file is wrong. Exit 2.
    Usage,
    /// The cloud or the cluster refused. Exit 5.
    Refused,
    /// A wait ended without what was asked for, or only part of it is there. Exit 6.
    Incomplete,
    /// A fault of spotscript itself. Exit 70.
    Bug,
    /// A check of a script or file found something. Exit 3.
    Lint,
    /// The user interrupted the run. Exit 130.
    Interrupted,
}

impl Kind {
    /// The process exit code for this kind.
    pub const fn exit_code(self) -> u8 {
        match self {
            Kind::Script => 1,
            Kind::Usage => 2,
            Kind::Lint => 3,
            Kind::Refused => 5,
            Kind::Incomplete => 6,
            Kind::Bug => 70,
            Kind::Interrupted => 130,
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $number:literal, $kind:ident;)+) => {
        /// A stable error code, printed as `SPOT-0102`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Code { $($(#[$doc])* $name,)+ }

        impl Code {
            /// Every code, in the order of its number.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The number: `102` for `SPOT-0102`.
            pub const fn number(self) -> u16 {
                match self { $(Code::$name => $number,)+ }
            }

            /// What this failure means for the caller.
            pub const fn kind(self) -> Kind {
                match self { $(Code::$name => Kind::$kind,)+ }
            }
        }
    };
}

codes! {
    /// A value has the wrong form (name, number, text).
    InvalidValue = 101, Script;
    /// An option map has a key that does not exist.
    UnknownOption = 102, Script;
    /// An option has a value of the wrong type.
    WrongOptionType = 103, Script;
    /// A required option is missing.
    MissingOption = 104, Script;
    /// Instance types of different shapes in one set.
    MixedShape = 110, Script;
    /// An instance type that EC2 does not have.
    UnknownInstanceType = 111, Script;
    /// An instance type that cannot run as a Spot worker (not offered as Spot, bare list empty, too many).
    UnusableInstanceTypes = 112, Script;
    /// A taint that Kubernetes would refuse.
    InvalidTaint = 120, Script;
    /// A label that Kubernetes would refuse.
    InvalidLabel = 121, Script;
    /// A tag that AWS would refuse, or more than AWS allows.
    InvalidTag = 122, Script;
    /// A label selector that does not parse.
    InvalidSelector = 123, Script;
    /// Sizes that contradict each other or leave the allowed range.
    InvalidSize = 130, Script;
    /// A distribution (strategy, base, percentage, pools) that an Auto Scaling group does not have.
    InvalidDistribution = 131, Script;
    /// User data over EC2's limit.
    UserDataTooLarge = 132, Script;
    /// Not a public SSH key that EC2 takes.
    InvalidPublicKey = 133, Script;

    /// A document is not YAML.
    DocumentSyntax = 201, Usage;
    /// A document has a key the schema does not know.
    DocumentUnknownKey = 202, Usage;
    /// A value in a document has the wrong type or form.
    DocumentValue = 203, Usage;
    /// A document is not an eksctl.io/v1alpha5 ClusterConfig.
    DocumentKind = 204, Usage;
    /// A shell variable was left unexpanded in a document.
    DocumentUnresolvedVariable = 205, Usage;
    /// A document holds what spotscript does not support.
    DocumentUnsupported = 206, Usage;
    /// A Spot allocation strategy that AWS no longer recommends.
    LintStrategy = 220, Lint;
    /// No rebalancing of Spot capacity.
    LintRebalance = 221, Lint;
    /// Nothing drains nodes that are interrupted.
    LintInterruptions = 222, Lint;
    /// Few instance types in a Spot group.
    LintFewTypes = 223, Lint;
    /// Burstable types without a decision about their credits.
    LintBurstable = 224, Lint;
    /// A taint that keeps nobody away.
    LintSoftTaint = 225, Lint;
    /// Taints written as a map.
    LintTaintMap = 226, Lint;
    /// The old name of an add-on policy.
    LintOldAddonName = 227, Lint;
    /// Permissions of add-ons on the nodes' role.
    LintNodePolicies = 228, Lint;
    /// SSH to the nodes.
    LintSsh = 229, Lint;
    /// No image family.
    LintImplicitFamily = 230, Lint;
    /// An image family that has ended.
    LintEndedFamily = 231, Lint;
    /// A self-managed Spot group.
    LintSelfManaged = 232, Lint;
    /// One group in several zones.
    LintZones = 233, Lint;
    /// Scaling from zero without a word about the disk.
    LintEphemeralStorage = 234, Lint;
    /// The first type stands for all.
    LintFirstType = 235, Lint;
    /// A highest Spot price.
    LintMaxPrice = 236, Lint;
    /// Propagated taint tags without their effect.
    LintPropagate = 237, Lint;
    /// A minimum of zero, and nobody waits.
    LintMinZero = 238, Lint;
    /// A label that calls On-Demand nodes Spot.
    LintLifecycleLabel = 239, Lint;
    /// Node-template tags that do not match labels and taints.
    LintTags = 240, Lint;
    /// No discovery tags.
    LintDiscovery = 241, Lint;
    /// Spot and nothing else.
    LintNoFallback = 242, Lint;
    /// Types that some zones do not have.
    LintNotOffered = 243, Lint;
    /// Types of several shapes.
    LintMixedShapes = 244, Lint;
    /// A list of types, and no Spot.
    LintNeverSpot = 245, Lint;
    /// An old label for the instance type.
    LintOldLabel = 246, Lint;
    /// A launch configuration.
    LintLaunchConfiguration = 247, Lint;
    /// Nodes found by grep.
    LintGrep = 248, Lint;
    /// The name of the one group.
    LintFirstGroup = 249, Lint;
    /// Something that is no more.
    LintDeadDependency = 250, Lint;
    /// A key pair for nodes.
    LintKeyGeneration = 251, Lint;
    /// A command that may change the cluster's stack.
    LintStackRewrite = 252, Lint;
    /// The type in the table is the template's.
    LintTemplateType = 253, Lint;
    /// Deleting a cluster leaves things behind.
    LintCleanup = 254, Lint;
    /// A variable in a here-document without quotes.
    LintHereDocument = 255, Lint;
    /// A file written in one folder and used from another.
    LintRelativePath = 256, Lint;
    /// Two names for one cluster.
    LintClusterName = 257, Lint;
    /// Types that Spot often takes back.
    LintInterrupted = 258, Lint;

    /// AWS refused a request for a reason without a code of its own here.
    AwsRefused = 301, Refused;
    /// No credentials, or AWS did not accept them.
    AwsCredentials = 302, Refused;
    /// AWS could not be reached.
    AwsUnreachable = 303, Refused;
    /// The caller may not make this request.
    AwsAccessDenied = 304, Refused;
    /// AWS kept throttling.
    AwsThrottled = 305, Refused;
    /// AWS answered with something that cannot be read.
    AwsMalformedAnswer = 306, Refused;
    /// The cluster does not exist.
    ClusterNotFound = 310, Refused;
    /// The cluster exists but cannot take node groups now.
    ClusterNotReady = 311, Refused;
    /// The node group does not exist.
    NodegroupNotFound = 312, Refused;
    /// The key pair does not exist in the region.
    KeyPairNotFound = 313, Refused;
    /// No instance type of the list is offered in any zone of the cluster.
    NotOffered = 314, Refused;
    /// The account has no service-linked role for Spot.
    SpotServiceLinkedRoleMissing = 315, Refused;
    /// No image for the cluster's version and architecture.
    ImageNotFound = 316, Refused;
    /// No usable subnet.
    SubnetNotFound = 317, Refused;
    /// A group of that name exists and is not ours.
    NotOurs = 318, Refused;
    /// The group differs in a way that cannot be changed in place.
    CannotChangeInPlace = 319, Refused;
    /// A limit or quota of the account.
    QuotaExceeded = 320, Refused;
    /// An instance profile that AWS does not accept.
    InstanceProfileInvalid = 321, Refused;
    /// A roll of the group was interrupted and keeps its sizes until it ends.
    RollUnfinished = 322, Refused;
    /// The subnets have fewer free addresses than nodes are to start.
    TooFewAddresses = 323, Refused;
    /// A security group does not exist.
    SecurityGroupNotFound = 324, Refused;

    /// The Kubernetes API refused a request.
    KubeRefused = 401, Refused;
    /// The Kubernetes API could not be reached.
    KubeUnreachable = 402, Refused;
    /// The node does not exist.
    NodeNotFound = 403, Refused;
    /// The kubeconfig cannot be used.
    KubeConfig = 404, Usage;
    /// A pod could not be evicted.
    DrainBlocked = 405, Refused;
    /// The Kubernetes API has too much to do, or failed by itself.
    KubeBusy = 406, Refused;

    /// Nodes did not become Ready in time.
    NodesNotReady = 501, Incomplete;
    /// No Spot capacity.
    NoSpotCapacity = 502, Incomplete;
    /// Instances run but do not join the cluster.
    NodesNotJoining = 503, Incomplete;
    /// Nodes are Ready but lack labels or taints that were asked for.
    IntentNotMet = 504, Incomplete;
    /// Something of a deleted group is still there.
    InventoryNotEmpty = 505, Incomplete;
    /// EKS gave up on a managed node group.
    NodegroupFailed = 506, Incomplete;
    /// EKS could not bring an update of a managed node group to its end.
    NodegroupUpdateFailed = 507, Incomplete;

    /// A script does not parse.
    ScriptSyntax = 601, Script;
    /// A function that does not exist, or not with these arguments.
    UnknownFunction = 602, Script;
    /// A script failed while it ran.
    ScriptFailed = 603, Script;
    /// One or more checks did not hold.
    CheckFailed = 604, Script;
    /// A PARAMS declaration that cannot be used.
    InvalidParams = 605, Script;
    /// A parameter on the command line that the script does not accept.
    InvalidArgument = 606, Usage;
    /// A module that cannot be imported.
    ModuleNotFound = 607, Script;
    /// Imports that form a loop.
    ImportCycle = 608, Script;
    /// A limit of the script engine (depth, size, time).
    ScriptLimit = 609, Script;
    /// The script threw a value of its own.
    ScriptThrew = 610, Script;
    /// The run's own time limit passed.
    TimeLimit = 611, Incomplete;

    /// A question of the script was not answered with yes.
    NotConfirmed = 612, Script;

    /// A variable that was not declared.
    UndefinedVariable = 620, Lint;
    /// A variable that nobody reads.
    UnusedVariable = 621, Lint;
    /// An imported module that nobody uses.
    UnusedImport = 622, Lint;
    /// A function that reads a variable of the script around it.
    OuterVariable = 623, Lint;
    /// A comparison that stands as a statement.
    ComparisonAsStatement = 624, Lint;
    /// A division of whole numbers that loses the fraction.
    IntegerDivision = 625, Lint;
    /// Code that never runs.
    UnreachableCode = 626, Lint;
    /// A parameter that the script does not declare.
    UnknownParameter = 627, Lint;
    /// A change that a closure of `parallel` makes to its own copy of a variable.
    LostChange = 628, Lint;
    /// Values of types that are never equal are compared.
    NeverEqual = 629, Lint;
    /// A property of a value that does not change is assigned to.
    ReadOnlyProperty = 630, Lint;
    /// An option spelt as eksctl spells it.
    EksctlSpelling = 631, Lint;
    /// A changed copy that nobody keeps.
    DroppedCopy = 632, Lint;
    /// A comment that allows a code which does not exist.
    UnknownAllowance = 633, Lint;
    /// A question to each element that assigns instead of asking.
    AssignmentAsAnswer = 634, Lint;

    /// An assertion of a test did not hold.
    AssertionFailed = 660, Script;
    /// A value differs from its snapshot, or has none.
    SnapshotDiffers = 661, Script;
    /// No tests were found where they were looked for.
    NoTests = 662, Usage;
    /// A test that cannot be called.
    InvalidTest = 663, Script;
    /// The world was to be controlled and is not the sandbox.
    NotInSandbox = 664, Usage;
    /// A name that the documentation does not have.
    UnknownName = 680, Usage;
    /// A code that spotscript does not have.
    UnknownCode = 681, Usage;

    /// The sandbox world on disk cannot be read.
    WorldUnreadable = 701, Usage;
    /// The sandbox world is in use by another process.
    WorldLocked = 702, Usage;
    /// The sandbox server cannot start.
    ServeFailed = 703, Usage;
    /// A saved snapshot is cut off, or a part of it is missing or has the wrong form.
    SnapshotBroken = 704, Usage;
    /// A document is no snapshot, or one of another version.
    SnapshotVersion = 705, Usage;
    /// The parts of a snapshot do not fit together.
    SnapshotIncomplete = 706, Usage;
    /// Objects that are to be loaded and that no cluster could hold.
    ObjectsUnusable = 707, Usage;
    /// There is no sandbox world of that name.
    WorldNotFound = 708, Usage;

    /// A file cannot be read or written.
    File = 801, Usage;
    /// A feed cannot be fetched or read.
    Feed = 802, Usage;
    /// There is no such run, or several of that name.
    RunNotFound = 803, Usage;
    /// The journal of a run cannot be written; what it was to note was not sent.
    JournalUnwritable = 804, Usage;
    /// The journal of a run cannot be read.
    JournalUnreadable = 805, Usage;
    /// A script reaches for a file outside of what it may read or write.
    FileOutside = 806, Usage;
    /// What is about to be done is not what was planned.
    PlanMoved = 807, Refused;
    /// A plan's file cannot be read.
    PlanUnreadable = 808, Usage;
    /// What a run changed was changed again since, by someone else.
    UndoMoved = 809, Refused;
    /// Another run works on the group.
    GroupLocked = 810, Refused;
    /// What an undo would restore was not kept.
    UndoSecret = 811, Refused;
    /// Two clusters of a fleet write one file.
    FleetFile = 812, Script;
    /// A step was chosen that the run does not have.
    NoSuchStep = 816, Usage;
    /// A step that was chosen needs what one that was left out would have made.
    NeedsLeftOut = 817, Refused;

    /// An invariant of spotscript does not hold.
    Internal = 901, Bug;
    /// The run was interrupted.
    Interrupted = 902, Interrupted;
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SPOT-{:04}", self.number())
    }
}

impl serde::Serialize for Code {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_unique_and_ascending() {
        assert!(Code::ALL.windows(2).all(|pair| pair[0].number() < pair[1].number()));
    }

    #[test]
    fn a_code_prints_with_four_digits() {
        assert_eq!(Code::UnknownOption.to_string(), "SPOT-0102");
    }
}
