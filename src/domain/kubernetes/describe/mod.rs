//! `kubectl describe node`, as version 1.32 prints it.

mod resources;
mod tabs;

use std::collections::BTreeSet;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::Value;

use super::quantity::Quantity;
use super::{age, go_sort};
use resources::Resources;

/// Annotations longer than this, with their key, go on a line of their own.
const LONGEST: usize = 140;

/// What a description of a node is made of, all as the API writes it.
#[derive(Debug, Clone, PartialEq)]
pub struct NodeFacts {
    /// The node.
    pub node: Value,
    /// Its pods that have not ended; `None` when they may not be seen.
    pub pods: Option<Vec<Value>>,
    /// Its lease, or the sentence that says why there is none.
    pub lease: Result<Value, String>,
    /// What happened to it; `None` when that may not be seen.
    pub events: Option<Vec<Value>>,
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Lines in the making.
struct Page<'a> {
    out: String,
    now: Timestamp,
    zone: &'a TimeZone,
}

/// The text of a node's description.
pub fn node(facts: &NodeFacts, now: Timestamp, zone: &TimeZone) -> String {
    let mut page = Page { out: String::new(), now, zone };
    let (spec, status) = (&facts.node["spec"], &facts.node["status"]);
    page.identity(&facts.node);
    page.lease(&facts.lease);
    page.conditions(items(&status["conditions"]));
    page.put("Addresses:\n");
    for address in items(&status["addresses"]) {
        page.put(&format!("  {}:\t{}\n", text(&address["type"]), text(&address["address"])));
    }
    for (title, field) in [("Capacity", "capacity"), ("Allocatable", "allocatable")] {
        let list = resources::list(&status[field]);
        if !list.is_empty() {
            page.put(&format!("{title}:\n"));
            list.iter().for_each(|(name, quantity)| page.put(&format!("  {name}:\t{quantity}\n")));
        }
    }
    page.system(&status["nodeInfo"]);
    let cidrs: Vec<&str> = items(&spec["podCIDRs"]).iter().map(text).collect();
    for (title, value) in
        [("PodCIDR", text(&spec["podCIDR"])), ("PodCIDRs", &cidrs.join(",")), ("ProviderID", text(&spec["providerID"]))]
    {
        if !value.is_empty() {
            page.put(&format!("{title}:\t{value}\n"));
        }
    }
    match &facts.pods {
        Some(pods) => page.pods(pods, status),
        None => page.put("Pods:\tnot authorized\n"),
    }
    page.events(facts.events.as_deref())
}

