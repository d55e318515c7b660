//! The `mapRoles` text of the `aws-auth` ConfigMap: one row more or less, everything else untouched.
//!
//! People keep comments and their own order in it, and a broken text locks every node out. So rows are added and
//! removed as text, and the result must parse to exactly the rows expected before anyone may write it.

use serde_yaml::Value;

use crate::domain::Code;
use crate::domain::error::{Error, Result};
use crate::domain::nodegroup::AmiFamily;

/// The group that EKS's role for kube-proxy on Windows is bound to (EKS user guide, "Windows support").
const WINDOWS_GROUP: &str = "eks:kube-proxy-windows";

/// Whether a row for the role is there.
///
/// # Errors
/// `SPOT-0401` when the text is not a YAML list of rows.
pub fn contains(map_roles: &str, role_arn: &str) -> Result<bool> {
    Ok(rows(map_roles)?.iter().any(|row| is_of(row, role_arn)))
}

/// The text with a row for the role of a family's nodes.
///
/// # Errors
/// As for [`contains`], when the text is laid out in a way that a row cannot be added to safely, and `SPOT-0319` when the
/// role has a row that does not do for Windows.
pub fn with_node_role(map_roles: &str, role_arn: &str, family: AmiFamily) -> Result<String> {
    let before = rows(map_roles)?;
    let windows = family.is_windows();
    if let Some(row) = before.iter().find(|row| is_of(row, role_arn)) {
        let in_group = row["groups"].as_sequence().is_some_and(|groups| groups.iter().any(|it| it == WINDOWS_GROUP));
        if windows && !in_group {
            let message = format!("the row of `{role_arn}` in ConfigMap `kube-system/aws-auth` is one for Linux nodes");
            return Err(Error::new(Code::CannotChangeInPlace, message)
                .because(format!("kube-proxy of Windows works as a member of group `{WINDOWS_GROUP}` only"))
                .help(format!("add `{WINDOWS_GROUP}` to the row's groups, or give the nodes a role of their own")));
        }
        return Ok(map_roles.to_owned());
    }
    let indent = item_indent(map_roles).unwrap_or_default();
    let groups = ["system:bootstrappers", "system:nodes"].into_iter().chain(windows.then_some(WINDOWS_GROUP));
    let groups: String = groups.map(|group| format!("{indent}  - {group}\n")).collect();
    let row = format!(
        "{indent}- rolearn: {role_arn}\n\
         {indent}  username: system:node:{{{{EC2PrivateDNSName}}}}\n\
         {indent}  groups:\n\
         {groups}"
    );
    let text = match before.is_empty() {
        true => row.clone(),
        false => format!("{}\n{row}", map_roles.trim_end_matches('\n')),
    };
    let expected = before.into_iter().chain(rows(&row)?).collect();
    checked(text, expected)
}

/// The text without the role's row.
///
/// # Errors
/// As for [`with_node_role`].
pub fn without_role(map_roles: &str, role_arn: &str) -> Result<String> {
    let before = rows(map_roles)?;
    let expected: Vec<Value> = before.iter().filter(|row| !is_of(row, role_arn)).cloned().collect();
    if expected.len() == before.len() {
        return Ok(map_roles.to_owned());
    }
    if expected.is_empty() {
        return Ok("[]\n".to_owned());
    }
    let start = format!("{}- ", item_indent(map_roles).unwrap_or_default());
    let mut kept = String::new();
    let mut item = String::new();
    let mut flush = |item: &mut String, is_item: bool| {
        let is_ours = is_item && rows(item).is_ok_and(|rows| rows.iter().any(|row| is_of(row, role_arn)));
        if !is_ours {
            kept.push_str(item);
        }
        item.clear();
    };
    let mut in_item = false;
    for line in map_roles.split_inclusive('\n') {
        if line.starts_with(&start) {
            flush(&mut item, in_item);
            in_item = true;
        }
        item.push_str(line);
    }
    flush(&mut item, in_item);
    checked(kept, expected)
}

