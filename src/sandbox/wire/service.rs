//! The services that the AWS face speaks for, and how each is spoken to.

use crate::sandbox::services::{Handler, autoscaling, ec2, eks, iam, servicequotas, ssm, sts};

/// How requests and answers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// EC2's form of the query protocol: flat lists, `<item>`.
    Ec2,
    /// The query protocol: `member` lists, `<XResult>` in `<XResponse>`.
    Query,
    /// JSON by path and method.
    RestJson,
    /// JSON 1.1 by `X-Amz-Target`.
    Json,
}

/// A service.
#[derive(Debug)]
pub struct Service {
    /// Name in the credential scope of a signature, and first label of the host name.
    pub name: &'static str,
    /// Protocol.
    pub protocol: Protocol,
    /// API version.
    pub version: &'static str,
    /// XML namespace, or the prefix of `X-Amz-Target`.
    pub namespace: &'static str,
    operations: &'static [(&'static str, Handler)],
}

impl Service {
    /// The names of its operations.
    pub fn operations(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.operations.iter().map(|(name, _)| *name)
    }

    /// What performs an operation.
    pub fn handler(&self, operation: &str) -> Option<Handler> {
        self.operations.iter().find(|(name, _)| *name == operation).map(|(_, handler)| *handler)
    }
}

/// All of them.
pub static SERVICES: [Service; 7] = [
    Service {
        name: "ec2",
        protocol: Protocol::Ec2,
        version: "2016-11-15",
        namespace: "http://ec2.amazonaws.com/doc/2016-11-15/",
        operations: ec2::OPERATIONS,
    },
    Service {
        name: "autoscaling",
        protocol: Protocol::Query,
        version: "2011-01-01",
        namespace: "http://autoscaling.amazonaws.com/doc/2011-01-01/",
        operations: autoscaling::OPERATIONS,
    },
    Service {
        name: "iam",
        protocol: Protocol::Query,
        version: "2010-05-08",
        namespace: "https://iam.amazonaws.com/doc/2010-05-08/",
        operations: iam::OPERATIONS,
    },
    Service {
        name: "sts",
        protocol: Protocol::Query,
        version: "2011-06-15",
        namespace: "https://sts.amazonaws.com/doc/2011-06-15/",
        operations: sts::OPERATIONS,
    },
    Service {
        name: "eks",
        protocol: Protocol::RestJson,
        version: "2017-11-01",
        namespace: "",
        operations: eks::OPERATIONS,
    },
    Service {
        name: "servicequotas",
        protocol: Protocol::Json,
        version: "2019-06-24",
        namespace: "ServiceQuotasV20190624",
        operations: servicequotas::OPERATIONS,
    },
    Service {
        name: "ssm",
        protocol: Protocol::Json,
        version: "2014-11-06",
        namespace: "AmazonSSM",
        operations: ssm::OPERATIONS,
    },
];

/// The service with this name.
pub fn by_name(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// Whether an operation can change anything: AWS's reads are named so.
pub fn is_mutating(operation: &str) -> bool {
    !["Describe", "Get", "List", "Search", "Simulate"].iter().any(|verb| operation.starts_with(verb))
}
