//! Runs that change nothing but say what they would change, and runs that change just that.

use std::sync::Arc;

use super::lens::{self, ReadBootData};
use super::{Host, Plan, Result};
use crate::ops::{self, Session};

impl Host {
    /// Makes this a run that only plans: reads are real, changes are recorded and seen as if they were made. Counts only
    /// before the target is opened.
    pub fn only_plan(&self, read: ReadBootData) {
        self.shared.plans.get_or_init(|| read);
    }

    /// Whether this run only plans.
    pub fn plans(&self) -> bool {
        self.shared.plans.get().is_some()
    }

    /// What was planned so far.
    pub fn plan(&self) -> Plan {
        let Some(planning) = self.shared.planning.get() else { return Plan::default() };
        self.with_costs(planning)
    }

    /// The plan and what its groups cost. That prices cannot be read is told, and no reason to have no plan.
    fn with_costs(&self, planning: &lens::Planning) -> Plan {
        let (mut plan, groups) = (planning.plan(), planning.groups());
        if !groups.is_empty() {
            match self.ask(async |session| ops::costs(session, &groups).await) {
                Ok(costs) => plan.costs = costs,
                Err(error) => self.console().talk(&format!("warning: what the plan costs is not known: {error}")),
            }
        }
        plan
    }

    /// Lets only the changes of `plan` pass, in their order. Counts only before the target is opened.
    pub fn follow(&self, plan: &Plan) {
        drop(self.shared.guard.set(Arc::new(lens::Guard::new(plan))));
    }

    /// Plans with the session that is open: what `act` would change, without changing it.
    ///
    /// # Errors
    /// What opening the target or `act` fail with.
    pub fn plan_ahead<T>(&self, read: ReadBootData, act: impl AsyncFnOnce(&Session) -> Result<T>) -> Result<(T, Plan)> {
        let (session, planning) = lens::planned(self.session()?, read);
        let done = self.block(act(&session))?;
        Ok((done, self.with_costs(&planning)))
    }
}
