//! What scripts run on: ports, mode, cancel; the only place that blocks on async.
