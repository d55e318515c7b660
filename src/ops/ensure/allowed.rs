//! Whether the caller may make what is about to be made, asked by the dry runs that AWS has: EC2's. What IAM, EKS and Auto
//! Scaling think of the caller is known only when they are asked for good.

use super::observe::Facts;
use super::{ssh, template};
use crate::domain::desired::{ResourceNames, instance_profile_arn};
use crate::domain::error::Error;
use crate::domain::nodegroup::NodegroupSpec;
use crate::ops::Session;
use crate::ops::ledger::Ledger;

/// The refusals, in the order of the requests.
pub(super) async fn denials(ledger: &Ledger<'_>, spec: &NodegroupSpec, facts: &Facts) -> Vec<Error> {
    let names = ResourceNames::of_spec(spec);
    let session: &Session = ledger.session();
    let group = (facts.security_group.is_none() && ssh::opens_ssh(spec)).then(|| ssh::creation(spec, facts, &names));
    let profile = match &spec.role.instance_profile_arn {
        Some(given) => given.clone(),
        None => instance_profile_arn(&facts.caller, &names.instance_profile),
    };
    let template = match &facts.template {
        None => template::creation(ledger, spec, facts, &names, &profile),
        // A new version of one that is there is seldom needed: it is not worth a request each time.
        Some(_) => None,
    };
    let asked = async |request: Option<_>| match request {
        Some(request) => session.cloud.allows(&request).await.err(),
        None => None,
    };
    let (group, template) = tokio::join!(asked(group), asked(template));
    group.into_iter().chain(template).collect()
}
