//! The kubelet's command line, as far as a node's look depends on it. Flags that it does not know end it.

use indexmap::IndexMap;

use super::{labels, taints};
use crate::domain::taint::Taint;

/// What the flags say.
#[derive(Debug, Default)]
pub(super) struct Flags {
    pub labels: IndexMap<String, String>,
    pub taints: Vec<Taint>,
    pub max_pods: Option<u32>,
}

/// Flags of the kubelet 1.31–1.34 that take a value and do not change how a node looks here.
const WITH_VALUE: &str = "
    address bootstrap-kubeconfig cert-dir cgroup-driver cgroup-root client-ca-file cloud-config cloud-provider
    cluster-dns cluster-domain config config-dir container-log-max-files container-log-max-size
    container-runtime-endpoint containerd cpu-cfs-quota-period cpu-manager-policy cpu-manager-policy-options
    cpu-manager-reconcile-period enforce-node-allocatable event-burst event-qps eviction-hard
    eviction-max-pod-grace-period eviction-minimum-reclaim eviction-pressure-transition-period eviction-soft
    eviction-soft-grace-period feature-gates file-check-frequency hairpin-mode healthz-bind-address healthz-port
    hostname-override http-check-frequency image-credential-provider-bin-dir image-credential-provider-config
    image-gc-high-threshold image-gc-low-threshold image-service-endpoint kube-api-burst kube-api-content-type
    kube-api-qps kube-reserved kube-reserved-cgroup kubeconfig kubelet-cgroups log-flush-frequency
    log-json-info-buffer-size log-text-info-buffer-size logging-format manifest-url manifest-url-header
    max-open-files maximum-dead-containers maximum-dead-containers-per-container memory-manager-policy
    minimum-container-ttl-duration minimum-image-ttl-duration node-ip node-status-max-images
    node-status-update-frequency oom-score-adj pod-cidr pod-infra-container-image pod-manifest-path pod-max-pids
    pods-per-core port provider-id qos-reserved read-only-port registry-burst registry-qps reserved-cpus
    reserved-memory resolv-conf root-dir runtime-cgroups runtime-request-timeout seccomp-default
    serialize-image-pulls streaming-connection-idle-timeout sync-frequency system-cgroups system-reserved
    system-reserved-cgroup tls-cert-file tls-cipher-suites tls-min-version tls-private-key-file
    topology-manager-policy topology-manager-policy-options topology-manager-scope v vmodule volume-plugin-dir
    volume-stats-agg-period authentication-token-webhook-cache-ttl authorization-mode
    authorization-webhook-cache-authorized-ttl authorization-webhook-cache-unauthorized-ttl
    local-storage-capacity-isolation";

/// Flags that may stand without a value.
const SWITCHES: &str = "
    anonymous-auth authentication-token-webhook allowed-unsafe-sysctls cgroups-per-qos contention-profiling
    cpu-cfs-quota enable-controller-attach-detach enable-debugging-handlers enable-server exit-on-lock-contention
    experimental-allocatable-ignore-eviction fail-swap-on help keep-terminated-pod-volumes
    kernel-memcg-notification lock-file log-text-split-stream make-iptables-util-chains protect-kernel-defaults
    register-node register-schedulable rotate-certificates rotate-server-certificates runonce version";

/// Reads the words of the command line; the error is what the kubelet says last.
pub(super) fn parse(words: &[&str]) -> Result<Flags, String> {
    let unparsed = |error: String| format!("failed to parse kubelet flag: {error}");
    let mut flags = Flags::default();
    let mut stray = None;
    let mut words = words.iter().copied();
    while let Some(word) = words.next() {
        if word == "--" {
            stray = stray.or_else(|| words.next());
            break;
        }
        let long = word.strip_prefix("--");
        let (name, inline) = match (long, word.strip_prefix('-')) {
            (Some(long), _) if long.is_empty() || long.starts_with(['-', '=']) => {
                return Err(unparsed(format!("bad flag syntax: {word}")));
            }
            (Some(long), _) => match long.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (long, None),
            },
            (None, Some(short)) if !short.is_empty() => {
                let letter = short.chars().next().unwrap_or_default();
                if letter != 'v' && letter != 'h' {
                    return Err(unparsed(format!("unknown shorthand flag: '{letter}' in -{short}")));
                }
                let rest = &short[letter.len_utf8()..];
                let value = rest.strip_prefix('=').unwrap_or(rest);
                (if letter == 'v' { "v" } else { "help" }, (!rest.is_empty()).then_some(value))
            }
            _ => {
                stray = stray.or(Some(word));
                continue;
            }
        };
        if SWITCHES.split_ascii_whitespace().any(|known| known == name) {
            continue;
        }
        let special = matches!(name, "node-labels" | "register-with-taints" | "max-pods");
        if !special && !WITH_VALUE.split_ascii_whitespace().any(|known| known == name) {
            return Err(unparsed(format!("unknown flag: --{name}")));
        }
        let Some(value) = inline.or_else(|| words.next()) else {
            return Err(unparsed(format!("flag needs an argument: --{name}")));
        };
        flags
            .set(name, value)
            .map_err(|error| unparsed(format!("invalid argument {} for \"--{name}\" flag: {error}", quoted(value))))?;
    }
    if let Some(word) = stray {
        return Err(format!("unknown command {word}"));
    }
    labels::check(&flags.labels).map_err(|error| format!("failed to validate kubelet flags: {error}"))?;
    Ok(flags)
}

impl Flags {
    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "node-labels" => labels::add(&mut self.labels, value),
            "register-with-taints" => self.taints = taints::parse(value)?,
            "max-pods" => {
                let invalid = || format!("strconv.ParseInt: parsing {}: invalid syntax", quoted(value));
                let pods: i32 = value.parse().map_err(|_| invalid())?;
                self.max_pods = u32::try_from(pods).ok().filter(|pods| *pods > 0);
            }
            _ => {}
        }
        Ok(())
    }
}

/// A string as Go prints it with quotes.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}
