//! Counts every request attempt, and tells a hook about it.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::interceptors::{Intercept, dyn_dispatch_hint};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};

use crate::ports::{RequestCounts, is_polling, is_rehearsing};

/// One request attempt, as `-v` shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTrace {
    /// `EC2`, `Auto Scaling`, …: the SDK's name of the service.
    pub service: String,
    /// `DescribeSubnets`.
    pub operation: String,
    /// From sending to the end of the answer.
    pub duration: Duration,
    /// HTTP status; `None` when no answer came.
    pub status: Option<u16>,
    /// Made by a wait.
    pub poll: bool,
    /// Can change something.
    pub mutating: bool,
}

/// Called after each request attempt.
pub type TraceHook = Arc<dyn Fn(&RequestTrace) + Send + Sync>;

#[derive(Default)]
struct Counters {
    total: AtomicU64,
    mutating: AtomicU64,
    polls: AtomicU64,
}

/// The interceptor that counts. Clones count together.
#[derive(Clone, Default)]
pub(super) struct Meter {
    counters: Arc<Counters>,
    hook: Option<TraceHook>,
}

impl Meter {
    /// A meter that also tells.
    pub(super) fn tracing(hook: TraceHook) -> Self {
        Meter { hook: Some(hook), ..Meter::default() }
    }

    /// What has been sent so far.
    pub(super) fn counts(&self) -> RequestCounts {
        RequestCounts {
            total: self.counters.total.load(Ordering::Relaxed),
            mutating: self.counters.mutating.load(Ordering::Relaxed),
            polls: self.counters.polls.load(Ordering::Relaxed),
        }
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Meter").field(&self.counts()).finish()
    }
}

/// When the running attempt was begun.
#[derive(Debug)]
struct Begun(Instant);

impl Storable for Begun {
    type Storer = StoreReplace<Self>;
}

/// By AWS's own convention these prefixes, and only these, are reads.
fn mutates(operation: &str) -> bool {
    !["Describe", "Get", "List"].iter().any(|prefix| operation.starts_with(prefix))
}

#[dyn_dispatch_hint]
impl Intercept for Meter {
    fn name(&self) -> &'static str {
        "spotscript meter"
    }

    fn read_before_attempt(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.counters.total.fetch_add(1, Ordering::Relaxed);
        if is_polling() {
            self.counters.polls.fetch_add(1, Ordering::Relaxed);
        } else if !is_rehearsing() && cfg.load::<Metadata>().is_some_and(|metadata| mutates(metadata.name())) {
            self.counters.mutating.fetch_add(1, Ordering::Relaxed);
        }
        if self.hook.is_some() {
            cfg.interceptor_state().store_put(Begun(Instant::now()));
        }
        Ok(())
    }

    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        cfg: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let (Some(hook), Some(metadata)) = (&self.hook, cfg.load::<Metadata>()) {
            hook(&RequestTrace {
                service: metadata.service().to_owned(),
                operation: format!("{}{}", metadata.name(), if is_rehearsing() { " (dry run)" } else { "" }),
                duration: cfg.load::<Begun>().map(|begun| begun.0.elapsed()).unwrap_or_default(),
                status: context.response().map(|response| response.status().as_u16()),
                poll: is_polling(),
                mutating: !is_rehearsing() && mutates(metadata.name()),
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_are_told_from_writes_by_the_verb() {
        let reads = ["DescribeSubnets", "GetCallerIdentity", "GetParameter", "ListClusters", "GetConsoleOutput"];
        let writes = ["CreateRole", "PutRolePolicy", "AttachRolePolicy", "AuthorizeSecurityGroupIngress", "DeleteTags"];
        assert!(reads.iter().all(|operation| !mutates(operation)));
        assert!(writes.iter().all(|operation| mutates(operation)));
    }
}
