//! A fleet: the clusters that one runbook runs on, each with what is its own.

mod read;

use super::yaml::{Entry, Mark};

pub(crate) use read::read;

/// Most clusters of a fleet.
const MOST: usize = 1000;
/// Longest name of a cluster in a fleet, in characters.
const LONGEST_NAME: usize = 64;

/// The clusters that one runbook runs on, in the order of the file.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// Each with a name and a world of its own.
    pub(crate) members: Vec<Member>,
}

/// One cluster of a fleet.
#[derive(Debug)]
pub(crate) struct Member {
    /// What it is called in the fleet; no other is called so.
    pub(crate) name: String,
    /// What EKS calls it.
    pub(crate) cluster: String,
    /// AWS region.
    pub(crate) region: String,
    /// AWS profile.
    pub(crate) profile: Option<String>,
    /// The kubeconfig that leads to it, instead of EKS.
    pub(crate) kubeconfig: Option<String>,
    /// The context of that kubeconfig.
    pub(crate) context: Option<String>,
    /// The sandbox world that stands in for it; no other has the same.
    pub(crate) world: String,
    /// Where it stands in the file.
    pub(crate) at: Mark,
    /// The runbook's parameters as given for this cluster alone.
    pub(crate) params: Vec<Entry>,
    /// Those given for all clusters.
    pub(crate) defaults: Vec<Entry>,
}

/// Whether a text can be the name of a cluster of a fleet, or of a sandbox world.
fn is_name(text: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !text.is_empty() && text.chars().count() <= LONGEST_NAME && text.chars().all(legal)
}

/// The exit codes that mean more than any other, the worst first: interrupted, our bug, refused, incomplete, used wrongly.
const WORST: [u8; 5] = [130, 70, 5, 6, 2];

/// The exit code of a fleet whose clusters ended with these: the worst. What is none of [`WORST`], a script's own codes
/// among it, is the worse the greater it is; 0 is the best.
pub fn worst(codes: impl IntoIterator<Item = u8>) -> u8 {
    let rank = |code: &u8| {
        let place = WORST.iter().position(|worst| worst == code);
        (place.map_or(0, |place| WORST.len() - place), *code)
    };
    codes.into_iter().max_by_key(rank).unwrap_or(0)
}

#[test]
fn the_worst_code_counts() {
    assert_eq!([worst([]), worst([0, 0]), worst([0, 1, 0]), worst([1, 7, 0])], [0, 0, 1, 7]);
    assert_eq!(
        [worst([1, 200, 2]), worst([2, 6]), worst([6, 5]), worst([5, 70]), worst([70, 130])],
        [2, 6, 5, 70, 130]
    );
}
