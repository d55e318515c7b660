//! The keys of eksctl's schema, and what becomes of each here.

use super::meant;

/// The keys of one map.
pub(super) struct Schema {
    /// Acted on.
    pub(super) read: &'static [&'static str],
    /// Of no consequence for a node group made here.
    pub(super) kept: &'static [&'static str],
    /// Not acted on yet: refused unless the value asks for nothing.
    pub(super) unsupported: &'static [&'static str],
    /// Keys that belong elsewhere, and where.
    pub(super) elsewhere: &'static [(&'static str, &'static str)],
}

const NONE: Schema = Schema { read: &[], kept: &[], unsupported: &[], elsewhere: &[] };

impl Schema {
    /// What to do about an unknown key.
    pub(super) fn hint(&self, key: &str) -> Option<String> {
        if let Some((_, place)) = self.elsewhere.iter().find(|(name, _)| *name == key) {
            return Some((*place).to_owned());
        }
        let known = self.read.iter().chain(self.kept).chain(self.unsupported).copied();
        meant(key, known).map(|near| format!("did you mean `{near}`?"))
    }
}

/// The document. What is neither read nor checked is kept untouched.
pub(super) const CLUSTER_CONFIG: Schema = Schema {
    read: &["apiVersion", "kind", "metadata", "nodeGroups", "managedNodeGroups"],
    kept: &[
        "accessConfig",
        "addons",
        "addonsConfig",
        "autoModeConfig",
        "availabilityZones",
        "capabilities",
        "cloudWatch",
        "controlPlaneScalingConfig",
        "fargateProfiles",
        "gitops",
        "iam",
        "iamIdentityMappings",
        "identityProviders",
        "karpenter",
        "kubeAPIServerConfig",
        "kubeControllerManagerConfig",
        "kubeSchedulerConfig",
        "kubernetesNetworkConfig",
        "localZones",
        "outpost",
        "privateCluster",
        "remoteNetworkConfig",
        "secretsEncryption",
        "upgradePolicy",
        "vpc",
        "zonalShiftConfig",
    ],
    ..NONE
};

pub(super) const METADATA: Schema = Schema {
    read: &["name", "region", "version", "tags", "annotations"],
    kept: &["forceUpdateVersion", "rollbackConfig"],
    ..NONE
};

const MANAGED_ONLY: &str = "it is a key of `managedNodeGroups`; here the types go into `instancesDistribution`";

pub(super) const NODE_GROUP: Schema = Schema {
    read: &[
        "name",
        "amiFamily",
        "ami",
        "instanceType",
        "instancesDistribution",
        "availabilityZones",
        "subnets",
        "desiredCapacity",
        "minSize",
        "maxSize",
        "volumeSize",
        "volumeType",
        "volumeEncrypted",
        "volumeIOPS",
        "volumeThroughput",
        "ssh",
        "labels",
        "taints",
        "tags",
        "privateNetworking",
        "iam",
        "securityGroups",
        "maxPodsPerNode",
        "propagateASGTags",
        "disableIMDSv1",
        "containerRuntime",
    ],
    // eksctl has it in its type and never looks at it for self-managed groups.
    kept: &["updateConfig"],
    unsupported: &[
        "additionalVolumes",
        "asgMetricsCollection",
        "asgSuspendProcesses",
        "bottlerocket",
        "capacityReservation",
        "classicLoadBalancerNames",
        "clusterDNS",
        "cpuCredits",
        "disablePodIMDS",
        "ebsOptimized",
        "efaEnabled",
        "enableDetailedMonitoring",
        "enclaveEnabled",
        "instanceMarketOptions",
        "instanceName",
        "instancePrefix",
        "instanceSelector",
        "kubeletExtraConfig",
        "localZones",
        "maxInstanceLifetime",
        "outpostARN",
        "overrideBootstrapCommand",
        "placement",
        "preBootstrapCommands",
        "targetGroupARNs",
        "volumeKmsKeyID",
        "volumeName",
    ],
    elsewhere: &[
        ("instanceTypes", MANAGED_ONLY),
        ("spot", "it is a key of `managedNodeGroups`; here `instancesDistribution` makes a group Spot"),
        ("launchTemplate", MANAGED_ONLY),
        ("releaseVersion", MANAGED_ONLY),
        ("nodeRepairConfig", MANAGED_ONLY),
    ],
};

pub(super) const DISTRIBUTION: Schema = Schema {
    read: &[
        "instanceTypes",
        "maxPrice",
        "onDemandBaseCapacity",
        "onDemandPercentageAboveBaseCapacity",
        "spotInstancePools",
        "spotAllocationStrategy",
        "capacityRebalance",
    ],
    ..NONE
};

pub(super) const SSH: Schema = Schema {
    read: &["allow", "publicKeyName", "enableSsm"],
    unsupported: &["publicKey", "publicKeyPath", "sourceSecurityGroupIds"],
    ..NONE
};

pub(super) const IAM: Schema = Schema {
    read: &["withAddonPolicies"],
    unsupported: &[
        "attachPolicy",
        "attachPolicyARNs",
        "instanceProfileARN",
        "instanceRoleARN",
        "instanceRoleName",
        "instanceRolePermissionsBoundary",
    ],
    ..NONE
};

pub(super) const ADDON_POLICIES: Schema = Schema {
    read: &[
        "autoScaler",
        "cloudWatch",
        "awsLoadBalancerController",
        "albIngress",
        "ebs",
        "imageBuilder",
        "externalDNS",
        "certManager",
        "xRay",
    ],
    unsupported: &["appMesh", "appMeshPreview", "efs", "fsx"],
    ..NONE
};

pub(super) const SECURITY_GROUPS: Schema =
    Schema { read: &["withShared", "withLocal"], unsupported: &["attachIDs"], ..NONE };

pub(super) const TAINT: Schema = Schema { read: &["key", "value", "effect"], ..NONE };