impl Page<'_> {
    fn put(&mut self, line: &str) {
        self.out.push_str(line);
    }

    fn time(&self, value: &Value) -> String {
        match text(value).parse::<Timestamp>() {
            Ok(time) => time.to_zoned(self.zone.clone()).strftime("%a, %d %b %Y %H:%M:%S %z").to_string(),
            Err(_) => "Mon, 01 Jan 0001 00:00:00 +0000".to_owned(),
        }
    }

    fn since(&self, value: &Value) -> String {
        age::since(text(value).parse().ok(), self.now)
    }

    fn identity(&mut self, node: &Value) {
        let (metadata, spec) = (&node["metadata"], &node["spec"]);
        self.put(&format!("Name:\t{}\n", text(&metadata["name"])));
        let labels = sorted(&metadata["labels"]);
        let roles: BTreeSet<&str> = labels
            .iter()
            .filter_map(|(key, value)| match key.strip_prefix("node-role.kubernetes.io/") {
                Some(role) => Some(role),
                None => (*key == "kubernetes.io/role").then_some(*value),
            })
            .filter(|role| !role.is_empty())
            .collect();
        let roles: Vec<&str> = roles.into_iter().collect();
        self.put(&format!("Roles:\t{}\n", if roles.is_empty() { "<none>".to_owned() } else { roles.join(",") }));
        let labels: Vec<String> = labels.iter().map(|(key, value)| format!("{key}={value}\n")).collect();
        self.listed("Labels", &labels);
        let annotations: Vec<String> = sorted(&metadata["annotations"])
            .into_iter()
            .filter(|(key, _)| *key != "kubectl.kubernetes.io/last-applied-configuration")
            .map(|(key, value)| annotation(key, value))
            .collect();
        self.listed("Annotations", &annotations);
        let created = self.time(&metadata["creationTimestamp"]);
        self.put(&format!("CreationTimestamp:\t{created}\n"));
        let mut taints: Vec<&Value> = items(&spec["taints"]).iter().collect();
        taints.sort_by_key(|taint| format!("{},{}", text(&taint["effect"]), text(&taint["key"])));
        let taints: Vec<String> = taints.into_iter().map(|it| taint(it) + "\n").collect();
        self.listed("Taints", &taints);
        self.put(&format!("Unschedulable:\t{}\n", spec["unschedulable"] == true));
    }

    /// A title with its entries below each other; each ends its line.
    fn listed(&mut self, title: &str, entries: &[String]) {
        let entries = if entries.is_empty() { "<none>\n".to_owned() } else { entries.join("\t") };
        self.put(&format!("{title}:\t{entries}"));
    }

    fn lease(&mut self, lease: &Result<Value, String>) {
        let spec = match lease {
            Ok(lease) => &lease["spec"],
            Err(why) => return self.put(&format!("Lease:\tFailed to get lease: {why}\n")),
        };
        let unset = || "<unset>".to_owned();
        let holder = spec["holderIdentity"].as_str().map_or_else(unset, str::to_owned);
        self.put(&format!("Lease:\n  HolderIdentity:\t{holder}\n"));
        for (title, field) in [("AcquireTime", "acquireTime"), ("RenewTime", "renewTime")] {
            let time = if spec[field].is_null() { unset() } else { self.time(&spec[field]) };
            self.put(&format!("  {title}:\t{time}\n"));
        }
    }

    fn conditions(&mut self, conditions: &[Value]) {
        if conditions.is_empty() {
            return;
        }
        self.put("Conditions:\n  Type\tStatus\tLastHeartbeatTime\tLastTransitionTime\tReason\tMessage\n");
        self.put("  ----\t------\t-----------------\t------------------\t------\t-------\n");
        for condition in conditions {
            let word = |field: &str| text(&condition[field]);
            let (beat, turn) =
                (self.time(&condition["lastHeartbeatTime"]), self.time(&condition["lastTransitionTime"]));
            let (reason, message) = (word("reason"), word("message"));
            let line = format!("  {} \t{} \t{beat} \t{turn} \t{reason} \t{message}\n", word("type"), word("status"));
            self.put(&line);
        }
    }

    fn system(&mut self, info: &Value) {
        self.put("System Info:\n");
        for (title, field) in [
            ("Machine ID", "machineID"),
            ("System UUID", "systemUUID"),
            ("Boot ID", "bootID"),
            ("Kernel Version", "kernelVersion"),
            ("OS Image", "osImage"),
            ("Operating System", "operatingSystem"),
            ("Architecture", "architecture"),
            ("Container Runtime Version", "containerRuntimeVersion"),
            ("Kubelet Version", "kubeletVersion"),
            ("Kube-Proxy Version", "kubeProxyVersion"),
        ] {
            self.put(&format!("  {title}:\t{}\n", text(&info[field])));
        }
    }

    fn pods(&mut self, pods: &[Value], status: &Value) {
        let mut whole = resources::list(&status["allocatable"]);
        if whole.is_empty() {
            whole = resources::list(&status["capacity"]);
        }
        let one = |list: &Resources, name: &str| list.get(name).copied().unwrap_or_default();
        self.put(&format!("Non-terminated Pods:\t({} in total)\n", pods.len()));
        self.put("  Namespace\tName\t\tCPU Requests\tCPU Limits\tMemory Requests\tMemory Limits\tAge\n");
        self.put("  ---------\t----\t\t------------\t----------\t---------------\t-------------\t---\n");
        let (mut requests, mut limits) = (Resources::new(), Resources::new());
        for pod in pods {
            let (asks, may) = (resources::of_pod(pod, "requests"), resources::of_pod(pod, "limits"));
            let metadata = &pod["metadata"];
            let mut line = format!("  {}\t{}\t", text(&metadata["namespace"]), text(&metadata["name"]));
            for (name, list) in [("cpu", &asks), ("cpu", &may), ("memory", &asks), ("memory", &may)] {
                let quantity = one(list, name);
                let percent = resources::percent(quantity, one(&whole, name), name == "cpu");
                line.push_str(&format!("\t{quantity} ({percent}%)"));
            }
            let age = self.since(&metadata["creationTimestamp"]);
            self.put(&format!("{line}\t{age}\n"));
            resources::add(&mut requests, &asks);
            resources::add(&mut limits, &may);
        }
        self.put("Allocated resources:\n  (Total limits may be over 100 percent, i.e., overcommitted.)\n");
        self.put("  Resource\tRequests\tLimits\n  --------\t--------\t------\n");
        let shared = |name: &str| matches!(name, "cpu" | "memory" | "ephemeral-storage");
        let huge = |name: &str| name.starts_with("hugepages-");
        let names = ["cpu", "memory", "ephemeral-storage"].into_iter();
        let names = names.chain(whole.keys().map(String::as_str).filter(|name| huge(name)));
        let others = whole.keys().map(String::as_str).filter(|name| !shared(name) && !huge(name) && *name != "pods");
        for name in names.chain(others) {
            let mut line = format!("  {name}");
            for list in [&requests, &limits] {
                let (quantity, of) = (one(list, name), one(&whole, name));
                line.push_str(&format!("\t{quantity}"));
                if shared(name) || huge(name) {
                    let percent =
                        if of_nothing(of, name) { 0 } else { resources::percent(quantity, of, name == "cpu") };
                    line.push_str(&format!(" ({percent}%)"));
                }
            }
            self.put(&format!("{line}\n"));
        }
    }

    fn events(mut self, events: Option<&[Value]>) -> String {
        let Some(events) = events else { return tabs::lay_out(&self.out) };
        if events.is_empty() {
            self.put("Events:\t<none>\n");
            return tabs::lay_out(&self.out);
        }
        let above = tabs::lay_out(&std::mem::take(&mut self.out));
        self.put("Events:\n  Type\tReason\tAge\tFrom\tMessage\n  ----\t------\t----\t----\t-------\n");
        let last = |event: &Value| text(&event["lastTimestamp"]).parse::<Timestamp>().ok();
        let last: Vec<Option<Timestamp>> = events.iter().map(last).collect();
        for place in go_sort::sorted(events.len(), &|one, other| last[one] < last[other]) {
            let event = &events[place];
            let first = ["eventTime", "firstTimestamp"].into_iter().find(|field| !event[*field].is_null());
            let first = self.since(first.map_or(&Value::Null, |field| &event[field]));
            let series = &event["series"];
            let age = match (series.is_null(), event["count"].as_i64().unwrap_or(0)) {
                (false, _) => {
                    let count = series["count"].as_i64().unwrap_or(0);
                    format!("{} (x{count} over {first})", self.since(&series["lastObservedTime"]))
                }
                (true, count) if count > 1 => {
                    format!("{} (x{count} over {first})", self.since(&event["lastTimestamp"]))
                }
                _ => first,
            };
            let component = text(&event["source"]["component"]);
            let from = if component.is_empty() { text(&event["reportingComponent"]) } else { component };
            let (kind, reason, message) =
                (text(&event["type"]), text(&event["reason"]), text(&event["message"]).trim());
            self.put(&format!("  {kind}\t{reason}\t{age}\t{from}\t{message}\n"));
        }
        format!("{above}{}", tabs::lay_out(&self.out))
    }
}

