//! Edits that leave everything else as it is.

use proptest::prelude::*;
use serde_json::json;

use super::*;

const TUTORIAL: &str = include_str!("../../../../tests/fixtures/tutorial_nodegroups.yml");

const FILE: &str = r#"# the team's file
apiVersion: eksctl.io/v1alpha5 # do not touch
kind: ClusterConfig
metadata:
  name: c
  region: us-west-2

nodeGroups:
  # spot workers
  - name: a
    maxSize: 5   # see the quota
    labels: {x: "1", y: "2"}
    tags:
      team: one # costs

  # the others
  - name: b
    taints:
      - key: k # why
        effect: NoSchedule
    overrideBootstrapCommand: |
      #!/bin/bash
      echo hi

    minSize: 1
# end
"#;

fn set(path: &str, value: Value) -> String {
    edit(FILE, "f.yml", &[Change::Set(path.into(), value)]).unwrap_or_else(|error| panic!("{error:?}"))
}

fn remove(path: &str) -> String {
    edit(FILE, "f.yml", &[Change::Remove(path.into())]).unwrap_or_else(|error| panic!("{error:?}"))
}

/// What differs, line by line.
fn difference(after: &str) -> String {
    let diff = similar::TextDiff::from_lines(FILE, after);
    diff.iter_all_changes()
        .filter(|change| change.tag() != similar::ChangeTag::Equal)
        .map(|change| format!("{}{change}", change.tag()))
        .collect()
}

