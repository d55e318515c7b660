//! How many nodes of a group may be replaced at a time: as a Deployment replaces its pods.

use crate::domain::drain::Share;

/// Limits of a roll, in nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// So many more than wanted may be there.
    pub surge: u32,
    /// So many fewer than wanted may be available.
    pub max_unavailable: u32,
}

/// A member that is to be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Old {
    /// `i-…`.
    pub instance_id: String,
    /// Its zone.
    pub zone: String,
    /// Its node; `None` when it never joined.
    pub node: Option<String>,
    /// Whether its node is Ready and takes pods.
    pub available: bool,
}

impl Old {
    /// Its node's name, or the instance's id while it has none.
    pub fn shown(&self) -> &str {
        self.node.as_deref().unwrap_or(&self.instance_id)
    }
}

impl Pace {
    /// The limits for a group of `wanted` nodes. Unless something is said, one more is started and none is missing; who
    /// allows some to be missing has none more started unless that is said too.
    pub fn of(wanted: u32, surge: Option<Share>, max_unavailable: Option<Share>) -> Self {
        let number = |share: Share| u32::try_from(share.of(wanted as usize)).unwrap_or(u32::MAX).min(wanted);
        let missing = max_unavailable.map(number);
        Pace { surge: surge.map_or(u32::from(missing.is_none()), number), max_unavailable: missing.unwrap_or(0) }
    }

    /// How many instances the group should want while `outdated` ones are left.
    pub fn target(self, wanted: u32, outdated: usize) -> u32 {
        wanted.saturating_add(self.surge.min(u32::try_from(outdated).unwrap_or(u32::MAX)))
    }

    /// Which of `old` are replaced next, when `available` nodes of the group, old and new, are available. Those first that
    /// serve nobody: replacing them takes nothing away.
    pub fn batch(self, wanted: u32, available: u32, mut old: Vec<Old>) -> Vec<Old> {
        old.sort_by(|a, b| (a.available, &a.zone, &a.instance_id).cmp(&(b.available, &b.zone, &b.instance_id)));
        let mut spare = available.saturating_add(self.max_unavailable).saturating_sub(wanted);
        let most = self.surge.saturating_add(self.max_unavailable).max(1) as usize;
        let mut batch = vec![];
        for one in old.into_iter().take(most) {
            if one.available {
                if spare == 0 {
                    break;
                }
                spare -= 1;
            }
            batch.push(one);
        }
        batch
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn old(id: usize, available: bool) -> Old {
        Old { instance_id: format!("i-{id}"), zone: "a".to_owned(), node: Some(format!("n{id}")), available }
    }

    #[test]
    fn one_more_and_none_missing_unless_said() {
        assert_eq!(Pace::of(4, None, None), Pace { surge: 1, max_unavailable: 0 });
        assert_eq!(Pace::of(4, None, Share::parse("50%")), Pace { surge: 0, max_unavailable: 2 });
        assert_eq!(Pace::of(4, Share::parse("2"), Share::parse("9")), Pace { surge: 2, max_unavailable: 4 });
        let pace = Pace::of(2, None, None);
        assert_eq!((pace.target(2, 2), pace.target(2, 0)), (3, 2));
        assert_eq!(pace.batch(2, 3, vec![old(2, true), old(1, true)]), [old(1, true)]);
        assert_eq!(pace.batch(2, 2, vec![old(1, true)]), [], "with none to spare none goes");
        assert_eq!(pace.batch(2, 1, vec![old(1, true), old(2, false)]), [old(2, false)]);
    }

    proptest! {
        /// Never fewer available than allowed, never nothing to do while something may be done.
        #[test]
        fn a_batch_keeps_the_limit(
            wanted in 0u32..9, surge in 0u32..3, max_unavailable in 0u32..3, fresh in 0u32..6,
            states in prop::collection::vec(any::<bool>(), 0..9),
        ) {
            let pace = Pace { surge, max_unavailable };
            let olds: Vec<Old> = states.iter().enumerate().map(|(id, state)| old(id, *state)).collect();
            let serving = u32::try_from(states.iter().filter(|state| **state).count()).unwrap();
            let available = fresh + serving;
            let batch = pace.batch(wanted, available, olds.clone());
            let taken = u32::try_from(batch.iter().filter(|one| one.available).count()).unwrap();
            let floor = wanted.saturating_sub(max_unavailable);
            prop_assert!(available - taken >= floor.min(available));
            prop_assert!(batch.len() <= (surge + max_unavailable).max(1) as usize);
            if !olds.is_empty() && (available > floor || serving < u32::try_from(olds.len()).unwrap()) {
                prop_assert!(!batch.is_empty());
            }
        }
    }
}
