//! What a plan's groups cost: the Spot prices in force now, asked for once for all of them.

use super::Session;
use crate::domain::change::{Cost, Regrouped};
use crate::domain::error::Result;

/// The hourly costs of groups before and after, of those for which they differ.
///
/// # Errors
/// What reading the prices fails with.
pub async fn costs(session: &Session, groups: &[Regrouped]) -> Result<Vec<Cost>> {
    let mut types: Vec<String> = groups.iter().flat_map(Regrouped::types).cloned().collect();
    types.sort();
    types.dedup();
    let prices = match types.is_empty() {
        true => vec![],
        false => session.cloud.spot_prices(&types).await?,
    };
    Ok(groups.iter().filter_map(|group| Cost::of(group, &prices)).collect())
}
