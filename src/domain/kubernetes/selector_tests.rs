#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn labels(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect()
}

#[test]
fn each_operator_holds_and_fails() {
    let spot = labels(&[("lifecycle", "Ec2Spot"), ("intent", "apps"), ("cores", "4"), ("empty", "")]);
    for (selector, expected) in [
        ("", true),
        ("lifecycle", true),
        ("!lifecycle", false),
        ("!gpu", true),
        ("lifecycle=Ec2Spot", true),
        ("lifecycle==Ec2Spot", true),
        ("lifecycle = Ec2Spot , intent = apps", true),
        ("lifecycle!=Ec2Spot", false),
        ("gpu!=yes", true),
        ("intent in (apps,ml)", true),
        ("intent in (ml)", false),
        ("intent notin (ml, infra)", true),
        ("gpu notin (yes)", true),
        ("cores>3", true),
        ("cores<4", false),
        ("lifecycle>3", false),
        ("empty=", true),
        ("empty in (,x)", true),
        ("in in (in)", false),
    ] {
        assert_eq!(Selector::parse(selector).unwrap().matches(&spot), expected, "{selector}");
    }
}

#[test]
fn what_is_wrong_is_said_as_the_server_says_it() {
    let said = |text: &str| Selector::parse_as_server(text).unwrap_err();
    assert_eq!(said("lifecycle in Ec2Spot"), "unable to parse requirement: found 'Ec2Spot' expected: '('");
    assert_eq!(said("lifecycle=no good"), "found 'good', expected: ',' or 'end of string'");
    assert_eq!(said("a,"), "found '', expected: identifier after ','");
    assert_eq!(said("=x"), "found '=', expected: !, identifier, or 'end of string'");
    assert_eq!(said("a b"), "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt");
    assert_eq!(said("a in (b"), "unable to parse requirement: found '', expected: ',' or ')'");
    assert_eq!(
        said("a in ()"),
        "unable to parse requirement: values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty"
    );
    assert_eq!(
        said("a>b"),
        "unable to parse requirement: values[0]: Invalid value: \"b\": for 'Gt', 'Lt' operators, the value must be an integer"
    );
    assert!(said("a=-b").contains("values[0][a]: Invalid value: \"-b\": a valid label must be"));
    let error = Selector::parse("a in b").unwrap_err();
    assert_eq!(error.code, Code::InvalidSelector);
}

proptest! {
    #[test]
    fn no_text_panics_and_what_parses_prints_as_itself(text in "[ab,=!()<> /0-]{0,16}|.{0,12}") {
        if let Ok(selector) = Selector::parse_as_server(&text) {
            prop_assert_eq!(Selector::parse_as_server(&selector.to_string()).unwrap(), selector);
        }
    }
}
