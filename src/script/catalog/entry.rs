//! One thing that scripts can use.

/// What an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EntryKind {
    /// Called by its path.
    Function,
    /// Called on a value of one of our types.
    Method,
    /// Read off a value: `value.name`.
    Property,
    /// `value[index]`.
    Index,
    /// Stands between values.
    Operator,
    /// A form of the language that is ours: `step "name" { … }`.
    Syntax,
    /// A name with a value.
    Constant,
}

/// One function, method, property, constant or form that scripts can use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// `eks`, `std/spot`, or empty for what needs no namespace.
    pub namespace: String,
    /// Name; a property is `get$name`, as the engine calls it.
    pub name: String,
    /// What it is.
    pub kind: EntryKind,
    /// Name and type of each parameter, as people write them: `group: Nodegroup`.
    pub parameters: Vec<String>,
    /// Type of the result.
    pub returns: String,
    /// The doc comment without its comment signs.
    pub documentation: String,
    /// Whether it belongs to the product, not to the engine's standard library.
    pub own: bool,
    /// Whether a script that runs now has defined or imported it: it came with no version.
    pub scripted: bool,
}

/// What came with the first version says nothing of when it came.
const FIRST_VERSION: &str = "0.1.0";
const SINCE: &str = "Since: ";

impl Entry {
    /// `eks::nodegroup`, `len`; the name of a property without its prefix.
    pub fn path(&self) -> String {
        let name = self.property().unwrap_or(&self.name);
        if self.namespace.is_empty() { name.to_owned() } else { format!("{}::{name}", self.namespace) }
    }

    /// The name of a property, if this is one.
    pub fn property(&self) -> Option<&str> {
        self.name.strip_prefix("get$")
    }

    /// `eks::scale(group: Nodegroup, desired: int)`.
    pub fn signature(&self) -> String {
        format!("{}({})", self.path(), self.parameters.join(", "))
    }

    /// The type of the first parameter: what a method or property belongs to.
    pub fn receiver(&self) -> Option<&str> {
        self.parameters.first().map(|parameter| type_of(parameter))
    }

    /// As people write it, with the type of what it gives: `Nodegroup.with_name(name: string) → Nodegroup`.
    pub fn head(&self) -> String {
        let receiver = self.receiver().unwrap_or_default();
        let others = |from: usize| self.parameters.get(from..).unwrap_or_default().join(", ");
        let call = match self.kind {
            EntryKind::Syntax => return self.parameters.join(" "),
            EntryKind::Constant => return format!("{}: {}", self.path(), self.returns),
            EntryKind::Function => self.signature(),
            EntryKind::Method => format!("{receiver}.{}({})", self.name, others(1)),
            EntryKind::Property => format!("{receiver}.{}", self.property().unwrap_or_default()),
            EntryKind::Index => format!("{receiver}[{}]", others(1)),
            EntryKind::Operator => {
                let operands: Vec<&str> = self.parameters.iter().map(|parameter| type_of(parameter)).collect();
                match operands.as_slice() {
                    [one] => format!("{}{one}", self.name),
                    _ => operands.join(&format!(" {} ", self.name)),
                }
            }
        };
        if self.returns == "nothing" { call } else { format!("{call} → {}", self.returns) }
    }

    /// As it is called on a value of its first parameter's type: `list.sort()`.
    pub fn head_as_method(&self) -> String {
        if self.kind != EntryKind::Function {
            return self.head();
        }
        let receiver = self.receiver().unwrap_or_default();
        let call = format!("{receiver}.{}({})", self.name, self.parameters.get(1..).unwrap_or_default().join(", "));
        if self.returns == "nothing" { call } else { format!("{call} → {}", self.returns) }
    }

    /// The version that brought it.
    pub fn since(&self) -> &str {
        let line = self.documentation.lines().find_map(|line| line.trim().strip_prefix(SINCE));
        line.map_or(FIRST_VERSION, str::trim)
    }

    /// The documentation without examples and without the version.
    pub fn description(&self) -> String {
        let mut text = String::new();
        let mut inside = false;
        for line in self.documentation.lines() {
            if line.trim_start().starts_with("```") {
                inside = !inside;
            } else if !inside && !line.trim_start().starts_with(SINCE) && !line.starts_with("# ") {
                text.push_str(line.trim_end());
                text.push('\n');
            }
        }
        let paragraphs: Vec<&str> = text.split("\n\n").map(str::trim).filter(|part| !part.is_empty()).collect();
        paragraphs.join("\n\n")
    }

    /// The first sentence of the documentation.
    pub fn summary(&self) -> String {
        let description = self.description();
        let first = description.split("\n\n").next().unwrap_or_default().replace('\n', " ");
        first.split_inclusive(". ").next().unwrap_or_default().trim_end().to_owned()
    }

    /// The runnable examples of the documentation.
    pub fn examples(&self) -> Vec<String> {
        let mut examples = Vec::new();
        for part in self.documentation.split("```rhai\n").skip(1) {
            if let Some((code, _)) = part.split_once("```") {
                examples.push(code.to_owned());
            }
        }
        examples
    }
}

/// What an engine's function is, by its name and parameters.
pub(super) fn kind_of(namespace: &str, name: &str, parameters: &[String]) -> EntryKind {
    let of_own_type = || {
        let receiver = parameters.first().map(|parameter| type_of(parameter)).unwrap_or_default();
        receiver.starts_with(char::is_uppercase)
    };
    match name {
        _ if name.starts_with("get$") || name.starts_with("set$") => EntryKind::Property,
        _ if name.starts_with("index$") => EntryKind::Index,
        _ if !name.contains(|c: char| c.is_alphabetic()) => EntryKind::Operator,
        _ if namespace.is_empty() && of_own_type() => EntryKind::Method,
        _ => EntryKind::Function,
    }
}

/// The type in `name: type`, or what stands there alone.
pub(super) fn type_of(parameter: &str) -> &str {
    parameter.split_once(": ").map_or(parameter, |(_, kind)| kind)
}
