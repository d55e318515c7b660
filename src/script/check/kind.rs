//! What the checker knows of a value's type: one of the names that scripts see, or nothing.

/// A type, if it is evident.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) enum Kind {
    /// It could be anything.
    #[default]
    Any,
    /// The type of this name: `int`, `string`, `Nodegroup`.
    Known(String),
    /// A list literal of texts, whose values later calls may judge.
    Names(Vec<String>),
}

impl Kind {
    pub(super) fn known(name: &str) -> Self {
        match name {
            "any" | "nothing" => Kind::Any,
            name => Kind::Known(name.to_owned()),
        }
    }

    /// The type's name.
    pub(super) fn name(&self) -> Option<&str> {
        match self {
            Kind::Any => None,
            Kind::Known(name) => Some(name),
            Kind::Names(_) => Some("InstanceTypes"),
        }
    }

    pub(super) fn is(&self, name: &str) -> bool {
        self.name() == Some(name)
    }
}