/// Lets a text pass only if it says what it should.
fn checked(text: String, expected: Vec<Value>) -> Result<String> {
    match rows(&text) {
        Ok(rows) if rows == expected => Ok(text),
        _ => Err(Error::new(
            Code::KubeRefused,
            "`mapRoles` of ConfigMap `kube-system/aws-auth` cannot be edited safely",
        )
        .because("its layout is not one row per `- `")
        .help(
            "write it in block style, or move the cluster to access entries (authentication mode `API_AND_CONFIG_MAP`)",
        )),
    }
}

fn rows(map_roles: &str) -> Result<Vec<Value>> {
    let unreadable = |cause: String| {
        Error::new(Code::KubeRefused, "`mapRoles` of ConfigMap `kube-system/aws-auth` is not a YAML list")
            .because(cause)
    };
    match serde_yaml::from_str(map_roles) {
        Ok(Value::Null) => Ok(vec![]),
        Ok(Value::Sequence(rows)) => Ok(rows),
        Ok(_) => Err(unreadable("it is something else".to_owned())),
        Err(e) => Err(unreadable(e.to_string())),
    }
}

fn is_of(row: &Value, role_arn: &str) -> bool {
    row.get("rolearn").and_then(Value::as_str) == Some(role_arn)
}

/// What stands before the first `- `.
fn item_indent(map_roles: &str) -> Option<&str> {
    map_roles.lines().find_map(|line| {
        let trimmed = line.trim_start();
        trimmed.starts_with("- ").then(|| &line[..line.len() - trimmed.len()])
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const LINUX: AmiFamily = AmiFamily::AmazonLinux2023;
    const OTHERS: &str = "# the first group\n- groups:\n  - system:bootstrappers\n  - system:nodes\n  rolearn: arn:aws:iam::1:role/a\n  username: system:node:{{EC2PrivateDNSName}}\n";

    #[test]
    fn a_row_is_added_once_and_the_rest_stays_as_it_was() {
        let text = with_node_role(OTHERS, "arn:aws:iam::1:role/b", LINUX).unwrap();
        assert!(text.starts_with(OTHERS));
        assert!(contains(&text, "arn:aws:iam::1:role/b").unwrap());
        assert_eq!(with_node_role(&text, "arn:aws:iam::1:role/b", LINUX).unwrap(), text);
        assert_eq!(without_role(&text, "arn:aws:iam::1:role/b").unwrap(), OTHERS);
    }

    #[test]
    fn an_empty_map_gets_its_first_row_and_becomes_empty_again() {
        for empty in ["", "[]\n", "\n"] {
            let text = with_node_role(empty, "arn:aws:iam::1:role/b", LINUX).unwrap();
            let row = "- rolearn: arn:aws:iam::1:role/b\n  username: system:node:{{EC2PrivateDNSName}}\n  groups:\n  - system:bootstrappers\n  - system:nodes\n";
            assert_eq!(text, row);
            assert_eq!(without_role(&text, "arn:aws:iam::1:role/b").unwrap(), "[]\n");
        }
    }

    #[test]
    fn nodes_of_windows_are_in_the_group_of_their_kube_proxy() {
        let windows = AmiFamily::WindowsServer2022CoreContainer;
        let text = with_node_role("", "arn:aws:iam::1:role/w", windows).unwrap();
        assert!(text.ends_with("  - system:nodes\n  - eks:kube-proxy-windows\n"), "{text}");
        assert_eq!(with_node_role(&text, "arn:aws:iam::1:role/w", windows).unwrap(), text);
        let error = with_node_role(OTHERS, "arn:aws:iam::1:role/a", windows).unwrap_err();
        assert_eq!(error.code, Code::CannotChangeInPlace);
    }

    #[test]
    fn the_indentation_of_the_list_is_kept() {
        let text = with_node_role("  - rolearn: a\n    username: u\n", "b", LINUX).unwrap();
        assert!(text.contains("\n  - rolearn: b\n    username: "), "{text}");
    }

    #[test]
    fn what_is_not_a_block_list_is_left_alone() {
        assert!(with_node_role("[{rolearn: a}]", "b", LINUX).is_err());
        assert!(with_node_role("roles: a", "b", LINUX).is_err());
        assert!(contains("- [", "b").is_err());
    }
}
