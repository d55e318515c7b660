//! `--target aws`: the standard credential chain, region, profile and `AWS_ENDPOINT_URL`; the cluster through EKS or a
//! kubeconfig.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use jiff::Timestamp;

use super::super::{Global, console};
use crate::adapters::aws::AwsCloud;
use crate::adapters::feeds::{self, AdvisorFeed, Freshness};
use crate::adapters::kube::{EksAccess, KubeconfigAccess};
use crate::adapters::terminal::Consent;
use crate::domain::Code;
use crate::domain::advisor::Feed;
use crate::domain::error::{Error, Result};
use crate::host::{Hidden, Target};
use crate::ops::Session;
use crate::ports::{Clock, ClusterAccess, Event, as_spoken};

/// Tries of a request, the first one among them.
const TRIES: u32 = 5;
/// The SDK's own number, when nobody has set one.
const SDK_TRIES: u32 = 3;
/// How long one try may take: a connection that died is noticed by this alone.
const LONGEST_TRY: Duration = Duration::from_secs(60);

/// AWS as a target.
pub(super) struct AwsTarget {
    region: Option<String>,
    profile: Option<String>,
    kubeconfig: Option<PathBuf>,
    feed: Option<PathBuf>,
    consent: Consent,
    verbose: u8,
    colour: bool,
    hidden: Hidden,
    talk: super::Talk,
    context: Option<String>,
}

impl AwsTarget {
    pub(super) fn new(global: &Global, hidden: Hidden) -> Self {
        AwsTarget {
            region: global.region.clone(),
            profile: global.profile.clone(),
            kubeconfig: global.kubeconfig.clone(),
            feed: global.feed.clone(),
            consent: match &global.start.part {
                _ if global.yes => Consent::Given,
                // Nobody could tell whose question it is, nor answer two at once.
                Some(_) => Consent::Refused,
                None => Consent::Ask,
            },
            verbose: global.verbose,
            colour: console::look(global).colour,
            hidden,
            talk: super::Talk::of(global),
            context: global.context.clone(),
        }
    }
}

#[async_trait]
impl Target for AwsTarget {
    async fn open(&self) -> Result<Session> {
        let mut loader = aws_config::defaults(BehaviorVersion::latest());
        let kubeconfig = (self.kubeconfig.is_some() || self.context.is_some())
            .then(|| KubeconfigAccess { path: self.kubeconfig.clone(), context: self.context.clone() });
        if let Some(region) = &self.region {
            loader = loader.region(Region::new(region.clone()));
        }
        if let Some(profile) = &self.profile {
            loader = loader.profile_name(profile);
        }
        let mut config = loader.load().await;
        if config.region().is_none()
            && let Some(region) = kubeconfig.as_ref().map(KubeconfigAccess::region).transpose()?.flatten()
        {
            config = config.into_builder().region(Region::new(region)).build();
        }
        let config = patient(config);
        let Some(region) = config.region().map(ToString::to_string) else {
            return Err(Error::new(Code::AwsCredentials, "no AWS region is set")
                .help("give `--region`, set AWS_REGION, or put one into the profile"));
        };
        let clusters: Arc<dyn ClusterAccess> = match (kubeconfig, config.credentials_provider()) {
            (Some(kubeconfig), _) => Arc::new(kubeconfig),
            (None, Some(credentials)) => Arc::new(EksAccess::new(credentials)),
            (None, None) => {
                return Err(Error::new(Code::AwsCredentials, "no AWS credentials were found")
                    .help("log in, set AWS_PROFILE or give `--profile`; the sandbox needs none: `--target sandbox`"));
            }
        };
        let whose = self.profile.as_ref().map(|profile| format!(", profile {profile}")).unwrap_or_default();
        console::say(&as_spoken(&format!("aws (region {region}{whose}): real resources, real costs")));
        let cloud = if self.verbose > 1 { AwsCloud::with_trace(config, super::trace()) } else { AwsCloud::new(config) };
        let clock: Arc<dyn Clock> = Arc::new(WallClock);
        let operator = Arc::new(super::log(&clock, self.consent, self.colour, self.talk, &self.hidden));
        Ok(Session { cloud: Arc::new(cloud), clusters, operator, clock })
    }

    async fn advisor(&self, session: &Session) -> Result<Feed> {
        if let Some(file) = &self.feed {
            return feeds::read_file(file)?.feed();
        }
        let loaded = AdvisorFeed::default().load(Freshness::Recent, session.clock.now()).await?;
        if let Some(warning) = &loaded.warning {
            session.operator.tell(&Event::Warning { message: warning.to_string() });
        }
        loaded.feed()
    }

    fn close(&self) -> Result<()> {
        Ok(())
    }
}

/// The configuration with limits for a single try, and as many tries as the sandbox makes: AWS's own default of three is
/// used up by three throttled ones. What the user has set counts more.
fn patient(config: SdkConfig) -> SdkConfig {
    let tries = config.retry_config().map_or(TRIES, |retries| match retries.max_attempts() {
        SDK_TRIES => TRIES,
        set => set,
    });
    let retries = config.retry_config().cloned().unwrap_or_else(RetryConfig::standard).with_max_attempts(tries);
    let limits = config.timeout_config().cloned().unwrap_or_else(TimeoutConfig::disabled);
    let attempt = limits.operation_attempt_timeout().unwrap_or(LONGEST_TRY);
    let limits = limits.into_builder().operation_attempt_timeout(attempt).build();
    config.into_builder().retry_config(retries).timeout_config(limits).build()
}

/// Real time.
struct WallClock;

#[async_trait]
impl Clock for WallClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }

    async fn sleep(&self, duration: Duration) {
        tokio::time::sleep(duration).await;
    }
}
