//! The one AWS adapter: the cloud ports over the official SDK clients.
//!
//! What answers (AWS, an emulator, the embedded sandbox) is decided by the [`SdkConfig`] alone. Refusals become
//! [`domain::Error`](crate::domain::Error)s that keep AWS's code and sentence as causes. Nothing here decides
//! what to do: that is the operations' part.

mod apply;
mod autoscaling;
mod belongings;
mod convert;
mod ec2;
mod eks;
mod error;
mod iam;
mod meter;
mod nodegroup;
mod servicequotas;
mod ssm;
mod sts;

use std::sync::OnceLock;

use aws_config::{BehaviorVersion, SdkConfig};

pub use meter::{RequestTrace, TraceHook};

use crate::ports::{Cloud, RequestCounts};
use meter::Meter;

/// AWS through its SDK. Clients are built when first used.
pub struct AwsCloud {
    config: SdkConfig,
    region: String,
    meter: Meter,
    ec2: OnceLock<aws_sdk_ec2::Client>,
    autoscaling: OnceLock<aws_sdk_autoscaling::Client>,
    eks: OnceLock<aws_sdk_eks::Client>,
    iam: OnceLock<aws_sdk_iam::Client>,
    servicequotas: OnceLock<aws_sdk_servicequotas::Client>,
    ssm: OnceLock<aws_sdk_ssm::Client>,
    sts: OnceLock<aws_sdk_sts::Client>,
}

/// Builds a service's client once, with our meter on it.
macro_rules! client {
    ($name:ident, $crate_name:ident) => {
        fn $name(&self) -> &$crate_name::Client {
            self.$name.get_or_init(|| {
                let config = $crate_name::config::Builder::from(&self.config).interceptor(self.meter.clone());
                $crate_name::Client::from_conf(config.build())
            })
        }
    };
}

impl AwsCloud {
    /// AWS as `config` reaches it. A missing behaviour version is filled in; a missing region is an empty one.
    pub fn new(config: SdkConfig) -> Self {
        Self::with_meter(config, Meter::default())
    }

    /// As [`AwsCloud::new`], calling `hook` after each request attempt (`-v`).
    pub fn with_trace(config: SdkConfig, hook: TraceHook) -> Self {
        Self::with_meter(config, Meter::tracing(hook))
    }

    fn with_meter(config: SdkConfig, meter: Meter) -> Self {
        let config = match config.behavior_version() {
            Some(_) => config,
            None => config.into_builder().behavior_version(BehaviorVersion::latest()).build(),
        };
        AwsCloud {
            region: config.region().map(ToString::to_string).unwrap_or_default(),
            config,
            meter,
            ec2: OnceLock::new(),
            autoscaling: OnceLock::new(),
            eks: OnceLock::new(),
            iam: OnceLock::new(),
            servicequotas: OnceLock::new(),
            ssm: OnceLock::new(),
            sts: OnceLock::new(),
        }
    }

    client!(ec2, aws_sdk_ec2);
    client!(autoscaling, aws_sdk_autoscaling);
    client!(eks, aws_sdk_eks);
    client!(iam, aws_sdk_iam);
    client!(servicequotas, aws_sdk_servicequotas);
    client!(ssm, aws_sdk_ssm);
    client!(sts, aws_sdk_sts);
}

impl Cloud for AwsCloud {
    fn region(&self) -> &str {
        &self.region
    }

    fn requests(&self) -> RequestCounts {
        self.meter.counts()
    }
}
