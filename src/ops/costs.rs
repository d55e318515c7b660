//! What a plan's groups cost: the Spot prices in force now, asked for once for all of an operating system.

use super::Session;
use crate::domain::advisor::OperatingSystem;
use crate::domain::change::{Cost, Regrouped};
use crate::domain::error::Result;

/// The hourly costs of groups before and after, of those for which they differ.
///
/// # Errors
/// What reading the prices fails with.
pub async fn costs(session: &Session, groups: &[Regrouped]) -> Result<Vec<Cost>> {
    let mut costs = vec![];
    for os in [OperatingSystem::Linux, OperatingSystem::Windows] {
        let groups: Vec<&Regrouped> = groups.iter().filter(|group| group.os() == os).collect();
        let mut types: Vec<String> = groups.iter().flat_map(|group| group.types()).cloned().collect();
        types.sort();
        types.dedup();
        let prices = match types.is_empty() {
            true => vec![],
            false => session.cloud.spot_prices(&types, os).await?,
        };
        costs.extend(groups.into_iter().filter_map(|group| Cost::of(group, &prices)));
    }
    costs.sort_by(|one, other| one.group.cmp(&other.group));
    Ok(costs)
}
