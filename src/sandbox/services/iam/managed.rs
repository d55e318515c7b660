//! AWS's managed policies, as far as nodes and clusters use them.

/// Path and name below `arn:PARTITION:iam::aws:policy/`.
const NAMES: &[&str] = &[
    "AmazonEBSCSIDriverPolicyV2",
    "AmazonEC2ContainerRegistryFullAccess",
    "AmazonEC2ContainerRegistryPowerUser",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ReadOnlyAccess",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSFargatePodExecutionRolePolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSServicePolicy",
    "AmazonEKSVPCResourceController",
    "AmazonEKSWorkerNodeMinimalPolicy",
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonElasticFileSystemFullAccess",
    "AmazonFSxFullAccess",
    "AmazonRoute53FullAccess",
    "AmazonS3FullAccess",
    "AmazonS3ReadOnlyAccess",
    "AmazonSSMManagedEC2InstanceDefaultPolicy",
    "AmazonSSMManagedInstanceCore",
    "AmazonSSMPatchAssociation",
    "AutoScalingFullAccess",
    "AutoScalingReadOnlyAccess",
    "AWSXRayDaemonWriteAccess",
    "AWSXRayFullAccess",
    "CloudWatchAgentAdminPolicy",
    "CloudWatchAgentServerPolicy",
    "CloudWatchFullAccess",
    "CloudWatchLogsFullAccess",
    "ElasticLoadBalancingFullAccess",
    "ReadOnlyAccess",
    "SecretsManagerReadWrite",
    "service-role/AmazonEBSCSIDriverPolicy",
    "service-role/AmazonEFSCSIDriverPolicy",
];

/// Whether AWS has a managed policy with this ARN.
pub(super) fn exists(arn: &str, partition: &str) -> bool {
    let prefix = format!("arn:{partition}:iam::aws:policy/");
    arn.strip_prefix(&prefix).is_some_and(|name| NAMES.contains(&name))
}
