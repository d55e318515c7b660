//! Changes the sizes of a managed group.

use super::wait::Waiting;
use super::{send, settled, until_ready};
use crate::domain::cloud::{AutoScalingGroup, Cluster};
use crate::domain::error::Result;
use crate::domain::inventory::ChangeReport;
use crate::domain::mutation::{AwsMutation, NodegroupConfig};
use crate::domain::nodegroup::Size;
use crate::ops::forgotten::forgotten;
use crate::ops::ledger::Ledger;
use crate::ops::wait;
use crate::ops::{ScaleOptions, managed};
use crate::ports::{ResourceKind, Verdict};

/// Sets the sizes that are given; EKS empties nodes that are too many before they go.
pub(in crate::ops) async fn scale(
    ledger: Ledger<'_>,
    cluster: &Cluster,
    name: &str,
    auto_scaling_group: &AutoScalingGroup,
    options: &ScaleOptions,
) -> Result<ChangeReport> {
    let session = ledger.session();
    let group = managed::ours(session, &cluster.name, name, auto_scaling_group).await?;
    let size = Size::new(
        i64::from(options.min.unwrap_or(group.size.min)),
        i64::from(options.desired.unwrap_or(group.size.desired)),
        i64::from(options.max.unwrap_or(group.size.max)),
    )
    .map_err(|error| error.because(format!("the group now has min/max/desired {}", group.size)))?;
    let api = session.connect(cluster).await?;
    if size == group.size {
        ledger.settle(ResourceKind::ManagedNodegroup, name, Verdict::Unchanged);
    } else {
        session.note(format!("scaling managed nodegroup \"{name}\" from {} to {size} (min/max/desired)", group.size));
        let request = AwsMutation::UpdateNodegroupConfig {
            cluster: cluster.name.clone(),
            name: name.to_owned(),
            config: Box::new(NodegroupConfig { size: Some(size), ..NodegroupConfig::default() }),
            client_token: ledger.token("nodegroup-config", name),
        };
        let id = send(&ledger, &group, request, options.timeout).await?;
        if options.wait {
            settled(&ledger, &*api, &group, &id, options.timeout).await?;
        }
        ledger.settle(ResourceKind::ManagedNodegroup, name, Verdict::Changed);
    }
    let mut ready = vec![];
    if options.wait {
        let waiting = Waiting {
            cluster,
            name,
            role_arn: &group.node_role,
            desired: size.desired,
            since: None,
            timeout: options.timeout,
        };
        if size.desired < group.size.desired {
            forgotten(&ledger, &*api, name, size.desired).await?;
        }
        ready = wait::names(&until_ready(&ledger, &*api, &waiting).await?);
    }
    Ok(ledger.report(&cluster.name, name, ready))
}
