//! The group's sizes while it is rolled.

use super::Rolling;
use super::look::Seen;
use super::shrink::shrink;
use crate::domain::cloud::AutoScalingGroup;
use crate::domain::desired::ROLL_TAG;
use crate::domain::error::Result;
use crate::domain::mutation::AwsMutation;
use crate::domain::nodegroup::Size;
use crate::domain::roll::Pace;

impl Rolling<'_> {
    /// Writes down what has to be restored, then has the group start as many more as may be there.
    pub(super) async fn grow(&mut self, seen: &Seen, pace: Pace) -> Result<()> {
        let size = seen.group.size;
        let target = pace.target(self.note.desired, seen.old.len());
        let grows = size.desired < target;
        if !self.noted && (grows || self.note.since.is_some()) {
            self.write_down().await?;
        }
        self.desired = Some(size.desired.max(target));
        if !grows {
            return Ok(());
        }
        self.session().note(format!("nodegroup \"{}\" gets {} nodes for now", self.name, target));
        let size = Size { desired: target, max: size.max.max(target), ..size };
        self.ledger.aws(AwsMutation::resize(self.group, size)).await.map(drop)
    }

    /// Someone else, such as the Cluster Autoscaler, wants more meanwhile: that stays so in the end. Fewer may be our own
    /// doing: a termination whose answer was lost is sent twice and may count twice. What was wanted is restored then.
    pub(super) async fn take_drift(&mut self, group: &AutoScalingGroup) -> Result<()> {
        let Some(expected) = self.desired.filter(|expected| *expected != group.size.desired) else { return Ok(()) };
        if group.size.desired < expected {
            self.desired = Some(group.size.desired);
            return Ok(());
        }
        let wanted = (self.note.desired + group.size.desired).saturating_sub(expected);
        self.session().warn(format!(
            "someone scaled nodegroup \"{}\" from {expected} to {} while it is rolled: it will have {wanted} in the end",
            self.name, group.size.desired
        ));
        self.note.desired = wanted;
        self.note.max = self.note.max.max(wanted);
        self.desired = Some(group.size.desired);
        if self.noted { self.write_down().await } else { Ok(()) }
    }

    async fn write_down(&mut self) -> Result<()> {
        self.noted = true;
        let tags = [(ROLL_TAG.to_owned(), self.note.to_tag())].into();
        self.ledger.aws(AwsMutation::CreateOrUpdateTags { group: self.group.to_owned(), tags }).await.map(drop)
    }

    /// Gives the group its own sizes back; whether that took a request.
    pub(super) async fn restore(&mut self) -> Result<bool> {
        let Some(group) = self.session().cloud.group(self.group).await? else { return Ok(false) };
        let mut now = group.size;
        if now.desired > self.note.desired {
            now.desired = shrink(self.ledger, self.api, self.name, &group, self.note.desired, self.options).await?;
        }
        let wanted = Size { desired: self.note.desired, max: self.note.max.max(self.note.desired), ..now };
        if now == wanted {
            return Ok(now != group.size);
        }
        self.ledger.aws(AwsMutation::resize(self.group, wanted)).await?;
        Ok(true)
    }
}
