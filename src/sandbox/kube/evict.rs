//! `POST pods/NAME/eviction`: a deletion that asks the disruption budgets first.

use serde_json::Value;

use super::budget::{self, Standing};
use super::resource::Resource;
use super::status::Refusal;
use super::store::ObjectStore;
use super::workload::{is_finished, is_ready};

/// Whether a pod may be evicted now. What a recorded budget allows is used up, except in a dry run.
pub fn allow(objects: &mut ObjectStore, namespace: &str, name: &str, dry_run: bool) -> Result<(), Refusal> {
    let Some(resource) = Resource::by_plural("pods") else { return Err(Refusal::no_such_path()) };
    let pod = objects.get("pods", namespace, name).ok_or_else(|| Refusal::not_found(resource, name))?.clone();
    let unneeded =
        is_finished(&pod) || pod["status"]["phase"] == "Pending" || !pod["metadata"]["deletionTimestamp"].is_null();
    if unneeded {
        return Ok(());
    }
    let budgets: Vec<_> =
        objects.list("poddisruptionbudgets", Some(namespace)).filter(|it| budget::covers(it, &pod)).cloned().collect();
    let budget = match budgets.as_slice() {
        [] => return Ok(()),
        [budget] => budget,
        _ => return Err(Refusal::several_budgets()),
    };
    let standing = Standing::of(objects, budget);
    if !is_ready(&pod) {
        let always = budget["spec"]["unhealthyPodEvictionPolicy"] == "AlwaysAllow";
        if always || (standing.healthy >= standing.desired && standing.desired > 0) {
            return Ok(());
        }
    }
    let budget_name = budget["metadata"]["name"].as_str().unwrap_or_default();
    if standing.allowed <= 0 {
        return Err(Refusal::budget_exhausted(budget_name, standing.desired, standing.healthy));
    }
    if !dry_run && objects.are_believed() && budget["status"]["disruptionsAllowed"].is_number() {
        let _ = objects.modify("poddisruptionbudgets", namespace, budget_name, |budget: &mut Value| {
            budget["status"]["disruptionsAllowed"] = (standing.allowed - 1).into();
        });
    }
    Ok(())
}