fn of_nothing(quantity: Quantity, name: &str) -> bool {
    if name == "cpu" { quantity.milli_value() == 0 } else { quantity.value() == 0 }
}

/// A map of texts, by key.
fn sorted(map: &Value) -> Vec<(&str, &str)> {
    let pairs = map.as_object().into_iter().flatten();
    let mut pairs: Vec<(&str, &str)> = pairs.map(|(key, value)| (key.as_str(), text(value))).collect();
    pairs.sort_unstable();
    pairs
}

/// An annotation on its line, or below its key when it is long or has several lines, each of which is cut.
fn annotation(key: &str, value: &str) -> String {
    let value = value.strip_suffix('\n').unwrap_or(value);
    if key.len() + value.len() + 2 <= LONGEST && !value.contains('\n') {
        return format!("{key}: {value}\n");
    }
    let cut = LONGEST - 2;
    let line = |line: &str| match line.as_bytes().get(..cut) {
        // Cut by bytes, in the middle of a character too.
        Some(short) if line.len() > cut => format!("\t  {}...\n", String::from_utf8_lossy(short)),
        _ => format!("\t  {line}\n"),
    };
    format!("{key}:\n{}", value.split('\n').map(line).collect::<String>())
}

fn taint(taint: &Value) -> String {
    let (key, value, effect) = (text(&taint["key"]), text(&taint["value"]), text(&taint["effect"]));
    match (value.is_empty(), effect.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{key}:{effect}"),
        (false, _) => format!("{key}={value}:{effect}"),
    }
}
