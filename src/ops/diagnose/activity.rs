//! What the message of a failed scaling activity means.

use super::{Explained, Patience};
use crate::domain::Code;

/// Code or phrase in the message → meaning. The first that matches counts.
const MEANINGS: &[(&str, Explained)] = &[
    (
        "Could not launch On-Demand Instances. InsufficientInstanceCapacity",
        Explained {
            code: Code::NodesNotReady,
            sentence: "EC2 has no On-Demand capacity for a type of the group in a zone of it",
            help: "add instance types of the same shape or zones, ask for fewer nodes, or try later: the group goes on trying by itself",
            patience: Patience::Capacity,
        },
    ),
    (
        "MaxSpotInstanceCountExceeded",
        Explained {
            code: Code::QuotaExceeded,
            sentence: "the account's Spot quota (vCPUs, per region) is used up",
            help: "request a higher quota `L-34B43A08` (all standard Spot instances) in Service Quotas, or ask for fewer nodes",
            patience: Patience::None,
        },
    ),
    (
        "VcpuLimitExceeded",
        Explained {
            code: Code::QuotaExceeded,
            sentence: "the account's On-Demand quota (vCPUs, per region) is used up",
            help: "request a higher quota `L-1216C47A` (running On-Demand standard instances) in Service Quotas, or ask for fewer nodes",
            patience: Patience::None,
        },
    ),
    (
        "SpotMaxPriceTooLow",
        Explained {
            code: Code::NoSpotCapacity,
            sentence: "the maximum Spot price is below the price in force",
            help: "leave the maximum price out: then it is the On-Demand price",
            patience: Patience::None,
        },
    ),
    (
        "ServiceLinkedRole",
        Explained {
            code: Code::SpotServiceLinkedRoleMissing,
            sentence: "the account has no service-linked role for Spot, and Auto Scaling may not create it",
            help: "create it once per account: `aws iam create-service-linked-role --aws-service-name spot.amazonaws.com`",
            patience: Patience::None,
        },
    ),
    (
        "Free Tier",
        Explained {
            code: Code::QuotaExceeded,
            sentence: "the account's plan does not permit these instance types",
            help: "upgrade the account's plan, or choose types of the Free Tier",
            patience: Patience::None,
        },
    ),
    (
        "IAM Instance Profile",
        Explained {
            code: Code::InstanceProfileInvalid,
            sentence: "the launch template names an instance profile that does not exist",
            help: "run `ensure` on the group again: it makes the profile anew and puts the role into it",
            patience: Patience::Propagation,
        },
    ),
    (
        "InvalidAMIID",
        Explained {
            code: Code::ImageNotFound,
            sentence: "the launch template names an image that does not exist in the region",
            help: "run `ensure` on the group again to take the newest image, or name another with `ami`",
            patience: Patience::None,
        },
    ),
    (
        "InvalidKeyPair",
        Explained {
            code: Code::KeyPairNotFound,
            sentence: "the launch template names a key pair that does not exist in the region",
            help: "create the key pair again, or give the group another key",
            patience: Patience::None,
        },
    ),
    (
        "key pair",
        Explained {
            code: Code::KeyPairNotFound,
            sentence: "the launch template names a key pair that does not exist in the region",
            help: "create the key pair again, or give the group another key",
            patience: Patience::None,
        },
    ),
    (
        "InvalidGroup.NotFound",
        Explained {
            code: Code::CannotChangeInPlace,
            sentence: "the launch template names a security group that does not exist",
            help: "run `ensure` on the group again: it makes the security group anew",
            patience: Patience::None,
        },
    ),
    (
        "InsufficientFreeAddressesInSubnet",
        Explained {
            code: Code::SubnetNotFound,
            sentence: "a subnet of the group has no free addresses",
            help: "add subnets to the group, or free addresses in them",
            patience: Patience::Capacity,
        },
    ),
    ("Could not launch Spot Instances. InsufficientInstanceCapacity", NO_CAPACITY),
    ("UnfulfillableCapacity", NO_CAPACITY),
    ("InsufficientInstanceCapacity", NO_CAPACITY),
    ("capacity-not-available", NO_CAPACITY),
    (
        "UnauthorizedOperation",
        Explained {
            code: Code::AwsAccessDenied,
            sentence: "Auto Scaling may not start instances for this account",
            help: "look at the service-linked role `AWSServiceRoleForAutoScaling`, at the key policies of encrypted images or volumes, and at service control policies",
            patience: Patience::None,
        },
    ),
    (
        "Client.InternalError",
        Explained {
            code: Code::AwsAccessDenied,
            sentence: "instances end while they start, as they do when Auto Scaling may not use the volume's KMS key",
            help: "let `AWSServiceRoleForAutoScaling` use the key",
            patience: Patience::Capacity,
        },
    ),
];

const NO_CAPACITY: Explained = Explained {
    code: Code::NoSpotCapacity,
    sentence: "EC2 has no Spot capacity in any pool of the group",
    help: "add instance types of the same shape or zones, ask for fewer nodes, give the group an On-Demand base, or try later: the group goes on trying by itself",
    patience: Patience::Capacity,
};

/// The meaning of a failed activity's message.
pub(in crate::ops) fn explain_activity(message: &str) -> Explained {
    let found = MEANINGS.iter().find(|(mark, _)| message.contains(mark));
    found.map_or(
        Explained {
            code: Code::NodesNotReady,
            sentence: "Auto Scaling cannot start an instance",
            help: "look at the group's activities for AWS's own words",
            patience: Patience::Whole,
        },
        |(_, explained)| *explained,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_aws_lead_to_the_cause() {
        for (message, code) in [
            (
                "Could not launch Spot Instances. UnfulfillableCapacity - Unable to fulfill capacity due to your request configuration. Launching EC2 instance failed.",
                Code::NoSpotCapacity,
            ),
            (
                "Could not launch On-Demand Instances. InsufficientInstanceCapacity - We currently do not have sufficient m5.xlarge capacity in the Availability Zone you requested (ap-northeast-1d).",
                Code::NodesNotReady,
            ),
            (
                "Could not launch Spot Instances. MaxSpotInstanceCountExceeded - Max spot instance count exceeded. Launching EC2 instance failed.",
                Code::QuotaExceeded,
            ),
            (
                "Could not launch Spot Instances. AuthFailure.ServiceLinkedRoleCreationNotPermitted - The provided credentials do not have permission to create the service-linked role for EC2 Spot Instances. Launching EC2 instance failed.",
                Code::SpotServiceLinkedRoleMissing,
            ),
            (
                "Could not launch Spot Instances. SpotMaxPriceTooLow - Your Spot request price of 0.001 is lower than the minimum required Spot request fulfillment price of 0.05. Launching EC2 instance failed.",
                Code::NoSpotCapacity,
            ),
            ("Invalid IAM Instance Profile name. Launching EC2 instance failed.", Code::InstanceProfileInvalid),
            ("You've never seen this one.", Code::NodesNotReady),
        ] {
            assert_eq!(explain_activity(message).code, code, "{message}");
        }
    }
}
