//! A plan as people read it: resources that would differ, then the requests in their order.

use super::style::{Style, Tone};
use super::words::count;
use crate::domain::change::{Action, Change, Field, Hourly, Plan};

/// Longest value that is shown whole.
const LONGEST: usize = 88;

/// The whole plan.
pub fn render(plan: &Plan, style: Style) -> String {
    if plan.is_empty() {
        return "No changes: everything is as the runbook wants it.\n".to_owned();
    }
    let mut text = String::new();
    for change in &plan.changes {
        text.push_str(&render_change(change, style));
        text.push('\n');
    }
    text.push_str(&style.paint(Tone::Heading, "Requests, in order"));
    text.push('\n');
    let width = plan.requests.len().to_string().len();
    let longest = plan.requests.iter().map(|request| request.operation.chars().count()).max().unwrap_or(0);
    for (index, request) in plan.requests.iter().enumerate() {
        let number = index + 1;
        text.push_str(&format!("  {number:>width$}  {:<longest$}  {}\n", request.operation, request.name));
    }
    text.push('\n');
    if !plan.costs.is_empty() {
        text.push_str(&style.paint(Tone::Heading, "Cost per hour, at the Spot prices of now"));
        text.push('\n');
        let longest = plan.costs.iter().map(|cost| cost.group.chars().count()).max().unwrap_or(0);
        for cost in &plan.costs {
            let (before, after) = (hourly(&cost.before), hourly(&cost.after));
            text.push_str(&format!("  {:<longest$}  {before} → {after}\n", cost.group));
        }
        text.push('\n');
    }
    text.push_str(&style.paint(Tone::Heading, &format!("Plan: {}", summary(plan))));
    text.push('\n');
    text
}

/// `7 to create, 1 to change; 15 requests`.
pub fn summary(plan: &Plan) -> String {
    let parts: Vec<String> = [
        (Action::Create, "to create"),
        (Action::Change, "to change"),
        (Action::Replace, "to replace"),
        (Action::Delete, "to delete"),
        (Action::Evict, "to evict"),
    ]
    .into_iter()
    .map(|(action, words)| (plan.count(action), words))
    .filter(|(number, _)| *number > 0)
    .map(|(number, words)| format!("{number} {words}"))
    .collect();
    let requests = count(plan.requests.len(), "request");
    match parts.is_empty() {
        true => format!("{requests}, after which everything is as it was"),
        false => format!("{}; {requests}", parts.join(", ")),
    }
}

/// `2 Spot: 0.1262–0.1580 USD, 1 On-Demand`.
fn hourly(hourly: &Hourly) -> String {
    let mut parts = vec![];
    if hourly.spot_instances > 0 {
        let price = match (hourly.lowest_usd, hourly.highest_usd) {
            (Some(low), Some(high)) if low == high => format!("{low:.4} USD"),
            (Some(low), Some(high)) => format!("{low:.4}–{high:.4} USD"),
            _ => "price unknown".to_owned(),
        };
        parts.push(format!("{} Spot: {price}", hourly.spot_instances));
    }
    if hourly.on_demand_instances > 0 {
        parts.push(format!("{} On-Demand", hourly.on_demand_instances));
    }
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

/// How the same resource differs between two plans, in one line.
pub fn difference(kept: &Change, now: &Change) -> String {
    let head = format!("{} `{}`", kept.kind, kept.name);
    if kept.action != now.action {
        return format!("{head}: was to {}, now to {}", verb(kept.action), verb(now.action));
    }
    let differs = |field: &&Field| !now.fields.contains(field);
    let told: Vec<String> = kept
        .fields
        .iter()
        .filter(differs)
        .map(|field| match now.fields.iter().find(|other| other.name == field.name) {
            Some(other) => format!("{} was {}, is {}", field.name, arrow(field), arrow(other)),
            None => format!("{} was {}, is as wanted", field.name, arrow(field)),
        })
        .collect();
    let new = now.fields.iter().filter(|field| !kept.fields.iter().any(|other| other.name == field.name));
    let new = new.map(|field| format!("{} would change too: {}", field.name, arrow(field)));
    format!("{head}: {}", told.into_iter().chain(new).collect::<Vec<_>>().join("; "))
}

fn arrow(field: &Field) -> String {
    let text = |value: &Option<String>| value.as_deref().map_or("nothing".to_owned(), short);
    format!("{} → {}", text(&field.before), text(&field.after))
}

const fn verb(action: Action) -> &'static str {
    match action {
        Action::Create => "create",
        Action::Change => "change",
        Action::Replace => "replace",
        Action::Delete => "delete",
        Action::Evict => "evict",
    }
}

fn render_change(change: &Change, style: Style) -> String {
    let (sign, tone) = match change.action {
        Action::Create => ("+", Tone::Good),
        Action::Change => ("~", Tone::Warning),
        Action::Replace => ("±", Tone::Warning),
        Action::Delete => ("-", Tone::Bad),
        Action::Evict => (">", Tone::Warning),
    };
    let head = format!("{sign} {} {} {}", verb(change.action), change.kind, change.name);
    let mut text = style.paint(tone, &head);
    text.push('\n');
    let width = change.fields.iter().map(|field| field.name.chars().count()).max().unwrap_or(0).min(40);
    for field in &change.fields {
        let value = match (&field.before, &field.after) {
            (None, Some(after)) if change.action == Action::Create => short(after),
            _ => arrow(field),
        };
        text.push_str(format!("    {:<width$}  {value}", field.name).trim_end());
        text.push('\n');
    }
    text
}

/// A value in one line, cut where it is long.
fn short(value: &str) -> String {
    let line = value.replace('\n', "⏎");
    match line.chars().count() > LONGEST {
        true => format!("{}…", line.chars().take(LONGEST).collect::<String>()),
        false => line,
    }
}
