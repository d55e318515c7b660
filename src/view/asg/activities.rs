//! The Activity history pane: what the group did, newest first, with AWS's reasons.

use crate::domain::cloud::{ActivityStatus, ScalingActivity};
use crate::domain::inventory::GroupDetail;
use crate::view::style::{Style, Tone};
use crate::view::words::{activity_status, time, time_or_dash};

/// A block per activity: causes and failure messages are sentences, too long for a table's cells.
pub fn render(detail: &GroupDetail, style: Style) -> String {
    if detail.activities.is_empty() {
        return "No activities\n".to_owned();
    }
    detail.activities.iter().map(|activity| block(activity, style)).collect()
}

fn block(activity: &ScalingActivity, style: Style) -> String {
    let mut text =
        format!("{}  {}\n", style.paint(tone(activity.status), activity_status(activity.status)), activity.description);
    let mut line = |name: &str, value: &str| text.push_str(&format!("    {name:<8} {value}\n"));
    line("Cause", &activity.cause);
    if let Some(message) = &activity.status_message {
        line("Message", message);
    }
    if activity.status == ActivityStatus::InProgress {
        line("State", &activity.status_code);
    }
    line("Start", &time(activity.started));
    line("End", &time_or_dash(activity.ended));
    text
}

const fn tone(status: ActivityStatus) -> Tone {
    match status {
        ActivityStatus::InProgress => Tone::Warning,
        ActivityStatus::Successful => Tone::Good,
        ActivityStatus::Failed | ActivityStatus::Cancelled => Tone::Bad,
    }
}
