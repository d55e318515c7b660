//! What is known of a value: the name of its type that scripts see, the value itself, or nothing.

use rhai::Dynamic;

/// A type, if it is evident. Equal are those of one name.
#[derive(Debug, Clone, Default)]
pub(crate) enum Kind {
    /// It could be anything.
    #[default]
    Any,
    /// No value at all. As good as unknown to who judges arguments.
    Nothing,
    /// The type of this name: `int`, `string`, `Nodegroup`.
    Known(String),
    /// This very value, of the type of this name.
    Value(String, Dynamic),
}

impl PartialEq for Kind {
    fn eq(&self, other: &Self) -> bool {
        self.told() == other.told()
    }
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
            Kind::Known(name) | Kind::Value(name, _) => Some(name),
        }
    }

    /// The same type, with this value if the type is known.
    pub(crate) fn with(self, value: Dynamic) -> Self {
        match self {
            Kind::Known(name) | Kind::Value(name, _) => Kind::Value(name, value),
            other => other,
        }
    }

    /// The type alone.
    pub(crate) fn without_value(self) -> Self {
        match self {
            Kind::Value(name, _) => Kind::Known(name),
            other => other,
        }
    }

    /// What people are told: the type's name, or that there is no value.
    pub(crate) fn told(&self) -> Option<&str> {
        if matches!(self, Kind::Nothing) { Some("nothing") } else { self.name() }
    }

    pub(crate) fn is(&self, name: &str) -> bool {
        self.name() == Some(name)
    }
}

/// The one type that all say; unknown if they differ.
pub(crate) fn agreed<'a>(kinds: impl IntoIterator<Item = &'a Kind>) -> Kind {
    let mut kinds = kinds.into_iter();
    match kinds.next() {
        Some(first) if kinds.all(|other| other == first) => first.clone().without_value(),
        _ => Kind::Any,
    }
}
