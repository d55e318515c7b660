//! What a roll writes down at its group, so that another run can end it.

use jiff::Timestamp;

use crate::domain::cloud::AutoScalingGroup;
use crate::domain::desired::ROLL_TAG;
use crate::domain::nodegroup::Size;

/// The value of the roll's tag: sizes to restore, and when the roll began.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// Instances wanted in the end.
    pub desired: u32,
    /// The most there may be in the end.
    pub max: u32,
    /// Members that were started earlier are to be replaced, whatever they are; `None`: only outdated ones.
    pub since: Option<Timestamp>,
}

impl Note {
    /// A roll of a group that has these sizes.
    pub fn of(size: Size, since: Option<Timestamp>) -> Self {
        // Whole seconds: so AWS tells when an instance was started.
        let since = since.and_then(|at| Timestamp::from_second(at.as_second()).ok());
        Note { desired: size.desired, max: size.max, since }
    }

    /// The tag's value: `desired=2 max=5`, with ` since=2026-…Z` when all are replaced.
    pub fn to_tag(self) -> String {
        let sizes = format!("desired={} max={}", self.desired, self.max);
        self.since.map_or(sizes.clone(), |since| format!("{sizes} since={since}"))
    }

    /// Reads a tag's value; `None` for what was not written by a roll.
    pub fn parse(text: &str) -> Option<Self> {
        let field = |name: &str| text.split(' ').find_map(|part| part.strip_prefix(name)?.strip_prefix('='));
        Some(Note {
            desired: field("desired")?.parse().ok()?,
            max: field("max")?.parse().ok()?,
            since: field("since").map(str::parse).transpose().ok()?,
        })
    }
}

/// The sizes that a group has in the end: while it is rolled it may have more.
pub fn lasting_size(group: &AutoScalingGroup) -> Size {
    match unfinished(group) {
        Some(note) => Size { desired: note.desired, max: note.max, ..group.size },
        None => group.size,
    }
}

/// The roll of a group that has not ended.
pub fn unfinished(group: &AutoScalingGroup) -> Option<Note> {
    Note::parse(group.tags.get(ROLL_TAG)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_comes_back_from_its_tag() {
        let size = Size::new(0, 2, 5).unwrap();
        let note = Note::of(size, None);
        assert_eq!(note.to_tag(), "desired=2 max=5");
        assert_eq!(Note::parse(&note.to_tag()), Some(note));
        let all = Note::of(size, "2026-01-02T03:04:05.678Z".parse().ok());
        assert_eq!(all.to_tag(), "desired=2 max=5 since=2026-01-02T03:04:05Z");
        assert_eq!(Note::parse(&all.to_tag()), Some(all));
        for wrong in ["", "desired=2", "desired=x max=5", "desired=2 max=5 since=then"] {
            assert_eq!(Note::parse(wrong), None, "{wrong}");
        }
    }
}
