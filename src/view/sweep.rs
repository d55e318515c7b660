//! What a sweep found, and why each of it is needed or not.

use super::style::{Style, Tone};
use crate::domain::inventory::{GroupRef, Sweep};

/// Every group with what is left of it.
pub fn render(sweep: &Sweep, style: Style) -> String {
    if sweep.orphans.is_empty() && sweep.left_alone.is_empty() {
        return "Nothing is left behind.\n".to_owned();
    }
    let title = |group: &GroupRef| format!("group {} of cluster {}", group.name, group.cluster);
    let mut text = String::new();
    for orphan in &sweep.orphans {
        text.push_str(&style.paint(Tone::Heading, &format!("Left of {}", title(&orphan.group))));
        text.push('\n');
        for resource in &orphan.resources {
            text.push_str(&format!("  - {resource}\n"));
        }
        text.push_str("  because\n");
        for line in &orphan.proof {
            text.push_str(&format!("    {line}\n"));
        }
    }
    for left in &sweep.left_alone {
        text.push_str(&style.paint(Tone::Heading, &format!("Left alone: {}", title(&left.group))));
        text.push_str(&format!("\n  {}\n", left.why));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::inventory::{LeftAlone, Orphan};

    #[test]
    fn orphans_are_told_with_their_proof_and_the_rest_with_its_reason() {
        let group = |name: &str| GroupRef { cluster: "c".into(), name: name.into() };
        let sweep = Sweep {
            orphans: vec![Orphan {
                group: group("a"),
                resources: vec!["IAM role `spotscript-c-a`".into()],
                proof: vec!["there is no Auto Scaling group `spotscript-c-a`".into()],
            }],
            left_alone: vec![LeftAlone { group: group("b"), why: "a run works on it: run 1".into() }],
        };
        insta::assert_snapshot!(render(&sweep, Style::default()), @"
        Left of group a of cluster c
          - IAM role `spotscript-c-a`
          because
            there is no Auto Scaling group `spotscript-c-a`
        Left alone: group b of cluster c
          a run works on it: run 1
        ");
        assert_eq!(render(&Sweep::default(), Style::default()), "Nothing is left behind.\n");
    }
}
