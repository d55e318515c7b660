//! EKS's paths.

use http::Method;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value};

/// Method, path template, operation. A `{label}` stands for one segment.
const ROUTES: &[(&str, &str, &str)] = &[
    ("GET", "/clusters", "ListClusters"),
    ("GET", "/clusters/{name}", "DescribeCluster"),
    ("GET", "/cluster-versions", "DescribeClusterVersions"),
    ("GET", "/clusters/{clusterName}/access-entries", "ListAccessEntries"),
    ("POST", "/clusters/{clusterName}/access-entries", "CreateAccessEntry"),
    ("GET", "/clusters/{clusterName}/access-entries/{principalArn}", "DescribeAccessEntry"),
    ("DELETE", "/clusters/{clusterName}/access-entries/{principalArn}", "DeleteAccessEntry"),
    ("GET", "/clusters/{clusterName}/node-groups", "ListNodegroups"),
    ("GET", "/clusters/{clusterName}/node-groups/{nodegroupName}", "DescribeNodegroup"),
    ("POST", "/clusters/{clusterName}/node-groups", "CreateNodegroup"),
    ("DELETE", "/clusters/{clusterName}/node-groups/{nodegroupName}", "DeleteNodegroup"),
    ("POST", "/clusters/{clusterName}/node-groups/{nodegroupName}/update-config", "UpdateNodegroupConfig"),
    ("POST", "/clusters/{clusterName}/node-groups/{nodegroupName}/update-version", "UpdateNodegroupVersion"),
    ("GET", "/clusters/{name}/updates", "ListUpdates"),
    ("GET", "/clusters/{name}/updates/{updateId}", "DescribeUpdate"),
    ("GET", "/clusters/{clusterName}/addons", "ListAddons"),
    ("GET", "/clusters/{clusterName}/addons/{addonName}", "DescribeAddon"),
];

/// Finds the operation of a path, with the values of the path's labels.
pub fn route(method: &Method, path: &str) -> Option<(&'static str, Vec<(&'static str, String)>)> {
    ROUTES.iter().filter(|(verb, _, _)| method.as_str() == *verb).find_map(|(_, template, operation)| {
        let (mut given, mut labels) = (path.trim_end_matches('/').split('/'), Vec::new());
        for step in template.split('/') {
            let segment = given.next()?;
            match step.strip_prefix('{').and_then(|step| step.strip_suffix('}')) {
                Some(label) if !segment.is_empty() => {
                    labels.push((label, percent_decode_str(segment).decode_utf8_lossy().into_owned()));
                }
                None if segment == step => {}
                _ => return None,
            }
        }
        given.next().is_none().then_some((*operation, labels))
    })
}

/// Adds a query string's members; one that is repeated becomes a list.
pub fn query_members(query: &str, into: &mut Map<String, Value>) {
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = Value::String(value.into_owned());
        match into.get_mut(name.as_ref()) {
            Some(Value::Array(list)) => list.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None => {
                into.insert(name.into_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::route;

    #[test]
    fn a_label_is_one_encoded_segment() {
        let path = "/clusters/c/access-entries/arn%3Aaws%3Aiam%3A%3A1%3Arole%2Fpath%2Fn";
        let labels = vec![("clusterName", "c".to_owned()), ("principalArn", "arn:aws:iam::1:role/path/n".to_owned())];
        assert_eq!(route(&Method::GET, path), Some(("DescribeAccessEntry", labels)));
        assert_eq!(route(&Method::PUT, path), None);
        assert_eq!(route(&Method::GET, "/clusters//addons"), None);
        assert_eq!(route(&Method::GET, "/clusters"), Some(("ListClusters", vec![])));
    }
}
