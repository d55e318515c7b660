//! The lens of an apply: only what was planned passes, in its order.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;
use serde_json::Value;

use super::plan::planned_id;
use super::{Lens, Sending};
use crate::domain::Code;
use crate::domain::change::{Plan, Request, comparable, with_ids};
use crate::domain::error::{Error, Result};
use crate::domain::mutation::{AwsMutation, KubeMutation, Mutation, Outcome};

/// Lets only planned changes pass. A request may be repeated: AWS refuses some until it has spread what they need.
pub(in crate::host) struct Guard {
    state: Mutex<Progress>,
}

struct Progress {
    /// Without evictions.
    planned: Vec<Request>,
    next: usize,
    /// Whether pods would be evicted.
    evicts: bool,
    /// Real ids → the ids that stood for them in the plan.
    ids: HashMap<String, String>,
}

impl Guard {
    pub(in crate::host) fn new(plan: &Plan) -> Self {
        let is_eviction = |request: &&Request| request.operation == "Evict";
        let planned = plan.requests.iter().filter(|request| !is_eviction(request)).cloned().collect();
        let evicts = plan.requests.iter().any(|request| is_eviction(&request));
        Guard { state: Mutex::new(Progress { planned, next: 0, evicts, ids: HashMap::new() }) }
    }
}

impl Progress {
    fn admit(&mut self, mutation: &Mutation) -> Result<()> {
        // Which pods are on a node that is emptied, and how often one has to be asked, is the scheduler's and the budgets'
        // to decide; that nodes are emptied was planned.
        if self.evicts && matches!(mutation, Mutation::Kube(KubeMutation::Evict { .. })) {
            return Ok(());
        }
        let mut request = comparable(mutation);
        with_ids(&mut request, &self.ids);
        if self.planned.get(self.next).is_some_and(|planned| planned.request == request) {
            self.next += 1;
            return Ok(());
        }
        let last = self.next.checked_sub(1).and_then(|last| self.planned.get(last));
        if last.is_some_and(|last| last.request == request) {
            return Ok(());
        }
        let operation = request.get("operation").and_then(Value::as_str).unwrap_or("a change").to_owned();
        let error = Error::new(Code::PlanMoved, format!("`{operation}` is not what the plan has next"));
        let error = match self.planned.get(self.next) {
            Some(planned) => {
                error.because(format!("the plan has `{}` of {} `{}`", planned.operation, planned.kind, planned.name))
            }
            None => error.because("everything that was planned is done"),
        };
        Err(error
            .because("the world has moved since the plan was made, or the runbook depends on more than the world")
            .help("nothing but what was planned was sent: plan again, and apply that"))
    }
}

#[async_trait]
impl Lens for Guard {
    async fn send(&self, mutation: Mutation, _: Option<&str>, sending: Sending<'_>) -> Result<Outcome> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).admit(&mutation)?;
        let outcome = sending.await?;
        if let (Mutation::Aws(AwsMutation::CreateSecurityGroup { name, .. }), Some(id)) = (&mutation, &outcome.id) {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.ids.insert(id.clone(), planned_id("sg", name));
        }
        Ok(outcome)
    }
}
