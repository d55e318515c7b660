//! Which proxy the environment sets for an API server, by the rules that kubectl follows: never for this machine, and
//! not for what `NO_PROXY` names.

use http::Uri;

/// The environment's proxy for `server`.
pub(super) fn from_environment(server: &Uri) -> Option<Uri> {
    let set =
        |names: [&str; 2]| names.into_iter().find_map(|name| std::env::var(name).ok().filter(|it| !it.is_empty()));
    let proxy = set(["HTTPS_PROXY", "https_proxy"])?;
    let exempt = set(["NO_PROXY", "no_proxy"]).unwrap_or_default();
    if is_direct(server, &exempt) { None } else { proxy.parse().ok() }
}

/// Whether `server` is reached without a proxy; `exempt` is the value of `NO_PROXY`.
pub(super) fn is_direct(server: &Uri, exempt: &str) -> bool {
    let host = server.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    let loopback = host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    let named = |entry: &str| {
        let name = entry.trim().trim_start_matches("*.").trim_start_matches('.');
        let name = name.rsplit_once(':').map_or(name, |(name, _)| name);
        entry.trim() == "*" || (!name.is_empty() && (host == name || host.ends_with(&format!(".{name}"))))
    };
    host == "localhost" || loopback || exempt.split(',').any(named)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_and_exempt_names_are_direct() {
        let direct = |server: &str, exempt: &str| is_direct(&server.parse().unwrap(), exempt);
        assert!(
            direct("http://127.0.0.1:8080/", "") && direct("https://localhost/", "") && direct("https://[::1]:1/", "")
        );
        assert!(direct("https://abc.gr7.eu-west-1.eks.amazonaws.com/", "10.0.0.0/8, .eks.amazonaws.com"));
        assert!(direct("https://a.example/", "*"));
        assert!(!direct("https://abc.eks.amazonaws.com/", "") && !direct("https://notexample.com/", "example.com"));
    }
}
