//! What came over the wire, and what is broken on purpose there.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};

use super::api::ApiError;
use crate::sandbox::world::clock::Millis;

/// The service that is none of AWS's.
pub const KUBERNETES: &str = "kubernetes";

/// As many requests are remembered one by one.
const REMEMBERED: usize = 2_000;

/// A fault that the wire injects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Fault {
    /// Operation, or `*` for all.
    operation: String,
    /// Requests that pass unharmed first.
    after: u32,
    /// Requests still to be hit.
    left: u32,
    /// The refusal; `None` is throttling in the service's own words.
    error: Option<ApiError>,
    /// What happens on the way instead of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    loss: Option<Loss>,
}

/// What can go wrong on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Loss {
    /// The request does not arrive; its sender waits in vain.
    Request,
    /// The request is done; its answer does not arrive.
    Answer,
    /// The request is done; only the first half of its answer arrives.
    HalfAnswer,
}

impl Loss {
    const fn as_str(self) -> &'static str {
        match self {
            Loss::Request => "is lost",
            Loss::Answer => "is done and not answered",
            Loss::HalfAnswer => "is done and half answered",
        }
    }
}

/// What a fault does to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Strike {
    /// It is refused.
    Refused(ApiError),
    /// It is harmed on the way.
    Lost(Loss),
}

/// Marks a response that must not be sent: its caller hears nothing, and gives up in the end.
#[derive(Debug, Clone, Copy)]
pub struct NoAnswer;

/// One request that came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogEntry {
    /// When, in the world's time.
    pub at: Millis,
    /// `ec2`, …, or `kubernetes`.
    pub service: &'static str,
    /// `DescribeVpcs`; `GET /api/v1/nodes` for Kubernetes.
    pub operation: String,
    /// Whether it can change anything.
    pub mutating: bool,
    /// HTTP status of the answer.
    pub status: u16,
    /// Code of the refusal.
    pub error: Option<String>,
}

/// How many requests came since the process began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Requests {
    /// All.
    pub total: u64,
    /// Those that can change something.
    pub mutating: u64,
    /// By operation.
    pub by_operation: BTreeMap<String, u64>,
}

/// The wire's own part of a world. Faults are kept with the world; what came is known to this process only.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Traffic {
    faults: Vec<Fault>,
    #[serde(skip)]
    requests: Requests,
    #[serde(skip)]
    log: VecDeque<LogEntry>,
}

impl Traffic {
    /// The next `n` requests for an operation (`*`: for any) are throttled.
    pub fn throttle(&mut self, operation: &str, n: u32) {
        self.throttle_after(operation, 0, n);
    }

    /// As [`throttle`](Self::throttle), after `after` requests for the operation have passed.
    pub fn throttle_after(&mut self, operation: &str, after: u32, n: u32) {
        self.faults.push(Fault { operation: operation.into(), after, left: n, error: None, loss: None });
    }

    /// The next `n` requests for an operation are refused with a code. Codes of AWS's own faults come with HTTP 500.
    pub fn fail(&mut self, operation: &str, code: &str, n: u32) {
        self.fail_after(operation, code, 0, n);
    }

    /// As [`fail`](Self::fail), after `after` requests for the operation have passed.
    pub fn fail_after(&mut self, operation: &str, code: &str, after: u32, n: u32) {
        let status = match code {
            "ServiceUnavailable" | "Unavailable" => 503,
            "InternalError" | "InternalFailure" | "ServerInternal" | "InsufficientInstanceCapacity" => 500,
            // Kubernetes' reasons.
            "Forbidden" => 403,
            "TooManyRequests" => 429,
            "Timeout" => 504,
            _ => 400,
        };
        let error = ApiError::with_status(status, code, format!("Fault injected for {operation}"));
        self.faults.push(Fault { operation: operation.into(), after, left: n, error: Some(error), loss: None });
    }

    /// `n` requests for an operation, after `after` others, are harmed on the way.
    pub fn lose_after(&mut self, operation: &str, loss: Loss, after: u32, n: u32) {
        self.faults.push(Fault { operation: operation.into(), after, left: n, error: None, loss: Some(loss) });
    }

    /// Whether anything is to be harmed.
    pub fn is_harmed(&self) -> bool {
        !self.faults.is_empty()
    }

    /// Removes all faults.
    pub fn heal(&mut self) {
        self.faults.clear();
    }

    /// The faults in force, in words.
    pub fn faults(&self) -> impl Iterator<Item = String> + use<'_> {
        self.faults.iter().map(|fault| {
            let operation = if fault.operation == "*" { "any operation" } else { &fault.operation };
            let after = if fault.after > 0 { format!(" after {} more", fault.after) } else { String::new() };
            let what = match fault.loss {
                Some(loss) => loss.as_str().to_owned(),
                None => {
                    format!("is refused with {}", fault.error.as_ref().map_or("throttling", |error| &error.code))
                }
            };
            format!("{operation} {what}, {} times{after}", fault.left)
        })
    }

    /// Counts of what came.
    pub fn requests(&self) -> &Requests {
        &self.requests
    }

    /// The last requests, oldest first.
    pub fn log(&self) -> impl Iterator<Item = &LogEntry> {
        self.log.iter()
    }

    /// The fault that hits a request for this operation now, if any.
    pub fn strike(&mut self, service: &str, operation: &str) -> Option<Strike> {
        let mut hit = None;
        for fault in &mut self.faults {
            // `*` stands for AWS's operations.
            if fault.operation != operation && (fault.operation != "*" || service == KUBERNETES) {
                continue;
            }
            if fault.after > 0 {
                fault.after -= 1;
            } else if fault.left > 0 && hit.is_none() {
                fault.left -= 1;
                hit = Some(match fault.loss {
                    Some(loss) => Strike::Lost(loss),
                    None => Strike::Refused(fault.error.clone().unwrap_or_else(|| throttled(service))),
                });
            }
        }
        self.faults.retain(|fault| fault.left > 0);
        hit
    }

    /// The refusal that a dry run of this operation is told of: that the caller may not make it. Other faults are left to the
    /// request itself, and no fault is used up.
    pub fn denial(&self, operation: &str) -> Option<ApiError> {
        let denies = |error: &&ApiError| ["UnauthorizedOperation", "AccessDenied"].contains(&error.code.as_str());
        let mut faults = self.faults.iter().filter(|fault| fault.operation == operation && fault.after == 0);
        faults.find_map(|fault| fault.error.as_ref().filter(denies)).cloned()
    }

    /// Notes a request.
    pub fn record(&mut self, entry: LogEntry) {
        self.requests.total += 1;
        self.requests.mutating += u64::from(entry.mutating);
        match self.requests.by_operation.get_mut(&entry.operation) {
            Some(count) => *count += 1,
            None => {
                self.requests.by_operation.insert(entry.operation.clone(), 1);
            }
        }
        if self.log.len() == REMEMBERED {
            self.log.pop_front();
        }
        self.log.push_back(entry);
    }
}

fn throttled(service: &str) -> ApiError {
    match service {
        "ec2" => ApiError::with_status(503, "RequestLimitExceeded", "Request limit exceeded."),
        "eks" | "servicequotas" | "ssm" => ApiError::client("ThrottlingException", "Rate exceeded"),
        KUBERNETES => ApiError::with_status(429, "TooManyRequests", "Too many requests, please try again later."),
        _ => ApiError::client("Throttling", "Rate exceeded"),
    }
}