#[test]
fn a_value_is_replaced_where_it_stands() {
    insta::assert_snapshot!(difference(&set("nodeGroups[0].maxSize", json!(8))), @r"
    -    maxSize: 5   # see the quota
    +    maxSize: 8   # see the quota
    ");
    insta::assert_snapshot!(difference(&set("nodeGroups.a.labels.x", json!("true"))), @r#"
    -    labels: {x: "1", y: "2"}
    +    labels: {x: "true", y: "2"}
    "#);
    insta::assert_snapshot!(difference(&set("nodeGroups.b.taints[0].effect", json!("NoExecute"))), @r"
    -        effect: NoSchedule
    +        effect: NoExecute
    ");
    insta::assert_snapshot!(difference(&set("nodeGroups.b.overrideBootstrapCommand", json!("x"))), @r"
    -    overrideBootstrapCommand: |
    -      #!/bin/bash
    -      echo hi
    +    overrideBootstrapCommand: x
    ");
    insta::assert_snapshot!(difference(&set("nodeGroups.b.taints", json!([{"key": "z", "effect": "NoSchedule"}, {"key": "y", "effect": "NoExecute"}]))), @r#"
    -      - key: k # why
    +      - key: z
    +      - key: "y"
    +        effect: NoExecute
    "#);
}

#[test]
fn a_key_is_added_behind_the_last() {
    insta::assert_snapshot!(difference(&set("nodeGroups.a.privateNetworking", json!(true))), @r"
    +    privateNetworking: true
    ");
    insta::assert_snapshot!(difference(&set("nodeGroups.b.iam.withAddonPolicies.autoScaler", json!(true))), @r"
    +    iam:
    +      withAddonPolicies:
    +        autoScaler: true
    ");
    insta::assert_snapshot!(difference(&set("nodeGroups.a.labels[\"aws.amazon.com/spot\"]", json!("true"))), @r#"
    -    labels: {x: "1", y: "2"}
    +    labels: {x: "1", y: "2", aws.amazon.com/spot: "true"}
    "#);
    insta::assert_snapshot!(difference(&set("nodeGroups.b.taints[1]", json!({"key": "z", "effect": "NoSchedule"}))), @r"
    +      - key: z
    +        effect: NoSchedule
    ");
    insta::assert_snapshot!(difference(&set("metadata.tags", json!({"a": "b"}))), @r"
    +  tags:
    +    a: b
    ");
}

#[test]
fn a_key_goes_with_its_lines() {
    insta::assert_snapshot!(difference(&remove("nodeGroups.a.tags")), @r"
    -    tags:
    -      team: one # costs
    ");
    insta::assert_snapshot!(difference(&remove("nodeGroups.a.labels.y")), @r#"
    -    labels: {x: "1", y: "2"}
    +    labels: {x: "1"}
    "#);
    insta::assert_snapshot!(difference(&remove("nodeGroups.b.overrideBootstrapCommand")), @r"
    -    overrideBootstrapCommand: |
    -      #!/bin/bash
    -      echo hi
    ");
    insta::assert_snapshot!(difference(&remove("nodeGroups[0]")), @r#"
    -  - name: a
    -    maxSize: 5   # see the quota
    -    labels: {x: "1", y: "2"}
    -    tags:
    -      team: one # costs
    "#);
    insta::assert_snapshot!(difference(&remove("nodeGroups.a.tags.team")), @r"
    -    tags:
    -      team: one # costs
    +    tags: {}
    ");
    assert_eq!(remove("nodeGroups.a.nothing"), FILE);
    let renamed = edit(FILE, "f", &[Change::Rename("nodeGroups.a.maxSize".into(), "minSize".into())]).unwrap();
    insta::assert_snapshot!(difference(&renamed), @r"
    -    maxSize: 5   # see the quota
    +    minSize: 5   # see the quota
    ");
}

#[test]
fn what_leads_nowhere_or_has_no_place_is_refused() {
    let refuse = |text: &str, change: Change| {
        let error = edit(text, "f.yml", &[change]).unwrap_err();
        format!("{} {}", error.code, error.message)
    };
    insta::assert_snapshot!(refuse(FILE, Change::Set("nodeGroups.c.maxSize".into(), json!(1))), @r"
    SPOT-0101 `nodeGroups.c.maxSize`: nothing in the list has the name `c`
    ");
    insta::assert_snapshot!(refuse(FILE, Change::Set("nodeGroups[7].maxSize".into(), json!(1))), @r"
    SPOT-0101 `nodeGroups[7].maxSize` leads to nothing in `f.yml`
    ");
    insta::assert_snapshot!(refuse(FILE, Change::Set("".into(), json!(1))), @r"
    SPOT-0101 `` is no path
    ");
    let shared = "a: &x {p: 1}\nb: *x\n";
    insta::assert_snapshot!(refuse(shared, Change::Set("b.p".into(), json!(2))), @r"
    SPOT-0206 `b.p` of `f.yml` cannot be changed in place
    ");
}

proptest! {
    /// Whatever is set, the text says it and nothing else, or it is refused.
    #[test]
    fn an_edit_changes_what_it_says_and_nothing_else(
        path in prop::sample::select(vec![
            "nodeGroups[0].maxSize", "nodeGroups[0].labels.lifecycle", "nodeGroups[0].labels.new", "nodeGroups[0].taints",
            "metadata.region", "nodeGroups[0].instancesDistribution.instanceTypes", "nodeGroups[0].iam", "nodeGroups[0].new",
            "nodeGroups[0].instancesDistribution.instanceTypes[2]", "nodeGroups[0].iam.withAddonPolicies.ebs", "vpc",
        ]),
        value in prop_oneof![
            any::<bool>().prop_map(Value::from), any::<i32>().prop_map(Value::from), ".{0,20}".prop_map(Value::from),
            prop::collection::vec("[a-z:# -]{0,6}", 0..4).prop_map(|texts| json!(texts)),
            prop::collection::hash_map("[a-z./]{1,6}", ".{0,6}", 0..3).prop_map(|map| json!(map)),
        ],
        remove in any::<bool>(),
    ) {
        let change = if remove { Change::Remove(path.into()) } else { Change::Set(path.into(), value.clone()) };
        let read = |text: &str| yaml::parse(text, "f").unwrap().unwrap().to_json();
        if let Ok(after) = edit(TUTORIAL, "f", std::slice::from_ref(&change)) {
            let resolved = path::resolve(path, &read(TUTORIAL)).unwrap();
            let mut wanted = read(TUTORIAL);
            apply_to_value(&mut wanted, &resolved, &change).unwrap();
            prop_assert_eq!(read(&after), wanted);
        }
    }
}
