//! What is known of a value's type: one of the names that scripts see, or nothing.

/// A type, if it is evident.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Kind {
    /// It could be anything.
    #[default]
    Any,
    /// No value at all. As good as unknown to who judges arguments.
    Nothing,
    /// The type of this name: `int`, `string`, `Nodegroup`.
    Known(String),
    /// A list literal of texts, whose values later calls may judge.
    Names(Vec<String>),
}

impl Kind {
    pub(crate) fn known(name: &str) -> Self {
        match name {
            "any" => Kind::Any,
            "nothing" => Kind::Nothing,
            name => Kind::Known(name.to_owned()),
        }
    }

    /// The type's name.
    pub(crate) fn name(&self) -> Option<&str> {
        match self {
            Kind::Any | Kind::Nothing => None,
            Kind::Known(name) => Some(name),
            Kind::Names(_) => Some("InstanceTypes"),
        }
    }

    /// What people are told: the type's name, or that there is no value.
    pub(crate) fn told(&self) -> Option<&str> {
        if *self == Kind::Nothing { Some("nothing") } else { self.name() }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name() == Some(name)
    }
}

/// The one type that all say; unknown if they differ.
pub(crate) fn agreed<'a>(kinds: impl IntoIterator<Item = &'a Kind>) -> Kind {
    let mut kinds = kinds.into_iter();
    match kinds.next() {
        Some(first) if kinds.all(|other| other == first) => first.clone(),
        _ => Kind::Any,
    }
}
